"""The grid of fits that the parameters span, and the runs that each fit yields."""

import itertools
from collections.abc import Iterable
from dataclasses import dataclass

from sonolens.models import NETWORKS
from sonolens.pipelines.training.parameters import TrainingParameters
from sonolens.tables.vocabulary import GUIDANCES, SEEN_ANNOTATIONS

CHOOSERS = {
    "rigorous": {"rigorous": "validation"},
    "paper": {"rigorous": "validation", "paper": "test"},
}
"""Protocol asked for -> protocol of each run that a fit yields -> the partition that chooses its epoch.

The paper's protocol also yields the rigorous run of the same fit, so that its optimism can be told.
"""


@dataclass(frozen=True)
class PlannedFit:
    """One point of the grid.

    Attributes:
        network: A name in `NETWORKS`, or of a user's own.
        adaptation: A name in `ADAPTATIONS`.
        output_stride: Pixels from one map cell to the next; None for the network's own.
        seed: Seed of head, batch order and augmentation.
        fold: The fold whose training scans are fitted.
        labels: ``given``, or ``shuffled`` between the lesions that it learns and chooses from.
        blank: Whether it sees the scans without annotations, of a stack that holds them both ways.
        guidance: What it is told beside labels, in `GUIDANCES`.
    """

    network: str
    adaptation: str
    output_stride: int | None
    seed: int
    fold: int
    labels: str = "given"
    blank: bool = False
    guidance: str = GUIDANCES[0]

    @property
    def annotations(self) -> str:
        """What it sees of annotations, in `SEEN_ANNOTATIONS`."""
        return SEEN_ANNOTATIONS[self.blank]

    def configuration(self, protocol: str) -> str:
        """Name what runs share that differ in seed and fold only.

        >>> PlannedFit("tiny", "drs", None, seed=0, fold=2).configuration("rigorous")
        'tiny-drs'
        >>> PlannedFit("resnet18", "full", 8, seed=0, fold=2).configuration("paper")
        'resnet18-full-stride8-paper'
        >>> PlannedFit("tiny", "drs", None, seed=0, fold=2, labels="shuffled").configuration(
        ...     "rigorous"
        ... )
        'tiny-drs-shuffled'
        """
        stride = "" if self.output_stride is None else f"-stride{self.output_stride}"
        guided = "" if self.guidance == GUIDANCES[0] else f"-guided-{self.guidance}"
        shuffled = "-shuffled" if self.labels == "shuffled" else ""
        suffix = "-paper" if protocol == "paper" else ""
        blank = "-blank" if self.blank else ""
        return f"{self.network}-{self.adaptation}{stride}{guided}{shuffled}{blank}{suffix}"

    def run(self, protocol: str) -> str:
        """Name one run.

        >>> PlannedFit("tiny", "drs", None, seed=0, fold=2).run("paper")
        'tiny-drs-paper-seed0-fold2'
        """
        return f"{self.configuration(protocol)}-seed{self.seed}-fold{self.fold}"


def own_strides(network: str) -> tuple[int, ...]:
    """The stride that a network has by itself; none where a user's own has it, which is asked for as ``own`` only."""
    return NETWORKS[network].output_strides[:1] if network in NETWORKS else ()


def plan_fits(
    training: TrainingParameters, *, folds: Iterable[int], paired: bool = False
) -> list[PlannedFit]:
    """Span the grid, seeds and folds running fastest.

    A stride that is a network's own is no second fit beside ``own``.

    Args:
        training: What the grid is to span.
        folds: The folds that the split has.
        paired: Whether every network is fitted with annotations and without.

    Raises:
        ValueError: If a fold is asked for that the split does not have.
    """
    present = sorted(folds)
    asked = present if training.folds == "all" else list(training.folds)
    absent = [fold for fold in asked if fold not in present]
    if absent:
        raise ValueError(
            f"training.folds asks for fold {absent[0]}, but the split has {present}; "
            "ask for folds it has, or for all"
        )
    strides = [None if stride == "own" else stride for stride in training.output_strides]
    return [
        PlannedFit(network, adaptation, stride, seed, fold, labels, blank, guidance)
        for network, adaptation, stride, guidance, labels, blank, seed, fold in itertools.product(
            training.networks,
            training.adaptations,
            strides,
            training.guidances,
            training.labels,
            (False, True) if paired else (False,),
            training.seeds,
            asked,
        )
        if not (None in strides and stride in own_strides(network))
    ]
