"""What a section of the page declares: what it reads, what it shows, and how it puts that into words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from sonolens.report.pictures import Caption

Tables: TypeAlias = Mapping[str, Any]
"""What a section needs, by the name of the dataset; most are tables under their contracts."""


@dataclass(frozen=True)
class Section:
    """A section of the page.

    Attributes:
        anchor: Its address on the page.
        title: What the navigation calls it.
        template: Name of the template, which finds its figures under `pictures` by their names.
        needs: Names of the datasets that it reads.
        figures: Captions of the figures that it shows.
        tell: Turns what it needs into the values that the template asks for.
        parts: Sections that stand at its end, within it.
        heading: What stands above it; the title, if nothing else.
        folded: Whether the page shows its heading alone until it is asked for.
    """

    anchor: str
    title: str
    template: str
    needs: tuple[str, ...] = ()
    figures: tuple[Caption, ...] = ()
    tell: Callable[[Tables], Mapping[str, Any]] = dict
    parts: tuple["Section", ...] = ()
    heading: str = ""
    folded: bool = True


@dataclass(frozen=True)
class Chapter:
    """Sections of the page that stand together in its table of contents."""

    title: str
    sections: tuple[Section, ...]
