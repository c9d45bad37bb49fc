"""BrEaST: 256 scans of 256 patients with pixel size and BI-RADS descriptors (Pawlowska et al. 2024).

Layout as published: the folder ``BrEaST-Lesions_USG-images_and_masks`` with ``case001.png`` and
``case001_tumor.png``, and beside it ``BrEaST-Lesions-USG-clinical-data-Dec-15-2023.xlsx``. Scans are
RGBA, transparent outside a convex field; masks are white on transparent. ``Pixel_size`` is in cm.
Masks of other findings (``case022_other1.png``) are not the mass and are not read.
"""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from sonolens.studies.boundary import StudyFileError
from sonolens.studies.descriptors import list_descriptors
from sonolens.studies.folder import remedy, require_files, subfolders
from sonolens.studies.listing import list_scans, readers
from sonolens.studies.picture import read_scan
from sonolens.studies.picture_file import read_size
from sonolens.studies.row import Row
from sonolens.studies.spreadsheet import read_table
from sonolens.studies.study import Study
from sonolens.studies.united_masks import read_united_masks
from sonolens.tables import vocabulary

DESCRIPTION = (
    "BrEaST-Lesions-USG, Pawlowska et al., Scientific Data 2024, "
    "doi 10.1038/s41597-024-02984-z, CC BY 4.0."
)
PUBLISHED = {"scans": 256, "benign": 154, "malignant": 98}
TABLE = "BrEaST-Lesions-USG-clinical-data*.xlsx"
SCANS = "case*.png"
KEY = "Image_filename"
NORMAL = "normal"
DESCRIPTORS = (
    "Tissue_composition",
    "Signs",
    "Symptoms",
    "Shape",
    "Margin",
    "Echogenicity",
    "Posterior_features",
    "Halo",
    "Calcifications",
    "Skin_thickening",
    "Interpretation",
    "Verification",
    "Diagnosis",
)
NOTED = (
    "Posterior_features",
    "Margin",
    "Echogenicity",
    "Calcifications",
    "Halo",
    "Skin_thickening",
)
"""The descriptors of what is seen on a scan, and where."""

COLUMNS = (
    KEY,
    "Mask_tumor_filename",
    "Pixel_size",
    "Age",
    "BIRADS",
    "Classification",
    *DESCRIPTORS,
)
MM_PER_CM = 10.0
SHALLOWEST_FIELD_MM = 10.0
DEEPEST_FIELD_MM = 120.0


def read_breast(path: str) -> Study:
    """Read the unpacked BrEaST folder and its table.

    Args:
        path: The folder of the pictures, with the table in it or beside it; or the folder that holds
            both.

    Returns:
        The study without the normal cases, which are counted in `left_out`. Its scans also tell the
        age in years and the published descriptors, each under its name in lower case. Pictures are
        read when they are asked for.

    Raises:
        FileNotFoundError: If the table, the pictures, or one picture is absent.
        ValueError: If there are two tables, a column is absent, a case has no tumour mask, or a pixel
            size gives a field no breast scan has.
    """
    table_file = _find_table(path)
    folder = _find_pictures(path, table_file)
    rows = read_table(table_file, required=COLUMNS, key=KEY)
    shown = [row for row in rows if row.written("Classification").lower() != NORMAL]
    n_normal = len(rows) - len(shown)
    scan_ids = [Path(row.written(KEY)).stem for row in shown]
    scan_files = [folder / row.written(KEY) for row in shown]
    mask_files = [_list_tumour_masks(row, folder) for row in shown]
    require_files([*scan_files, *(file for files in mask_files for file in files)], study="BrEaST")
    return Study(
        name="breast",
        scans=_list_cases(shown, scan_ids=scan_ids, scan_files=scan_files),
        images=readers(read_scan, scan_ids, scan_files),
        masks=readers(read_united_masks, scan_ids, mask_files),
        description=DESCRIPTION,
        published=PUBLISHED,
        left_out={NORMAL: n_normal} if n_normal else {},
        descriptors=list_descriptors(
            scan_ids, {name.lower(): [row.written(name) for row in shown] for name in NOTED}
        ),
    )


def _find_table(path: str) -> Path:
    given = Path(path)
    homes = [given, *subfolders(given)]
    if given.is_file() or _holds_scans(given):
        homes.append(given.parent)
    tables = [
        table
        for home in homes
        for table in sorted(home.glob(TABLE))
        if not table.name.startswith(".")
    ]
    if len(tables) > 1:
        raise ValueError(
            f"BrEaST folder {path!r} holds two tables, {str(tables[0])!r} and {str(tables[1])!r}; "
            "remove the one that is not to be read"
        )
    if not tables:
        raise FileNotFoundError(
            f"BrEaST folder {path!r} has no {TABLE!r}{'' if given.exists() else ' and does not exist'}; "
            f"{remedy(path)} give the folder that holds the table and "
            "'BrEaST-Lesions_USG-images_and_masks', for example with --params study.path=..."
        )
    return tables[0]


def _find_pictures(path: str, table_file: Path) -> Path:
    given, home = Path(path), table_file.parent
    if _holds_scans(given):
        return given
    folders = [folder for folder in (home, *subfolders(home)) if _holds_scans(folder)]
    if len(folders) > 1:
        raise ValueError(
            f"BrEaST table {str(table_file)!r} lies beside {folders[0].name!r} and {folders[1].name!r}, "
            f"which both hold {SCANS}; give the folder of the pictures"
        )
    if not folders:
        raise FileNotFoundError(
            f"BrEaST folder {str(home)!r} holds the table but no {SCANS}; {remedy(path)} put "
            "'BrEaST-Lesions_USG-images_and_masks' beside the table"
        )
    return folders[0]


def _holds_scans(folder: Path) -> bool:
    return any(folder.glob(SCANS))


def _list_tumour_masks(row: Row, folder: Path) -> tuple[Path, ...]:
    """List the masks the table names, joined with ``&``, and those named alike that lie beside them."""
    names = row.known("Mask_tumor_filename")
    if not names:
        row.refuse(
            f"BrEaST case {row.written(KEY)!r} is {row.written('Classification')} but has no "
            "Mask_tumor_filename; complete the table or remove the row"
        )
    named = {folder / name.strip() for name in names.split("&")}
    alike = set(folder.glob(f"{Path(row.written(KEY)).stem}_tumor*.png"))
    return tuple(sorted(named | alike))


def _list_cases(
    rows: Sequence[Row], *, scan_ids: list[str], scan_files: list[Path]
) -> pd.DataFrame:
    """Turn the published table into the contract of `sonolens.tables.Scans`."""
    scans = list_scans(
        scan_ids,
        [row.label("Classification") for row in rows],
        source="breast",
        patient_ids=scan_ids,  # published: one scan of each of 256 patients
        lesion_ids=scan_ids,
        birads=[row.choice("BIRADS", vocabulary.BIRADS) for row in rows],
        spacing_mm=[
            _read_spacing_mm(row, file) for row, file in zip(rows, scan_files, strict=True)
        ],
    )
    scans["age"] = [row.amount("Age") for row in rows]
    for descriptor in DESCRIPTORS:
        told = [row.known(descriptor) or None for row in rows]
        scans[descriptor.lower()] = pd.Series(told, dtype="str")
    return scans


def _read_spacing_mm(row: Row, scan_file: Path) -> float:
    """Turn cm into mm, and refuse a size that gives an impossible depth of the field of view.

    Of a picture that cannot be read no depth is known; screening will say so of this scan.
    """
    side_mm = row.amount("Pixel_size") * MM_PER_CM
    try:
        depth_mm = read_size(scan_file)[0] * side_mm
    except StudyFileError:
        return side_mm
    if depth_mm < SHALLOWEST_FIELD_MM or depth_mm > DEEPEST_FIELD_MM:
        row.refuse(
            f"BrEaST case {scan_file.name!r} has the Pixel_size {side_mm / MM_PER_CM:g}, which in cm "
            f"makes its field {depth_mm:.0f} mm deep instead of {SHALLOWEST_FIELD_MM:.0f} to "
            f"{DEEPEST_FIELD_MM:.0f} mm; use the table as published, in cm per pixel"
        )
    return side_mm
