"""What the case browser draws comes back from its text as it went in."""

import base64
import io

import numpy as np
import pytest
from PIL import Image

from sonolens.regions import Below, RegionRule, Ring, grow_regions
from sonolens.report.case_views import (
    MOST_EXACT_CELLS,
    STEPS,
    encode_map,
    encode_regions,
    encode_scan,
)


def decode(address: str) -> np.ndarray:
    kind, content = address.removeprefix("data:image/").split(";base64,")
    assert kind in {"png", "webp"}
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(content))).convert("L"))


def test_levels_of_regions_tell_part_and_ring_of_every_pixel() -> None:
    mask = np.zeros((9, 9), dtype=bool)
    mask[3:5, 3:6] = True
    marked = np.zeros((9, 9), dtype=np.uint8)
    marked[0, 0] = 1
    rule = RegionRule(
        ring=Ring(mode="millimetres", inner_mm=0.0, outer_mm=1.0, outer_radii=0.5),
        below=Below(lateral_trim=0.0, max_depth_mm=None, exclude_ring=True),
    )
    rings = [rule.ring, rule.ring.widened(2.0)]
    growing = grow_regions(
        rule, mask, rings, spacing_mm=(1.0, 1.0), scan_id="s", annotations=marked
    )

    levels = decode(encode_regions(growing, largest_px=100))

    assert levels[0, 0] == 3 * 64 + 63  # an annotation, which no ring takes
    assert levels[3, 3] == 1 * 64 + 63  # the mass
    assert levels[5, 4] == 2 * 64 + 0  # below, and in the first ring
    assert levels[6, 4] == 2 * 64 + 1  # below, and in the second
    assert levels[8, 4] == 2 * 64 + 63  # below whatever the ring
    assert levels[8, 0] == 0 * 64 + 63  # elsewhere


def test_a_scan_is_averaged_down_and_never_up() -> None:
    scan = np.repeat(np.array([[0, 200]], dtype=np.uint8), 40, axis=0).repeat(20, axis=1)

    assert decode(encode_scan(scan, largest_px=20)).shape == (20, 20)
    assert decode(encode_scan(scan, largest_px=500)).shape == (40, 40)
    assert decode(encode_scan(scan, largest_px=20))[10, 2] == pytest.approx(0, abs=12)


def test_few_cells_come_back_exactly_and_many_within_half_a_step() -> None:
    rng = np.random.default_rng(0)
    few = rng.normal(size=(7, 5)).astype(np.float32)
    told = encode_map(few)
    assert "steps" not in told
    np.testing.assert_array_equal(
        np.frombuffer(base64.b64decode(told["cells"]), "<f4"), few.ravel()
    )

    many = rng.normal(size=(MOST_EXACT_CELLS, 2)).astype(np.float32)
    told = encode_map(many)
    steps = np.frombuffer(base64.b64decode(told["cells"]), np.int8)
    assert (
        np.abs(steps * told["largest"] / STEPS - many.ravel()).max()
        <= 0.51 * told["largest"] / STEPS
    )


def test_a_silent_map_has_cells_too() -> None:
    silent = np.zeros((MOST_EXACT_CELLS, 2), dtype=np.float32)

    assert encode_map(silent)["largest"] == 0
