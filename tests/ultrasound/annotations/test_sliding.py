"""What is found by shifting whole pictures is what the filters of well-kept libraries find."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage
from skimage.morphology import convex_hull_image

from sonolens.ultrasound.annotations.field import DARKEST, NEAR_SHARE, _find_near
from sonolens.ultrasound.annotations.hull import fill_hull
from sonolens.ultrasound.annotations.margins import EDGE_ROWS, _follow, _keep_on
from sonolens.ultrasound.annotations.sliding import grow, slide_max, slide_min

SIDES = st.tuples(st.integers(1, 40), st.integers(1, 40))
ODD = st.integers(0, 6).map(lambda reach: 2 * reach + 1)


def draw(sides: tuple[int, int], seed: int, *, share: float) -> np.ndarray:
    return np.random.default_rng(seed).random(sides) < share


@settings(max_examples=60)
@given(sides=SIDES, size=st.tuples(ODD, ODD), seed=st.integers(0, 2**16))
def test_sliding_extremes_are_those_of_every_rectangle(
    sides: tuple[int, int], size: tuple[int, int], seed: int
) -> None:
    levels = np.random.default_rng(seed).integers(0, 256, sides).astype(np.uint8)
    largest = ndimage.maximum_filter(levels, size=size, mode="constant", cval=0)
    smallest = ndimage.minimum_filter(levels, size=size, mode="constant", cval=255)
    np.testing.assert_array_equal(slide_max(levels, size), largest)
    np.testing.assert_array_equal(slide_min(levels, size, beyond=255), smallest)


@settings(max_examples=40)
@given(sides=SIDES, steps=st.integers(1, 12), seed=st.integers(0, 2**16))
def test_growth_is_a_dilation_by_the_four_neighbours(
    sides: tuple[int, int], steps: int, seed: int
) -> None:
    mask = draw(sides, seed, share=0.02)
    np.testing.assert_array_equal(
        grow(mask, steps=steps), ndimage.binary_dilation(mask, iterations=steps)
    )


@settings(max_examples=100)
@given(sides=SIDES, share=st.sampled_from([0.003, 0.02, 0.5]), seed=st.integers(0, 2**16))
def test_a_hull_is_that_of_all_its_pixels(sides: tuple[int, int], share: float, seed: int) -> None:
    area = draw(sides, seed, share=share)
    area[seed % sides[0], seed % sides[1]] = True
    np.testing.assert_array_equal(fill_hull(area), convex_hull_image(area))


@pytest.mark.parametrize("threshold", [2, 5])
def test_a_running_median_is_sharp_where_most_of_its_rows_are(threshold: int) -> None:
    steps = np.random.default_rng(0).integers(0, 8, (EDGE_ROWS + 30, 5)).astype(np.float32)
    np.testing.assert_array_equal(_keep_on(steps >= threshold), _follow(steps) >= threshold)


def test_what_is_near_to_an_echo_is_near_to_a_bright_median_of_nine() -> None:
    scan = (12 * draw((60, 80), 1, share=0.25)).astype(np.uint8)
    bright = ndimage.median_filter(scan, size=3) > DARKEST
    reach = max(2, round(NEAR_SHARE * 80))
    np.testing.assert_array_equal(
        _find_near(scan), ndimage.binary_dilation(bright, iterations=reach)
    )
