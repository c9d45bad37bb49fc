"""A tiny network with its card, packed for travel."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from sonolens.models import NetworkWeights, ScanClassifier, build_network, pack_weights
from sonolens.travel import Familiarity, NetworkCard, fit_familiarity, pack_network
from sonolens.travel.card import FrozenDecisions, TrainingStudy
from sonolens.travel.reference import answer_reference
from sonolens.travel.scan_hashes import hash_scans
from sonolens.travel.training_range import measure_ranges

RUN, SIZE_PX = "tiny-full-seed0-fold0", 48


FIT = {
    "network": "tiny",
    "adaptation": "full",
    "protocol": "rigorous",
    "seed": 0,
    "start": "none",
    "labels": "given",
    "annotations": "as framed",
    "output_stride": 32,
    "learning_rate": 0.001,
    "n_weights": 10,
    "n_learning": 10,
    "chosen_on": "validation",
    "best_epoch": 1,
    "epochs": 2,
}


def features(count: int, *, channels: int, seed: int, about: float = 0.0) -> np.ndarray:
    drawn = np.random.default_rng(seed).normal(about, 1, (count, channels))
    return drawn.astype(np.float32)


def points(*thresholds: float) -> list[dict[str, Any]]:
    rules = ("closest_to_corner", "youden", "sensitivity_90", "sensitivity_95")
    return [
        {"level": "scan", "rule": rule, "chosen_on": "validation", "threshold": threshold}
        for rule, threshold in zip(rules, thresholds, strict=False)
    ]


def card_of(weights: NetworkWeights, familiarity: Familiarity | None) -> NetworkCard:
    decisions = FrozenDecisions.model_validate(
        {
            "temperature": 0.8,
            "lesion_probability": "mean",
            "operating_points": points(0.2, 0.4, 0.6, float("inf")),
            "sets": [],
            "performance": [],
        }
    )
    study = TrainingStudy(
        name="phantoms",
        description="nobody was scanned",
        made_in="2026-11-22T12.00.00.000Z",
        units="patients",
        counts=(),
        devices=(),
        ranges=measure_ranges([{"depth_mm": 30.0}, {"depth_mm": float("nan")}]),
        scans=hash_scans([b"one" * 11, b"two" * 11], run=RUN),
    )
    return NetworkCard(
        format=1,
        run=RUN,
        intended_use="Research use only, not for diagnosis.",
        licence="mit",
        data_licence="not stated",
        software={"sonolens": "0.1.0"},
        fit=FIT,
        framing={"size_px": SIZE_PX, "annotations": "keep"},
        decisions=decisions,
        study=study,
        fixed_places=(),
        regions=(),
        familiarity=None if familiarity is None else familiarity.facts,
        no_familiarity="" if familiarity else "too few scans",
        reference=answer_reference(float(weights.header["probe_logit"]), decisions),
    )


@pytest.fixture(scope="session")
def network() -> ScanClassifier:
    return build_network("tiny", adaptation="full", weights="none", seed=1).eval()


@pytest.fixture(scope="session")
def weights(network: ScanClassifier) -> NetworkWeights:
    return pack_weights(network, size_px=SIZE_PX, header_extra={"run": RUN})


@pytest.fixture(scope="session")
def familiarity(network: ScanClassifier) -> Familiarity:
    channels = network.head.in_features
    return fit_familiarity(
        features(12, channels=channels, seed=0), features(40, channels=channels, seed=1)
    )


@pytest.fixture(scope="session")
def card(weights: NetworkWeights, familiarity: Familiarity) -> NetworkCard:
    return card_of(weights, familiarity)


@pytest.fixture(scope="session")
def packed(weights: NetworkWeights, card: NetworkCard, familiarity: Familiarity) -> NetworkWeights:
    return pack_network(weights, card=card, familiarity=familiarity)


@pytest.fixture
def drawn() -> Callable[..., np.ndarray]:
    """Draw features: ``drawn(count, channels=, seed=, about=)``."""
    return features


@pytest.fixture
def make_card() -> Callable[..., NetworkCard]:
    """Write the card of packed weights: ``make_card(weights, familiarity)``."""
    return card_of
