"""Fits small enough for a test: striped scans, a tiny network and a slot in memory."""

import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sonolens.models import (
    AugmentationRanges,
    Fit,
    FitPlan,
    LabelledScans,
    Machine,
    ScanClassifier,
    Schedule,
    build_network,
    fit_network,
)

SIZE_PX = 32


def striped_scans(count: int, seed: int) -> LabelledScans:
    """Speckle whose lower half is dark in malignant scans, every second one: an easy, horizontal cue."""
    labels = np.arange(count) % 2 == 1
    scans = np.random.default_rng(seed).integers(60, 200, (count, SIZE_PX, SIZE_PX))
    scans[labels, SIZE_PX // 2 :] //= 3
    ids = tuple(f"seed{seed}-{number}" for number in range(count))
    return LabelledScans(scans.astype(np.uint8), np.arange(count), labels, ids)


def tiny_network(adaptation: str = "full") -> ScanClassifier:
    """A tiny network that starts at random."""
    return build_network("tiny", adaptation=adaptation, weights="none", seed=1)


def plan_of_fit(**changes: Any) -> dict[str, Any]:
    """What decides a fit of three epochs over five batches, the last of which is one scan longer."""
    schedule = {"learning_rate": 0.01, "batch_size": 4, "epochs": 3, "patience": 3}
    machine = {"device": "cpu", "devices": 1, "strategy": "auto", "precision": "auto"}
    machine = Machine(**{key: changes.pop(key, value) for key, value in machine.items()})
    plan = {
        "train": striped_scans(21, seed=0),
        "watched": {"validation": striped_scans(10, seed=1)},
        "schedule": Schedule(**{key: changes.pop(key, value) for key, value in schedule.items()}),
        "augmentation": AugmentationRanges(
            horizontal_flip=True, max_shift=0.1, max_contrast=0.1, max_gain_levels=10.0
        ),
        "seed": 3,
    }
    return {"plan": FitPlan(**(plan | changes)), "machine": machine}


@pytest.fixture
def striped() -> Callable[..., LabelledScans]:
    """Make labelled scans: ``striped(count, seed=...)``."""
    return striped_scans


@pytest.fixture
def tiny() -> Callable[..., ScanClassifier]:
    """Make a tiny network: ``tiny(adaptation)``."""
    return tiny_network


@pytest.fixture
def plan() -> Callable[..., dict[str, Any]]:
    """Make plan and machine of a fit; numbers of schedule and machine are given by their names."""
    return plan_of_fit


@pytest.fixture
def fit() -> Callable[..., Fit]:
    """Fit a tiny network: ``fit(network, **changes of the plan)``."""

    def fit(start: ScanClassifier | None = None, **changes: Any) -> Fit:
        kept = {
            "checkpoint": changes.pop("checkpoint", None),
            "name": changes.pop("name", "tiny fit"),
        }
        return fit_network(start or tiny_network(), **plan_of_fit(**changes), **kept)

    return fit


@pytest.fixture
def quiet_log(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> Iterator[pytest.LogCaptureFixture]:
    """Log lines of the test, which must leave no file behind and write nothing to the screen."""
    monkeypatch.chdir(tmp_path)
    # Kedro's handler, set up by another test, would write the log lines to the screen.
    monkeypatch.setattr(logging.getLogger(), "handlers", [caplog.handler])
    with caplog.at_level(logging.INFO):
        yield caplog
    assert list(tmp_path.iterdir()) == []
    assert capfd.readouterr() == ("", "")
