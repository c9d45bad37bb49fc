"""How long fits and questions will take, told before they start."""

import time
from dataclasses import dataclass

import pandas as pd

from sonolens.arrays import ScanStack
from sonolens.models import ScanClassifier, predict_logits
from sonolens.pipelines.explainability.parameters import RelianceParameters
from sonolens.pipelines.parameters import InferenceParameters

LEARNING = 3.0
"""To learn from a scan takes so often what it takes to judge one: forward, and twice as much backward."""
COALITIONS = 16
"""Combinations of four regions."""


@dataclass(frozen=True)
class Work:
    """What one fit asks of the machine.

    Attributes:
        epochs: Passes over the training scans, at most.
        train: Training scans.
        watched: Validation scans, judged in every epoch.
        explained: Scans that are explained, and asked about in every combination of their regions.
        methods: Methods that explain each.
        fills: Pictures of each combination.
        nulls: Placebos that are asked about as well.
    """

    epochs: int
    train: int
    watched: int
    explained: int
    methods: int
    fills: int
    nulls: int

    @property
    def judgements(self) -> float:
        """How many judgements of one scan take as long.

        Examples:
            >>> Work(2, train=10, watched=4, explained=1, methods=2, fills=1, nulls=0).judgements
            90.0
        """
        fitting = self.epochs * (LEARNING * self.train + self.watched)
        asking = self.methods * LEARNING + COALITIONS * self.fills * (1 + self.nulls)
        return fitting + self.explained * asking


def plan_work(
    scans: pd.DataFrame, explained: int, *, epochs: int, methods: int, reliance: RelianceParameters
) -> Work:
    """Count what one fit on the scans of a cue asks of the machine."""
    counts = scans["partition"].value_counts()
    own_fills = [fill for fill in reliance.fills if fill != "donor"]
    donors = 2 * reliance.donor_pairs if len(own_fills) < len(reliance.fills) else 0
    return Work(
        epochs=epochs,
        train=int(counts.get("train", 0)),
        watched=int(counts.get("validation", 0)),
        explained=explained,
        methods=methods,
        fills=len(own_fills) + donors,
        nulls=len(reliance.nulls),
    )


def time_judgement(
    network: ScanClassifier, scans: ScanStack, inference: InferenceParameters
) -> float:
    """Measure the seconds in which a network judges one of a few scans, once it has warmed up."""
    few = scans[: inference.batch_size]
    predict_logits(network, few, batch_size=len(few), device=inference.device)
    started = time.monotonic()
    predict_logits(network, few, batch_size=len(few), device=inference.device)
    return (time.monotonic() - started) / len(few)
