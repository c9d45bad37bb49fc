"""BUS-BRA: 1,875 scans of 1,064 patients from four scanners (Gomez-Flores et al. 2024).

Layout as published: ``bus_data.csv``, ``Images/bus_0001-l.png``, ``Masks/mask_0001-l.png``. ``Case``
is the patient; ``-l`` and ``-r`` are two scans of one lesion and ``-s`` a single one. There is no
pixel spacing, and the suffix does not say which plane was scanned, so both stay empty.
"""

from pathlib import Path

import pandas as pd

from sonolens.studies.folder import find_folder
from sonolens.studies.listing import list_scans, readers
from sonolens.studies.picture import read_mask, read_scan
from sonolens.studies.spreadsheet import read_table
from sonolens.studies.study import Study

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
COLUMNS = ("ID", "Case", "Pathology", "BIRADS", "Device")


def read_busbra(path: str, *, folds: int = 5) -> Study:
    """Read the unpacked BUS-BRA folder.

    Args:
        path: The folder that holds ``bus_data.csv``, ``Images`` and ``Masks``.
        folds: Which of the published fold files is the official one, 5 or 10.

    Returns:
        The study; pictures are read when they are asked for.

    Raises:
        FileNotFoundError: If the folder or one of its parts is absent.
        ValueError: If a column is absent or a pathology is unknown.
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
    rows = read_table(table_file, columns=COLUMNS, key="ID")
    scans = list_scans(
        rows["ID"].tolist(),
        rows["Pathology"].str.strip().str.lower().tolist(),
        source="busbra",
        patient_ids=rows["Case"].tolist(),
        lesion_ids=rows["Case"].tolist(),
        birads=rows["BIRADS"].tolist(),
    )
    return scans.assign(device=rows["Device"])


def _read_folds(table_file: Path) -> pd.DataFrame | None:
    """Read the outer folds; the published inner ones mix patients and are not used."""
    if not table_file.exists():
        return None
    rows = read_table(table_file, columns=("ID", "kFold"), key="ID")
    return pd.DataFrame({"scan_id": rows["ID"], "fold": rows["kFold"].astype(int)})
