"""Fixed places: chosen on training scans alone, played on others; answers known by hand or by brute force."""

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from sonolens.evaluation.pointing import look_up_regions, score_pointing_game
from sonolens.evaluation.pointing.location_prior import choose_places
from sonolens.evaluation.pointing.region_lookup import regions_of_bits
from sonolens.evaluation.statistics import Bootstrap
from sonolens.tables.pointing import MeanMapExtremes
from sonolens.tables.vocabulary import PLAYED_REGIONS

MASS = {"mass": ["mass"]}
RULES = ["max", "either"]
BITS = arrays.arrays(
    np.uint8, st.tuples(st.integers(1, 6), st.integers(2, 5)), elements=st.integers(0, 7)
)


def bits(*scans):
    return np.array(scans, dtype=np.uint8)


def played(training, test, regions=PLAYED_REGIONS):
    """Mean hits of the one place and of the pair, per region."""
    prior = choose_places(training, regions=regions)
    return prior.play(test, rules=RULES).mean(axis=0)


def test_a_mass_that_always_lies_in_one_place_is_always_hit():
    always = bits(*[[0, 0, 1, 0]] * 5)

    assert played(always, always, MASS).tolist() == [[1, 1]]


def test_one_place_and_two_are_those_counted_by_hand():
    # Place 0 hits three of five training scans, place 1 two, place 3 the two that place 0 misses.
    training = bits([1, 1, 0, 0], [1, 1, 0, 0], [1, 0, 0, 0], [0, 0, 0, 1], [0, 0, 0, 1])
    test = bits([1, 0, 0, 0], [0, 0, 0, 1], [0, 1, 0, 0], [0, 0, 1, 0])

    assert played(training, test, MASS).tolist() == [[0.25, 0.5]]


def test_the_best_pair_need_not_hold_the_best_place():
    # Place 0 hits four of six; 1 and 2 hit three each, and together all.
    training = bits([1, 1, 0], [1, 1, 0], [0, 1, 0], [1, 0, 1], [1, 0, 1], [0, 0, 1])
    prior = choose_places(training, regions=MASS)

    assert prior.one.tolist() == [0]
    assert prior.two.tolist() == [[1, 2]]


def test_of_places_that_tie_the_middle_one_plays():
    prior = choose_places(bits([0, 1, 1, 1, 0, 0]), regions=MASS)

    assert prior.one.tolist() == [2]


def test_of_pairs_that_tie_those_play_whose_places_hit_most_alone():
    # Places 0 and 2 hit both scans each, so that any pair with one of them hits both.
    prior = choose_places(bits([1, 0, 1, 0], [1, 1, 1, 0]), regions=MASS)

    assert prior.two.tolist() == [[0, 2]]


def test_a_pair_is_two_places_even_where_one_of_them_hits_all_alone():
    # Only place 1 hits. The pairs (0, 1) and (1, 2) tie; of two, the later one is called the middle.
    prior = choose_places(bits([0, 1, 0]), regions=MASS)

    assert prior.one.tolist() == [1]
    assert prior.two.tolist() == [[1, 2]]


@given(training=BITS)
@settings(max_examples=60, deadline=None)
def test_no_place_and_no_pair_hits_more_training_scans(training):
    inside = regions_of_bits(PLAYED_REGIONS)[training]
    for region, found in enumerate(played(training, training)):
        for size, rate in zip((1, 2), found, strict=True):
            chosen = itertools.combinations(range(training.shape[1]), size)
            rates = [inside[:, list(places), region].any(axis=1).mean() for places in chosen]
            assert rate == pytest.approx(max(rates))


@given(training=BITS, seed=st.integers(0, 2**16))
@settings(max_examples=30, deadline=None)
def test_no_order_of_scans_or_places_moves_what_is_hit_in_training(training, seed):
    rng = np.random.default_rng(seed)
    scans, places = rng.permutation(len(training)), rng.permutation(training.shape[1])
    shuffled = training[scans]

    assert played(training, training) == pytest.approx(played(shuffled, shuffled))
    assert played(training, training) == pytest.approx(
        played(shuffled[:, places], shuffled[:, places])
    )
    one, other = (choose_places(each, regions=PLAYED_REGIONS) for each in (training, shuffled))
    assert (one.one == other.one).all()
    assert (one.two == other.two).all()


def test_without_a_training_scan_nothing_is_chosen():
    with pytest.raises(ValueError, match="no training scan"):
        choose_places(np.empty((0, 4), dtype=np.uint8), regions=MASS)


# ---- in the game ------------------------------------------------------------------------------


def region_map(left):
    """A mass of a third of the scan's width."""
    drawn = np.zeros((21, 21), dtype=np.uint8)
    drawn[:, left : left + 7] = 1
    return drawn


def game(*, train=(), test=(), points_at=(), read_training=True):
    """Score maps that point at columns; the masses of training and test scans begin at columns."""
    lefts = {f"t{n}": left for n, left in enumerate(train)} | {
        f"s{n}": left for n, left in enumerate(test)
    }
    key = {"method": "cam", "run": "net"}
    rows, shares = [], []
    for scan_id, (left, col) in enumerate(zip(test, points_at, strict=True)):
        for extreme in ("max", "min"):
            hit = col is not None and left <= col < left + 7
            place = {"row_share": 0.5, "col_share": np.nan if col is None else (col + 0.5) / 21}
            region = "none" if col is None else "mass" if hit else "other"
            where = {
                "region": region,
                "row_px": 10.0,
                "col_px": np.nan if col is None else float(col),
            }
            told = {"extreme": extreme, "value": 1.0, "share": 1.0, "distance_to_mass_mm": 0.0}
            rows.append(key | {"scan_id": f"s{scan_id}"} | told | place | where)
        for region in PLAYED_REGIONS:
            share = {"area_share": 1 / 3, "cell_share": 1 / 3, "tolerance_mm": 0.0}
            shares.append(key | {"scan_id": f"s{scan_id}", "region": region} | share)
    points = pd.DataFrame(rows).assign(ring="0-5 mm")
    scans = pd.DataFrame({"scan_id": list(lefts), "patient_id": list(lefts)})
    scans[["spacing_row_mm", "spacing_col_mm"]] = np.nan
    partitions = ["train"] * len(train) + ["test"] * len(test)
    decisions = scans.assign(
        run="net", partition=partitions, called=True, correct=True, label="malignant"
    )
    readers = {scan_id: lambda left=left: region_map(left) for scan_id, left in lefts.items()}
    return score_pointing_game(
        points,
        pd.DataFrame(shares),
        decisions,
        mean_extremes=MeanMapExtremes.empty(),
        lookup=look_up_regions(
            points,
            MeanMapExtremes.empty(),
            scans,
            readers,
            without_maps=[f"t{n}" for n in range(len(train))] if read_training else [],
        ),
        partition="test",
        permutations=20,
        bootstrap=Bootstrap(resamples=200, confidence=0.95, seed=0),
    ).set_index(["region", "rule", "subset", "label"])


MAX = ("mass", "max", "all", "both")
LOCATION = [
    f"{name}{limit}"
    for name in ("location_prior", "beyond_location_prior")
    for limit in ("", "_low", "_high")
]


def test_the_prior_plays_the_places_of_the_training_masses_on_the_test_scans():
    # Trained on masses at the left, tested on two at the left and two at the right.
    found = game(train=[0, 0, 0], test=[0, 0, 14, 14], points_at=[3, 3, 16, 3]).loc[MAX]

    assert found["location_prior"] == pytest.approx(0.5)
    assert found["rate"] == 0.75
    assert found["beyond_location_prior"] == pytest.approx(0.25)
    low, high = found["beyond_location_prior_low"], found["beyond_location_prior_high"]
    assert low <= 0.25 <= high
    # Paired: the map hits wherever the place does, so no resample puts it below.
    assert low == 0


def test_a_map_that_is_constant_counts_for_its_fixed_places_neither():
    # The third map points nowhere; its mass lies where the training masses do.
    found = game(train=[0, 0], test=[0, 14, 0], points_at=[3, 16, None]).loc[MAX]

    assert found["n"] == 2
    assert found["location_prior"] == pytest.approx(0.5)


def test_test_scans_never_choose_the_place():
    train = [0, 0, 7]
    one, other = (
        game(train=train, test=test, points_at=[1, 1]).loc[MAX, "location_prior"]
        for test in ([14, 14], [0, 14])
    )

    assert (one, other) == (0, 0.5)


def test_two_fixed_places_are_enough_for_masses_at_two_sites():
    found = game(train=[0, 14], test=[0, 14, 0, 14], points_at=[10, 10, 10, 10])

    assert found.loc[("mass", "either", "all", "both"), "location_prior"] == 1
    assert found.loc[("mass", "either", "all", "both"), "beyond_location_prior_high"] < 0


def test_without_regions_of_training_scans_the_prior_is_unknown():
    for unknown in (
        game(test=[0, 14], points_at=[1, 1]),
        game(train=[0], test=[0, 14], points_at=[1, 1], read_training=False),
    ):
        assert unknown[LOCATION].isna().all(axis=None)
