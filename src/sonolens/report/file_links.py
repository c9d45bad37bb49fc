"""Links from the names of files to where they lie, as seen from the page."""

import html
import re
from collections.abc import Mapping
from pathlib import PurePosixPath

NAMED = re.compile(r"<summary\b.*?</summary>|<code>(?P<name>\w+)(?P<kind>\.\w+)?</code>", re.DOTALL)
"""A name of a file as the page prints it; a summary is pressed to unfold, and may hold no link."""


def link_files(written: Mapping[str, str], files: Mapping[str, str]) -> dict[str, str]:
    """Link the names of datasets to their files.

    Args:
        written: Sections of a page as HTML, by their anchors.
        files: Where datasets lie as seen from the folder of the page, by name. What is not there stays a name, as does
            a file that is called otherwise than the page says.

    Examples:
        >>> link_files({"a": "<code>cases.csv</code>"}, {"cases": "../../cases.csv/1/cases.csv"})[
        ...     "a"
        ... ]
        '<a class="file" href="../../cases.csv/1/cases.csv"><code>cases.csv</code></a>'
        >>> link_files({"a": "<code>cases.csv</code>"}, {})["a"]
        '<code>cases.csv</code>'
    """

    def put(found: re.Match[str]) -> str:
        address = files.get(found["name"] or "")
        if address is None or (found["kind"] or "") not in {"", PurePosixPath(address).suffix}:
            return found[0]
        return f'<a class="file" href="{html.escape(address)}">{found[0]}</a>'

    return {anchor: NAMED.sub(put, text) for anchor, text in written.items()}
