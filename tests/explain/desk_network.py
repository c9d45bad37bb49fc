"""A tiny network with a card made by hand, for tests of this room."""

from pathlib import Path
from typing import Any

import numpy as np
import torch

from sonolens.models import ScanClassifier, build_network, pack_weights, pool_features
from sonolens.travel import fit_familiarity, write_network
from sonolens.travel.card import (
    INTENDED_USE,
    CardFraming,
    Count,
    DeviceCount,
    FitFacts,
    FrozenDecisions,
    NetworkCard,
    OperatingPoint,
    Performance,
    TrainingStudy,
)
from sonolens.travel.reference import answer_reference
from sonolens.travel.scan_hashes import digest_scan, hash_scans
from sonolens.travel.training_range import measure_picture, measure_ranges

SIZE_PX = 64
SIDE = (96, 128)
SPACING = (0.2, 0.2)
TEMPERATURE = 2.0
BIAS = 0.5


def draw_scan(seed: int, *, shape: tuple[int, int] = SIDE) -> np.ndarray:
    """Speckle that shows something and no letter."""
    noise = np.random.default_rng(seed).gamma(4, 25, shape)
    return np.clip(noise, 0, 255).astype(np.uint8)


def draw_mask(shape: tuple[int, int] = SIDE) -> np.ndarray:
    rows, cols = np.mgrid[: shape[0], : shape[1]]
    middle = ((rows - shape[0] / 2) / (shape[0] / 5)) ** 2 + (
        (cols - shape[1] / 2) / (shape[1] / 5)
    ) ** 2
    return middle <= 1


TRAINING = [draw_scan(seed) for seed in range(12)]


def build(*, silent: bool = False) -> ScanClassifier:
    """A tiny network; a silent one says its bias of every scan, so that its answer is known."""
    network = build_network("tiny", adaptation="full", weights="none", seed=0).eval()
    with torch.no_grad():
        network.head.bias.fill_(BIAS)
        if silent:
            network.head.weight.zero_()
    return network


def describe_fit() -> FitFacts:
    return FitFacts(
        network="tiny",
        adaptation="full",
        protocol="rigorous",
        seed=0,
        start="none",
        labels="given",
        annotations="as framed",
        output_stride=8,
        learning_rate=0.001,
        n_weights=100,
        n_learning=100,
        chosen_on="validation",
        best_epoch=1,
        epochs=1,
    )


def make_card(logit: float, **changes: Any) -> NetworkCard:
    """A card that says of its study what tests know."""
    points = (("scan", "closest_to_corner", 0.5), ("scan", "sensitivity_95", 0.1))
    told = changes.pop("decisions", None) or FrozenDecisions(
        temperature=TEMPERATURE,
        lesion_probability="mean",
        operating_points=tuple(
            OperatingPoint(level=level, rule=rule, chosen_on="validation", threshold=threshold)
            for level, rule, threshold in points
        ),
        sets=(),
        performance=tuple(
            Performance(
                partition="test",
                level="scan",
                rule="none",
                metric=metric,
                value=value,
                ci_low=value - 0.05,
                ci_high=value + 0.05,
                confidence=0.95,
                n=40,
            )
            for metric, value in (("auc", 0.87), ("brier", 0.12))
        ),
    )
    facts = [measure_picture(scan, spacing_mm=SPACING) for scan in TRAINING]
    study = TrainingStudy(
        name="tiny study",
        description="Speckle.",
        made_in="2026-01-01T00.00.00.000Z",
        units="patients",
        counts=(Count(partition="train", label="benign", scans=12, lesions=12, patients=12),),
        devices=(DeviceCount(device="ACME Echo 9", scans=12),),
        ranges=measure_ranges(facts),
        scans=hash_scans(map(digest_scan, TRAINING), run="tiny"),
    )
    card: dict[str, Any] = {
        "format": 1,
        "run": "tiny-full-seed0",
        "intended_use": INTENDED_USE,
        "licence": "CC0",
        "data_licence": "not stated",
        "software": {},
        "fit": describe_fit(),
        "framing": CardFraming(size_px=SIZE_PX, annotations="keep"),
        "decisions": told,
        "study": study,
        "fixed_places": (),
        "regions": (),
        "familiarity": None,
        "no_familiarity": "there are 3 validation scans",
        "reference": answer_reference(logit, told),
    }
    return NetworkCard(**card | changes)


def write_desk_network(
    path: Path, *, silent: bool = False, familiar: bool = False, **changes: Any
) -> Path:
    """Write a tiny network as it travels."""
    network = build(silent=silent)
    weights = pack_weights(network, size_px=SIZE_PX, header_extra={"run": "tiny-full-seed0"})
    familiarity = None
    if familiar:
        framed = np.stack([draw_scan(seed, shape=(SIZE_PX, SIZE_PX)) for seed in range(40)])
        features = pool_features(network, framed, batch_size=20, device="cpu")
        familiarity = fit_familiarity(features[:20], features[20:])
        changes |= {"familiarity": familiarity.facts, "no_familiarity": ""}
    card = make_card(float(weights.header["probe_logit"]), **changes)
    write_network(path, weights, card=card, familiarity=familiarity)
    return path
