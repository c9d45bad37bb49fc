"""The templates of a page, and how they print numbers."""

import html
import json
import math
import re
from functools import cache
from typing import Any

import jinja2
from markupsafe import Markup

from sonolens.report import numerals

FEW_RUNS = 6
"""Beyond so many runs, what is told run by run is folded away behind a line."""


CELL = re.compile(r"<td\b.*?</td>", re.DOTALL)
TEXT = re.compile(r">[^<]+<")
INTERVAL = re.compile(r"\[[−+\d.]+, [−+\d.]+\]")
BEGIN, END = "\ue000", "\ue001"
"""Stand about a number that is written twice; both are for private use, so that no text has them."""
MARK = re.compile(f"{BEGIN}[^{BEGIN}{END}]*{END}")
LEADING = re.compile(
    rf"(?P<opening><td\b[^>]*)(?P<rest>>(?:\s|<a\b[^>]*>)*){BEGIN}(?P<told>[\w.+|%-]*){END}"
)
"""A cell that begins with a number."""
TOLD = ("number", "low", "high", "unit")


def keep_together(html: str) -> str:
    """Mark intervals in the cells of tables, so that on a screen no line ends within one.

    >>> keep_together('<td class="a">4 % [1, 9]</td><p>[1, 9]</p>')
    '<td class="a">4 % <span class="whole">[1, 9]</span></td><p>[1, 9]</p>'
    """

    def mark(text: re.Match[str]) -> str:
        return INTERVAL.sub(r'<span class="whole">\g<0></span>', text[0])

    return CELL.sub(lambda cell: TEXT.sub(mark, cell[0]), html)


def carry_numbers(html: str) -> str:
    r"""Write into every cell that begins with a marked number what it is, and take out all marks.

    >>> carry_numbers("<td>\ue00023.2|11|36|%\ue00123 % [11, 36]</td><p>\ue0005|||%\ue0015 %</p>")
    '<td data-number="23.2" data-low="11" data-high="36" data-unit="%">23 % [11, 36]</td><p>5 %</p>'
    """

    def tell(cell: re.Match[str]) -> str:
        told = zip(TOLD, cell["told"].split("|"), strict=False)
        attributes = "".join(f' data-{name}="{value}"' for name, value in told if value)
        return f"{cell['opening']}{attributes}{cell['rest']}"

    return MARK.sub("", LEADING.sub(tell, html))


def _mark(value: Any) -> Any:
    """Mark a printed number as it is written; what else a template writes stays as it is."""
    if not isinstance(value, numerals.Printed) or math.isnan(value.value):
        return value
    numbers = (value.value, value.low, value.high)
    told = "|".join("" if math.isnan(each) else f"{each:.6g}" for each in numbers)
    return f"{BEGIN}{told}|{value.unit}{END}{value}"


@cache
def open_templates(*, marking: bool = False) -> jinja2.Environment:
    """Open the templates: everything is escaped, and a name that nobody gave is an error.

    Args:
        marking: Whether numbers are marked, for `carry_numbers` to find them.
    """
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("sonolens.report"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=_mark if marking else None,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    # `tojson` also escapes all that could end a script or begin a comment in it.
    environment.policies["json.dumps_kwargs"] = {"separators": (",", ":"), "allow_nan": False}
    environment.filters |= {
        "percent": numerals.percent,
        "ratio": numerals.ratio,
        "amount": numerals.amount,
        "tally": numerals.tally,
        "p_value": numerals.p_value,
        "indented": _indented,
        "in_style": _in_style,
        "in_markdown": _in_markdown,
    }
    environment.globals |= {
        "percent_with_interval": numerals.percent_with_interval,
        "points_with_interval": numerals.points_with_interval,
        "counted": numerals.counted,
        "nothing": numerals.NOTHING,
        "few": FEW_RUNS,
    }
    return environment


def _in_markdown(value: Any) -> Markup:
    """Take from a text what Markdown would read as a tag or as the end of a cell; quotes stay."""
    return Markup(html.escape(str(value), quote=False).replace("|", "\\|"))  # noqa: S704 - escaped


def _indented(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False, default=str)


def _in_style(text: str) -> str:
    r"""Write a text into a string of a style sheet; whatever could end it, or the sheet, becomes its code point.

    >>> _in_style('run 7 "</style>')
    'run 7 \\22 \\3c /style\\3e '
    """
    return "".join(f"\\{ord(each):x} " if each in "\"'\\<>&\n" else each for each in text)
