"""What is wrong with a drawing is found, told with its number, and never said of a sound one."""

import re
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sonolens.cohort import inspect_scan, read_and_inspect, screen_scans
from sonolens.parallel import in_parallel
from sonolens.studies import READERS
from sonolens.studies.remarks import remark

ROWS, COLS = np.mgrid[:80, :100]
DISC = np.hypot(ROWS - 40, COLS - 50) <= 15
RING = DISC & (np.hypot(ROWS - 40, COLS - 50) > 13)
GAP = (abs(ROWS - 40) <= 2) & (COLS > 50)
SPECK = (ROWS == 5) & (COLS == 7)
THRESHOLDS = {
    "min_side_px": 64,
    "max_mask_components": 3,
    "min_depth_mm": 1.0,
    "max_depth_mm": 120.0,
    "min_correlation": 0.9,
}


def tissue(seed: int, *, mass: np.ndarray = DISC, echo: float = 0.5) -> np.ndarray:
    speckle = np.random.default_rng(seed).rayleigh(40, DISC.shape)
    return np.where(mass, echo * speckle, speckle).clip(1, 255).astype(np.uint8)


def screen(
    scans: dict[str, tuple[np.ndarray, np.ndarray]], *, spacing_mm: float = 0.2
) -> pd.DataFrame:
    names = list(scans)
    table = pd.DataFrame(
        {
            "scan_id": names,
            "lesion_id": names,
            "patient_id": names,
            "view": None,
            "label": ["benign", "malignant"] * (len(names) // 2) + ["benign"] * (len(names) % 2),
            "birads": None,
            "spacing_row_mm": spacing_mm,
            "spacing_col_mm": spacing_mm,
            "device": None,
            "source": "test",
        }
    )
    facts = [inspect_scan(scan, mask, scan_id=name) for name, (scan, mask) in scans.items()]
    return screen_scans(table, facts, **THRESHOLDS)


def findings_of(mask: np.ndarray, **options: float) -> dict[str, tuple[str, str]]:
    found = screen({"a": (tissue(0), mask)}, **options)
    return {row.check: (row.severity, row.value) for row in found.itertuples()}


@pytest.mark.parametrize(
    "mask",
    [DISC, DISC.T[:80, :80].copy(), RING, DISC | ((COLS < 12) & (COLS > 3) & (abs(ROWS - 40) < 4))],
    ids=["disc", "square scan", "closed outline", "two lesions"],
)
def test_a_sound_drawing_has_no_finding(mask: np.ndarray) -> None:
    scan = tissue(0)[: mask.shape[0], : mask.shape[1]].copy()

    assert screen({"a": (scan, mask)}).empty


@pytest.mark.parametrize(
    ("mask", "finding"),
    [
        (~DISC, ("inverted_mask", "error", "100.0%")),
        (np.ones_like(DISC), ("inverted_mask", "error", "100.0%")),
        (ROWS >= 20, ("inverted_mask", "error", "75.0%")),
        ((ROWS > 5) & (ROWS < 60) & (COLS > 3), ("large_mask", "warning", "64.8%")),
        (DISC & (np.hypot(ROWS - 40, COLS - 50) <= 2), ("tiny_mask", "error", "13 px, 1 mm")),
        (SPECK, ("tiny_mask", "error", "1 px, 0.2 mm")),
        (RING & ~GAP, ("open_outline", "error", None)),
        ((abs(ROWS - COLS) < 3) & DISC | ((COLS == 45) & DISC), ("thin_mask", "warning", None)),
        ((abs(ROWS - 40) < 2) & (abs(COLS - 50) < 25), ("thin_mask", "warning", "6.1%")),
        (DISC | SPECK, ("stray_pixels", "warning", "1 px")),
    ],
)
def test_a_wrong_drawing_is_found_with_its_number(
    mask: np.ndarray, finding: tuple[str, str, str | None]
) -> None:
    found = findings_of(mask)
    found.pop("mask_at_border", None)

    (check, (severity, value)) = found.popitem()
    assert (check, severity) == finding[:2]
    assert finding[2] in (None, value)
    assert re.search(r"\d", value)
    assert not found


def test_a_mass_is_tiny_in_millimetres_too() -> None:
    assert findings_of(DISC, spacing_mm=0.03)["tiny_mask"] == ("error", "709 px, 0.93 mm")
    assert not findings_of(DISC, spacing_mm=0.04)
    assert "tiny_mask" not in findings_of(DISC, spacing_mm=np.nan)


@pytest.mark.parametrize("level", [0, 90, 255])
def test_a_scan_without_content_is_an_error(level: int) -> None:
    noise = np.random.default_rng(0).integers(0, 3, DISC.shape)
    empty = np.clip(level + noise - 1, 0, 255).astype(np.uint8)

    found = screen({"a": (empty, DISC)})

    assert found[["check", "severity"]].to_numpy().tolist() == [["no_content", "error"]]
    assert found["value"].iloc[0] == "100.0%"


def test_a_drawing_in_place_of_a_scan_has_no_content() -> None:
    large = np.hypot(ROWS - 40, COLS - 50) <= 30

    found = screen({"a": (large.astype(np.uint8) * 255, DISC)})

    assert "no_content" in set(found["check"])


def test_the_same_drawing_under_unlike_scans_is_told_and_under_copies_is_not() -> None:
    moved = np.roll(DISC, 3, axis=1)
    unlike = screen({"a": (tissue(1), DISC), "b": (tissue(2), moved), "c": (tissue(3), DISC)})
    copies = screen({"a": (tissue(1), DISC), "b": (tissue(2), moved), "c": (tissue(1), DISC)})

    same = unlike[unlike["check"] == "same_mask"]
    assert same[["scan_id", "severity", "value"]].to_numpy().tolist() == [
        ["a", "warning", "c"],
        ["c", "warning", "a"],
    ]
    assert "same_mask" not in set(copies["check"])


@pytest.mark.parametrize(("bright", "told"), [(2, None), (3, None), (4, "4 of 6")])
def test_masses_brighter_than_around_them_in_most_scans_are_told_once(
    bright: int, told: str | None
) -> None:
    masks = [np.roll(DISC, place, axis=1) for place in range(6)]
    scans = {
        f"s{place}": (tissue(place, mass=mask, echo=2 if place < bright else 0.5), mask)
        for place, mask in enumerate(masks)
    }

    found = screen(scans)

    assert found["value"].tolist() == ([told] if told else [])
    assert set(found["check"]) <= {"bright_masses"}


def test_what_a_reader_remarks_becomes_one_finding_a_check() -> None:
    def read() -> np.ndarray:
        remark("mask_levels", "2 px", "first file has odd pixels")
        remark("mask_levels", "1 px", "second file has odd pixels")
        return DISC

    facts = read_and_inspect("a", read_image=lambda: tissue(0), read_mask=read)
    table = pd.DataFrame(
        {"scan_id": ["a"], "lesion_id": ["a"], "patient_id": ["a"], "label": ["benign"]}
        | dict.fromkeys(("spacing_row_mm", "spacing_col_mm"), 0.2)
    )
    found = screen_scans(table, [facts], **THRESHOLDS)

    assert found[["check", "value"]].to_numpy().tolist() == [["mask_levels", "2 px, 1 px"]]
    assert found["message"].iloc[0] == "first file has odd pixels; second file has odd pixels"


def inspect_of(study, scan_id):
    return read_and_inspect(
        scan_id, read_image=study.images[scan_id], read_mask=study.masks[scan_id]
    )


@pytest.mark.real_scans
def test_published_drawings_are_sound_but_for_stray_pixels_of_two(real_scans: Path) -> None:
    folders = {"breast": real_scans, "busi": real_scans / "Dataset_BUSI_with_GT"}
    strange = []
    for name, folder in folders.items():
        study = READERS[name](str(folder))
        scans = study.scans if name == "busi" else study.scans.iloc[::4]
        inspect = partial(inspect_of, study)
        facts = list(in_parallel(inspect, scans["scan_id"]))
        found = screen_scans(scans, facts, **THRESHOLDS)
        usual = ["absent_spacing", "mask_at_border", "identical_scans", "near_identical_scans"]
        strange += (
            found.loc[
                ~found["check"].isin([*usual, "conflicting_duplicates"]), ["scan_id", "check"]
            ]
            .to_numpy()
            .tolist()
        )

    assert strange == [["malignant (1)", "stray_pixels"], ["malignant (198)", "stray_pixels"]]
