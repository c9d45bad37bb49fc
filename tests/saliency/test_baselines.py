import numpy as np
import pytest
from settings_of_conf import settings_with

from sonolens.saliency import EXPLAINERS


def draw(method, forward_pass, **chosen):
    return EXPLAINERS[method].explain(forward_pass, settings_with(**chosen)).numpy()


@pytest.fixture
def seen(small_network, look):
    """Three scans of 80 x 112 pixels: 5 x 7 cells."""
    scans = np.random.default_rng(0).integers(0, 256, (3, 80, 112), dtype=np.uint8)
    return look(small_network(0), scans, ["a", "b", "c"])


def test_the_centre_prior_is_a_gaussian_in_shares_of_the_scan(seen):
    maps = draw("centre_prior", seen, centre_prior={"sigma_share": 0.2})

    assert maps.shape == (3, 5, 7)
    assert (maps == maps[0]).all()
    assert maps[0, 2, 3] == 1
    # One row off the middle is a fifth of the scan: one standard deviation.
    assert maps[0, 1, 3] == pytest.approx(np.exp(-0.5))
    assert maps[0, 2, 5] == pytest.approx(np.exp(-0.5 * (2 / 7 / 0.2) ** 2))
    assert np.array_equal(maps[0], maps[0, ::-1, ::-1])
    assert np.argwhere(maps[0] == maps[0].min()).tolist() == [[0, 0], [0, 6], [4, 0], [4, 6]]


def test_edges_are_as_steep_as_the_grey_levels(small_network, look):
    ramp = np.tile(2 * np.arange(64), (64, 1)).astype(np.uint8)

    maps = draw("edges", look(small_network(0), ramp[None]), edges={"sigma_px": 1.0})

    assert maps.shape == (1, 64, 64)
    np.testing.assert_allclose(maps[0, :, 8:-8], 2, rtol=1e-3)


def test_the_steepest_place_is_the_border_of_the_mass(small_network, look):
    scan = np.full((1, 64, 64), 150, dtype=np.uint8)
    scan[0, 20:40, 30:50] = 30

    maps = draw("edges", look(small_network(0), scan), edges={"sigma_px": 1.0})

    row, col = np.unravel_index(maps[0].argmax(), (64, 64))
    assert col in {29, 30, 49, 50} or row in {19, 20, 39, 40}
    assert maps[0, 30, 40] == pytest.approx(0, abs=1e-3)


def test_random_maps_belong_to_the_scan_and_the_seed(seen, small_network, look):
    maps = draw("random", seen, seed=3)
    last = look(small_network(9), np.zeros((1, 80, 112), dtype=np.uint8), ["c"])

    assert maps.shape == (3, 5, 7)
    assert np.array_equal(draw("random", last, seed=3)[0], maps[2])
    assert len(np.unique(maps)) == maps.size
    assert not np.isin(draw("random", seen, seed=4), maps).any()
    assert abs(maps.mean()) < 0.3
    assert 0.8 < maps.std() < 1.2


def test_beyond_the_border_the_scan_goes_on_as_it_ends(small_network, look):
    """Edges of a scan are those of a larger one whose margin repeats its outermost pixels."""
    scan = np.random.default_rng(1).integers(0, 256, (64, 64), dtype=np.uint8)
    larger = np.pad(scan, 16, mode="edge")
    found, beside = (
        draw("edges", look(small_network(0), each[None]), edges={"sigma_px": 2.0})[0]
        for each in (scan, larger)
    )

    np.testing.assert_allclose(found, beside[16:-16, 16:-16], rtol=1e-5, atol=1e-4)
