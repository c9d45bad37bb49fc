"""When two spellings mean the same id, the same column, or nothing at all.

A spreadsheet drops leading zeros and adds ``.0``, a file system decomposes umlauts, people mix cases
and dashes. Every table is compared in the folded forms below, and no table is rewritten by them.
"""

import re
import unicodedata

NO_ANSWERS = frozenset(
    [
        "na",
        "nan",
        "nat",
        "none",
        "null",
        "nil",
        "unknown",
        "unk",
        "notknown",
        "notavailable",
        "notapplicable",
        "notgiven",
        "notspecified",
        "unspecified",
        "notreported",
        "notrecorded",
        "missing",
        "undefined",
        "empty",
        "blank",
        "noanswer",
        "nodata",
        "noid",
        "noname",
        "anon",
        "anonymous",
        "anonym",
        "anonymized",
        "anonymised",
        "anonymisiert",
        "anonimo",
        "anonyme",
        "deidentified",
        "redacted",
        "removed",
        "withheld",
        "unbekannt",
        "keineangabe",
        "nichtbekannt",
        "inconnu",
        "desconocido",
        "sconosciuto",
    ]
)
"""How people write that they do not know, as `fold_name` has it."""

WHOSE = re.compile(r"patient|subject|case|person|lesion|device|scanner|name|id")
"""What such a word is said of: ``unknown patient``, ``no name``."""

NO_ANSWER_SIGNS = re.compile(
    r"[\W_]*|x{2,}|[nk]\.\s?[abdkosv]\.|0+([.,]0+)?|-\d+|#(n/?a|value|ref|name|num|null|div/0)[!?]?"
)
"""Signs alone, ``xxx``, ``n.d.``, ``0``, the negative codes of statistics programs, errors of spreadsheets."""

APOSTROPHES = "'`\N{RIGHT SINGLE QUOTATION MARK}\N{ACUTE ACCENT}"
"""Spreadsheets put one before text that looks like a number."""

YES = frozenset({"yes", "y", "true", "t", "1", "si", "sí", "s", "ja", "j"})
NO = frozenset({"no", "n", "false", "f", "0", "nein"})


def fold_id(text: str) -> str:
    """Bring an id into the form in which ids are compared.

    Unicode form, case, blanks, dashes, underscores, apostrophes, signs without width, zeros before a
    number and ``.0`` behind it make no other id. What parts two numbers stays: 1-12 is not 11-2.

    Args:
        text: An id as it was written.

    Returns:
        The folded id; empty if nothing but such signs was written.

    Examples:
        >>> fold_id("P 007"), fold_id("p-7"), fold_id("7.0"), fold_id("1_12")
        ('p7', 'p7', '7', '1-12')
    """
    plain = _plain(text)
    spaced = re.sub(r"\s+", " ", "".join(" " if _parts(sign) else sign for sign in plain)).strip()
    joined = re.sub(r"(?<=\d) (?=\d)", "-", spaced).replace(" ", "")
    whole = re.sub(r"^([^.]*\d)\.0+$", r"\1", joined)
    return unicodedata.normalize("NFC", re.sub(r"(?<!\d)0+(?=\d)", "", whole))


def fold_name(text: str) -> str:
    """Bring the name of a column, or a word, into the form in which those are compared.

    Examples:
        >>> fold_name("BI-RADS"), fold_name("Spacing (mm)"), fold_name("N.A.")
        ('birads', 'spacingmm', 'na')
    """
    return unicodedata.normalize("NFC", re.sub(r"[\W_]+", "", _plain(text)))


def is_no_answer(text: str) -> bool:
    """Tell whether a cell says that its answer is not known.

    ``0`` is among them; where it may be a number of its own, whoever asks must know
    (`sonolens.studies.identity`).

    Examples:
        >>> [is_no_answer(text) for text in ("", "N.A.", "#N/A", "unknown patient", "no", "0.07")]
        [True, True, True, True, False, False]
    """
    name = fold_name(text)
    return (
        name in NO_ANSWERS
        or WHOSE.sub("", name) in NO_ANSWERS
        or NO_ANSWER_SIGNS.fullmatch(_plain(text).strip()) is not None
    )


def read_answer(text: str) -> bool | None:
    """Read yes or no, however short; None if it is neither.

    Examples:
        >>> read_answer("Y"), read_answer("FALSE"), read_answer("1.0"), read_answer("maybe")
        (True, False, True, None)
    """
    word = fold_name(fold_id(text))
    return True if word in YES else False if word in NO else None


def _plain(text: str) -> str:
    """Fold Unicode form and case, and drop signs without width, controls and apostrophes."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return "".join(
        sign
        for sign in folded
        if sign.isspace()
        or (unicodedata.category(sign) not in {"Cf", "Cc"} and sign not in APOSTROPHES)
    )


def _parts(sign: str) -> bool:
    """Tell whether a sign parts words: blanks, dashes, the minus sign, underscores."""
    return sign.isspace() or sign in "_\N{MINUS SIGN}" or unicodedata.category(sign) == "Pd"
