import numpy as np
import pytest
from compared_runs import points
from hypothesis import given, settings
from hypothesis import strategies as st

from sonolens.evaluation.experiments import compare_pointing
from sonolens.evaluation.experiments.samples import (
    compare_resampled,
    compare_samples,
    sample_hits,
    seed_apart,
)
from sonolens.evaluation.statistics import Bootstrap

BOOTSTRAP = Bootstrap(resamples=200, confidence=0.95, seed=3)
HITS = st.lists(st.sampled_from([0.0, 0.5, 1.0]), min_size=12, max_size=12)


@settings(max_examples=20, deadline=None)
@given(HITS, HITS)
def test_paired_hits_are_those_of_configurations_side_by_side(first, second):
    one, other = points(first), points(second, configuration="other")
    expected = compare_pointing([one, other], same_as_cam=(), permutations=200, bootstrap=BOOTSTRAP)

    rows = list(
        compare_samples(
            sample_hits(one),
            sample_hits(other),
            shared=list(one.scan_ids),
            permutations=200,
            bootstrap=BOOTSTRAP,
        )
    )

    for ours, theirs in zip(rows, expected.to_dict(orient="records"), strict=True):
        assert (ours["region"], ours["rule"]) == (theirs["region"], theirs["rule"])
        for name in ("difference", "ci_low", "ci_high", "p_value"):
            assert ours[name] == pytest.approx(theirs[name])


def test_a_silent_map_counts_on_neither_side():
    maps = np.array([0] + [1] * 11)
    one, other = points(np.ones(12) * maps, maps=maps), points(np.zeros(12))

    row = next(
        compare_samples(
            sample_hits(one),
            sample_hits(other),
            shared=list(one.scan_ids),
            permutations=100,
            bootstrap=BOOTSTRAP,
        )
    )

    assert (row["first_n"], row["second_n"], row["first_value"]) == (11, 11, 1.0)


def test_two_sides_are_resampled_by_seeds_of_their_own_and_the_same_each_time():
    first, second = seed_apart(BOOTSTRAP)

    assert first.seed != second.seed
    assert seed_apart(BOOTSTRAP) == (first, second)


def test_what_one_side_lacks_has_no_difference():
    drawn = np.array([0.1, 0.2]), np.full(2, np.nan)

    apart = compare_resampled((0.1, np.nan), drawn, patients=3, confidence=0.9)

    assert all(np.isnan(value) for value in apart.values())
