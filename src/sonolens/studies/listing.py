"""The scans of a data set as rows of `sonolens.tables.Scans`, and the files that show them."""

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import TypeVar

import pandas as pd

from sonolens.tables.filled_in import mark_filled

Files = TypeVar("Files")
Picture = TypeVar("Picture")


def readers(
    read: Callable[[Files], Picture], scan_ids: Iterable[str], files: Iterable[Files]
) -> dict[str, Callable[[], Picture]]:
    """Name what reads the picture of every scan when it is asked for."""
    return {scan_id: partial(read, each) for scan_id, each in zip(scan_ids, files, strict=True)}


def locate(written: str, folder: Path) -> Path:
    """Find a file that a table names: as written, with a Windows path, or with umlauts composed otherwise.

    Args:
        written: A path as the table has it.
        folder: What it is relative to.

    Returns:
        The file; where there is none, the path as written.
    """
    given = folder / written
    if given.is_file():
        return given
    slashed = written.replace("\\", "/")
    spelled = [folder / unicodedata.normalize(form, slashed) for form in ("NFC", "NFD")]
    return next((path for path in (folder / slashed, *spelled) if path.is_file()), given)


def list_scans(
    scan_ids: Sequence[str],
    labels: Sequence[str],
    *,
    source: str,
    patient_ids: Sequence[str] | None = None,
    lesion_ids: Sequence[str] | None = None,
    birads: Sequence[str | None] | None = None,
    spacing_mm: Sequence[float] | None = None,
) -> pd.DataFrame:
    """List scans; what a data set does not tell stays empty.

    Args:
        scan_ids: One id per scan.
        labels: ``benign`` or ``malignant`` per scan.
        source: Name of the data set.
        patient_ids: Whose scan it is; without them every scan is a patient of its own.
        lesion_ids: Which mass it shows; without them every scan shows a mass of its own.
        birads: BI-RADS category per scan, if known.
        spacing_mm: Side of a square pixel in mm per scan, if known.

    Returns:
        One row per scan, in the given order; `filled_in` names the ids that stand in for unknown ones.
    """
    unknown = pd.Series(pd.NA, index=range(len(scan_ids)), dtype="str")
    sides = [float("nan")] * len(scan_ids) if spacing_mm is None else list(spacing_mm)
    scans = pd.DataFrame(
        {
            "scan_id": list(scan_ids),
            "lesion_id": list(scan_ids if lesion_ids is None else lesion_ids),
            "patient_id": list(scan_ids if patient_ids is None else patient_ids),
            "view": unknown,
            "label": list(labels),
            "birads": unknown if birads is None else pd.Series(list(birads), dtype="str"),
            "spacing_row_mm": sides,
            "spacing_col_mm": sides,
            "device": unknown,
            "source": source,
        }
    )
    absent = {"lesion_id": lesion_ids is None, "patient_id": patient_ids is None}
    return mark_filled(scans, {name: [lacks] * len(scans) for name, lacks in absent.items()})
