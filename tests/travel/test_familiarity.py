import numpy as np
import pytest

from sonolens.travel.card import FamiliarityFacts
from sonolens.travel.familiarity import FEWEST_SCANS, Familiarity, fit_familiarity

FACTS = FamiliarityFacts(
    training_scans=9, shrinkage=0.5, validation_scans=9, quantile=0.95, threshold=3.0, alarms=0
)


def shape(centre, axes, variances, rest):
    tables = {"centre": centre, "axes": axes, "variances": variances, "rest_variance": rest}
    return Familiarity.of_tables(
        {name: np.array(table, dtype=np.float32) for name, table in tables.items()}, FACTS
    )


def test_a_distance_is_counted_in_standard_deviations_along_axes_and_off_them():
    ball = shape([1.0, 2.0, 3.0], [[0.6, 0.8, 0.0]], [4.0], 0.25)

    distances = ball.distance(
        np.array([[1.0, 2.0, 3.0], [2.2, 3.6, 3.0], [1.0, 2.0, 4.0], [2.2, 3.6, 4.0]])
    )

    # 2 along the axis of sd 2; 1 off it where sd is 0.5; both: sqrt(1 + 4)
    assert distances == pytest.approx([0, 1, 2, np.sqrt(5)], abs=1e-6)
    assert ball.is_unfamiliar(np.array([[1.0, 2.0, 5.0]])).tolist() == [True]


def test_where_axes_fill_the_space_nothing_lies_off_them():
    full = shape([0.0, 0.0], [[0.6, 0.8], [-0.8, 0.6]], [1.0, 1.0], 1e-30)

    assert full.distance(np.array([[3.0, 4.0]])) == pytest.approx([5], rel=1e-6)


def test_features_that_are_not_finite_are_infinitely_far():
    ball = shape([0.0, 0.0], [[1.0, 0.0]], [1.0], 1.0)

    assert ball.distance(np.array([[np.nan, 0.0], [np.inf, 0.0]])).tolist() == [np.inf, np.inf]


def test_the_fit_is_the_mahalanobis_distance_of_the_shrunk_covariance(drawn):
    training, other = drawn(40, channels=5, seed=0), drawn(30, channels=5, seed=1)
    training[:, 0] *= 3
    fitted = fit_familiarity(training, other)

    apart = other - training.mean(axis=0)
    covariance = np.cov(training.T, bias=True).astype(float)
    share = fitted.facts.shrinkage
    shrunk = (1 - share) * covariance + share * np.trace(covariance) / 5 * np.eye(5)
    expected = np.sqrt(np.einsum("ij,jk,ik->i", apart, np.linalg.inv(shrunk), apart))
    assert fitted.distance(other) == pytest.approx(expected, rel=1e-4)


def test_no_more_than_one_validation_scan_in_twenty_is_a_false_alarm(drawn):
    for count in (FEWEST_SCANS, 20, 21, 60, 199):
        fitted = fit_familiarity(
            drawn(30, channels=50, seed=0), drawn(count, channels=50, seed=count)
        )

        rate = fitted.facts.false_alarm_rate
        assert 0.05 - 1 / count <= rate + 1e-9 <= 0.05 + 2e-9
        assert fitted.facts.alarms == (
            fitted.is_unfamiliar(drawn(count, channels=50, seed=count)).sum()
        )


def test_a_scan_like_the_training_scans_is_familiar_and_another_is_not(drawn):
    fitted = fit_familiarity(drawn(60, channels=100, seed=0), drawn(60, channels=100, seed=1))

    alike = fitted.is_unfamiliar(drawn(400, channels=100, seed=2))
    apart = fitted.is_unfamiliar(drawn(400, channels=100, seed=3, about=2.0))
    assert alike.mean() < 0.15
    assert apart.all()


@pytest.mark.parametrize(
    ("training", "validation", "reason"),
    [
        (1, 20, "1 training scans, and 8 are the fewest"),
        (20, 0, "0 validation scans"),
    ],
)
def test_too_few_scans_are_refused_in_one_line(drawn, training, validation, reason):
    with pytest.raises(ValueError, match=reason):
        fit_familiarity(drawn(training, channels=3, seed=0), drawn(validation, channels=3, seed=1))


def test_features_that_say_nothing_are_refused(drawn):
    validation = drawn(20, channels=3, seed=0)
    same = np.ones((20, 3), dtype=np.float32)

    with pytest.raises(ValueError, match="the same features"):
        fit_familiarity(same, validation)
    same[0, 0] = np.nan
    with pytest.raises(ValueError, match="of a training scan are NaN or infinite"):
        fit_familiarity(same, validation)
