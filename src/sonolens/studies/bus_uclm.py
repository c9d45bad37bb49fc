"""BUS-UCLM: 683 frames of 38 patients from one scanner (Vallez et al. 2025).

Layout as published: ``images/ANFO_000.png``, ``masks/ANFO_000.png`` and ``INFO.csv``, separated by
semicolons. The name before the underscore is the patient. In the masks green is a benign and red a
malignant mass. No pixel spacing is documented, and nothing tells which frames show the same mass:
the frames of one patient with one label count as one lesion, so that none is counted twice. A
``Combined`` frame holds two pictures side by side, which is no scan.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pandas as pd

from sonolens.arrays import Mask
from sonolens.studies.boundary import StudyFileError
from sonolens.studies.folder import find_folder, require_files
from sonolens.studies.listing import list_scans, readers
from sonolens.studies.picture import read_scan
from sonolens.studies.picture_file import read_colours, read_size
from sonolens.studies.row import Row
from sonolens.studies.spreadsheet import read_table
from sonolens.studies.study import Study
from sonolens.tables.filled_in import mark_filled

DESCRIPTION = "BUS-UCLM, Vallez et al. 2025, doi 10.17632/7fvgj4jsp7, version 3, CC BY 4.0."
# Its other counts include frames that are left out here, and would never be met.
PUBLISHED = {"scans": 683}
PARTS = ("INFO.csv", "images", "masks")
KEY = "Image"
COLUMNS = (KEY, "Label", "Doppler", "Marks", "Combined")
NORMAL = "normal"
CHANNELS = {"malignant": 0, "benign": 1}
"""The colour channel, of red, green and blue, in which a mass of each label is drawn."""

BRIGHT = 128
PATIENTS_WITH_WRONG_MASKS = frozenset({"HESN"})
"""Patients some of whose masks were published in another size than their frames."""


@dataclass(frozen=True)
class Frame:
    """A frame of the table; an answer is None where it is neither yes nor no."""

    file: str
    patient: str
    label: str
    doppler: bool | None
    marks: bool | None
    combined: bool | None


def read_bus_uclm(path: str, *, doppler: str = "drop") -> Study:
    """Read the unpacked BUS-UCLM folder.

    Args:
        path: The folder that holds ``INFO.csv``, ``images`` and ``masks``.
        doppler: ``drop`` leaves out frames with colour Doppler, whose colours are no tissue; ``keep``
            reads them too.

    Returns:
        The study. `left_out` counts what it lacks, each frame under the first reason that applies:
        ``combined``, ``normal``, ``doppler``, ``unclear answer`` where the table says neither yes nor
        no, or ``mask_size`` where the publication itself pairs a frame with a mask of another size.
        Pictures are read when they are asked for.

    Raises:
        FileNotFoundError: If the folder, one of its parts or a picture is absent.
        ValueError: If a column is absent, a label or `doppler` is unknown, or a frame is listed twice.
    """
    if doppler not in {"drop", "keep"}:
        raise ValueError(f"BUS-UCLM knows no doppler={doppler!r}; choose 'drop' or 'keep'")
    folder = find_folder(path, parts=PARTS, study="BUS-UCLM")
    frames = [
        _read_frame(row) for row in read_table(folder / "INFO.csv", required=COLUMNS, key=KEY)
    ]
    reasons = [_find_reason(frame, drops_doppler=doppler == "drop") for frame in frames]
    usable = [frame for frame, reason in zip(frames, reasons, strict=True) if not reason]
    require_files(
        [folder / part / frame.file for part in ("images", "masks") for frame in usable],
        study="BUS-UCLM",
    )
    shown = [frame for frame in usable if not _has_wrong_mask_size(frame, folder)]
    counts = Counter(filter(None, reasons)) + Counter(mask_size=len(usable) - len(shown))
    scans = _list_frames(shown)
    return Study(
        name="bus_uclm",
        scans=scans,
        images=readers(read_scan, scans["scan_id"], [folder / "images" / f.file for f in shown]),
        masks={
            Path(frame.file).stem: partial(read_mass, folder / "masks" / frame.file, frame.label)
            for frame in shown
        },
        description=DESCRIPTION,
        published=PUBLISHED,
        left_out=dict(counts),
    )


def read_mass(path: Path, label: str) -> Mask:
    """Read the mass of one label from a mask in colours; a mass of the other label is not part of it.

    Args:
        path: The mask file: green is benign, red is malignant, black is neither.
        label: The label of the frame.

    Returns:
        True inside the mass; nowhere if the mask is black.

    Raises:
        ValueError: If the file cannot be read, or its colours contradict the label.
    """
    colours = read_colours(path) >= BRIGHT
    is_pure = colours.sum(axis=2) == 1
    mass = colours[:, :, CHANNELS[label]] & is_pure
    if colours.any() and not mass.any():
        raise ValueError(
            f"mask {path.name!r} holds no {'green' if label == 'benign' else 'red'} pixel but other "
            f"colours, although INFO.csv calls the frame {label}; correct the table or remove the row"
        )
    return mass


def _read_frame(row: Row) -> Frame:
    """Read a row of the table; the patient is the name of the file before the underscore."""
    name = row.written(KEY)
    label = row.written("Label").lower()
    return Frame(
        file=name if name.lower().endswith(".png") else f"{name}.png",
        patient=name.removesuffix(".png").partition("_")[0],
        label=NORMAL if label == NORMAL else row.label("Label"),
        doppler=row.answer("Doppler"),
        marks=row.answer("Marks"),
        combined=row.answer("Combined"),
    )


def _find_reason(frame: Frame, *, drops_doppler: bool) -> str | None:
    """Say why a frame is left out; None if it is shown."""
    doubtful = [frame.combined, *([frame.doppler] if drops_doppler else [])]
    if frame.combined:
        return "combined"
    if frame.label == NORMAL:
        return NORMAL
    if drops_doppler and frame.doppler:
        return "doppler"
    return "unclear answer" if None in doubtful else None


def _has_wrong_mask_size(frame: Frame, folder: Path) -> bool:
    """Find the known errors of the publication; any other one, and what cannot be read, is refused when it is read."""
    if frame.patient not in PATIENTS_WITH_WRONG_MASKS:
        return False
    try:
        scan, mask = (read_size(folder / part / frame.file) for part in ("images", "masks"))
    except StudyFileError:
        return False
    return scan != mask


def _list_frames(frames: Sequence[Frame]) -> pd.DataFrame:
    """Turn the frames into the contract of `sonolens.tables.Scans`."""
    scans = list_scans(
        [Path(frame.file).stem for frame in frames],
        [frame.label for frame in frames],
        source="bus_uclm",
        patient_ids=[frame.patient for frame in frames],
        lesion_ids=[f"{frame.patient} {frame.label}" for frame in frames],
    )
    scans = mark_filled(scans, {"lesion_id": [True] * len(frames)})
    words = {True: "yes", False: "no", None: None}
    for column in ("doppler", "marks", "combined"):
        told = [words[getattr(frame, column)] for frame in frames]
        scans[column] = pd.Series(told, dtype="str")
    return scans
