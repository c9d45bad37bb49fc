import numpy as np
import pytest

from sonolens.evaluation.statistics import (
    Bootstrap,
    bootstrap_differences,
    bootstrap_rates,
    intervals,
    patient_resamples,
    wilson_interval,
)
from sonolens.evaluation.statistics.intervals import difference_interval, limits_of

BOOTSTRAP = Bootstrap(resamples=500, confidence=0.95, seed=3)


def rate_of(hits, counts, patients):
    rates = bootstrap_rates(
        np.array(hits, dtype=float)[:, None],
        np.array(counts, dtype=float)[:, None],
        patients,
        bootstrap=BOOTSTRAP,
    )
    return rates.value[0], rates.ci_low[0], rates.ci_high[0]


@pytest.mark.parametrize(
    ("hits", "n", "confidence", "limits"),
    [
        (8, 10, 0.95, (0.4902, 0.9433)),
        (0, 10, 0.95, (0.0, 0.2775)),
        (10, 10, 0.95, (0.7225, 1.0)),
        (1, 29, 0.95, (0.0061, 0.1718)),
        (81, 263, 0.95, (0.2553, 0.3662)),
        (15, 148, 0.95, (0.0624, 0.1605)),
        (5, 10, 0.99, (0.1842, 0.8158)),  # half of ten: 0.5 -+ z / (2 sqrt(n + z^2)), z = 2.5758
    ],
)
def test_wilson_limits_equal_those_of_newcombe_and_of_hand(hits, n, confidence, limits):
    assert wilson_interval(hits, n, confidence=confidence) == pytest.approx(limits, abs=5e-4)


@pytest.mark.parametrize("n", [2, 6, 7, 10, 13, 263])
def test_no_hit_and_all_hits_touch_the_ends_exactly(n):
    for confidence in (0.9, 0.95):
        assert wilson_interval(0, n, confidence=confidence)[0] == 0
        assert wilson_interval(n, n, confidence=confidence)[1] == 1


@pytest.mark.parametrize(
    ("first", "second", "n", "limits"),
    [
        (0.9, 0.3, 10, (0.1705, 0.8090)),
        (6 / 7, 2 / 7, 7, (0.0582, 0.8062)),
        (0.0, 0.0, 10, (-0.2775, 0.2775)),
        (1.0, 0.0, 10, (0.6075, 1.0)),
    ],
)
def test_the_interval_of_a_difference_is_newcombes(first, second, n, limits):
    # Newcombe (1998), Stat Med 17:873-890, table II, method 10; the other way round it is mirrored.
    assert difference_interval(first, second, n=n, confidence=0.95) == pytest.approx(
        limits, abs=1e-4
    )
    mirrored = difference_interval(second, first, n=n, confidence=0.95)
    assert mirrored == pytest.approx((-limits[1], -limits[0]), abs=1e-4)


def test_nothing_counted_has_no_interval():
    assert np.isnan(wilson_interval(0, 0, confidence=0.95)).all()


def test_more_hits_than_cases_are_refused():
    with pytest.raises(ValueError, match="11 hits of 10"):
        wilson_interval(11, 10, confidence=0.95)


def test_a_mean_of_ten_has_the_interval_of_students_t():
    # Squares add up to 82.5, so the standard error of the mean is 0.9574, and t times it 2.166 about 4.5.
    values = np.arange(10.0)
    found = bootstrap_rates(
        values[:, None] / 10,
        np.ones((10, 1)),
        range(10),
        bootstrap=Bootstrap(resamples=50_000, confidence=0.95, seed=0),
    )

    assert (10 * found.ci_low[0], 10 * found.ci_high[0]) == pytest.approx((2.334, 6.666), abs=0.1)


def test_two_scans_of_a_patient_are_always_drawn_together():
    patients = ["b", "a", "b", "c", "a"]

    drawn = np.concatenate(
        [*patient_resamples(patients, bootstrap=Bootstrap(resamples=600, confidence=0.95, seed=0))]
    )

    assert drawn.shape == (600, 5)
    np.testing.assert_array_equal(drawn[:, 0], drawn[:, 2])
    np.testing.assert_array_equal(drawn[:, 1], drawn[:, 4])


def test_as_many_patients_are_drawn_as_there_are():
    drawn = np.concatenate(
        [
            *patient_resamples(
                ["x", "y", "z"], bootstrap=Bootstrap(resamples=900, confidence=0.95, seed=1)
            )
        ]
    )

    assert (drawn.sum(axis=1) == 3).all()
    np.testing.assert_allclose(drawn.mean(axis=0), 1, atol=0.1)
    # Two of three draws miss a given patient, cubed: 8 in 27.
    np.testing.assert_allclose((drawn == 0).mean(axis=0), 8 / 27, atol=0.05)


def test_the_order_of_rows_does_not_matter_to_the_resamples():
    patients = ["b", "a", "c", "a", "d"]

    (drawn,) = patient_resamples(
        patients, bootstrap=Bootstrap(resamples=50, confidence=0.95, seed=1)
    )
    (turned,) = patient_resamples(
        patients[::-1], bootstrap=Bootstrap(resamples=50, confidence=0.95, seed=1)
    )

    np.testing.assert_array_equal(turned, drawn[:, ::-1])


def test_a_rate_that_only_rounding_moves_has_wilsons_interval():
    resampled = np.array([0.3, 0.1 + 0.2, 0.3])
    assert np.ptp(resampled) > 0

    limits = limits_of(0.3, resampled, patients=10, confidence=0.95)

    assert limits == wilson_interval(3, 10, confidence=0.95)


def test_the_seed_decides_the_resamples():
    def drawn(seed):
        return np.concatenate(
            [
                *patient_resamples(
                    range(9), bootstrap=Bootstrap(resamples=20, confidence=0.95, seed=seed)
                )
            ]
        )

    np.testing.assert_array_equal(drawn(4), drawn(4))
    assert (drawn(4) != drawn(5)).any()


def test_many_patients_are_drawn_in_smaller_blocks_and_alike(monkeypatch):
    bootstrap = Bootstrap(resamples=20, confidence=0.95, seed=4)
    (at_once,) = patient_resamples(range(9), bootstrap=bootstrap)
    monkeypatch.setattr(intervals, "DRAWN_AT_ONCE", 30)

    blocks = list(patient_resamples(range(9), bootstrap=bootstrap))

    assert [len(block) for block in blocks] == [3] * 6 + [2]
    np.testing.assert_array_equal(np.concatenate(blocks), at_once)


def test_a_rate_counts_scans_and_not_patients():
    value, _, _ = rate_of([1, 1, 1, 0], [1, 1, 1, 1], ["a", "a", "a", "b"])

    assert value == 0.75


def test_rows_that_do_not_count_change_nothing():
    patients = [f"p{i}" for i in range(20)]
    hits, counts = [1, 0] * 5 + [0] * 10, [1] * 10 + [0] * 10

    value, low, high = rate_of(hits, counts, patients)

    assert value == 0.5
    assert 0.1 < low < 0.35
    assert 0.65 < high < 0.9


def test_repeating_every_scan_does_not_narrow_the_interval():
    patients = [f"p{i}" for i in range(30)]
    hits = [1, 0, 0] * 10

    once = rate_of(hits, [1] * 30, patients)
    four_times = rate_of(hits * 4, [1] * 120, patients * 4)

    assert four_times == pytest.approx(once)


def test_a_rate_of_one_has_wilsons_interval_over_patients():
    value, low, high = rate_of([1] * 8, [1] * 8, ["a", "a", "b", "b", "c", "c", "d", "d"])

    assert value == 1
    assert (low, high) == wilson_interval(4, 4, confidence=0.95)


def test_patients_who_do_not_count_do_not_narrow_a_degenerate_interval():
    _, low, high = rate_of([0, 0, 0, 0], [1, 1, 0, 0], ["a", "b", "c", "d"])

    assert (low, high) == wilson_interval(0, 2, confidence=0.95)


def test_one_patient_alone_has_wilsons_interval_for_one():
    value, low, high = rate_of([1, 0], [1, 1], ["a", "a"])

    assert value == 0.5
    assert (low, high) == wilson_interval(0.5, 1, confidence=0.95)


def test_a_rate_without_cases_is_unknown():
    assert np.isnan(rate_of([0, 0], [0, 0], ["a", "b"])).all()


def test_rates_of_one_call_keep_their_columns_apart():
    hits = np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])

    rates = bootstrap_rates(hits, np.ones((3, 2)), ["a", "b", "c"], bootstrap=BOOTSTRAP)

    np.testing.assert_allclose(rates.value, [2 / 3, 1 / 3])
    # The same patients are drawn for both, so what one gains the other loses.
    np.testing.assert_allclose(rates.ci_low, 1 - rates.ci_high[::-1])


def test_intervals_cover_the_truth_about_as_often_as_they_say():
    rng = np.random.default_rng(11)
    studies, patients, truth = 150, 60, 0.4
    # Two scans of a patient agree: an interval that took them as independent would cover ~83 %.
    agreeing = (rng.random((patients, studies)) < truth).repeat(2, axis=0).astype(float)

    rates = bootstrap_rates(
        agreeing,
        np.ones_like(agreeing),
        np.repeat(np.arange(patients), 2),
        bootstrap=Bootstrap(resamples=400, confidence=0.95, seed=0),
    )

    covered = (rates.ci_low <= truth) & (truth <= rates.ci_high)
    assert 0.89 <= covered.mean() <= 0.99


def test_a_paired_difference_is_that_of_the_two_rates_and_is_surer_than_either():
    rng = np.random.default_rng(0)
    patients, counts = np.arange(60), np.ones((60, 1))
    second = (rng.random((60, 1)) < 0.5).astype(float)
    first = np.maximum(second, rng.random((60, 1)) < 0.2)  # hits wherever the second does
    bootstrap = Bootstrap(resamples=500, confidence=0.95, seed=0)

    found = bootstrap_differences(first, second, counts, patients, bootstrap=bootstrap)
    one, other = (
        bootstrap_rates(each, counts, patients, bootstrap=bootstrap) for each in (first, second)
    )

    assert found.value == pytest.approx(one.value - other.value)
    assert 0 <= found.ci_low[0] < found.value[0] < found.ci_high[0]
    assert found.ci_high - found.ci_low < one.ci_high - one.ci_low


def test_a_difference_that_nothing_moves_has_newcombes_interval_and_none_without_cases():
    hits, counts = np.array([[1.0, 0.0]] * 10), np.array([[1.0, 0.0]] * 10)
    bootstrap = Bootstrap(resamples=100, confidence=0.95, seed=0)

    found = bootstrap_differences(hits, hits, counts, np.arange(10), bootstrap=bootstrap)

    expected = difference_interval(1.0, 1.0, n=10, confidence=0.95)
    assert (found.ci_low[0], found.ci_high[0]) == expected
    assert np.isnan([found.value[1], found.ci_low[1], found.ci_high[1]]).all()
