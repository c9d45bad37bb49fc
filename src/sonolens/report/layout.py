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
UNBROKEN = re.compile(r"\[[−+\d.]+, [−+\d.]+\]|\d %")
"""An interval, and a number with its unit."""


def keep_together(html: str) -> str:
    r"""Let no line of a table's cell end within an interval, or between a number and its per cent.

    >>> keep_together("<td>4 % [1, 9]</td><p>4 %</p>")
    '<td>4\xa0% [1,\xa09]</td><p>4 %</p>'
    """
    return CELL.sub(
        lambda cell: UNBROKEN.sub(
            lambda found: found[0].replace(" ", "\N{NO-BREAK SPACE}"), cell[0]
        ),
        html,
    )


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
