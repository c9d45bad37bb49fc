"""What a fit learns from, and how."""

from collections.abc import Mapping
from dataclasses import dataclass

from sonolens.models.fitting.augmentation import AugmentationRanges
from sonolens.models.fitting.guidance import Guidance
from sonolens.models.fitting.labelled_scans import LabelledScans
from sonolens.models.fitting.schedule import Schedule


@dataclass(frozen=True)
class FitPlan:
    """What decides a fit beside the network that it starts from and the machine that runs it.

    Attributes:
        train: Scans to learn from.
        watched: Scans whose loss is measured after each epoch: ``validation``, ``test`` or both.
        schedule: How the network learns. A last batch of one scan, or of fewer than there are
            devices, joins the one before it.
        augmentation: How far training scans are changed.
        seed: Seed of order, augmentation and random layers, 0 or more; each epoch has its own
            numbers, which follow from the seed and the epoch.
        guidance: Where the evidence of training scans should not lie; None fits by labels alone.
    """

    train: LabelledScans
    watched: Mapping[str, LabelledScans]
    schedule: Schedule
    augmentation: AugmentationRanges
    seed: int
    guidance: Guidance | None = None
