import numpy as np
import pytest

from sonolens.evaluation.pointing import locate_extremes
from sonolens.ultrasound import cell_centres, rescale_points

NATIVE = (600, 800)
SQUARE = (224, 224)


def one_peak(row, col, value=1.0):
    saliency = np.zeros((7, 7), dtype=np.float32)
    saliency[row, col] = value
    return saliency


def locate(saliency, extreme="max", rule="cell", on=NATIVE):
    return locate_extremes(saliency, on=on, extreme=extreme, rule=rule)


def test_a_peak_in_the_border_stays_at_the_centre_of_its_cell():
    # Cells are 600/7 by 800/7 pixels; (i + 1/2) cells from the edge, minus half a pixel.
    expected = [[0.5 * 600 / 7 - 0.5, 3.5 * 800 / 7 - 0.5]]

    np.testing.assert_allclose(locate(one_peak(0, 3)), expected)
    np.testing.assert_allclose(expected, [[42.357, 399.5]], atol=1e-3)


def test_the_papers_way_jumps_to_the_edge_of_the_plateau():
    (row, col), *others = locate(one_peak(0, 3), rule="first_maximum")

    assert others == []
    assert row == 0
    assert abs(col - 399.5) <= 1


def test_the_papers_way_and_cells_agree_inside():
    (row, col) = locate(one_peak(4, 2), rule="first_maximum")[0]

    np.testing.assert_allclose(
        (row, col), (4.5 * 600 / 7 - 0.5, 2.5 * 800 / 7 - 0.5), rtol=0, atol=1
    )


@pytest.mark.parametrize("rule", ["cell", "first_maximum"])
def test_the_minimum_of_a_map_is_the_maximum_of_its_negative(rule):
    saliency = np.random.default_rng(3).normal(size=(7, 7)).astype(np.float32)

    lowest, highest = locate(saliency, "min", rule), locate(-saliency, "max", rule)

    assert np.array_equal(lowest, highest)
    assert not np.array_equal(lowest, locate(saliency, "max", rule))


def test_the_extreme_of_a_negative_map_is_its_least_negative_cell():
    saliency = one_peak(5, 1, value=0.9) - 1

    np.testing.assert_allclose(locate(saliency), [[5.5 * 600 / 7 - 0.5, 1.5 * 800 / 7 - 0.5]])


@pytest.mark.parametrize("rule", ["cell", "first_maximum"])
def test_the_least_evidence_is_evidence(rule):
    faint = one_peak(4, 2, value=1e-30)

    assert np.array_equal(locate(faint, rule=rule), locate(one_peak(4, 2), rule=rule))


def test_cells_that_tie_exactly_each_give_a_row_in_reading_order():
    saliency = one_peak(6, 0) + one_peak(2, 5)

    points = locate(saliency)

    np.testing.assert_allclose(
        points,
        [
            [2.5 * 600 / 7 - 0.5, 5.5 * 800 / 7 - 0.5],
            [6.5 * 600 / 7 - 0.5, 0.5 * 800 / 7 - 0.5],
        ],
    )


def test_the_minimum_of_one_peak_ties_everywhere_else():
    assert len(locate(one_peak(0, 0), "min")) == 48


@pytest.mark.parametrize("rule", ["cell", "first_maximum"])
@pytest.mark.parametrize("extreme", ["max", "min"])
def test_a_constant_map_has_no_extreme(rule, extreme):
    assert locate(np.full((7, 7), 0.3, dtype=np.float32), extreme, rule).shape == (0, 2)
    assert locate(np.ones((1, 1), dtype=np.float32), extreme, rule).shape == (0, 2)


@pytest.mark.parametrize("native", [NATIVE, (75, 101)], ids=["larger", "smaller"])
def test_a_map_of_pixels_points_at_its_pixel(native):
    saliency = np.zeros((224, 224), dtype=np.float32)
    saliency[223, 17] = 1

    expected = rescale_points(np.array([[223.0, 17.0]]), SQUARE, to=native)
    np.testing.assert_allclose(locate(saliency, on=native), expected)


def test_tied_points_are_the_centres_that_chance_is_counted_on():
    saliency = np.random.default_rng(0).integers(0, 4, (14, 21)).astype(np.float32)

    centres = cell_centres((14, 21), on=NATIVE)

    assert np.array_equal(locate(saliency), centres[saliency.ravel() == 3])
    assert np.array_equal(locate(saliency, "min"), centres[saliency.ravel() == 0])


def test_a_tie_of_a_whole_region_is_thinned_evenly():
    saliency = np.ones((224, 224), dtype=np.float32)
    saliency[:, 50:150] = 0
    saliency[100:, 50:100] = 2

    lowest, highest = (
        rescale_points(locate(saliency, extreme), NATIVE, to=SQUARE) for extreme in ("min", "max")
    )

    assert len(lowest) == len(highest) == 1024
    assert len(np.unique(lowest, axis=0)) == 1024
    assert (highest > [99.5, 49.5]).all()
    assert (highest[:, 1] < 99.5).all()
    # 10000 of the 16200 smallest lie in the upper part, and half of the largest in its left half.
    assert np.mean(lowest[:, 0] < 99.5) == pytest.approx(10000 / 16200, abs=0.01)
    assert np.mean(highest[:, 1] < 74.5) == pytest.approx(0.5, abs=0.01)


def test_of_a_tie_of_one_too_many_the_middle_one_goes():
    saliency = np.zeros((27, 38), dtype=np.float32)
    saliency[0, 0] = 1

    kept = locate(saliency, "min")

    # 1025 cells tie, from the second to the last; the steps of 1024 / 1023 pass half after the 512th.
    others = np.delete(cell_centres((27, 38), on=NATIVE), [0, 513], axis=0)
    assert np.array_equal(kept, others)


def test_a_tie_of_all_but_one_of_32_by_32_cells_is_kept_whole():
    saliency = np.zeros((32, 32), dtype=np.float32)
    saliency[0, 0] = 1

    assert len(locate(saliency, "min")) == 1023


def test_doubling_the_scan_doubles_the_point():
    saliency = one_peak(1, 6)

    np.testing.assert_allclose(
        locate(saliency, on=(1200, 1600)) + 0.5, 2 * (locate(saliency) + 0.5)
    )


def test_an_undefined_map_is_refused():
    with pytest.raises(ValueError, match="1 infinite or undefined cells"):
        locate(one_peak(0, 0, value=np.nan))


def test_unknown_names_are_refused():
    with pytest.raises(ValueError, match="extreme 'mean' is unknown; choose from max, min"):
        locate(one_peak(0, 0), "mean")
    with pytest.raises(ValueError, match="rule 'last' is unknown; choose from cell"):
        locate(one_peak(0, 0), rule="last")
