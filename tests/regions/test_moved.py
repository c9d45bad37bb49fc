"""Contours that another reader might have drawn: how far they move is known before they are drawn."""

import numpy as np
import pytest

from sonolens.regions import measure_contour

ROWS, COLS = np.indices((120, 160))
DISC = (ROWS - 60) ** 2 + (COLS - 80) ** 2 <= 30**2
SPACING = (0.2, 0.2)  # a radius of 6 mm


def rng(seed=0):
    return np.random.default_rng(seed)


def move(mask=DISC, *, spacing=SPACING, sd_mm, scale_mm, seed=0):
    contour = measure_contour(mask, spacing_mm=spacing)
    return contour.move(sd_mm=sd_mm, scale_mm=scale_mm, rng=rng(seed))


def radius_mm(mask):
    return np.sqrt(mask.sum() * SPACING[0] * SPACING[1] / np.pi)


def test_a_contour_that_does_not_move_leaves_the_mass():
    assert (move(sd_mm=0.0, scale_mm=4.0) == DISC).all()


def test_the_contour_lies_between_pixels():
    mask = np.zeros((5, 7), dtype=bool)
    mask[1:4, 2:5] = True
    signed = measure_contour(mask, spacing_mm=(1.0, 1.0)).signed_mm

    assert signed[2].tolist() == [1.5, 0.5, -0.5, -1.5, -0.5, 0.5, 1.5]


def test_distances_follow_the_height_and_width_of_a_pixel():
    mask = np.zeros((9, 9), dtype=bool)
    mask[4, 4] = True
    signed = measure_contour(mask, spacing_mm=(0.5, 2.0)).signed_mm

    assert signed[6, 4] == pytest.approx(2 * 0.5 - 0.25)
    assert signed[4, 6] == pytest.approx(2 * 2.0 - 0.25)


def test_far_above_the_mass_s_size_the_whole_contour_moves_by_its_standard_deviation():
    radii = [radius_mm(move(sd_mm=0.6, scale_mm=1e4, seed=seed)) for seed in range(300)]

    assert np.mean(radii) == pytest.approx(6.0, abs=0.15)
    assert np.std(radii) == pytest.approx(0.6, rel=0.15)


def test_a_short_scale_moves_parts_against_each_other_and_leaves_the_size():
    radii = [radius_mm(move(sd_mm=0.6, scale_mm=1.0, seed=seed)) for seed in range(100)]

    assert np.std(radii) < 0.3
    overlap = [(move(sd_mm=0.6, scale_mm=1.0, seed=s) & DISC).sum() / DISC.sum() for s in range(20)]
    assert np.mean(overlap) < 0.98


def test_two_readers_drawn_so_overlap_as_published_tracings_do():
    pairs = [
        (move(sd_mm=0.6, scale_mm=4.0, seed=seed), move(sd_mm=0.6, scale_mm=4.0, seed=seed + 500))
        for seed in range(100)
    ]
    overlap = np.mean([(one & other).sum() / (one | other).sum() for one, other in pairs])

    assert 0.73 <= overlap <= 0.86


def edges_mm(*, across, sd_mm, scale_mm, draws):
    """How far a straight contour moved, draw by draw, along its length; pixels are 0.05 mm across it and 0.2 mm along."""
    side = np.zeros((120, 61), dtype=bool)
    side[60:] = True
    spacing = (0.05, 0.2)
    if across == "columns":
        side, spacing = side.T.copy(), spacing[::-1]
    contour = measure_contour(side, spacing_mm=spacing)
    moved = np.array(
        [contour.move(sd_mm=sd_mm, scale_mm=scale_mm, rng=rng(seed)) for seed in range(draws)]
    )
    inside = moved.sum(axis=1 if across == "rows" else 2)
    return (inside - 60) * 0.05


@pytest.mark.parametrize("across", ["rows", "columns"])
def test_points_a_scale_apart_go_together_as_told_in_millimetres(across):
    moved = edges_mm(across=across, sd_mm=0.5, scale_mm=2.0, draws=600)

    def together(lag_mm):
        lag = round(lag_mm / 0.2)
        return np.corrcoef(moved[:, :-lag].ravel(), moved[:, lag:].ravel())[0, 1]

    assert together(2.0) == pytest.approx(np.exp(-1 / 2), abs=0.04)
    assert together(4.0) == pytest.approx(np.exp(-2), abs=0.06)
    assert moved.std() == pytest.approx(0.5, rel=0.05)
    assert moved.mean() == pytest.approx(0.0, abs=0.03)


def test_distances_are_normal():
    moved = edges_mm(across="rows", sd_mm=0.5, scale_mm=2.0, draws=2500)[:, 30]

    # Of a normal law 3; of waves that share a phase 4.5, of such that share a height 9.
    assert (moved**4).mean() / (moved**2).mean() ** 2 == pytest.approx(3, abs=0.5)


def test_a_mass_that_would_vanish_keeps_its_deepest_pixel():
    speck = np.zeros((20, 20), dtype=bool)
    speck[10, 10] = True
    for seed in range(50):
        assert move(speck, sd_mm=5.0, scale_mm=1e4, seed=seed)[10, 10]


def test_equal_seeds_draw_equal_contours():
    assert (move(sd_mm=0.6, scale_mm=4.0) == move(sd_mm=0.6, scale_mm=4.0)).all()
    assert (move(sd_mm=0.6, scale_mm=4.0) != move(sd_mm=0.6, scale_mm=4.0, seed=1)).any()


def test_an_empty_mask_has_no_contour():
    with pytest.raises(ValueError, match="mask"):
        measure_contour(np.zeros((4, 4), dtype=bool), spacing_mm=(1.0, 1.0))
