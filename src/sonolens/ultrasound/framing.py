"""A scan's way to the network's square input, and the exact way back to the native grid."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, Shaped
from PIL import Image

from sonolens.arrays import FramedScan, Points, SaliencyMap, Scan
from sonolens.ultrasound.grid import rescale_points
from sonolens.ultrasound.interpolation import interpolation


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

    def cell_centres(self, grid_shape: tuple[int, int]) -> Points:
        """Find the centre of every cell of a map on the native grid, row by row.

        Args:
            grid_shape: Rows and columns of a map that covers the whole framed scan.

        Examples:
            >>> Framing(4, 8, 224).cell_centres((1, 2))
            array([[1.5, 1.5],
                   [1.5, 5.5]])
        """
        cells = np.indices(grid_shape).reshape(2, -1).T
        return rescale_points(cells, grid_shape, to=self.native_shape)

    def resample_map(self, saliency: SaliencyMap) -> Float32[np.ndarray, "native_rows native_cols"]:
        """Resize a map to the native grid: bilinear between cell centres, level beyond the outer ones.

        For pictures, and for the paper's way of finding extremes. The level border makes plateaus,
        so the first extreme of the result may lie half a cell away from the extreme cell's centre.
        """
        down = interpolation(self.native_rows, cells=saliency.shape[0])
        across = interpolation(self.native_cols, cells=saliency.shape[1])
        return (down @ saliency @ across.T).astype(np.float32)
