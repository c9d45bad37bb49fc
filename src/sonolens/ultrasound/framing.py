"""A scan's way to the square input of a network, and the way of points and maps back."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32
from PIL import Image

from sonolens.arrays import Points, SaliencyMap, Scan


@dataclass(frozen=True)
class Framing:
    """How one scan is squashed to a square, aspect not kept.

    Positions follow `sonolens.arrays.Points`: whole numbers are pixel centres, so the field of view
    reaches from -0.5 to size - 0.5 and a position is scaled about its outer corner.

    Attributes:
        native_rows: Height of the scan in pixels.
        native_cols: Width of the scan in pixels.
        size_px: Edge of the square in pixels.

    Raises:
        ValueError: If a size is below one pixel.

    References:
        Byra et al. (2022), J Ultrason 22:70-75: scans resized to 224 x 224.
    """

    native_rows: int
    native_cols: int
    size_px: int

    def __post_init__(self) -> None:
        for name in ("native_rows", "native_cols", "size_px"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} is {getattr(self, name)}; a scan has at least one pixel")

    def frame_scan(self, scan: Scan) -> Scan:
        """Squash a scan to the square, averaging over all native pixels that fall into one.

        Raises:
            ValueError: If the scan is not of the native size.
        """
        if scan.shape != (self.native_rows, self.native_cols):
            raise ValueError(
                f"scan is {scan.shape[0]} x {scan.shape[1]} pixels but this framing is for "
                f"{self.native_rows} x {self.native_cols}; make one Framing per scan size"
            )
        square = Image.fromarray(scan).resize(
            (self.size_px, self.size_px), Image.Resampling.BILINEAR
        )
        return np.asarray(square)

    def to_native(self, points: Points) -> Points:
        """Carry positions in the square to the native grid.

        >>> Framing(native_rows=448, native_cols=224, size_px=224).to_native(np.array([[0.0, 5.0]]))
        array([[0.5, 5. ]])
        """
        return (points + 0.5) * self._native_per_framed() - 0.5

    def to_framed(self, points: Points) -> Points:
        """Carry native positions to the square; the inverse of `to_native`."""
        return (points + 0.5) / self._native_per_framed() - 0.5

    def cell_centres(self, grid_shape: tuple[int, int]) -> Points:
        """Native position of the centre of every cell of a map that covers the field of view.

        Args:
            grid_shape: Rows and columns of the map.

        Returns:
            One point per cell, row by row, as in ``map.ravel()``; float64.

        >>> Framing(native_rows=4, native_cols=8, size_px=224).cell_centres((1, 2))
        array([[1.5, 1.5],
               [1.5, 5.5]])
        """
        rows = _centres(grid_shape[0], over=self.native_rows)
        cols = _centres(grid_shape[1], over=self.native_cols)
        return np.stack(np.meshgrid(rows, cols, indexing="ij"), axis=-1).reshape(-1, 2)

    def resample_map(self, saliency: SaliencyMap) -> Float32[np.ndarray, "rows cols"]:
        """Interpolate a map bilinearly to the native grid.

        Half-pixel centres, the border repeated outwards: the outer half of a border cell is level.
        Its largest value is at most that of the largest cell, and is reached wherever a pixel centre
        meets that cell's centre or a level border.

        Args:
            saliency: A map that covers the field of view, of any resolution.

        Returns:
            The map on the native grid.
        """
        values = saliency.astype(np.float32)
        tall = _interpolate_rows(values, rows=self.native_rows)
        return np.ascontiguousarray(_interpolate_rows(tall.T, rows=self.native_cols).T)

    def _native_per_framed(self) -> np.ndarray:
        return np.array([self.native_rows, self.native_cols], float) / self.size_px


def _centres(cells: int, *, over: int) -> np.ndarray:
    """Pixel positions of the centres of `cells` equal cells over `over` pixels."""
    return (np.arange(cells) + 0.5) * over / cells - 0.5


def _interpolate_rows(values: np.ndarray, *, rows: int) -> np.ndarray:
    """Linear interpolation along axis 0 to `rows` rows, both grids covering the same field."""
    position = np.clip(_centres(rows, over=len(values)), 0, len(values) - 1)
    before = np.floor(position).astype(int)
    after = np.minimum(before + 1, len(values) - 1)
    share = (position - before).astype(np.float32)[:, None]
    return values[before] + share * (values[after] - values[before])
