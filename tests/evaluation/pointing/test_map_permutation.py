import itertools
import math

import numpy as np
import pytest

from sonolens.evaluation.classification.decisions import GROUPS
from sonolens.evaluation.pointing import map_permutation
from sonolens.evaluation.pointing.map_permutation import (
    assign_scans,
    count_permuted_hits,
    pair_points,
    permutation_p_values,
)
from sonolens.evaluation.pointing.scored_maps import ExtremePlaces, ScoredMaps
from sonolens.evaluation.statistics.sequential_draws import MOST_LOOKS
from sonolens.tables.vocabulary import PLAYED_REGIONS, POINTING_RULES

SCANS, PLACES = 5, 4
BITS = {"mass": 1, "peritumoral": 2, "below": 4, "any": 7}


def aims(*places_by_map):
    owner = np.repeat(np.arange(len(places_by_map)), [len(places) for places in places_by_map])
    share = np.repeat([1 / len(places) for places in places_by_map], np.bincount(owner))
    return ExtremePlaces(
        owner=owner, place=np.concatenate(places_by_map).astype(np.int64), share=share
    )


def scored_maps(seed, *, patients=range(SCANS), ties=False):
    """Random region_bits; a place may lie in several regions at once, as with a tolerance."""
    rng = np.random.default_rng(seed)
    unused = np.zeros((SCANS, 4))
    several = [
        rng.permutation(PLACES)[: rng.integers(1, 4 if ties else 2)] for _ in range(2 * SCANS)
    ]
    return ScoredMaps(
        method="cam",
        run="net",
        regions=PLAYED_REGIONS,
        scan_ids=np.arange(SCANS).astype(str),
        patient_ids=np.array(patients),
        groups=np.ones((SCANS, len(GROUPS)), dtype=bool),
        called=rng.random(SCANS) < 0.5,
        constant=np.zeros(SCANS, dtype=bool),
        region_bits=rng.integers(0, 8, size=(SCANS, PLACES)).astype(np.uint8),
        maxima=aims(*several[:SCANS]),
        minima=aims(*several[SCANS:]),
        mean_max_inside=unused,
        mean_min_inside=unused,
        cell_share=unused,
        drawn=np.ones((SCANS, 4), dtype=bool),
    )


def hits_by_hand(played, assigned_scan):
    """Walk over maps, regions and tied points one by one."""
    hits = np.zeros((4, len(POINTING_RULES)))
    for owner, host in dict(assigned_scan).items():
        for row, bits in enumerate(BITS.values()):
            at_max, at_min = (
                np.mean(
                    [
                        played.region_bits[host, place] & bits > 0
                        for place in side.place[side.owner == owner]
                    ]
                )
                for side in (played.maxima, played.minima)
            )
            by_rule = {
                "either": 1 - (1 - at_max) * (1 - at_min),
                "max": at_max,
                "min": at_min,
                "decision": at_max if played.called[owner] else at_min,
            }
            hits[row] += [by_rule[rule] for rule in POINTING_RULES]
    return hits


@pytest.mark.parametrize("ties", [False, True])
@pytest.mark.parametrize("seed", range(3))
def test_the_hits_of_all_120_exchanges_of_five_maps_are_those_counted_by_hand(seed, ties):
    played = scored_maps(seed, ties=ties)
    every = np.array(list(itertools.permutations(range(SCANS))))
    pairs = pair_points(played.maxima, played.minima, played.called)

    counted = count_permuted_hits(played.region_bits, pairs, every, regions=PLAYED_REGIONS)

    np.testing.assert_allclose(
        counted, [hits_by_hand(played, enumerate(assigned_scan)) for assigned_scan in every]
    )


@pytest.mark.parametrize("seed", range(3))
def test_drawn_exchanges_give_the_p_value_of_all_exchanges(seed):
    played = scored_maps(seed, ties=True)
    every = np.array(
        [hits_by_hand(played, enumerate(h)) for h in itertools.permutations(range(SCANS))]
    )
    exact = (every >= every[0] - 1e-9).mean(axis=0)

    drawn = permutation_p_values(
        played, np.ones((SCANS, 4, 1), dtype=bool), permutations=6000, levels=(), seed=seed
    ).p_value

    np.testing.assert_allclose(drawn[:, :, 0], exact, atol=4 * np.sqrt(0.25 / 6000))


def test_scans_that_do_not_count_neither_give_nor_take_maps():
    played, counted = scored_maps(4), np.array([True, True, False, True, False])
    playing = np.flatnonzero(counted)
    every = np.array(
        [
            hits_by_hand(played, zip(playing, assigned_scan, strict=True))
            for assigned_scan in itertools.permutations(playing)
        ]
    )
    exact = (every >= every[0] - 1e-9).mean(axis=0)

    drawn = permutation_p_values(
        played, np.tile(counted[:, None, None], (1, 4, 1)), permutations=6000, levels=(), seed=0
    ).p_value

    np.testing.assert_allclose(drawn[:, :, 0], exact, atol=4 * np.sqrt(0.25 / 6000))


def test_regions_that_count_other_scans_and_groups_are_exchanged_apart():
    played = scored_maps(5)
    counted = np.ones((SCANS, 4, 2), dtype=bool)
    counted[0, 2, :] = False
    counted[:, :, 1] = False

    drawn, alone = (
        permutation_p_values(played, counting, permutations=200, levels=(), seed=0).p_value
        for counting in (counted, counted[:, [2, 2, 2, 2], :1])
    )

    assert np.isnan(drawn[:, :, 1]).all()
    assert drawn[2, :, 0].tolist() == alone[2, :, 0].tolist()


def test_every_exchange_of_single_scans_is_drawn_equally_often():
    (assigned_scan,) = assign_scans(list("abc"), permutations=6000, seed=1, at_once=9999)

    drawn, counts = np.unique(assigned_scan, axis=0, return_counts=True)

    assert len(drawn) == 6
    assert np.abs(counts - 1000).max() < 4 * math.sqrt(1000)


def test_scans_of_a_patient_move_together_to_a_patient_with_as_many():
    assigned_scan = np.concatenate(
        list(assign_scans(["p", "q", "p", "r", "q", "s"], permutations=100, seed=0, at_once=30))
    )

    assert assigned_scan.shape == (100, 6)
    # p has scans 0 and 2, q has 1 and 4; r and s have one scan each.
    together = {tuple(pair) for pair in assigned_scan[:, [0, 2]]}
    assert together == {(0, 2), (1, 4)}
    assert {tuple(pair) for pair in assigned_scan[:, [3, 5]]} == {(3, 5), (5, 3)}
    assert (np.sort(assigned_scan, axis=1) == np.arange(6)).all()


def test_a_patient_with_a_number_of_scans_of_its_own_keeps_its_maps():
    assigned_scan = next(
        assign_scans(["p", "p", "p", "q", "r"], permutations=50, seed=0, at_once=50)
    )

    assert (assigned_scan[:, :3] == [0, 1, 2]).all()


def test_a_wide_tie_is_spread_over_eight_points():
    wide = aims(np.arange(100), np.array([3]))
    single = aims(np.array([1]), np.array([2]))

    pairs = pair_points(wide, single, np.array([True, False]))

    assert pairs.max_place.tolist() == [0, 13, 25, 38, 50, 63, 75, 88, 3]
    np.testing.assert_allclose(pairs.weight, [1 / 8] * 8 + [1])
    assert pairs.decision_place[-1] == 2


def test_random_maps_have_p_values_that_are_rarely_small():
    small = []
    for seed in range(100):
        drawn = permutation_p_values(
            scored_maps(seed),
            np.ones((SCANS, 4, 1), dtype=bool),
            permutations=99,
            levels=(),
            seed=seed,
        ).p_value
        small.append(drawn[0, POINTING_RULES.index("max"), 0] <= 0.2)

    assert np.mean(small) < 0.2 + 3 * math.sqrt(0.16 / 100)


def test_no_exchange_is_counted_as_the_one_that_was_seen():
    played = scored_maps(7, patients=["p"] * SCANS)

    drawn = permutation_p_values(
        played, np.ones((SCANS, 4, 1), dtype=bool), permutations=19, levels=(), seed=0
    ).p_value

    # One patient has nobody to exchange with.
    assert (drawn == 1).all()


EVERY_SCAN = np.ones((SCANS, 4, 1), dtype=bool)


def exact_p_values(played):
    """By all exchanges of the maps."""
    every = np.array(
        [hits_by_hand(played, enumerate(h)) for h in itertools.permutations(range(SCANS))]
    )
    return (every >= every[0] - 1e-9).mean(axis=0)


def test_a_p_value_far_from_every_level_is_drawn_once_and_one_near_it_until_it_is_clear():
    played = scored_maps(0, ties=True)
    exact = exact_p_values(played)
    asked = float(exact[0, 0]) + 0.03

    drawn = permutation_p_values(played, EVERY_SCAN, permutations=200, levels=[asked], seed=0)

    far = np.abs(exact - asked) > 0.25
    assert far.any()
    assert (drawn.permutations[:, :, 0][far] == 200).all()
    near = drawn.permutations[0, 0, 0]
    assert 200 < near < 200 * MOST_LOOKS
    assert drawn.p_high[0, 0, 0] < asked


def test_a_p_value_at_a_level_is_drawn_as_often_as_allowed_and_no_more():
    played = scored_maps(0, ties=True)
    at_level = float(exact_p_values(played)[0, 0])

    drawn = permutation_p_values(played, EVERY_SCAN, permutations=50, levels=[at_level], seed=0)

    assert drawn.permutations[0, 0, 0] == 50 * MOST_LOOKS


@pytest.mark.parametrize("levels", [(), (0.05, 0.3, 0.6)])
def test_the_interval_of_a_p_value_holds_the_p_value_of_all_exchanges(levels):
    held = []
    for seed in range(12):
        played = scored_maps(seed, ties=True)
        drawn = permutation_p_values(played, EVERY_SCAN, permutations=200, levels=levels, seed=seed)
        exact = exact_p_values(played)
        assert (drawn.p_low <= drawn.p_value).all()
        assert (drawn.p_value <= drawn.p_high).all()
        held.append((drawn.p_low[:, :, 0] <= exact) & (exact <= drawn.p_high[:, :, 0]))

    assert np.mean(held) > 0.96


def test_the_first_look_is_the_whole_draw_where_nothing_is_decided():
    played = scored_maps(3)
    whole, looked = (
        permutation_p_values(played, EVERY_SCAN, permutations=100, levels=levels, seed=1)
        for levels in ((), [2.0])
    )

    np.testing.assert_array_equal(whole.p_value, looked.p_value)
    assert (whole.permutations == 100).all()


def test_a_region_that_no_scan_counts_keeps_the_others_from_nothing():
    played = scored_maps(3)
    without = EVERY_SCAN.copy()
    without[:, 1] = False
    asked = {"permutations": 100, "levels": (), "seed": 1}
    whole, lacking = (
        permutation_p_values(played, counted, **asked).p_value for counted in (EVERY_SCAN, without)
    )

    assert np.isnan(lacking[1]).all()
    np.testing.assert_array_equal(np.delete(lacking, 1, axis=0), np.delete(whole, 1, axis=0))


def test_exchanges_are_all_counted_however_many_are_looked_up_at_once(monkeypatch):
    played = scored_maps(0, ties=True)
    asked = {"permutations": 200, "levels": (), "seed": 1}
    at_once = permutation_p_values(played, EVERY_SCAN, **asked)
    monkeypatch.setattr(map_permutation, "LOOKED_UP_AT_ONCE", 1)
    one_by_one = permutation_p_values(played, EVERY_SCAN, **asked)

    exact = exact_p_values(played)
    for drawn in (at_once, one_by_one):
        assert drawn.p_value[:, :, 0] == pytest.approx(exact, abs=0.12)


def test_a_single_exchange_gives_a_half_or_one():
    drawn = permutation_p_values(scored_maps(3), EVERY_SCAN, permutations=1, levels=(), seed=1)

    assert set(np.unique(drawn.p_value)) <= {0.5, 1.0}
    assert (drawn.permutations == 1).all()


def test_where_nothing_counts_nothing_is_drawn():
    drawn = permutation_p_values(
        scored_maps(3), ~EVERY_SCAN, permutations=100, levels=[0.05], seed=1
    )

    assert np.isnan([drawn.p_value, drawn.p_low, drawn.p_high]).all()
    assert (drawn.permutations == 0).all()
