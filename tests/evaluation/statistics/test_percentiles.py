import numpy as np
import pytest

from sonolens.evaluation.statistics import percentile_interval, resampled_interval


def test_percentiles_leave_out_what_is_unknown():
    values = np.append(np.arange(101.0), [np.nan, np.nan])

    assert percentile_interval(values, confidence=0.9) == pytest.approx((5.0, 95.0))
    assert np.isnan(percentile_interval(values[-2:], confidence=0.9)).all()


@pytest.mark.parametrize(
    ("patients", "tail"),
    # Phi(-t sqrt(n / (n - 1))) by tables: of 5, t = 2.7764, so -3.1042; of 10, 2.2622 and -2.3846; of 60, 2.0010 and
    # -2.0179; of many, -1.9600.
    [(5, 0.000954), (10, 0.008551), (60, 0.021802), (10**7, 0.025)],
)
def test_few_patients_need_percentiles_farther_out(patients, tail):
    values = np.arange(100_001) / 100_000

    assert resampled_interval(values, patients=patients, confidence=0.95) == pytest.approx(
        (tail, 1 - tail), abs=1e-6
    )


@pytest.mark.parametrize("patients", [0, 1, 2])
def test_one_or_two_patients_leave_all_open_that_resampling_saw(patients):
    values = np.append(np.arange(101.0), np.nan)

    assert resampled_interval(values, patients=patients, confidence=0.99) == (0.0, 100.0)
    assert np.isnan(resampled_interval(values[-1:], patients=patients, confidence=0.9)).all()
