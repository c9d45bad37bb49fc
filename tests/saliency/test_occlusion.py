import numpy as np
import pytest
from settings_of_conf import settings_with

from sonolens.saliency import EXPLAINERS


def draw(forward_pass, **chosen):
    return EXPLAINERS["occlusion"].explain(forward_pass, settings_with(occlusion=chosen)).numpy()


@pytest.fixture
def scan():
    return np.random.default_rng(5).integers(0, 256, (1, 4, 6), dtype=np.uint8)


def lost(scan, fill, normalised_red):
    """What the two-channel network's logit loses, pixel by pixel, when a pixel is filled."""
    return -3 * (normalised_red(scan) - normalised_red(fill)) / scan[0].size


def test_a_square_takes_away_what_its_pixels_said(two_channel_network, normalised_red, look, scan):
    saliency = draw(look(two_channel_network, scan), window_px=2, stride_px=2, fill_grey=60.0)

    pixels = lost(scan, 60, normalised_red)
    expected = pixels.reshape(1, 2, 2, 3, 2).sum(axis=(2, 4))
    np.testing.assert_allclose(saliency, expected, rtol=1e-4, atol=1e-5)


def test_a_cell_holds_the_mean_over_the_squares_that_hide_it(
    two_channel_network, normalised_red, look, scan
):
    saliency = draw(look(two_channel_network, scan), window_px=2, stride_px=1, fill_grey=60.0)

    pixels = lost(scan, 60, normalised_red)[0]
    sums, squares = np.zeros((4, 6)), np.zeros((4, 6))
    for row in range(3):
        for col in range(5):
            sums[row : row + 2, col : col + 2] += pixels[row : row + 2, col : col + 2].sum()
            squares[row : row + 2, col : col + 2] += 1
    np.testing.assert_allclose(saliency[0], sums / squares, rtol=1e-4, atol=1e-5)


def test_hiding_what_is_grey_already_loses_nothing(two_channel_network, look):
    scan = np.full((1, 4, 4), 60, dtype=np.uint8)
    scan[0, 3, 3] = 255

    saliency = draw(look(two_channel_network, scan), window_px=1, stride_px=1, fill_grey=60.0)

    # Brightness argues for benign here, so hiding the bright pixel raises the logit.
    assert np.argwhere(np.abs(saliency) > 1e-4).tolist() == [[0, 3, 3]]
    assert saliency[0, 3, 3] < 0


def test_a_square_as_high_as_the_scan_slides_across(
    two_channel_network, normalised_red, look, scan
):
    saliency = draw(look(two_channel_network, scan), window_px=4, stride_px=2, fill_grey=60.0)

    # Two squares, at the left and at the right; the middle columns lie in both.
    pixels = lost(scan, 60, normalised_red)[0]
    left, right = pixels[:, :4].sum(), pixels[:, 2:].sum()
    expected = np.tile([left, (left + right) / 2, right], (1, 2, 1))
    np.testing.assert_allclose(saliency, expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    ("window", "stride"), [(3, 3), (8, 4), (4, 4)], ids=["stride", "window", "one side"]
)
def test_a_square_that_does_not_fit_the_scan_is_refused(
    two_channel_network, look, scan, window, stride
):
    with pytest.raises(ValueError, match="do not fit a scan of 4 x 6 pixels; choose a stride"):
        draw(look(two_channel_network, scan), window_px=window, stride_px=stride)
