"""OASBUD: radio-frequency echoes of 100 masses, two scans each (Piotrzkowska-Wroblewska et al. 2017).

As published: one MATLAB file with the struct array ``data`` (`id`, `rf1`, `rf2`, `roi1`, `roi2`,
`birads`, `class`). The reader turns echoes into B-mode on square pixels of known size, which
BUS-BRA and most other public sets lack. The two scans of a mass are orthogonal, but the publication
does not say which is which, so `view` stays empty. `id` is not unique to a mass: it names the
patient, and masses are numbered by their place in the file.
"""

from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from jaxtyping import Shaped

from sonolens.arrays import Mask, Scan
from sonolens.studies.boundary import StudyFileError
from sonolens.studies.matlab import StructArray, open_struct_array
from sonolens.studies.study import Study
from sonolens.tables.vocabulary import LABELS
from sonolens.ultrasound import compress_envelope, detect_envelope, resample_envelope

DESCRIPTION = (
    "OASBUD, Piotrzkowska-Wroblewska et al., Medical Physics 2017;44:6105, doi 10.1002/mp.12538, "
    "CC BY-NC 4.0; B-mode made from radio-frequency echoes."
)
PUBLISHED = {
    "scans": 200,
    "patients": 78,
    "lesions": 100,
    "benign": 96,
    "malignant": 104,
}
FILE = "OASBUD.mat"
FIELDS = ("id", "rf1", "rf2", "roi1", "roi2", "birads", "class")
LESIONS, MALIGNANT_LESIONS = 100, 52
SAMPLE_MM = 1540e3 / (2 * 40e6)
"""Depth of a sample: sound at 1540 m/s, there and back, sampled at 40 MHz."""
LINE_MM = 38 / 510
"""Distance of two scan lines: 510 lines over an aperture of 38 mm."""
PIXEL_MM = 0.075
"""Side of the pixels made, about the distance of two lines."""
HALF = 0.5
MOST_ALONG = 5000
"""Samples or lines: 96 mm of depth. Published are 510 lines; the work grows with the square."""

LOUDEST = 1e15
"""Recorded are whole numbers of 16 bits; in single precision the square of louder ones has no end."""


def read_oasbud(path: str, *, dynamic_range_db: float, skip_samples: int) -> Study:
    """Read OASBUD.mat, or the folder that holds it.

    The file is passed through once to find its masses; echoes are decoded one scan at a time, when
    a scan is asked for.

    Args:
        path: The file, its folder, or a folder with one such folder in it.
        dynamic_range_db: How far below the loudest echo of a scan is black.
        skip_samples: Samples next to the probe to drop, where the transmitted pulse still rings.

    Returns:
        The study, on pixels of 0.075 mm.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If the file has another format or other fields, a class is neither 0 nor 1, the
            complete file has not 52 malignant masses, or an option is out of range.
    """
    if skip_samples < 0 or dynamic_range_db <= 0:
        raise ValueError(
            f"skip_samples {skip_samples} must be 0 or more and dynamic_range_db {dynamic_range_db} "
            "above 0; 20 samples and 50 dB are usual"
        )
    file = _find_file(Path(path))
    data = open_struct_array(file, "data")
    absent = [field for field in FIELDS if field not in data.fields]
    if absent:
        raise StudyFileError(
            f"{file.name} has no field {absent[0]!r} but {', '.join(data.fields)}; "
            "use the file as published"
        )
    scans = _list_scans(data, file.name)
    keys = [(scan_id, row // 2, row % 2 + 1) for row, scan_id in enumerate(scans["scan_id"])]
    return Study(
        name="oasbud",
        scans=scans,
        images={
            scan_id: partial(
                _read_scan,
                file,
                lesion,
                number,
                dynamic_range_db=dynamic_range_db,
                skip_samples=skip_samples,
            )
            for scan_id, lesion, number in keys
        },
        masks={
            scan_id: partial(_read_mask, file, lesion, number, skip_samples=skip_samples)
            for scan_id, lesion, number in keys
        },
        description=DESCRIPTION,
        published=PUBLISHED,
    )


def _find_file(path: Path) -> Path:
    """Accept the file, its folder, or the folder above."""
    if path.is_file():
        return path
    for pattern in (FILE, f"*/{FILE}"):
        found = sorted(path.glob(pattern))
        if len(found) == 1:
            return found[0]
    raise FileNotFoundError(
        f"OASBUD path {str(path)!r} holds no {FILE!r}; download it from zenodo.org/records/545928 and "
        f"give the file, for example --params study.path=data/01_raw/{FILE}"
    )


def _list_scans(data: StructArray, name: str) -> pd.DataFrame:
    """Turn the small fields into the contract of `sonolens.tables.Scans`: two rows per mass."""
    facts = [data.read(lesion, ("id", "birads", "class")) for lesion in range(len(data.elements))]
    if not facts:
        raise StudyFileError(f"{name} holds no mass; use the file as published")
    classes = [
        _read_class(fact["class"], f"mass {lesion} of {name}")
        for lesion, fact in enumerate(facts, start=1)
    ]
    _check_balance(sum(classes), len(classes), name)
    return pd.DataFrame(
        [
            {
                "scan_id": f"oasbud_{lesion:03d}_{number}",
                "lesion_id": f"{lesion:03d}",
                "patient_id": _text(fact["id"]),
                "view": pd.NA,
                "label": LABELS[malignant],
                "birads": _text(fact["birads"]).lower() or pd.NA,
                "spacing_row_mm": PIXEL_MM,
                "spacing_col_mm": PIXEL_MM,
                "device": "SonixTouch Research, L14-5/38",
                "source": "oasbud",
            }
            for lesion, (fact, malignant) in enumerate(zip(facts, classes, strict=True), start=1)
            for number in (1, 2)
        ]
    ).astype({"view": "str", "birads": "str"})


def _read_class(value: object, whose: str) -> int:
    """Read a class, 0 benign or 1 malignant."""
    text = _text(value)
    if text not in {"0", "1"}:
        raise StudyFileError(f"{whose} has the class {text!r}; 0 is benign and 1 malignant")
    return int(text)


def _check_balance(malignant: int, lesions: int, name: str) -> None:
    """Refuse a complete file whose classes are inverted or changed; parts cannot be judged."""
    if lesions != LESIONS or malignant == MALIGNANT_LESIONS:
        return
    reason = "inverted" if malignant == LESIONS - MALIGNANT_LESIONS else "changed"
    raise StudyFileError(
        f"{name} has {malignant} masses of class 1 among {lesions}, but {MALIGNANT_LESIONS} are "
        f"malignant as published: the classes are {reason}; use the file as published"
    )


def _text(value: object) -> str:
    """Write an id, class or category as text; an empty one is empty.

    >>> _text(7.0), _text(" 4A "), _text(np.array([]))
    ('7', '4A', '')
    """
    if isinstance(value, np.ndarray):
        value = value.item() if value.size == 1 else ""
    return f"{value:g}" if isinstance(value, float) else str(value).strip()


def _read_scan(
    file: Path, lesion: int, number: int, *, dynamic_range_db: float, skip_samples: int
) -> Scan:
    """Make the B-mode of one scan; its loudest pixel is white."""
    rf = _read_field(file, lesion, number, field="rf", skip_samples=skip_samples)
    amplitudes = _to_pixels(detect_envelope(rf))
    if not amplitudes.max() > 0:
        raise StudyFileError(
            f"rf{number} of mass {lesion + 1} in {file.name} is silent; leave the scan out"
        )
    return compress_envelope(
        amplitudes, dynamic_range_db=dynamic_range_db, reference=float(amplitudes.max())
    )


def _read_mask(file: Path, lesion: int, number: int, *, skip_samples: int) -> Mask:
    """Carry the drawn mass to the same pixels: those it covers by more than half."""
    roi = _read_field(file, lesion, number, field="roi", skip_samples=skip_samples)
    return _to_pixels((roi != 0).astype(np.float32)) > HALF


def _read_field(
    file: Path, lesion: int, number: int, *, field: str, skip_samples: int
) -> Shaped[np.ndarray, "samples lines"]:
    """Read `rf` or `roi` of one scan without the samples next to the probe."""
    name = f"{field}{number}"
    samples = np.asarray(open_struct_array(file, "data").read(lesion, (name,))[name])
    whose = f"{name} of mass {lesion + 1} in {file.name}"
    if samples.ndim != 2 or len(samples) <= skip_samples or not samples.size:  # noqa: PLR2004
        raise StudyFileError(
            f"{whose} has the shape {samples.shape}; "
            f"samples x lines are expected, more than the {skip_samples} samples to skip"
        )
    if max(samples.shape) > MOST_ALONG:
        raise StudyFileError(
            f"{whose} has the shape {samples.shape}, and more than {MOST_ALONG} along an axis are no scan; use the file "
            "as published"
        )
    if samples.dtype.kind not in "buif" or not (np.abs(samples.astype(float)) < LOUDEST).all():
        raise StudyFileError(
            f"{whose} holds {samples.dtype} values that are no echoes; use the file as published"
        )
    return samples[skip_samples:]


def _to_pixels(samples: Shaped[np.ndarray, "samples lines"]) -> Shaped[np.ndarray, "rows cols"]:
    """Average samples over square pixels."""
    return resample_envelope(samples, row_mm=SAMPLE_MM, col_mm=LINE_MM, to_mm=PIXEL_MM)
