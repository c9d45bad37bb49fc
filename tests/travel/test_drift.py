"""Drift: how many scans lie where hardly a training scan did."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sonolens.tables.external import Drift
from sonolens.travel import NetworkCard, measure_drift
from sonolens.travel.card import DeviceCount
from sonolens.travel.training_range import measure_ranges


@pytest.fixture
def drift_of(card: NetworkCard) -> Callable[..., pd.DataFrame]:
    """Measure the drift of scans from depths of 30 to 50 mm on device A: ``drift_of(depths, devices)``."""
    depths_mm = np.linspace(30, 50, 1001)
    study = card.study.model_copy(
        update={
            "ranges": measure_ranges(
                [{"depth_mm": depth, "width_mm": float("nan")} for depth in depths_mm]
            ),
            "devices": (DeviceCount(device="A", scans=1001),),
        }
    )
    away = card.model_copy(update={"study": study})

    def measure(
        depths: list[float], *, devices: list[str | None] | None = None, distances: Any = None
    ) -> pd.DataFrame:
        table = measure_drift(
            away,
            facts=[{"depth_mm": depth, "width_mm": 40.0} for depth in depths],
            devices=devices or [None] * len(depths),
            distances=distances,
            confidence=0.95,
        ).assign(run="r")
        return Drift.validate(table).set_index("property")

    return measure


def test_scans_of_the_training_range_are_not_beyond_it(drift_of: Callable[..., Any]) -> None:
    row = drift_of([35.0, 40.0, 45.0]).loc["depth_mm"]

    assert (row["beyond"], row["expected"], row["n"], row["n_unknown"]) == (0, 0.01, 3, 0)
    assert row["trained_median"] == pytest.approx(40)
    assert row["median"] == 40


def test_scans_outside_and_in_the_last_half_percent_are(drift_of: Callable[..., Any]) -> None:
    row = drift_of([29.0, 30.05, 40.0, 60.0, float("nan")]).loc["depth_mm"]

    assert row["beyond"] == pytest.approx(3 / 4)
    assert row["beyond_low"] < 3 / 4 < row["beyond_high"]
    assert row["n_unknown"] == 1


def test_what_no_training_scan_told_cannot_drift(drift_of: Callable[..., Any]) -> None:
    row = drift_of([40.0, 41.0]).loc["width_mm"]

    assert np.isnan(row["beyond"])
    assert np.isnan(row["expected"])


def test_a_device_that_trained_nothing_is_a_stranger_and_one_untold_is_unknown(
    drift_of: Callable[..., Any],
) -> None:
    row = drift_of([40.0] * 4, devices=["A", "B", None, "B"]).loc["device"]

    assert row["beyond"] == pytest.approx(2 / 3)
    assert (row["n"], row["n_unknown"], row["expected"]) == (3, 1, 0)


def test_unfamiliar_scans_are_counted_beside_the_false_alarms(
    drift_of: Callable[..., Any], card: NetworkCard
) -> None:
    assert card.familiarity is not None
    threshold = card.familiarity.threshold

    row = drift_of([40.0] * 4, distances=threshold * np.array([0.5, 1.0, 1.1, 3.0])).loc[
        "familiarity"
    ]

    assert row["beyond"] == pytest.approx(0.5)
    assert row["expected"] == card.familiarity.false_alarm_rate


def test_no_scan_has_no_drift(drift_of: Callable[..., Any]) -> None:
    assert drift_of([], distances=np.empty(0))["beyond"].isna().all()
