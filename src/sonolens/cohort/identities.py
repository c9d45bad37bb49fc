"""Ids that may not be what they say: one that holds too many lesions, and one that nobody called an id.

Neither can be told from a table for certain, so both are warnings.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

import pandas as pd

from sonolens.tables.cohort import Scans, ScansTable

MANY_LESIONS = 5
"""From so many lesions on a patient is looked at. In BUS-BRA, BrEaST and UDIAT everybody has one, in
BUS-UCLM and in phantoms two at most."""

FAR_MORE = 3.0
"""How many times as many lesions as the upper quartile of the other patients have are far more."""

UPPER_QUARTILE = 0.75

FEWEST_SHARED = 3
"""So many values of a column must be shared by patients; fewer are chance or a slip."""

FEWEST_VALUES = 0.2
"""An id takes at least this many values per patient; devices, hospitals and readings take fewer."""

MOST_SHARING = 5
"""An id is shared by at most so many (median); what more patients share is a group of them."""

ID_WORDS = frozenset(
    [
        "id",
        "ids",
        "uid",
        "nr",
        "no",
        "num",
        "number",
        "nummer",
        "code",
        "key",
        "accession",
        "mrn",
        "pid",
        "hash",
        "pseudonym",
    ]
)
MEASURE_WORDS = frozenset(
    [
        "age",
        "alter",
        "year",
        "date",
        "day",
        "month",
        "size",
        "mm",
        "cm",
        "width",
        "height",
        "depth",
        "count",
        "weight",
    ]
)
MEASURE = re.compile(
    r"[\d\s.,:;/x\N{MULTIPLICATION SIGN}*+\-\[\](){}%]+(mm|cm|um|px|y|yr|years?|mhz|hz)?",
    re.IGNORECASE,
)
TOKEN = re.compile(r"(?=.*\d)\S+")


class Suspicion(NamedTuple):
    """What is odd about an id of a scan."""

    scan_id: str
    value: str
    message: str


def find_crowded_patients(scans: ScansTable) -> Iterator[Suspicion]:
    """Find patients who have far more lesions than others, as a word for "unknown" would.

    A patient is named from `MANY_LESIONS` lesions on, if they are more than `FAR_MORE` times the upper
    quartile of the other patients' numbers.

    Returns:
        One per scan of such a patient, in the order of `scans`; none if there is one patient only.
    """
    lesions = scans.groupby("patient_id")["lesion_id"].nunique()
    usual = {
        patient: lesions.drop(patient).quantile(UPPER_QUARTILE)
        for patient in lesions.index[lesions >= MANY_LESIONS]
    }
    crowded = {patient for patient, most in usual.items() if lesions[patient] > FAR_MORE * most}
    for scan_id, patient in zip(scans["scan_id"], scans["patient_id"], strict=True):
        if patient in crowded:
            yield Suspicion(
                scan_id,
                str(lesions[patient]),
                f"patient {patient!r} has {lesions[patient]} lesions, but three of four other patients "
                f"have at most {usual[patient]:g}; if {patient!r} stands for unknown patients, find out "
                "who they are, or leave all patient ids empty",
            )


def find_likely_ids(scans: ScansTable) -> Iterator[Suspicion]:
    """Find columns of the study's own that repeat between patients as an id of theirs would.

    Returns:
        At most one, for the first scan whose value is shared: its `value` names all such columns.
    """
    known = Scans.to_schema().columns
    likely = [
        str(column) for column in scans if column not in known and _is_likely_id(scans, str(column))
    ]
    if likely:
        first = scans[likely[0]].duplicated(keep=False) & scans[likely[0]].notna()
        counts = scans[likely[0]].value_counts()
        yield Suspicion(
            scans["scan_id"][first].iloc[0],
            ", ".join(likely),
            f"column {likely[0]!r} takes {len(counts)} values, {(counts > 1).sum()} of them in more than "
            "one scan and over several patients, as an id of theirs would; if it tells the patient, "
            "rename it to patient_id, so that no patient is trained and tested on",
        )


def _is_likely_id(scans: ScansTable, column: str) -> bool:
    """Tell whether values look like ids, are many, and are each shared by a few patients."""
    values = scans[column].dropna()
    if isinstance(values.dtype, pd.CategoricalDtype) or pd.api.types.is_float_dtype(values):
        return False
    texts = values.astype("str").str.strip()
    patients = scans.loc[values.index, "patient_id"].groupby(texts).nunique()
    shared = patients[patients > 1]
    return (
        len(shared) >= FEWEST_SHARED
        and len(patients) >= FEWEST_VALUES * scans["patient_id"].nunique()
        and shared.median() <= MOST_SHARING
        and _look_like_ids(column, texts)
    )


def _look_like_ids(column: str, texts: "pd.Series[str]") -> bool:
    """Tell by name, by words with a number in them, or by rows of one value that stand together.

    Ages and dates repeat as well, but scattered over the table.
    """
    words = set(re.sub(r"(?<=[a-z])(?=[A-Z])|[\W_]+", " ", column).lower().split())
    if words & MEASURE_WORDS:
        return False
    if words & ID_WORDS:
        return True
    values = texts.unique()
    measured = [value for value in values if MEASURE.fullmatch(value)]
    if not measured and all(TOKEN.fullmatch(value) for value in values):
        return True
    stands_together = (texts != texts.shift()).sum() == len(values)
    return bool(stands_together) and all(value.isdigit() for value in measured)
