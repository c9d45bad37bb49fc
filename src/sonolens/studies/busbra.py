"""BUS-BRA: 1,875 scans of 1,064 patients from four scanners (Gomez-Flores et al. 2024).

Layout as published: ``bus_data.csv``, ``Images/bus_0001-l.png``, ``Masks/mask_0001-l.png``. ``Case``
is the patient; ``-l`` and ``-r`` are two scans of one lesion and ``-s`` a single one. There is no
pixel spacing, and the suffix does not say which plane was scanned, so both stay empty. Histology
and ``Side`` (left, right, or single where a case has one scan) are kept.
"""

from pathlib import Path

import pandas as pd

from sonolens.studies.folder import find_folder
from sonolens.studies.identity import check_ids
from sonolens.studies.listing import list_scans, readers
from sonolens.studies.picture import read_mask, read_scan
from sonolens.studies.spreadsheet import read_table
from sonolens.studies.study import Study
from sonolens.tables import vocabulary

DESCRIPTION = (
    "BUS-BRA, Gomez-Flores et al., Medical Physics 2024;51:3110, doi 10.1002/mp.16812, CC BY 4.0."
)
PUBLISHED = {
    "scans": 1875,
    "patients": 1064,
    "lesions": 1064,
    "benign": 1268,
    "malignant": 607,
}
PARTS = ("bus_data.csv", "Images", "Masks")
COLUMNS = ("ID", "Case", "Histology", "Pathology", "BIRADS", "Device", "Side")


def read_busbra(path: str, *, folds: int = 5) -> Study:
    """Read the unpacked BUS-BRA folder.

    Args:
        path: The folder that holds ``bus_data.csv``, ``Images`` and ``Masks``.
        folds: Which of the published fold files is the official one, 5 or 10.

    Returns:
        The study; pictures are read when they are asked for.

    Raises:
        FileNotFoundError: If the folder or one of its parts is absent.
        ValueError: If a column is absent, or a case, pathology or BI-RADS category is not understood.
    """
    folder = find_folder(path, parts=PARTS, study="BUS-BRA")
    scans = _list_scans(folder / "bus_data.csv")
    scan_ids = scans["scan_id"].tolist()
    mask_ids = [scan_id.replace("bus_", "mask_", 1) for scan_id in scan_ids]
    return Study(
        name="busbra",
        scans=scans,
        images=readers(
            read_scan, scan_ids, [folder / "Images" / f"{name}.png" for name in scan_ids]
        ),
        masks=readers(read_mask, scan_ids, [folder / "Masks" / f"{name}.png" for name in mask_ids]),
        description=DESCRIPTION,
        published=PUBLISHED,
        official_folds=_read_folds(folder / f"{folds}-fold-cv.csv"),
    )


def _list_scans(table_file: Path) -> pd.DataFrame:
    """Turn the published table into the contract of `sonolens.tables.Scans`."""
    rows = read_table(table_file, required=COLUMNS, key="ID")
    check_ids(rows, "Case")
    cases = [row.required("Case") for row in rows]
    scans = list_scans(
        [row.written("ID") for row in rows],
        [row.label("Pathology") for row in rows],
        source="busbra",
        patient_ids=cases,
        lesion_ids=cases,
        birads=[row.choice("BIRADS", vocabulary.BIRADS) for row in rows],
    )
    told = {
        column.lower(): pd.Series([row.known(column) or None for row in rows], dtype="str")
        for column in ("Device", "Histology", "Side")
    }
    return scans.assign(**told)


def _read_folds(table_file: Path) -> pd.DataFrame | None:
    """Read the outer folds; the published inner ones mix patients and are not used."""
    if not table_file.exists():
        return None
    rows = read_table(table_file, required=("ID", "kFold"), key="ID")
    folds = [row.amount("kFold") for row in rows]
    for row, fold in zip(rows, folds, strict=True):
        if not fold.is_integer():
            row.refuse(f"kFold {row.written('kFold')!r} is no number of a fold; write 1, 2, ...")
    return pd.DataFrame(
        {"scan_id": [row.written("ID") for row in rows], "fold": [int(fold) for fold in folds]}
    )
