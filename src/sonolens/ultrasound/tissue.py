"""Layered breast tissue: how strongly every point of a healthy breast scatters."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Float32
from scipy import ndimage

from sonolens.ultrasound.interpolation import interpolation
from sonolens.ultrasound.mass import PIXEL_MM

Echogenicity = Float32[np.ndarray, "rows cols"]
"""Root mean square echo of tissue at every pixel; glandular tissue is about 1."""

GLAND_LAYER = 2
ISLAND, GAP = 0.9, -0.2
"""Standard normal levels above which there is an island of fat, below which a fibre is broken."""
SKIN, FAT, GLAND, DEEP_FAT, MUSCLE = 1.3, 0.22, 1.0, 0.28, 0.42


@dataclass(frozen=True)
class Tissue:
    """Healthy breast tissue on the pixel grid.

    Attributes:
        diffuse: Root mean square echo of unresolved scatterers; glandular tissue is about 1.
        specular: Echo of smooth interfaces - skin, septa, fasciae - which return sound as a whole.
    """

    diffuse: Echogenicity
    specular: Echogenicity


def draw_tissue(rng: np.random.Generator, *, rows: int, cols: int) -> Tissue:
    """Draw skin, fat, glandular tissue, deep fat and muscle with wavy borders.

    Fat is crossed by septa, glandular tissue is streaky with islands of fat, muscle is striated.

    Args:
        rng: Source of the anatomy.
        rows: Depth in pixels of `PIXEL_MM`.
        cols: Width in pixels.
    """
    borders = _borders(rng, rows=rows, cols=cols)
    layer = sum(np.arange(rows)[:, None] >= border[None, :] for border in borders)
    streaks = smooth_noise(rng, rows=rows, cols=cols, cell_mm=(0.6, 5.0))
    patches = smooth_noise(rng, rows=rows, cols=cols, cell_mm=(2.5, 6.0))
    islands = smooth_noise(rng, rows=rows, cols=cols, cell_mm=(2.2, 5.0))
    level = np.array([SKIN, FAT, GLAND, DEEP_FAT, MUSCLE], dtype=np.float32)[layer]
    contrast = np.array([0.2, 0.4, 0.75, 0.4, 0.35], dtype=np.float32)[layer]
    diffuse = level * np.exp(contrast * (0.7 * streaks + 0.8 * patches))
    diffuse *= np.where((layer == GLAND_LAYER) & (islands > ISLAND), 0.4, 1.0)
    specular = np.zeros((rows, cols))
    _add_septa(rng, specular, top=borders[0], bottom=borders[1], count=int(rng.integers(4, 8)))
    _add_striation(rng, specular, top=borders[3], rows=rows)
    for border, strength in zip(borders, (6.0, 1.5, 2.5, 5.0), strict=True):
        _add_line(specular, border, strength=strength * float(rng.uniform(0.6, 1.2)))
    return Tissue(diffuse.astype(np.float32), specular.astype(np.float32))


def smooth_noise(
    rng: np.random.Generator, *, rows: int, cols: int, cell_mm: tuple[float, float]
) -> Float[np.ndarray, "rows cols"]:
    """Standard normal values on a coarse grid, joined bilinearly."""
    down, across = (
        interpolation(pixels, cells=max(2, round(pixels * PIXEL_MM / cell)))
        for pixels, cell in zip((rows, cols), cell_mm, strict=True)
    )
    return down @ rng.standard_normal((down.shape[1], across.shape[1])) @ across.T


def _borders(rng: np.random.Generator, *, rows: int, cols: int) -> list["np.ndarray"]:
    """Row of each layer's lower border in every column."""
    depth_mm = rows * PIXEL_MM
    middles_mm = [
        rng.uniform(1.2, 2.0),
        rng.uniform(4.5, 8.5),
        depth_mm * rng.uniform(0.62, 0.70),
        depth_mm * rng.uniform(0.74, 0.80),
    ]
    waves_mm = [0.1, 1.0, 0.8, 0.5]
    across = interpolation(cols, cells=7)
    return [
        (middle + wave * ndimage.gaussian_filter1d(across @ rng.standard_normal(7), 25)) / PIXEL_MM
        for middle, wave in zip(middles_mm, waves_mm, strict=True)
    ]


def _add_septa(
    rng: np.random.Generator,
    specular: Float[np.ndarray, "rows cols"],
    *,
    top: "np.ndarray",
    bottom: "np.ndarray",
    count: int,
) -> None:
    """Draw thin bright arcs through the fat: Cooper's ligaments and septa."""
    cols = np.arange(specular.shape[1])
    for _ in range(count):
        start, length = rng.uniform(-80, len(cols)), rng.uniform(70, 220)
        place = (cols - start) / length
        height = rng.uniform(0.15, 0.85) + rng.uniform(-0.6, 0.6) * (place - 0.5)
        rows = top + height * (bottom - top) - rng.uniform(2, 14) * np.sin(np.pi * place)
        seen = (place > 0) & (place < 1)
        _add_line(specular, np.where(seen, rows, -9), strength=float(rng.uniform(1.0, 4.0)))


def _add_striation(
    rng: np.random.Generator,
    specular: Float[np.ndarray, "rows cols"],
    *,
    top: "np.ndarray",
    rows: int,
) -> None:
    """Draw the broken parallel lines of the pectoral muscle."""
    cols = np.arange(specular.shape[1])
    slope = rng.uniform(-0.05, 0.05)
    for offset in range(14, rows, 16):
        gaps = interpolation(len(cols), cells=12) @ rng.standard_normal(12) > GAP
        line = top + offset + slope * cols + rng.uniform(-3, 3)
        _add_line(specular, np.where(gaps, line, -9), strength=float(rng.uniform(0.8, 2.5)))


def _add_line(
    specular: Float[np.ndarray, "rows cols"], line: "np.ndarray", *, strength: float
) -> None:
    """Add a line three pixels thick; where it leaves the scan it is not drawn."""
    for offset, share in ((-1, 0.3), (0, 1.0), (1, 0.3)):
        rows = np.rint(line).astype(int) + offset
        cols = np.flatnonzero((rows >= 0) & (rows < specular.shape[0]))
        specular[rows[cols], cols] += strength * share
