import numpy as np
import pytest
from scipy.stats import spearmanr

from sonolens.evaluation.evidence import compare_maps


def maps(seed, *shape):
    return np.random.default_rng(seed).normal(size=shape)


def test_ranks_are_correlated_as_scipy_does_scan_by_scan():
    first, second = maps(0, 4, 7, 7), np.round(maps(1, 4, 7, 7), 0)

    found = compare_maps(first, second)

    for scan in range(4):
        one, other = first[scan].ravel(), second[scan].ravel()
        assert found["rank_correlation"][scan] == pytest.approx(spearmanr(one, other)[0])
        absolute = spearmanr(np.abs(one), np.abs(other))[0]
        assert found["absolute_rank_correlation"][scan] == pytest.approx(absolute)


def test_a_map_is_like_itself_and_unlike_its_opposite():
    first = maps(2, 3, 9, 8)

    same, turned = compare_maps(first, first), compare_maps(first, -first)

    for measure in ("rank_correlation", "absolute_rank_correlation", "ssim"):
        np.testing.assert_allclose(same[measure], 1)
    np.testing.assert_allclose(turned["rank_correlation"], -1)
    np.testing.assert_allclose(turned["absolute_rank_correlation"], 1)
    assert (turned["ssim"] < 0.5).all()


def test_likeness_does_not_depend_on_the_size_of_the_values():
    first, second = maps(3, 3, 7, 7), maps(4, 3, 7, 7)

    for measure, values in compare_maps(first * 1e-4, second * 50).items():
        np.testing.assert_allclose(values, compare_maps(first, second)[measure])


def test_a_fine_map_is_averaged_to_the_cells_of_a_coarse_one():
    coarse = maps(5, 2, 4, 4)
    fine = np.repeat(np.repeat(coarse, 7, axis=1), 7, axis=2)
    # What varies within a cell without changing its mean is not seen.
    fine[:, ::7] += 3.0
    fine[:, 1::7] -= 3.0

    assert compare_maps(fine, coarse)["rank_correlation"] == pytest.approx(1)
    assert compare_maps(coarse, fine)["ssim"] == pytest.approx(1)


def test_unrelated_maps_correlate_at_nought_on_average():
    found = compare_maps(maps(6, 400, 7, 7), maps(7, 400, 7, 7))

    for values in found.values():
        limit = 4 * values.std() / 20
        assert abs(values.mean()) < limit or values is found["ssim"]
    assert abs(found["ssim"].mean()) < 0.05


def test_a_constant_map_is_like_nothing_and_few_cells_have_no_structure():
    first = maps(8, 2, 7, 7)
    constant = first.copy()
    constant[1] = 0.3

    assert np.isnan([values[1] for values in compare_maps(first, constant).values()]).all()
    two = compare_maps(maps(9, 1, 2, 5), maps(10, 1, 2, 5))
    assert np.isnan(two["ssim"]).all()
    assert np.isfinite(two["rank_correlation"]).all()
