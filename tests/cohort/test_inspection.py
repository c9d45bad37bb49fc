"""The facts of one scan, measured by hand beforehand."""

import pickle
from functools import partial

import numpy as np
import pytest

from sonolens.cohort import inspect_scan, read_and_inspect, take_fingerprint

SCAN = np.tile(np.arange(60, dtype=np.uint8), (40, 1))


def mask_of(*pixels: tuple[int, int], shape: tuple[int, int] = (40, 60)) -> np.ndarray:
    mask = np.zeros(shape, dtype=bool)
    for row, col in pixels:
        mask[row, col] = True
    return mask


def truncated() -> np.ndarray:
    raise ValueError("picture 'a.png' cannot be read")


def gone() -> np.ndarray:
    raise FileNotFoundError("no such file: 'a.png'")


def silent() -> np.ndarray:
    raise OSError


def test_sizes_are_rows_then_columns() -> None:
    facts = inspect_scan(SCAN, mask_of((5, 5), shape=(30, 20)), scan_id="a")

    assert facts.size_px == (40, 60)
    assert facts.mask_size_px == (30, 20)
    assert facts.scan_id == "a"
    assert facts.unreadable == ""


@pytest.mark.parametrize(
    ("pixels", "pieces"),
    [
        ([], 0),
        ([(5, 5)], 1),
        ([(5, 5), (6, 6)], 1),
        ([(5, 5), (5, 7)], 2),
        ([(1, 1), (20, 30), (38, 58)], 3),
    ],
)
def test_pieces_are_counted_and_corners_join_them(pixels, pieces: int) -> None:
    assert inspect_scan(SCAN, mask_of(*pixels), scan_id="a").mask_components == pieces


@pytest.mark.parametrize(
    ("pixel", "at_border"),
    [
        ((0, 30), True),
        ((39, 30), True),
        ((20, 0), True),
        ((20, 59), True),
        ((1, 1), False),
        ((38, 58), False),
    ],
)
def test_only_the_outermost_pixels_are_the_border(pixel, *, at_border: bool) -> None:
    assert inspect_scan(SCAN, mask_of(pixel), scan_id="a").mask_at_border is at_border


def test_the_fingerprint_is_of_the_scan_and_not_of_the_mask() -> None:
    facts = inspect_scan(SCAN, mask_of((5, 5)), scan_id="a")

    assert facts.fingerprint.pixels == take_fingerprint(SCAN).pixels
    np.testing.assert_array_equal(facts.fingerprint.thumbnail, take_fingerprint(SCAN).thumbnail)


def test_the_facts_of_a_large_scan_are_a_few_kilobytes() -> None:
    scan = np.random.default_rng(0).integers(0, 256, (600, 800), dtype=np.uint8)
    facts = inspect_scan(scan, mask_of((5, 5), shape=(600, 800)), scan_id="a")

    packed = pickle.dumps(facts)

    assert len(packed) < 10_000
    assert pickle.loads(packed).fingerprint.pixels == facts.fingerprint.pixels


@pytest.mark.parametrize(
    ("fails", "reason"),
    [(truncated, "cannot be read"), (gone, "no such file"), (silent, "OSError")],
)
@pytest.mark.parametrize("part", ["read_image", "read_mask"])
def test_what_cannot_be_read_is_a_fact_with_its_reason(fails, reason: str, part: str) -> None:
    readers = {"read_image": lambda: SCAN, "read_mask": partial(mask_of, (5, 5))} | {part: fails}

    facts = read_and_inspect("a", **readers)

    assert reason in facts.unreadable
    assert facts.fingerprint is None


def test_a_picture_without_pixels_is_unreadable() -> None:
    facts = read_and_inspect("a", read_image=lambda: SCAN[:0], read_mask=mask_of)

    assert facts.unreadable == "scan or mask has no pixel"


def test_a_fault_of_ours_is_not_taken_for_an_unreadable_file() -> None:
    def broken() -> np.ndarray:
        raise KeyError("scan_id")

    with pytest.raises(KeyError):
        read_and_inspect("a", read_image=broken, read_mask=mask_of)


def test_a_good_scan_is_read_and_inspected() -> None:
    facts = read_and_inspect("a", read_image=lambda: SCAN, read_mask=partial(mask_of, (5, 5)))

    assert facts.mask_components == 1
    assert facts.unreadable == ""
