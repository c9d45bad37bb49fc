"""Links from the words at the head of a table to where the page explains them."""

import re
from collections.abc import Iterable, Mapping

ENTRY = re.compile(
    r'<dt id="(?P<id>[\w-]+)"(?: data-heads="(?P<heads>[^"]*)")?>(?P<term>[^<]+)</dt>'
)
"""An entry explains its own term and, apart by ``|``, what else tables call it; both as they stand in the page."""

WORD = re.compile(
    r'(?P<opening><th scope="col"(?: class="number")?>|<span class="term">)(?P<word>[^<]+)(?P<closing></th>|</span>)'
)


def link_terms(written: Mapping[str, str]) -> dict[str, str]:
    """Link heads of columns, and words marked as terms, to the entry that explains them.

    An entry of the section itself comes first, then the first on the page. What no entry explains stays as it is.

    Args:
        written: Sections of a page as HTML, by their anchors, in order.

    Examples:
        >>> text = '<dt id="read-chance" data-heads="Blind">Chance</dt><th scope="col">Blind</th>'
        >>> link_terms({"reading": text})["reading"].partition("</dt>")[2]
        '<th scope="col"><a class="term" href="#read-chance">Blind</a></th>'
    """
    everywhere = _list_entries(reversed(list(written.values())))
    return {
        anchor: _link(text, everywhere | _list_entries([text])) for anchor, text in written.items()
    }


def _list_entries(texts: Iterable[str]) -> dict[str, str]:
    """List the entries by the words that they explain, in small letters; the last counts."""
    return {
        word.lower(): found["id"]
        for text in texts
        for found in ENTRY.finditer(text)
        for word in (found["term"], *(found["heads"] or "").split("|"))
        if word
    }


def _link(text: str, entries: Mapping[str, str]) -> str:
    def put(found: re.Match[str]) -> str:
        entry = entries.get(found["word"].strip().lower())
        if entry is None:
            return found[0]
        link = f'<a class="term" href="#{entry}">{found["word"]}</a>'
        return link if found["closing"] == "</span>" else found["opening"] + link + found["closing"]

    return WORD.sub(put, text)
