import numpy as np
import pytest

from sonolens.evaluation.evidence.cells import (
    average_cells,
    cell_region_weights,
    measure_mass_distances,
)
from sonolens.regions import read_distances_at


def region_map(seed, rows, cols):
    return np.random.default_rng(seed).integers(0, 4, size=(rows, cols)).astype(np.uint8)


@pytest.mark.parametrize("grid", [(3, 5), (7, 7), (12, 10), (40, 31)])
def test_cell_weights_are_the_shares_of_a_scan_refined_until_nothing_straddles(grid):
    regions = region_map(0, 12, 10)
    fine = np.kron(regions, np.ones((grid[0], grid[1]), dtype=np.uint8))

    weights = cell_region_weights(regions, grid).reshape(*grid, 4)

    for column, codes in enumerate(([1], [2], [3], [1, 2, 3])):
        blocks = np.isin(fine, codes).reshape(grid[0], 12, grid[1], 10)
        np.testing.assert_allclose(weights[:, :, column], blocks.mean(axis=(1, 3)), atol=1e-12)


def test_the_mean_over_cells_is_the_share_of_the_scan():
    regions = region_map(1, 61, 83)

    weights = cell_region_weights(regions, (7, 7))

    np.testing.assert_allclose(
        weights.mean(axis=0),
        [*((regions == code).mean() for code in (1, 2, 3)), (regions > 0).mean()],
    )


def test_averaging_a_stack_to_fewer_cells_is_averaging_each_and_to_its_own_grid_changes_nothing():
    stack = np.random.default_rng(2).normal(size=(3, 6, 8))

    np.testing.assert_allclose(
        average_cells(stack, (3, 2)), stack.reshape(3, 3, 2, 2, 4).mean(axis=(2, 4))
    )
    np.testing.assert_allclose(average_cells(stack, (6, 8)), stack)
    np.testing.assert_allclose(average_cells(stack, (12, 8)), np.repeat(stack, 2, axis=1))


def test_distances_equal_those_of_the_regions_room():
    rng = np.random.default_rng(3)
    regions = np.zeros((40, 50), dtype=np.uint8)
    regions[10:18, 20:35] = 1
    regions[12:16, 24:29] = 1
    points = rng.uniform(-1, 1.02, size=(60, 2)) * (20, 25) + (20, 25)
    spacing_mm = (0.3, 0.11)

    np.testing.assert_allclose(
        measure_mass_distances(regions, points, spacing_mm=spacing_mm),
        read_distances_at(regions == 1, points, spacing_mm=spacing_mm),
    )


def test_without_spacing_or_mass_no_distance_is_known():
    regions = np.ones((3, 3), dtype=np.uint8)
    point = np.zeros((1, 2))

    assert np.isnan(measure_mass_distances(regions, point, spacing_mm=(np.nan, np.nan)))
    assert np.isnan(measure_mass_distances(regions * 0, point, spacing_mm=(1.0, 1.0)))
