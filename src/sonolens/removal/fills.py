"""What is shown in place of what is left out: each fill is a hypothesis about what evidence is."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from jaxtyping import Bool
from scipy import ndimage

from sonolens.arrays import FramedScan, ScanStack
from sonolens.removal.coalitions import Players
from sonolens.removal.tissue import draw_tissue_fill

BLUR_SHARE = 0.05
"""Standard deviation of the blur, as a share of the scan's side; 11 px of 224 leave no speckle."""

WHOLLY = 1 - 1e-3
"""A pixel that belongs to a region by this much has nothing of another."""


@dataclass(frozen=True)
class FillSources:
    """What the fills of one scan are drawn from.

    Attributes:
        tissue: Where the framed scan is neither mass, nor margin, nor below one, nor annotated.
        donors: Framed training scans of other patients, as many of each label.
        seed: Of all chance; the fills of one scan are the same whoever asks.
    """

    tissue: Bool[np.ndarray, "side side"]
    donors: ScanStack
    seed: int


Draw: TypeAlias = Callable[[FramedScan, Players, FillSources], Sequence[FramedScan]]
"""One picture or several, whose answers are averaged."""


def fill_mean(scan: FramedScan) -> FramedScan:
    """Show the scan's mean grey level everywhere: no structure, no depth, no speckle."""
    return np.full_like(scan, round(float(scan.mean())))


def fill_blurred(scan: FramedScan) -> FramedScan:
    """Show the scan without its details; large dark things stay where they are."""
    sigma = tuple(BLUR_SHARE * side for side in scan.shape)
    return np.rint(ndimage.gaussian_filter(scan.astype(np.float32), sigma, mode="nearest")).astype(
        np.uint8
    )


def fill_shuffled(scan: FramedScan, players: Players, *, seed: int) -> FramedScan:
    """Exchange pixels within each region: its grey levels stay, their order goes.

    A pixel belongs to the region that has most of it.
    """
    rng = np.random.default_rng(seed)
    owner = players.weights.argmax(axis=0)
    shuffled = scan.copy()
    for player in range(len(players.names)):
        own = owner == player
        shuffled[own] = rng.permutation(scan[own])
    return shuffled


def find_tissue(players: Players) -> Bool[np.ndarray, "side side"]:
    """Find where a framed scan is wholly *other*: nothing of a mass, its margin, below it or an annotation."""
    if "other" not in players.names:
        return np.zeros(players.weights.shape[1:], dtype=bool)
    return np.asarray(players.weights[players.names.index("other")] > WHOLLY)


EVEN_FILLS: dict[str, Callable[[FramedScan], FramedScan]] = {
    "mean": fill_mean,
    "blurred": fill_blurred,
}
"""Fills that need the scan alone."""

FILLS: dict[str, Draw] = {
    "mean": lambda scan, _players, _sources: [fill_mean(scan)],
    "blurred": lambda scan, _players, _sources: [fill_blurred(scan)],
    "donor": lambda _scan, _players, sources: list(sources.donors),
    "tissue": lambda scan, _players, sources: [
        draw_tissue_fill(scan, sources.tissue, seed=sources.seed)
    ],
    "shuffled": lambda scan, players, sources: [fill_shuffled(scan, players, seed=sources.seed)],
}
"""Every fill by name: ``mean`` grey, the scan ``blurred``, the same place of ``donor`` scans of the training
partition, ``tissue`` without structure, and the region's own pixels ``shuffled``."""
