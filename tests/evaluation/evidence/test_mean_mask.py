import numpy as np
import pytest

from sonolens.evaluation.evidence import (
    localize_evidence,
    measure_cells,
    measure_mass_shares,
    score_mean_mask,
)

LEFT = np.array([[1, 1, 0, 0], [1, 1, 0, 3]], dtype=np.uint8)  # 1 is the mass, 3 below
RIGHT = np.array([[2, 2, 1, 1], [2, 2, 0, 0]], dtype=np.uint8)  # 2 is the ring
GRID = (2, 2)


@pytest.fixture
def shares():
    return measure_mass_shares([("left", LEFT), ("right", RIGHT)], [GRID, (1, 1)])


def test_the_mean_mask_is_the_share_of_every_cell_that_masses_fill(shares):
    assert shares.average(["left"], GRID).tolist() == [[1, 0], [1, 0]]
    assert shares.average(["left", "right"], GRID).tolist() == [[0.5, 0.5], [0.5, 0]]
    assert shares.average(["left", "right"], (1, 1)).tolist() == [[0.375]]


def test_only_the_scans_that_are_named_count(shares):
    assert shares.average(["right", "of another study"], GRID).tolist() == [[0, 1], [0, 0]]
    assert shares.average([], GRID) is None


def test_no_training_scan_gives_no_mean_mask():
    assert measure_mass_shares([], [GRID]).average(["left"], GRID) is None


def test_a_mean_mask_is_scored_as_a_map_of_the_same_cells(shares):
    cells = measure_cells(LEFT, GRID, spacing_mm=(1.0, 1.0), seed=0)
    mean_mask = shares.average(["left", "right"], GRID)

    found = score_mean_mask(mean_mask, cells)

    assert found["energy", "mass"] == pytest.approx(2 / 3)
    assert np.isnan(found["energy", "peritumoral"])  # the scan has no ring
    own = {
        (row["score"], row["region"]): row["value"]
        for row in localize_evidence(mean_mask, cells)
        if row["evidence"] == "positive"
    }
    assert found == pytest.approx(own, nan_ok=True)


def test_without_a_mean_mask_nothing_is_scored():
    cells = measure_cells(LEFT, GRID, spacing_mm=(1.0, 1.0), seed=0)

    assert score_mean_mask(None, cells) == {}
