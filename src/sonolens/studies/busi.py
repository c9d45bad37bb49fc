"""BUSI: 780 scans from Baheya Hospital, Cairo (Al-Dhabyani et al. 2020), and its curated version.

Layout as published: ``benign/benign (1).png`` with ``benign (1)_mask.png``, ``benign (1)_mask_1.png``
and so on, likewise ``malignant`` and ``normal``; several masks of one scan mean their union. Curated:
``images/benign_id_1.png`` with ``masks/benign_id_1.png``. Neither tells patients, BI-RADS or pixel
spacing, and both hold several scans of one mass: every scan counts as a patient of its own, which
splits cannot repair, so read `screening` before trusting a result.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from sonolens.studies.folder import find_folder, folders_holding
from sonolens.studies.listing import list_scans
from sonolens.studies.picture import read_scan
from sonolens.studies.study import Study
from sonolens.studies.united_masks import read_united_masks
from sonolens.tables.vocabulary import LABELS

DESCRIPTION = (
    "BUSI, Al-Dhabyani et al., Data in Brief 2020;28:104863, doi 10.1016/j.dib.2019.104863, "
    "no licence stated by the authors."
)
CURATED_DESCRIPTION = (
    "Curated BUSI, doi 10.5281/zenodo.19047974, CC BY 4.0, made from BUSI, Al-Dhabyani et al., "
    "Data in Brief 2020;28:104863, doi 10.1016/j.dib.2019.104863."
)
PUBLISHED = {"scans": 780, "benign": 437, "malignant": 210}
NORMAL = "normal"
CURATED_PARTS = ("images", "masks")
NAME = re.compile(
    r"(?P<scan_id>(?P<label>benign|malignant|normal)(?: \((?P<number>\d+)\)|_id_(?P<id>\d+)))"
    r"(?P<mask>_mask(?:_\d+)?)?\.png"
)


@dataclass(frozen=True)
class Picture:
    """A picture file of BUSI and what its name tells."""

    file: Path
    scan_id: str
    label: str
    number: int
    is_mask: bool


def read_busi(path: str) -> Study:
    """Read the unpacked BUSI folder, or the curated one.

    Args:
        path: The folder that holds ``benign`` and ``malignant`` (and ``normal``); or the curated
            ``images`` and ``masks``.

    Returns:
        The study without the normal scans, which are counted in `left_out`; pictures are read when
        they are asked for.

    Raises:
        FileNotFoundError: If the folder or a mask is absent.
        ValueError: If a picture is neither scan nor mask by its name.
    """
    is_curated = folders_holding(path, parts=CURATED_PARTS) and not folders_holding(
        path, parts=LABELS
    )
    if is_curated:
        folder = find_folder(path, parts=CURATED_PARTS, study="curated BUSI")
        return _make_study(
            _list_pictures(folder / "images"),
            _list_pictures(folder / "masks"),
            name="busi_curated",
            description=CURATED_DESCRIPTION,
            published={},
        )
    folder = find_folder(path, parts=LABELS, study="BUSI")
    pictures = [
        picture
        for label in (*LABELS, NORMAL)
        if (folder / label).is_dir()
        for picture in _list_pictures(folder / label, label=label)
    ]
    return _make_study(
        [picture for picture in pictures if not picture.is_mask],
        [picture for picture in pictures if picture.is_mask],
        name="busi",
        description=DESCRIPTION,
        published=PUBLISHED,
    )


def _list_pictures(folder: Path, *, label: str | None = None) -> list[Picture]:
    """List the pictures of a folder by label and number; in a folder of one label no other may lie."""
    files = [file for file in sorted(folder.glob("*.png")) if not file.name.startswith(".")]
    pictures = [_parse_name(file, label=label) for file in files]
    return sorted(pictures, key=lambda picture: (picture.label, picture.number))


def _parse_name(file: Path, *, label: str | None) -> Picture:
    told = NAME.fullmatch(file.name)
    if told is None or label not in {None, told["label"]}:
        example = "benign_id_1.png" if label is None else f"{label} (1).png or {label} (1)_mask.png"
        raise ValueError(
            f"picture {file.name!r} in the BUSI folder {file.parent.name!r} is neither scan nor mask "
            f"by its name, such as {example}; rename or remove it"
        )
    return Picture(
        file=file,
        scan_id=told["scan_id"],
        label=told["label"],
        number=int(told["number"] or told["id"]),
        is_mask=told["mask"] is not None,
    )


def _make_study(
    scans: Sequence[Picture],
    masks: Sequence[Picture],
    *,
    name: str,
    description: str,
    published: Mapping[str, int],
) -> Study:
    """Bring scans and their masks together."""
    shown = [scan for scan in scans if scan.label != NORMAL]
    n_normal = len(scans) - len(shown)
    mask_files: dict[str, list[Path]] = {scan.scan_id: [] for scan in scans}
    for mask in masks:
        if mask.scan_id not in mask_files:
            raise FileNotFoundError(
                f"mask {mask.file.name!r} has no scan {mask.scan_id + '.png'!r}; "
                "unpack the data set again, wholly, or remove the mask"
            )
        mask_files[mask.scan_id].append(mask.file)
    bare = [scan for scan in shown if not mask_files[scan.scan_id]]
    if bare:
        raise FileNotFoundError(
            f"scan {bare[0].file.name!r} of {name} has no mask, nor have {len(bare) - 1} more scans; "
            "unpack the data set again, wholly, or remove these scans"
        )
    return Study(
        name=name,
        scans=list_scans(
            [scan.scan_id for scan in shown], [scan.label for scan in shown], source=name
        ),
        images={scan.scan_id: partial(read_scan, scan.file) for scan in shown},
        masks={
            scan.scan_id: partial(read_united_masks, tuple(mask_files[scan.scan_id]))
            for scan in shown
        },
        description=description,
        published=published,
        left_out={NORMAL: n_normal} if n_normal else {},
    )
