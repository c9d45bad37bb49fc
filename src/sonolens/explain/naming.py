"""What a scan is called in everything that is written: never by a folder, and never by a header."""

import re
from collections.abc import Iterable
from pathlib import Path

from sonolens.studies import is_dicom, list_header_words

NAMES = ("auto", "stem", "number")
"""``stem``: its file's name without ending. ``number``: its place among the scans given. ``auto``: the stem of a
picture, but the number of a DICOM file, whose name is often made of its header."""

RESERVED = ("index", "scans")
"""Names of the files beside those of the scans."""

LONGEST = 80
NOT_SAFE = re.compile(r"[^\w.\- ]", re.ASCII)
QUOTED = re.compile(r"'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\"")
BRACKETED = re.compile(r"\([^()]*\)")


def name_scans(files: Iterable[Path], *, names: str) -> list[str]:
    """Name every scan apart from all others.

    Args:
        files: The scans, in their order.
        names: One of `NAMES`.

    Returns:
        Letters and digits without accents, ``.``, ``-``, ``_`` and blanks; all else became ``_``, so that a name is
        the same in a file's name, on a page and in a table.

    Examples:
        >>> name_scans([Path("a/b<c>.png"), Path("d/b<c>.jpg"), Path("x.png")], names="stem")
        ['b_c_', 'b_c_-2', 'x']
    """
    given: list[str] = []
    taken = set(RESERVED)
    for number, file in enumerate(files, start=1):
        plain = _plain(file, number, names=names)
        name, times = plain, 1
        while name.lower() in taken:
            times += 1
            name = f"{plain}-{times}"
        taken.add(name.lower())
        given.append(name)
    return given


def tell_refusal(error: Exception, *, file: Path, name: str) -> str:
    """Tell in one line why a scan was left out, in words that hold nothing of its path or of a DICOM header.

    What readers put into quotation marks is a path or what a damaged header holds, and so is what stands in brackets;
    any other text of the header is taken out too.
    """
    text = str(error) or type(error).__name__
    for told in (repr(str(file)), repr(file.name), str(file), file.name):
        text = text.replace(told, name)
    text = QUOTED.sub("…", " ".join(text.split()))
    if is_dicom(file):
        text = BRACKETED.sub("…", text)
    for word in sorted(list_header_words(file), key=len, reverse=True):
        text = text.replace(word, "…")
    return text


def _plain(file: Path, number: int, *, names: str) -> str:
    by_number = names == "number" or (names == "auto" and is_dicom(file))
    stem = "" if by_number else NOT_SAFE.sub("_", file.stem).strip(" .-")[:LONGEST].strip(" .-")
    return stem or f"scan-{number:03d}"
