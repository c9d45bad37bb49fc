import itertools

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import average_precision_score

from sonolens.evaluation.evidence import localize_evidence, measure_cells
from sonolens.evaluation.evidence.localization import (
    average_precision,
    average_precision_of_random_rankings,
    rank_accuracy,
)
from sonolens.tables.evidence import MapLocalization

SPACING = {"spacing_mm": (0.5, 1.0)}
QUARTERS = np.kron(np.array([[0, 1], [2, 3]]), np.ones((4, 6))).astype(np.uint8)
"""Other, mass, ring and below share the scan in quarters."""


def scores(saliency, region_map=QUARTERS, **changes):
    saliency = np.asarray(saliency, dtype=float)
    cells = measure_cells(region_map, saliency.shape, **SPACING | {"seed": 0} | changes)
    rows = localize_evidence(saliency, cells)
    table = pd.DataFrame(rows)
    MapLocalization.validate(table.assign(method="cam", run="net", scan_id="s", mean_mask=np.nan))
    return table.set_index(["score", "region", "evidence"]).sort_index()


def values(table, score, evidence):
    return table["value"].xs((score, evidence), level=(0, 2)).to_dict()


def test_energy_is_split_among_the_regions_by_sign():
    table = scores([[1.0, 6.0], [-2.0, 3.0]])

    assert values(table, "energy", "positive") == pytest.approx(
        {"mass": 0.6, "peritumoral": 0.0, "below": 0.3, "any": 0.9}
    )
    assert values(table, "energy", "negative") == {
        "mass": 0,
        "peritumoral": 1,
        "below": 0,
        "any": 1,
    }
    assert values(table, "energy", "absolute") == pytest.approx(
        {"mass": 6 / 12, "peritumoral": 2 / 12, "below": 3 / 12, "any": 11 / 12}
    )
    assert table.loc[("energy", "mass"), "chance"].tolist() == [0.25] * 3
    assert table.loc[("energy", "any"), "chance"].tolist() == [0.75] * 3


def test_a_constant_positive_map_scores_the_area_in_energy_and_nothing_in_ranks():
    table = scores(np.full((5, 3), 2.0), QUARTERS)
    energy = table.xs(("energy", "positive"), level=(0, 2))

    np.testing.assert_allclose(energy["value"], energy["chance"])
    assert table.loc[("rank_accuracy", "mass"), "value"].isna().all()
    assert table.loc[("distance_mm", "mass"), "value"].isna().all()
    assert table.xs(("energy", "negative"), level=(0, 2))["value"].isna().all()


def test_a_map_equal_to_the_mass_scores_one_in_every_rank_and_lies_in_it():
    rng = np.random.default_rng(0)
    mask = rng.random((20, 30)) < 0.3
    table = scores(mask, mask.astype(np.uint8)).xs("positive", level="evidence")["value"]

    assert table["rank_accuracy", "mass"] == pytest.approx(1)
    assert table["iou", "mass"] == pytest.approx(1)
    assert table["average_precision", "mass"] == pytest.approx(1)
    assert table["energy", "mass"] == pytest.approx(1)
    assert table["distance_mm", "mass"] == 0


def test_the_cell_share_of_the_mass_reaches_the_ceiling_of_its_resolution():
    regions = np.zeros((23, 31), dtype=np.uint8)
    regions[5:12, 9:20] = 1
    coarse = np.add.reduceat(
        np.add.reduceat(regions == 1, [0, 6, 12, 18], axis=0), [0, 8, 16, 24], axis=1
    )
    for saliency in (coarse, np.random.default_rng(1).normal(size=(4, 4))):
        table = scores(saliency, regions)
        ranks = table.loc[["rank_accuracy", "iou", "average_precision"]]
        assert (ranks["value"] <= ranks["ceiling"] + 1e-12).all()
        assert (ranks["ceiling"] < 1).all()


def test_turning_the_sign_of_a_map_swaps_positive_and_negative():
    saliency = np.random.default_rng(2).normal(size=(7, 7))
    first, turned = scores(saliency), scores(-saliency)

    for here, there in (("positive", "negative"), ("absolute", "absolute")):
        pd.testing.assert_frame_equal(
            first.xs(here, level="evidence"), turned.xs(there, level="evidence")
        )


def test_ranks_by_hand():
    relevance, inside = np.array([4.0, 3.0, 2.0, 1.0]), np.array([0.5, 1.0, 0.0, 0.5])

    # An area of two cells: 0.5 + 1.0 of 2.0.
    assert rank_accuracy(relevance, inside) == 0.75
    # Found 0.5 at precision 0.5, 1.0 at 1.5 / 2, 0.5 at 2 / 4.
    assert average_precision(relevance, inside) == pytest.approx((0.25 + 0.75 + 0.25) / 2)


def test_cells_that_tie_at_the_edge_are_cut_alike():
    relevance, inside = np.array([9.0, 1.0, 1.0, 1.0]), np.array([1.0, 1.0, 0.0, 0.0])

    assert rank_accuracy(relevance, inside) == pytest.approx((1 + 1 / 3) / 2)
    assert average_precision(relevance, inside) == pytest.approx((1 + 2 / 4) / 2)


def test_average_precision_equals_scikit_learns_over_pixels_with_ties():
    rng = np.random.default_rng(3)
    for _ in range(50):
        relevance = rng.integers(0, 6, size=60).astype(float)
        inside = rng.random(60) < 0.2
        inside[0] = True
        assert average_precision(relevance, inside.astype(float)) == pytest.approx(
            average_precision_score(inside, relevance)
        )


@pytest.mark.parametrize("inside", [[1.0, 0.5, 0.0, 0.25], [0.3, 0.0, 0.0, 0.0], [1.0]])
def test_the_chance_of_average_precision_is_the_mean_over_all_rankings(inside):
    inside = np.array(inside)
    every = [
        average_precision(np.array(order, dtype=float), inside)
        for order in itertools.permutations(range(len(inside)))
    ]

    assert average_precision_of_random_rankings(inside) == pytest.approx(np.mean(every))


def test_the_chance_of_an_iou_is_the_mean_over_all_rankings():
    regions = np.array([[1, 0, 0, 0, 0]], dtype=np.uint8)
    spread = np.array([[1, 1, 0, 0, 0, 0, 0, 0, 1, 1]], dtype=np.uint8)

    # One cell of five is the mass: a fifth of the rankings begin with it.
    one = [measure_cells(regions, (1, 5), **SPACING, seed=seed).iou_chance for seed in range(40)]
    # Two of five: both first in 1 of 10 rankings, one of them in 6, with an IoU of 1 / 3.
    two = [measure_cells(spread, (1, 5), **SPACING, seed=seed).iou_chance for seed in range(40)]

    assert np.mean(one) == pytest.approx(1 / 5, abs=0.01)
    assert np.mean(two) == pytest.approx(0.1 + 0.6 / 3, abs=0.01)


def test_random_maps_score_chance_within_three_standard_errors():
    regions = np.zeros((30, 40), dtype=np.uint8)
    regions[8:20, 11:26], regions[20:, 11:26] = 1, 3
    rng = np.random.default_rng(4)
    every = [scores(rng.random((5, 5)), regions, seed=seed) for seed in range(150)]
    value = np.array([table["value"] for table in every])
    chance = np.array([table["chance"] for table in every])
    asked = ~np.isnan(value).any(axis=0)

    error = np.nanstd(value[:, asked], axis=0) / np.sqrt(len(every))
    difference = value[:, asked].mean(axis=0) - chance[:, asked].mean(axis=0)

    # 12 energies of which negative ones and the empty ring have no value, and 3 x 4 scores of the mass.
    assert asked.sum() == 2 * 3 + 12
    assert (np.abs(difference) < 3.5 * error).all()


def test_the_distance_is_that_of_the_extreme_cell_and_chance_that_of_all_cells():
    table = scores([[5.0, 1.0], [0.0, -9.0]])
    distance = table.loc[("distance_mm", "mass")]

    # Cell centres lie in rows 2 and 6, columns 3 and 9; the mass ends with row 3 and begins in column 6.
    left, under = 6 - 3, (6 - 3) * 0.5
    assert distance.loc["positive", "value"] == pytest.approx(left)
    assert distance.loc["negative", "value"] == pytest.approx(under)
    corner = np.hypot(left, under)
    np.testing.assert_allclose(distance["chance"], (left + under + corner) / 4)
    assert (distance["ceiling"] == 0).all()


def test_without_spacing_the_distance_is_unknown_but_the_ranks_are_not():
    table = scores([[5.0, 1.0]], spacing_mm=(np.nan, np.nan))

    assert table.loc[("distance_mm", "mass"), ["value", "chance"]].isna().all(axis=None)
    assert table.loc[("iou", "mass"), "value"].notna().all()


def test_a_scan_without_a_region_has_no_energy_there():
    regions = np.where(QUARTERS == 3, 0, QUARTERS).astype(np.uint8)
    assert scores([[1.0, 2.0]], regions).loc[("energy", "below"), "value"].isna().all()


def test_a_scan_without_a_mass_has_no_rank_no_distance_and_no_chance():
    regions = np.where(QUARTERS == 1, 0, QUARTERS).astype(np.uint8)
    table = scores([[1.0, 6.0], [-2.0, 3.0]], regions)

    for score in ("rank_accuracy", "iou", "average_precision", "distance_mm"):
        assert table.loc[(score, "mass"), "value"].isna().all(), score
    for score in ("iou", "average_precision"):
        assert table.loc[(score, "mass"), "chance"].isna().all(), score


def test_an_empty_target_is_found_by_no_ranking():
    values, nothing = np.array([3.0, 1.0, 2.0]), np.zeros(3)

    assert np.isnan(rank_accuracy(values, nothing))
    assert np.isnan(average_precision(values, nothing))
    assert np.isnan(average_precision_of_random_rankings(nothing))


def test_a_single_cell_can_be_ranked_in_one_way_only():
    half = np.array([0.5])

    assert average_precision(np.array([7.0]), half) == 0.5
    assert average_precision_of_random_rankings(half) == 0.5


def test_a_mass_that_fills_the_scan_is_met_whole_by_any_ranking():
    table = scores([[1.0, 6.0], [-2.0, 3.0]], np.ones((8, 12), dtype=np.uint8))

    for score in ("iou", "average_precision", "rank_accuracy"):
        assert table.loc[(score, "mass"), ["value", "chance"]].eq(1).all(axis=None), score


def test_a_map_of_other_cells_or_with_undefined_values_is_refused():
    cells = measure_cells(QUARTERS, (2, 2), **SPACING, seed=0)
    with pytest.raises(ValueError, match="2 x 3 cells but the scan was measured for 2 x 2"):
        localize_evidence(np.zeros((2, 3)), cells)
    with pytest.raises(ValueError, match="infinite or undefined"):
        localize_evidence(np.array([[0.0, np.nan], [1.0, 2.0]]), cells)
