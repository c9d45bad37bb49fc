"""What the columns of a table are called, and which of them is most likely a known one misspelled."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from sonolens.studies.boundary import StudyFileError
from sonolens.studies.spelling import fold_name

LIKENESS = 0.87
"""How alike two names are (difflib) from which on one is the other misspelled: a letter of eight."""
SHORTEST_MISSPELLED = 6
"""Shorter names resemble one another by chance."""

LONGEST_LIKELY = 100
"""A longer name stands for none; and it could be made of so many words around one that it never ends."""

ID_WORDS = (
    *("identifier", "identification", "uid", "ids", "id", "number", "nummer", "num", "nr", "no"),
    *("code", "key", "name", "pseudonym", "hash", "index", "anonymized", "anonymised", "anon"),
)
SPACINGS = ("spacing_mm", "spacing_row_mm", "spacing_col_mm")
GRADE_WORDS = (
    *("category", "categories", "cat", "kategorie", "score", "class", "klasse", "assessment"),
    *("grade", "final", "value", "level", "rating"),
)
UNITS = ("mmperpixel", "mmperpx", "mmpx", "inmm", "mm", "cm", "um")
LENGTH_WORDS = (*UNITS, "row", "rows", "col", "cols", "x", "y")


@dataclass(frozen=True)
class Likely:
    """What a known column is called elsewhere.

    Attributes:
        known: The column, and others that say the same.
        words: What it is called, folded.
        around: Words that may stand before or behind, and change nothing.
        needs_one: Whether one of them must, because `words` alone mean other things as well.
    """

    known: tuple[str, ...]
    words: tuple[str, ...]
    around: tuple[str, ...] = ID_WORDS
    needs_one: bool = False


LIKELY = (
    Likely(
        ("patient_id",),
        (
            *("patient", "patients", "patienten", "patientin", "paciente", "subject", "subj"),
            *("case", "person", "participant", "proband", "pat", "pt", "pid", "mrn", "woman"),
        ),
    ),
    Likely(("lesion_id",), ("lesion",)),
    Likely(("lesion_id",), ("mass", "tumor", "tumour", "nodule", "finding"), needs_one=True),
    Likely(("birads",), ("birads", "birad", "acr", "acrbirads"), GRADE_WORDS),
    Likely(
        SPACINGS,
        ("spacing", "pixelspacing", "pixelsize", "pixelpitch", "mmperpixel", "mmperpx", "mmpx"),
        LENGTH_WORDS,
    ),
    Likely(SPACINGS, ("resolution", "pixel", "px"), UNITS, needs_one=True),
    Likely(("view",), ("view", "plane", "orientation", "projection", "scanplane")),
    Likely(("device",), ("device", "scanner", "machine", "ultrasoundmachine", "ultrasoundsystem")),
)
"""Names that are refused where the known column is absent; the first of `known` is the remedy."""


def name_columns(
    header: Sequence[str], *, required: Sequence[str], optional: Sequence[str], file: str
) -> list[str]:
    """Name the columns: known ones as they are to be called, all others as they are.

    Args:
        header: The cells of the first row.
        required: The columns that must be there.
        optional: Further columns that are known.
        file: Name of the table, for the errors.

    Returns:
        One name per column, without the empty columns that spreadsheets like to save behind.

    Raises:
        ValueError: If a column has no name, two have one, or a required one is absent.
    """
    known = {fold_name(name): name for name in (*required, *optional)}
    columns = [known.get(fold_name(name), name) for name in header]
    while columns and not columns[-1]:
        columns.pop()
    seen: set[str] = set()
    for place, name in enumerate(columns):
        if not name:
            raise StudyFileError(f"{file} has a column named ''; name each once")
        if name in seen:
            twice = sorted({header[columns.index(name)], header[place]})
            raise StudyFileError(
                f"{file} has two columns named {name!r} ({' and '.join(map(repr, twice))}); name each once"
            )
        seen.add(name)
    absent = [name for name in required if name not in columns]
    if absent:
        raise StudyFileError(
            f"{file} has no column {absent[0]!r} but {', '.join(columns) or 'none at all'}; "
            f"its first row names the columns, among them {', '.join(required)}"
        )
    return columns


def refuse_likely(columns: Sequence[str], *, known: Sequence[str], file: str) -> None:
    """Refuse a column that is most likely a known one under another name.

    Only where the known one is absent: beside it, the other is the user's own.

    Args:
        columns: The names of `name_columns`.
        known: The columns that the table may have.
        file: Name of the table, for the error.

    Raises:
        ValueError: Names the column, what it most likely is, and the remedy.
    """
    for name in columns:
        meant = None if name in known else guess_column(name)
        if meant and meant[0] in known and not set(meant) & set(columns):
            raise StudyFileError(
                f"{file} has the column {name!r}, which is most likely {meant[0]}; rename it to "
                f"{meant[0]}, or, if it tells something else, to another name such as 'my_{name}'"
            )


def guess_column(name: str) -> tuple[str, ...] | None:
    """Guess which known column a name stands for.

    Args:
        name: A column's name.

    Returns:
        The column and those that say the same; None if the name is nobody's.

    Examples:
        >>> guess_column("Subject No."), guess_column("patiend_id"), guess_column("patient_age")
        (('patient_id',), ('patient_id',), None)
    """
    folded = fold_name(name)
    if len(folded) > LONGEST_LIKELY:
        return None
    for likely in LIKELY:
        if _is_called(folded, likely, stripped=not likely.needs_one):
            return likely.known
        spellings = [fold_name(known) for known in likely.known]
        is_long = len(folded) >= SHORTEST_MISSPELLED
        if is_long and get_close_matches(folded, spellings, n=1, cutoff=LIKENESS):
            return likely.known
    return None


def _is_called(name: str, likely: Likely, *, stripped: bool) -> bool:
    """Tell whether a name is one of the words, once the words around it are gone."""
    if stripped and name in likely.words:
        return True
    rests = {name.removeprefix(word) for word in likely.around}
    rests |= {name.removesuffix(word) for word in likely.around}
    return any(_is_called(rest, likely, stripped=True) for rest in rests - {name, ""})
