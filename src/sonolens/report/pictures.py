"""Figures on the page: each is titled, described to who cannot see it, and embedded."""

import base64
from dataclasses import dataclass

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True, kw_only=True)
class Caption:
    """What stands with a figure: its dataset's name, a title, a sentence, and the text for who cannot see it."""

    name: str
    title: str
    text: str
    alt: str


@dataclass(frozen=True)
class Picture:
    """A figure ready for a page: its caption, and its bytes as a data address."""

    caption: Caption
    address: str


def embed(caption: Caption, content: bytes) -> Picture:
    """Turn a PNG file into a picture that needs no file beside the page.

    Raises:
        ValueError: If the bytes are no PNG file.
    """
    if not content.startswith(PNG_SIGNATURE):
        raise ValueError(
            f"figure {caption.name} begins with {content[:8]!r}, which no PNG file does; "
            "save it as PNG before it goes into the report"
        )
    encoded = base64.b64encode(content).decode("ascii")
    return Picture(caption, f"data:image/png;base64,{encoded}")
