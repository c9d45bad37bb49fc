"""A scan's way to the network's square input, and the exact way back to the native grid."""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from jaxtyping import Float32, Shaped
from PIL import Image

from sonolens.arrays import FramedScan, SaliencyMap, Scan
from sonolens.ultrasound.interpolation import interpolation

ResampledMap: TypeAlias = Float32[np.ndarray, "rows cols"]


@dataclass(frozen=True)
class Framing:
    """How a native scan is squashed to a square, as in the paper: its aspect is not kept.

    Attributes:
        native_rows: Height of the scan as it was stored.
        native_cols: Width of the scan as it was stored.
        size_px: Side of the square.

    Raises:
        ValueError: If a size is below 1.
    """

    native_rows: int
    native_cols: int
    size_px: int

    def __post_init__(self) -> None:
        if min(self.native_rows, self.native_cols, self.size_px) < 1:
            raise ValueError(
                f"cannot frame {self.native_rows} x {self.native_cols} pixels to a square of "
                f"{self.size_px}; every size must be at least 1"
            )

    @classmethod
    def of(cls, native: Shaped[np.ndarray, "rows cols"], *, size_px: int) -> "Framing":
        """Frame anything that lies on the native grid: a scan, its mask, its region map."""
        return cls(native_rows=native.shape[0], native_cols=native.shape[1], size_px=size_px)

    @property
    def native_shape(self) -> tuple[int, int]:
        """Rows and columns of the native grid."""
        return self.native_rows, self.native_cols

    def frame_scan(self, scan: Scan) -> FramedScan:
        """Squash a scan, averaging where it shrinks.

        Raises:
            ValueError: If the scan has another size than this framing.
        """
        if scan.shape != self.native_shape:
            raise ValueError(
                f"scan has {scan.shape[0]} x {scan.shape[1]} pixels but this framing is for "
                f"{self.native_rows} x {self.native_cols}; make one for the scan's own size"
            )
        size = (self.size_px, self.size_px)
        return np.asarray(Image.fromarray(scan).resize(size, Image.Resampling.BILINEAR))


def resample_map(saliency: SaliencyMap, *, to: tuple[int, int]) -> ResampledMap:
    """Resize a map to a grid: bilinear between cell centres, level beyond the outer ones.

    For pictures, and for the paper's way of finding extremes. The level border makes plateaus, so the
    first extreme of the result may lie half a cell away from the extreme cell's centre.

    Args:
        saliency: A map over the whole framed scan.
        to: Rows and columns of the grid, native or other.
    """
    down, across = (
        interpolation(pixels, cells=cells) for pixels, cells in zip(to, saliency.shape, strict=True)
    )
    return (down @ saliency @ across.T).astype(np.float32)
