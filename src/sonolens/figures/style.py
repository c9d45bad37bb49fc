"""The one visual language of every figure: page, ink, fonts, region colours, signed colours.

Blue always speaks for benign and red for malignant; the regions therefore wear neither. Figures
are built on `matplotlib.figure.Figure` alone, so no window and no global figure list is touched.
"""

import math
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, Literal, ParamSpec, TypeAlias, TypeVar

import matplotlib as mpl
import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.lines import Line2D
from matplotlib.text import Text

PAGE = "#ffffff"
INK = "#1b1d21"
MUTED = "#5c626b"
HAIRLINE = "#c9cdd3"
FAINT = "#a9aeb6"
"""Ink of what cannot be read as a finding."""

LINE_SPACING = 1.35
LINE_OF_TYPE = 1.2
"""Height of a line over the size of its type, before it is spaced."""

BENIGN_RGB = (0.10, 0.42, 0.95)
MALIGNANT_RGB = (0.93, 0.13, 0.14)
STRONGEST_ALPHA = 0.72
"""Opacity of the strongest cell: what lies under it must still be readable."""

LABEL_COLOURS = {"benign": "#1a5fd0", "malignant": "#c4161c"}
REGION_COLOURS = {
    "mass": "#f5b400",
    "peritumoral": "#12b58c",
    "below": "#c65bd6",
    "any": "#3c4149",
    "annotation": "#d8dce2",
}
REGION_TITLES = {
    "mass": "mass",
    "peritumoral": "peritumoral ring",
    "below": "below the mass",
    "any": "at least one of the three",
}
LineStyle: TypeAlias = Literal["solid"] | tuple[float, Sequence[float]]
REGION_LINES: dict[str, LineStyle] = {
    "mass": "solid",
    "peritumoral": (0, (4, 2)),
    "below": (0, (1, 1.6)),
    "annotation": "solid",
}
"""Regions differ by line as well as by colour, for print in grey and for colour-blind readers."""

FEWEST_LETTERS = 2
"""A shortened text keeps at least its first and last letter."""

BODY_PT = 8.0
SMALL_PT = 7.0

_FONT = "DejaVu Sans"
_HOUSE: dict[Any, Any] = {
    "font.family": _FONT,
    "font.size": BODY_PT,
    "text.usetex": False,
    "axes.unicode_minus": True,
}

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


def in_house_style(draw: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """Run `draw` with the house fonts, whatever a user's matplotlibrc says; restore it after."""

    @wraps(draw)
    def drawn(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
        with mpl.rc_context(_HOUSE):
            return draw(*args, **kwargs)

    return drawn


def signed_colours(
    values: Float[np.ndarray, "rows cols"], *, limit: float
) -> Float[np.ndarray, "rows cols 4"]:
    """Colour signed evidence: red for positive, blue for negative, opaque in step with its size.

    Args:
        values: Signed evidence; positive speaks for malignant.
        limit: The size that gets full colour, above 0; stronger values are drawn like it.

    Returns:
        Red, green, blue and alpha between 0 and 1. Zero is fully transparent; `+v` and `-v` have
        the same alpha.

    Raises:
        ValueError: If `limit` is not above 0.

    Examples:
        >>> red, blue = signed_colours(np.array([[2.0, -2.0]]), limit=2.0)[0]
        >>> bool(red[0] > red[2]), bool(blue[0] < blue[2]), bool(red[3] == blue[3])
        (True, True, True)
    """
    if not limit > 0:
        raise ValueError(
            f"colour limit is {limit}, but colours need a size above 0; "
            "pass the largest absolute value of the maps in the figure"
        )
    colours = np.empty((*values.shape, 4))
    colours[..., :3] = np.where(values[..., None] > 0, MALIGNANT_RGB, BENIGN_RGB)
    colours[..., 3] = STRONGEST_ALPHA * np.clip(np.abs(values) / limit, 0.0, 1.0)
    return colours


def new_page(*, width_in: float, height_in: float) -> Figure:
    """Open an empty white figure of the given size in inches."""
    return Figure(figsize=(width_in, height_in), facecolor=PAGE)


def place_axes(
    figure: Figure, *, left_in: float, top_in: float, size_in: tuple[float, float]
) -> Axes:
    """Add axes of some width and height, given in inches from the figure's top left corner."""
    page_width, page_height = figure.get_size_inches()
    width_in, height_in = size_in
    bottom_in = page_height - top_in - height_in
    return figure.add_axes(
        (
            left_in / page_width,
            bottom_in / page_height,
            width_in / page_width,
            height_in / page_height,
        )
    )


def write(
    figure: Figure,
    text: str,
    *,
    left_in: float,
    top_in: float,
    size_pt: float = BODY_PT,
    colour: str = INK,
    bold: bool = False,
    align: str = "left",
) -> Text:
    """Write literal text (a ``$`` stays a ``$``) whose top edge lies `top_in` below the page's."""
    page_width, page_height = figure.get_size_inches()
    return figure.text(
        left_in / page_width,
        1 - top_in / page_height,
        text,
        fontsize=size_pt,
        color=colour,
        fontweight="bold" if bold else "normal",
        ha=align,
        va="top",
        parse_math=False,
        linespacing=LINE_SPACING,
    )


def write_small(
    figure: Figure, text: str, *, left_in: float, top_in: float, width_in: float = math.inf
) -> None:
    """Write what explains: small, muted, and in lines no wider than `width_in`."""
    if width_in < math.inf:
        text = wrap(text, width_in=width_in, size_pt=SMALL_PT)
    write(figure, text, left_in=left_in, top_in=top_in, size_pt=SMALL_PT, colour=MUTED)


def write_legend(
    figure: Figure, handles: Sequence[Line2D], *, left_in: float, top_in: float, **layout: Any
) -> None:
    """Write a small legend without a frame; `layout` as `Figure.legend` takes it."""
    width_in, height_in = figure.get_size_inches()
    figure.legend(
        handles=handles,
        loc="upper left",
        bbox_to_anchor=(left_in / width_in, 1 - top_in / height_in),
        frameon=False,
        fontsize=SMALL_PT,
        borderaxespad=0,
        **layout,
    )


def text_width_in(text: str, *, size_pt: float, bold: bool = False) -> float:
    """Measure a line of text in inches, in the house font."""
    weight = "bold" if bold else "normal"
    font = get_font(findfont(FontProperties(family=_FONT, weight=weight)))
    font.set_size(size_pt, 72)
    font.set_text(text)
    return float(font.get_width_height()[0]) / 64 / 72


def text_height_in(text: str, *, size_pt: float) -> float:
    """Height in inches of text as `write` sets it, line by line."""
    return len(text.splitlines()) * LINE_SPACING * LINE_OF_TYPE * size_pt / 72


def elide(text: str, *, width_in: float, size_pt: float, bold: bool = False) -> str:
    """Shorten `text` in its middle until it fits `width_in`, so that neighbours never overlap.

    Examples:
        >>> elide("bus_0007-l", width_in=3.0, size_pt=8.0)
        'bus_0007-l'
        >>> short = elide("a" * 100 + "z" * 100, width_in=0.5, size_pt=8.0)
        >>> short.startswith("a"), short.endswith("z"), len(short) < 10
        (True, True, True)
    """
    kept, shortened = len(text), text
    while kept > FEWEST_LETTERS and text_width_in(shortened, size_pt=size_pt, bold=bold) > width_in:
        kept -= 1
        shortened = f"{text[: (kept + 1) // 2]}…{text[len(text) - kept // 2 :]}"
    return shortened


def wrap(text: str, *, width_in: float, size_pt: float) -> str:
    """Break `text` at blanks so that no line is wider than `width_in`."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and text_width_in(longer, size_pt=size_pt) > width_in:
            lines.append(word)
        else:
            lines[-1] = longer
    return "\n".join(lines)
