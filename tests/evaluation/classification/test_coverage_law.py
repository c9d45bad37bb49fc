"""The law of coverage: at least as promised on average, and exact."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sonolens.evaluation.classification.coverage_law import coverage_law


@given(st.integers(0, 200), st.integers(1, 60), st.sampled_from([0.05, 0.1, 0.3]))
def test_on_average_it_is_at_least_what_is_promised(n: int, m: int, alpha: float) -> None:
    law = coverage_law([(n, m)], alpha=alpha, seen=1.0, confidence=0.95)

    assert 1 - alpha - 1e-9 <= law.mean <= min(1.0, 1 - alpha + 1 / (n + 1)) + 1e-9
    assert law.low <= law.mean <= law.high + 1e-9
    assert law.p_value == pytest.approx(1)


def test_one_test_patient_is_covered_with_k_over_n_plus_one() -> None:
    law = coverage_law([(19, 1)], alpha=0.1, seen=0.0, confidence=0.95)

    assert law.mean == pytest.approx(18 / 20)
    assert law.p_value == pytest.approx(2 / 20)


def test_too_few_to_calibrate_cover_all() -> None:
    law = coverage_law([(8, 5)], alpha=0.1, seen=1.0, confidence=0.95)

    assert (law.mean, law.low, law.high, law.p_value) == (1, 1, 1, 1)


def test_groups_calibrated_apart_add_up() -> None:
    rng = np.random.default_rng(0)
    held = sum(
        rng.binomial(m, rng.beta(k, n + 1 - k, 20_000)) for n, m, k in ((29, 30, 27), (19, 20, 18))
    )

    law = coverage_law([(29, 30), (19, 20)], alpha=0.1, seen=0.8, confidence=0.9)

    assert law.mean == pytest.approx(held.mean() / 50, abs=0.002)
    assert law.p_value == pytest.approx((held <= 40).mean(), abs=0.01)
    assert [law.low, law.high] == pytest.approx(np.quantile(held, [0.05, 0.95]) / 50, abs=0.02)
