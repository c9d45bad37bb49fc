"""Intervals of moved annotations: what patients leave open and what contours leave open are told apart."""

import numpy as np
import pytest

from sonolens.evaluation.pointing import Extreme, summarise_mask_uncertainty
from sonolens.evaluation.statistics import Bootstrap
from sonolens.tables.pointing import MaskUncertainty

BOOTSTRAP = Bootstrap(resamples=400, confidence=0.95, seed=0)
MAP = np.zeros((12, 12), dtype=np.uint8)
MAP[4:8, 4:8] = 1  # the mass
MAP[8:, 4:8] = 3  # below


def extreme(*places, shares=None, grid_shape=(3, 3)):
    """Places are pixels of the scan of 12 x 12."""
    shares = np.ones(len(places)) / len(places) if shares is None else np.array(shares)
    return Extreme(places=(np.array(places) + 0.5) / 12, shares=shares, grid_shape=grid_shape)


def summarise(hits, near=None):
    """Hits of the mass by scan and draw, the first as annotated; the other regions are never hit."""
    laid = np.zeros((*np.shape(hits), 4))
    laid[..., 0] = laid[..., 3] = hits
    near = np.zeros((len(hits), 4), dtype=bool) if near is None else near
    table = summarise_mask_uncertainty(
        laid, near, [f"p{n}" for n in range(len(hits))], bootstrap=BOOTSTRAP
    )
    MaskUncertainty.validate(table.assign(method="cam", run="net", partition="test", chance=0.1))
    return table.set_index("region")


def test_a_point_hits_the_region_of_its_pixel_and_those_that_hold_it():
    assert extreme((5.5, 5.5)).hit(MAP).tolist() == [1, 0, 0, 1]
    assert extreme((10.0, 5.0)).hit(MAP).tolist() == [0, 0, 1, 1]
    assert extreme((0.0, 0.0)).hit(MAP).tolist() == [0, 0, 0, 0]


def test_cells_that_tie_count_by_their_shares():
    assert extreme((5, 5), (10, 5), shares=[0.25, 0.75]).hit(MAP).tolist() == [0.25, 0, 0.75, 1]


def test_a_point_in_a_cell_of_one_region_hits_it_wherever_it_lies():
    rng = np.random.default_rng(0)
    own = extreme((5.5, 5.5))

    assert all(own.hit_anywhere(MAP, rng)[0] == 1 for _ in range(200))
    assert not own.is_near(MAP).any()


def test_a_point_in_a_cell_of_two_regions_hits_each_as_often_as_its_share_of_the_cell():
    rng = np.random.default_rng(0)
    own = extreme((5.5, 5.5), grid_shape=(1, 3))  # of its cell a third is mass, a third below
    hits = np.mean([own.hit_anywhere(MAP, rng) for _ in range(2000)], axis=0)

    assert hits == pytest.approx([1 / 3, 0, 1 / 3, 2 / 3], abs=0.04)
    assert own.is_near(MAP).tolist() == [True, False, True, True]


def test_a_point_never_leaves_the_scan():
    rng = np.random.default_rng(0)
    own = extreme((11.0, 11.0), grid_shape=(1, 1))

    for _ in range(200):
        own.hit_anywhere(MAP, rng)


def test_annotations_that_move_nothing_leave_the_interval_of_the_patients():
    row = summarise(np.tile(np.array([[1.0], [0.0]] * 10), (1, 51))).loc["mass"]

    assert row["rate"] == row["moved_rate"] == row["moved_low"] == row["moved_high"] == 0.5
    assert (row["both_low"], row["both_high"]) == (row["ci_low"], row["ci_high"])


def test_annotations_that_decide_all_leave_all_open():
    hits = np.ones((20, 101))
    hits[:, 1::2] = 0  # every other annotation misses every scan
    row = summarise(hits).loc["mass"]

    assert row["rate"] == 1
    assert row["moved_rate"] == 0.5
    assert (row["moved_low"], row["moved_high"]) == (0, 1)
    assert (row["both_low"], row["both_high"]) == (0, 1)


def test_the_share_of_hits_and_misses_decided_by_less_than_a_cell_is_told_apart():
    hits = np.tile(np.array([[1.0]] * 4 + [[0.0]] * 6), (1, 21))
    near = np.zeros((10, 4), dtype=bool)
    near[[0, 4, 5, 6], 0] = True  # one of four hits, three of six misses
    row = summarise(hits, near).loc["mass"]

    assert (row["near_hits"], row["near_misses"]) == (0.25, 0.5)


def test_no_hit_has_no_share_of_hits():
    row = summarise(np.zeros((6, 21))).loc["mass"]

    assert np.isnan(row["near_hits"])
    assert row["near_misses"] == 0
