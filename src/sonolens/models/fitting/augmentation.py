"""Augmentation of scans: parameters are drawn in one place and applied in another.

The paper does not name its augmentation. A scan is never flipped upside down: depth carries the
shadow or the enhancement behind a mass.
"""

from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int64, UInt8
from pydantic import Field
from torch import Tensor

from sonolens.parameters import Parameters

WHITE = 255.0
EVEN_CHANCE = 0.5


class AugmentationRanges(Parameters):
    """How far scans may be changed; with all ranges at zero they stay as they are."""

    horizontal_flip: bool = Field(description="Mirror left and right in half of the cases.")
    max_shift: float = Field(ge=0, lt=0.5, description="Largest shift, as a share of the side.")
    max_contrast: float = Field(ge=0, lt=1, description="Largest relative change of contrast.")
    max_gain_levels: float = Field(
        ge=0, allow_inf_nan=False, description="Largest change of gain in grey levels."
    )


@dataclass(frozen=True)
class AugmentationDraw:
    """How each of several scans is to be changed.

    Attributes:
        flip: Whether left and right change sides.
        shift: Move down and to the right, as shares of the scan's height and width.
        contrast: Factor on grey levels, as from another dynamic range.
        gain_levels: Grey levels added afterwards, as from another gain: on a log-compressed scan a
            gain of ``g`` dB adds ``255 g / dynamic range in dB``.
    """

    flip: Bool[Tensor, " scans"]
    shift: Float[Tensor, "scans 2"]
    contrast: Float[Tensor, " scans"]
    gain_levels: Float[Tensor, " scans"]

    def of(self, chosen: Int64[Tensor, " chosen"]) -> "AugmentationDraw":
        """Take the scans at positions `chosen`, in that order."""
        return AugmentationDraw(
            flip=self.flip[chosen],
            shift=self.shift[chosen],
            contrast=self.contrast[chosen],
            gain_levels=self.gain_levels[chosen],
        )


def draw_augmentation(
    count: int, *, ranges: AugmentationRanges, generator: torch.Generator
) -> AugmentationDraw:
    """Draw the augmentation of `count` scans, evenly within the ranges.

    Args:
        count: Number of scans.
        ranges: How far they may be changed.
        generator: Source of randomness. Each call draws equally many numbers from it, whatever the
            ranges are, so switching one change off leaves the others as they were.

    Returns:
        One set of parameters per scan.
    """
    coin, *evenly = torch.rand(5, count, generator=generator)
    down, right, contrast, gain = (2 * draw - 1 for draw in evenly)
    return AugmentationDraw(
        flip=(coin < EVEN_CHANCE) & ranges.horizontal_flip,
        shift=ranges.max_shift * torch.stack([down, right], dim=1),
        contrast=1 + ranges.max_contrast * contrast,
        gain_levels=ranges.max_gain_levels * gain,
    )


def apply_augmentation(
    scans: UInt8[Tensor, "scans rows cols"], draw: AugmentationDraw
) -> Float[Tensor, "scans rows cols"]:
    """Apply a draw: flip, then shift by whole pixels, then contrast and gain.

    Where a shift uncovers a border the edge is repeated: a black band below a mass would look like
    its shadow, the very cue the network is to learn. Grey level 0 means no echo, or no field of
    view, and stays 0; all other levels stay within 0..255.

    Args:
        scans: Scans in grey levels; not changed.
        draw: One set of parameters per scan.

    Returns:
        New scans as float32 in grey levels 0..255.
    """
    moved = move_scans(scans, draw)
    toned = moved * draw.contrast[:, None, None] + draw.gain_levels[:, None, None]
    return torch.where(moved > 0, toned.clamp(0, WHITE), moved)


def move_scans(
    scans: UInt8[Tensor, "scans rows cols"], draw: AugmentationDraw
) -> Float[Tensor, "scans rows cols"]:
    """Flip and shift as `apply_augmentation` does, and leave the values: so that masks stay on their scans.

    Args:
        scans: Anything that lies on framed scans; not changed.
        draw: One set of parameters per scan.
    """
    _, rows, cols = scans.shape
    steps = (draw.shift * torch.tensor([rows, cols])).round().long()
    row = (torch.arange(rows) - steps[:, :1]).clamp(0, rows - 1)
    col = (torch.arange(cols) - steps[:, 1:]).clamp(0, cols - 1)
    col = torch.where(draw.flip[:, None], cols - 1 - col, col)
    scan = torch.arange(len(scans))
    return scans[scan[:, None, None], row[:, :, None], col[:, None, :]].float()
