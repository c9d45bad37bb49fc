"""Drawn annotations are found on drawn speckle, and on published scans as often as the docs say."""

import csv
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont
from scipy import ndimage

from sonolens.parallel import in_parallel
from sonolens.studies.phantoms import read_phantoms
from sonolens.studies.picture import read_scan
from sonolens.ultrasound.annotations import ANNOTATION_KINDS, find_annotations, find_boxes
from sonolens.ultrasound.annotations.margins import find_margins

BOXES = Path(__file__).with_name("annotation_boxes.csv")
TEXT, CALLIPER = ANNOTATION_KINDS["text"], ANNOTATION_KINDS["calliper"]
MARGIN, OUTSIDE = ANNOTATION_KINDS["margin"], ANNOTATION_KINDS["outside"]


def speckle(rows: int = 240, cols: int = 300, *, seed: int = 0, level: float = 90.0) -> np.ndarray:
    """Tissue without structure: echoes finer along depth than across the beam."""
    rng = np.random.default_rng(seed)
    wave = rng.normal(size=(2, rows, cols))
    echoes = np.hypot(*(ndimage.gaussian_filter(part, (1.2, 3.0)) for part in wave))
    levels = level + 25 * np.log(echoes / np.median(echoes) + 1e-3)
    return np.clip(levels, 0, 255).astype(np.uint8)


def write(scan: np.ndarray, text: str, *, at: tuple[int, int], size: int = 14) -> np.ndarray:
    picture = Image.fromarray(scan)
    ImageDraw.Draw(picture).text(at[::-1], text, fill=240, font=ImageFont.load_default(size))
    return np.asarray(picture)


def cross(scan: np.ndarray, *, at: tuple[int, int], arm: int = 6) -> np.ndarray:
    drawn = scan.copy()
    row, col = at
    drawn[row - arm : row + arm + 1, col] = 230
    drawn[row, col - arm : col + arm + 1] = 230
    return drawn


@pytest.mark.parametrize("seed", range(5))
def test_speckle_alone_holds_no_annotation(seed: int) -> None:
    assert not find_annotations(speckle(seed=seed)).any()


@pytest.mark.parametrize("text", ["MAMA DIREITA", "LEFT BREAST", "12.5mm"])
def test_text_is_found_whatever_it_says(text: str) -> None:
    plain = speckle()
    written = write(plain, text, at=(180, 60))
    letters = written != plain
    found = find_annotations(written)
    assert (found[letters] == TEXT).mean() > 0.9
    assert (found > 0).mean() < 0.1


def test_two_callipers_are_found_where_they_stand() -> None:
    scan = cross(cross(speckle(), at=(80, 100)), at=(120, 190))
    found = find_annotations(scan) > 0
    labels, count = ndimage.label(found)
    assert count == 2
    assert labels[80, 100] != labels[120, 190] > 0


def test_fibres_skin_and_grains_of_calcium_are_tissue() -> None:
    scan = speckle()
    scan[10:13] = 250  # the skin
    for row in (60, 64, 70):  # fibres
        scan[row : row + 2, 40:260] = 230
    calcium = np.zeros(scan.shape)
    calcium[110, 150] = calcium[130, 170] = 1  # as wide as the beam
    scan = np.clip(scan + 6e4 / 20 * ndimage.gaussian_filter(calcium, (1.2, 3.0)), 0, 255)
    assert not find_annotations(scan.astype(np.uint8)).any()


@pytest.mark.parametrize(("cols", "found"), [(27, False), (28, True)])
def test_a_scan_that_two_margins_and_as_much_tissue_would_not_fit_into_has_no_margin(
    cols: int, found: bool
) -> None:
    scan = speckle(240, cols)
    scan[:, :5] = 0

    assert bool(find_margins(scan)) == found


def test_what_lies_beside_a_convex_field_is_outside() -> None:
    scan = speckle(300, 400)
    rows, cols = np.mgrid[:300, :400]
    inside = (np.abs(cols - 199.5) < 120 + 0.25 * rows) & (np.hypot(rows + 300, cols - 199.5) < 580)
    scan[~inside] = 0
    found = find_annotations(scan) == OUTSIDE
    assert (found & inside).sum() < 0.01 * inside.sum()
    assert (found & ~inside).sum() > 0.9 * (~inside).sum()


def test_a_black_border_is_outside_and_a_shadow_that_reaches_the_edge_is_not() -> None:
    bordered = speckle()
    bordered[:, 260:] = 0
    assert (find_annotations(bordered)[:, 262:] == OUTSIDE).mean() > 0.95

    fading = np.linspace(0, 1, 120)[:, None] * np.exp(-(((np.arange(300) - 150) / 40) ** 2))
    shadowed = speckle().astype(float)
    shadowed[120:] -= 140 * fading
    assert not find_annotations(np.clip(shadowed, 0, 255).astype(np.uint8)).any()


def test_a_grey_bar_beside_the_field_is_a_margin() -> None:
    scan = speckle(level=60)
    scan[30:160, 288:] = np.linspace(255, 130, 130)[:, None]
    found = find_annotations(scan)
    assert (found[50:130, 288:] == MARGIN).all()
    assert not found[:, :270].any()


def test_a_scan_smaller_than_a_letter_or_of_one_grey_level_has_none() -> None:
    for scan in (np.zeros((200, 200)), np.full((200, 200), 90), np.zeros((5, 400))):
        assert not find_annotations(scan.astype(np.uint8)).any()


def test_phantoms_hold_no_annotation() -> None:
    study = read_phantoms(
        masses=4,
        malignant_share=0.5,
        cues=["margin", "posterior"],
        least_look=0.4,
        foci_site="mass",
        seed=0,
    )
    assert not any(find_annotations(read()).any() for read in study.images.values())


class Agreement(NamedTuple):
    """How found boxes agree with those drawn by hand."""

    box_precision: float
    box_recall: float
    pixel_precision: float
    pixel_recall: float


def find_in(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """A scan and what is found on it."""
    scan = read_scan(path)
    return scan, find_annotations(scan)


def compare_with_hand(folder: Path, part: str) -> Agreement:
    """Compare on one half of the scans; a box counts as found, and as right, from half of its area on.

    Drawn boxes of the kind ``ignore`` hold what is neither asked for nor wrong.
    """
    with BOXES.open() as file:
        drawn = [row for row in csv.DictReader(file) if row["part"] == part]
    found_boxes = right_boxes = drawn_boxes = met_boxes = both = found_px = drawn_px = met_px = 0
    names = sorted({row["scan"] for row in drawn})
    for name, (scan, found) in zip(
        names, in_parallel(find_in, [folder / name for name in names]), strict=True
    ):
        asked, ignored = np.zeros(scan.shape, bool), np.zeros(scan.shape, bool)
        places = []
        for row in (row for row in drawn if row["scan"] == name and row["kind"] != "none"):
            rows, cols = (
                slice(int(row["row0"]), int(row["row1"])),
                slice(int(row["col0"]), int(row["col1"])),
            )
            (ignored if row["kind"] == "ignore" else asked)[rows, cols] = True
            places += [] if row["kind"] == "ignore" else [(rows, cols)]
        marked = (found > 0) & (found != OUTSIDE)
        allowed = ndimage.binary_dilation(asked, iterations=3)
        boxes = [box.pixels for box in find_boxes(scan, outside=found == OUTSIDE)]
        boxes = [box for box in boxes if ignored[box].mean() <= 0.3]
        found_boxes += len(boxes)
        right_boxes += sum(allowed[box].mean() >= 0.5 for box in boxes)
        drawn_boxes += len(places)
        met_boxes += sum(marked[place].mean() >= 0.5 for place in places)
        found_px += (marked & ~ignored).sum()
        both += (marked & allowed & ~ignored).sum()
        drawn_px += (asked & ~ignored).sum()
        met_px += (marked & asked & ~ignored).sum()
    return Agreement(
        right_boxes / found_boxes, met_boxes / drawn_boxes, both / found_px, met_px / drawn_px
    )


@pytest.mark.real_scans
def test_annotations_are_found_on_scans_that_were_not_tuned_on(real_scans: Path) -> None:
    measured = compare_with_hand(real_scans, "reported")  # 0.91, 0.77, 0.90, 0.85
    assert measured.box_precision > 0.85
    assert measured.box_recall > 0.73
    assert measured.pixel_precision > 0.82
    assert measured.pixel_recall > 0.79


@pytest.mark.real_scans
def test_transparent_pixels_of_convex_scans_are_outside_and_no_others(real_scans: Path) -> None:
    convex = 0
    folder = real_scans / "BrEaST-Lesions_USG-images_and_masks"
    paths = sorted(folder.glob("case???.png"))[::3]
    for path, (_, found) in zip(paths, in_parallel(find_in, paths), strict=True):
        transparent = np.asarray(Image.open(path).convert("RGBA"))[..., 3] == 0
        outside = found == OUTSIDE
        if transparent.mean() > 0.02:
            convex += 1
            assert (outside & transparent).sum() > 0.95 * transparent.sum()
        assert (outside & ~transparent).mean() < 0.01
    assert convex >= 3
