"""Looking right as an aim of training: what evidence costs that lies where it should not.

The share is taken of the signed class activation map of the same forward pass, so that it costs a product and a sum.
"""

from dataclasses import dataclass
from typing import TypeAlias

import torch
from jaxtyping import Float
from torch import Tensor, nn

from sonolens.models.fitting.augmentation import move_scans
from sonolens.models.fitting.batches import ScanBatches
from sonolens.models.fitting.labelled_scans import LabelledScans
from sonolens.models.networks.classifier import LogitBatch, ScanBatch, ScanClassifier

FULL = 255.0
"""A pixel of this value lies out of bounds with all of its area."""

SILENT = 1e-12
"""A map of less evidence has none, and so none that is astray."""

SignedMaps: TypeAlias = Float[Tensor, "scans cell_rows cell_cols"]
"""Class activation maps, or something else per cell of them."""

ShareBatch: TypeAlias = Float[Tensor, " scans"]
"""What share of each scan's evidence is astray."""

OutOfBounds: TypeAlias = Float[Tensor, "scans rows cols"]
"""How much of every framed pixel lies out of bounds, 0..1."""


@dataclass(frozen=True)
class Guidance:
    """Where the evidence of training scans should not lie, and what it costs to have it there.

    Attributes:
        out_of_bounds: For every training scan, in their order, how much of each framed pixel is out of bounds: 0
            nothing, 255 all. Its labels and ids are those of the training scans.
        weight: What a map costs whose evidence is all astray, in units of the binary cross-entropy of a scan.

    Raises:
        ValueError: The weight is not above 0.
    """

    out_of_bounds: LabelledScans
    weight: float

    def __post_init__(self) -> None:
        if not self.weight > 0:
            raise ValueError(
                f"the weight of guidance is {self.weight}; give one above 0, or fit without guidance"
            )

    def of_batch(self, batches: ScanBatches, number: int) -> OutOfBounds:
        """Tell where evidence is astray in one batch: flipped and shifted as its scans are, contrast and gain apart."""
        chosen = torch.from_numpy(batches.chosen(number))
        framed = torch.from_numpy(self.out_of_bounds.read(chosen.numpy()))
        return move_scans(framed, batches.draw.of(chosen)) / FULL


class GuidedNetwork(nn.Module):
    """A network that tells, beside its logits, what share of their evidence is astray.

    Args:
        network: The network that learns; its weights are shared.
    """

    def __init__(self, network: ScanClassifier) -> None:
        super().__init__()
        self.network = network

    def forward(
        self, scans: ScanBatch, out_of_bounds: OutOfBounds
    ) -> tuple[LogitBatch, ShareBatch]:
        """Logits as the network gives them, and the share astray of each scan's map."""
        features = self.network.activations(scans)
        logits = self.network.head(features.mean(dim=(2, 3))).squeeze(1)
        # Sums of many products, which 16 bits would round.
        with torch.autocast(scans.device.type, enabled=False):
            weights = self.network.head.weight[0].float()
            maps = torch.einsum("k,nkij->nij", weights, features.float())
            return logits, share_astray(
                maps, cover_cells(out_of_bounds, cells=(maps.shape[1], maps.shape[2]))
            )


def cover_cells(out_of_bounds: OutOfBounds, *, cells: tuple[int, int]) -> SignedMaps:
    """Average over the pixels of each cell, so that a cell is as far out of bounds as its area.

    >>> half = torch.tensor([[[0.0, 1.0], [0.0, 1.0]]])
    >>> cover_cells(half, cells=(2, 1)).tolist()
    [[[0.5], [0.5]]]
    """
    return nn.functional.adaptive_avg_pool2d(out_of_bounds, cells)


def share_astray(maps: SignedMaps, covered: SignedMaps) -> ShareBatch:
    """Share of a map's absolute evidence that lies out of bounds; 0 of a silent map.

    For malignant or for benign, evidence counts by its size. Maps that are scaled have the same share, so that a
    network gains nothing by whispering.

    Args:
        maps: Signed class activation maps.
        covered: How much of every cell lies out of bounds, 0..1.

    References:
        After Ross et al., Right for the right reasons, IJCAI 2017, who penalise input gradients.

    >>> share_astray(torch.tensor([[[3.0, -1.0]]]), torch.tensor([[[0.0, 1.0]]])).tolist()
    [0.25]
    """
    evidence = maps.abs()
    total = evidence.sum(dim=(1, 2)).clamp_min(SILENT)
    return (evidence * covered).sum(dim=(1, 2)) / total


def why_not_guided(network: ScanClassifier, *, train: LabelledScans, guidance: Guidance) -> str:
    """Say in a sentence why a fit cannot be guided; nothing where it can."""
    if not network.has_maps:
        return (
            f"network {network.recipe.network} pools by itself, so that its evidence has no place and cannot be guided; "
            "set training.guidances to none, or let its trunk end in feature maps"
        )
    where = guidance.out_of_bounds
    if list(where.scan_ids) != list(train.scan_ids):
        return (
            f"guidance knows {len(where)} scans that are not the {len(train)} training scans in their order; take both "
            "from one fold"
        )
    if where.stack.shape[1:] != train.stack.shape[1:]:
        return (
            f"guidance has {where.stack.shape[1:]} pixels but training scans {train.stack.shape[1:]}; frame both to "
            "one size"
        )
    return ""
