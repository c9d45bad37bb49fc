"""Framing: what goes to the network comes back to where it was."""

import numpy as np
import pytest

from sonolens.ultrasound import Framing, cell_centres, resample_map, rescale_points

FRAMING = Framing(native_rows=467, native_cols=507, size_px=224)
SQUARE = (224, 224)


def test_a_bright_patch_is_found_again_at_its_centre() -> None:
    scan = np.zeros((467, 507), dtype=np.uint8)
    scan[100:121, 300:321] = 255

    framed = FRAMING.frame_scan(scan).astype(float)

    positions = np.argwhere(framed > 0)
    centre = np.average(positions, axis=0, weights=framed[framed > 0])
    np.testing.assert_allclose(
        rescale_points(centre[None], SQUARE, to=(467, 507)), [[110, 310]], atol=0.1
    )


def test_a_finer_scan_is_averaged_not_sampled() -> None:
    stripes = np.tile(np.array([0, 200], dtype=np.uint8), (8, 4))

    framed = Framing(8, 8, 2).frame_scan(stripes).astype(float)

    np.testing.assert_allclose(framed, 100, atol=10)


def test_a_cell_centre_is_the_same_by_way_of_the_framed_scan() -> None:
    framed = (np.array([[2, 5]]) + 0.5) * 224 / 7 - 0.5

    (native,) = rescale_points(framed, SQUARE, to=FRAMING.native_shape)

    np.testing.assert_allclose(native, cell_centres((7, 7), on=FRAMING.native_shape)[2 * 7 + 5])


def test_a_resampled_map_keeps_its_values_at_cell_centres() -> None:
    saliency = np.random.default_rng(1).normal(size=(3, 5)).astype(np.float32)

    np.testing.assert_allclose(resample_map(saliency, to=(9, 25))[1::3, 2::5], saliency, rtol=1e-6)


def test_a_resampled_map_is_level_beyond_the_outer_cell_centres() -> None:
    resized = resample_map(np.array([[1.0, 2.0], [3.0, 4.0]]), to=(6, 6))

    assert resized[0, 0] == resized[1, 1] == 1.0
    assert resized[5, 0] == 3.0


def test_a_scan_of_another_size_is_refused() -> None:
    with pytest.raises(ValueError, match="507 x 467 pixels but this framing is for 467 x 507"):
        FRAMING.frame_scan(np.zeros((507, 467), dtype=np.uint8))


def test_a_size_of_zero_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot frame 0 x 5"):
        Framing(native_rows=0, native_cols=5, size_px=224)
