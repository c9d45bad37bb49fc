"""UDIAT, also called Dataset B: 163 scans of 163 women from one scanner (Yap et al. 2018).

Layout as handed out: ``original/000001.png``, ``GT/000001.png`` and ``DatasetB.xlsx`` with the
number and the type of every scan. There is no pixel spacing and no BI-RADS. Sources disagree on one
label (110 benign and 53 malignant, or 109 and 54): only the number of scans is held to be published.
"""

from sonolens.studies.folder import find_folder, require_files
from sonolens.studies.listing import list_scans, readers
from sonolens.studies.picture import read_scan
from sonolens.studies.spreadsheet import read_table
from sonolens.studies.study import Study
from sonolens.studies.united_masks import read_united_masks

DESCRIPTION = (
    "UDIAT Dataset B, Yap et al., IEEE J Biomed Health Inform 2018;22:1218, "
    "doi 10.1109/JBHI.2017.2731873, on application, for research only."
)
PUBLISHED = {"scans": 163}
PARTS = ("DatasetB.xlsx", "original", "GT")
KEY = "Image"
TYPE = "Type"
DIGITS = 6
"""Length of a scan's number in the file names: ``000001.png``."""


def read_udiat(path: str) -> Study:
    """Read the unpacked UDIAT folder.

    Args:
        path: The folder that holds ``DatasetB.xlsx``, ``original`` and ``GT``.

    Returns:
        The study; pictures are read when they are asked for.

    Raises:
        FileNotFoundError: If the folder, one of its parts or a picture is absent.
        ValueError: If a column is absent, or a type is neither benign nor malignant.
    """
    folder = find_folder(path, parts=PARTS, study="UDIAT")
    rows = read_table(folder / "DatasetB.xlsx", required=(KEY, TYPE), key=KEY)
    scan_ids = [_name_scan(row.written(KEY)) for row in rows]
    scan_files, mask_files = (
        [folder / part / f"{scan_id}.png" for scan_id in scan_ids] for part in ("original", "GT")
    )
    require_files([*scan_files, *mask_files], study="UDIAT")
    return Study(
        name="udiat",
        scans=list_scans(
            scan_ids,
            [row.label(TYPE) for row in rows],
            source="udiat",
            patient_ids=scan_ids,  # published: one scan of each of 163 women
            lesion_ids=scan_ids,
        ),
        images=readers(read_scan, scan_ids, scan_files),
        masks=readers(read_united_masks, scan_ids, [(file,) for file in mask_files]),
        description=DESCRIPTION,
        published=PUBLISHED,
    )


def _name_scan(number: str) -> str:
    """Give a number of the table the leading zeros of the file name, which a spreadsheet drops.

    >>> _name_scan("1"), _name_scan("000002"), _name_scan("163.png")
    ('000001', '000002', '000163')
    """
    return number.removesuffix(".png").zfill(DIGITS)
