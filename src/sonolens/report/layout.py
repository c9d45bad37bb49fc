"""The templates of a page, and how they print numbers."""

import html
import json
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


def keep_together(html: str) -> str:
    """Mark intervals in the cells of tables, so that on a screen no line ends within one.

    >>> keep_together('<td class="a">4 % [1, 9]</td><p>[1, 9]</p>')
    '<td class="a">4 % <span class="whole">[1, 9]</span></td><p>[1, 9]</p>'
    """

    def mark(text: re.Match[str]) -> str:
        return INTERVAL.sub(r'<span class="whole">\g<0></span>', text[0])

    return CELL.sub(lambda cell: TEXT.sub(mark, cell[0]), html)


@cache
def open_templates() -> jinja2.Environment:
    """Open the templates: everything is escaped, and a name that nobody gave is an error."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("sonolens.report"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
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
