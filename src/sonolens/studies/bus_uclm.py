"""BUS-UCLM: 683 frames of 38 patients from one scanner (Vallez et al. 2025).

Layout as published: ``images/ANFO_000.png``, ``masks/ANFO_000.png`` and ``INFO.csv``, separated by
semicolons. The name before the underscore is the patient. In the masks green is a benign and red a
malignant mass. No pixel spacing is documented, and nothing tells which frames show the same mass:
the frames of one patient with one label count as one lesion, so that none is counted twice.
"""

from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from sonolens.arrays import Mask
from sonolens.studies.folder import find_folder, require_files
from sonolens.studies.listing import list_scans
from sonolens.studies.picture import read_scan
from sonolens.studies.picture_file import read_colours, read_size
from sonolens.studies.spreadsheet import read_table
from sonolens.studies.study import Study

DESCRIPTION = "BUS-UCLM, Vallez et al. 2025, doi 10.17632/7fvgj4jsp7, version 3, CC BY 4.0."
# Its other counts include frames that are left out here, and would never be met.
PUBLISHED = {"scans": 683}
PARTS = ("INFO.csv", "images", "masks")
KEY = "Image"
COLUMNS = (KEY, "Label", "Doppler", "Marks", "Combined")
ANSWERS = {"yes": True, "no": False}
CHANNELS = {"malignant": 0, "benign": 1}
"""The colour channel, of red, green and blue, in which a mass of each label is drawn."""

BRIGHT = 128
PATIENTS_WITH_WRONG_MASKS = frozenset({"HESN"})
"""Patients some of whose masks were published in another size than their frames."""


def read_bus_uclm(path: str, *, doppler: str = "drop") -> Study:
    """Read the unpacked BUS-UCLM folder.

    Args:
        path: The folder that holds ``INFO.csv``, ``images`` and ``masks``.
        doppler: ``drop`` leaves out frames with colour Doppler, whose colours are no tissue; ``keep``
            reads them too.

    Returns:
        The study. `left_out` counts what it lacks, each frame under the first reason that applies:
        ``normal``, ``doppler``, or ``mask_size`` where the publication itself pairs a frame with a
        mask of another size. Pictures are read when they are asked for.

    Raises:
        FileNotFoundError: If the folder, one of its parts or a picture is absent.
        ValueError: If a column is absent, an answer is neither yes nor no, or `doppler` is unknown.
    """
    if doppler not in {"drop", "keep"}:
        raise ValueError(f"BUS-UCLM knows no doppler={doppler!r}; choose 'drop' or 'keep'")
    folder = find_folder(path, parts=PARTS, study="BUS-UCLM")
    rows = _read_frames(folder)
    reasons = _find_reasons(rows, drops_doppler=doppler == "drop")
    shown = rows[reasons.isna()]
    require_files(
        [folder / part / name for part in ("images", "masks") for name in shown["file"]],
        study="BUS-UCLM",
    )
    is_wrong = np.array(
        [_has_wrong_mask_size(frame, folder) for _, frame in shown.iterrows()], dtype=bool
    )
    reasons[shown.index[is_wrong]] = "mask_size"
    shown = shown[~is_wrong].reset_index(drop=True)
    return Study(
        name="bus_uclm",
        scans=_list_frames(shown),
        images={
            Path(name).stem: partial(read_scan, folder / "images" / name) for name in shown["file"]
        },
        masks={
            Path(name).stem: partial(read_mass, folder / "masks" / name, label)
            for name, label in zip(shown["file"], shown["label"], strict=True)
        },
        description=DESCRIPTION,
        published=PUBLISHED,
        left_out={str(reason): int(count) for reason, count in reasons.value_counts().items()},
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


def _read_frames(folder: Path) -> pd.DataFrame:
    """Read the table, with its answers in lower case and the patient from the name of the file."""
    rows = read_table(folder / "INFO.csv", columns=COLUMNS, key=KEY)
    names = rows[KEY].where(rows[KEY].str.lower().str.endswith(".png"), rows[KEY] + ".png")
    frames = pd.DataFrame(
        {
            "file": names,
            "patient": names.str.removesuffix(".png").str.split("_").str[0],
            "label": rows["Label"].fillna("").str.lower(),
            "doppler": rows["Doppler"].str.lower(),
            "marks": rows["Marks"].str.lower(),
            "combined": rows["Combined"].str.lower(),
        }
    )
    unclear = frames[~frames["doppler"].isin(list(ANSWERS))]
    if len(unclear):
        raise ValueError(
            f"frame {unclear['file'].iloc[0]!r} of BUS-UCLM has Doppler {unclear['doppler'].iloc[0]!r}; "
            "INFO.csv must say Yes or No"
        )
    return frames


def _find_reasons(frames: pd.DataFrame, *, drops_doppler: bool) -> "pd.Series[str]":
    """Say per frame why it is left out; empty where it is shown."""
    reasons = pd.Series(pd.NA, index=frames.index, dtype="str")
    if drops_doppler:
        reasons[frames["doppler"].map(ANSWERS).astype(bool)] = "doppler"
    reasons[frames["label"] == "normal"] = "normal"
    return reasons


def _has_wrong_mask_size(frame: "pd.Series[str]", folder: Path) -> bool:
    """Find the known errors of the publication; any other one is refused when it is read."""
    return frame["patient"] in PATIENTS_WITH_WRONG_MASKS and read_size(
        folder / "images" / frame["file"]
    ) != read_size(folder / "masks" / frame["file"])


def _list_frames(frames: pd.DataFrame) -> pd.DataFrame:
    """Turn the published table into the contract of `sonolens.tables.Scans`."""
    scans = list_scans(
        [Path(name).stem for name in frames["file"]],
        frames["label"].tolist(),
        source="bus_uclm",
        patient_ids=frames["patient"].tolist(),
        lesion_ids=(frames["patient"] + " " + frames["label"]).tolist(),
    )
    return scans.assign(**{name: frames[name] for name in ("doppler", "marks", "combined")})
