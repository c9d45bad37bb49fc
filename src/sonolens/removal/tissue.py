"""Speckle in place of structure: as bright, as grainy and as deep as the tissue around, and nothing else."""

import numpy as np
from jaxtyping import Bool, Float
from scipy import fft, ndimage

from sonolens.arrays import FramedScan

Picture = Float[np.ndarray, "side side"]

DEPTH_SHARE, LATERAL_SHARE = 0.03, 0.30
"""Reach of the averages of brightness and contrast, as shares of the side: gain changes with depth, little across."""

GRAIN_SHARE = 0.04
"""What changes over more than this share of the side is brightness; less is grain."""

LEAST_WEIGHT = 1e-3
"""Below this share of known neighbours, the average over the whole of what is known takes over."""


def draw_tissue_fill(
    scan: FramedScan, tissue: Bool[np.ndarray, "side side"], *, seed: int
) -> FramedScan:
    """Draw speckle without structure, as the tissue around has it at every depth.

    Mean and spread of grey levels are those of the tissue at the same depth, near columns before far ones.
    The grain is noise with the power spectrum of that tissue's own residual and random phases, and with its
    distribution of grey levels. So a region that shows this fill has no outline, no echo pattern and no
    shadow, and no edge where gain changes with depth.

    Args:
        scan: The framed scan.
        tissue: Where it is known to be no mass, no margin, not below one, and no annotation. Where none is
            known, all of the scan is taken.
        seed: Seed of the phases.

    Returns:
        A picture of the same size.
    """
    known = tissue if tissue.any() else np.ones_like(tissue)
    grey = scan.astype(np.float64)
    side = scan.shape[0]
    reach = (DEPTH_SHARE * side, LATERAL_SHARE * side)
    fine = (GRAIN_SHARE * side, GRAIN_SHARE * side)
    local = _average(grey, known, fine)
    residual = np.where(known, grey - local, 0.0)
    brightness = _average(grey, known, reach)
    spread = np.sqrt(_average(residual**2, known, reach))
    scale = np.where(known & (spread > 0), residual / np.maximum(spread, 1e-9), 0.0)
    grain = _match(_random_phases(scale, np.random.default_rng(seed)), scale[known])
    return np.rint(np.clip(brightness + spread * grain, 0, 255)).astype(np.uint8)


def _average(
    values: Picture, known: Bool[np.ndarray, "side side"], sigma: tuple[float, float]
) -> Picture:
    """Average what is known near every pixel; far from all of it, all of it."""
    weight = ndimage.gaussian_filter(known.astype(np.float64), sigma, mode="nearest")
    total = ndimage.gaussian_filter(np.where(known, values, 0.0), sigma, mode="nearest")
    overall = values[known].mean()
    return np.asarray((total + LEAST_WEIGHT * overall) / (weight + LEAST_WEIGHT))


def _random_phases(grain: Picture, rng: np.random.Generator) -> Picture:
    """Draw noise with the power spectrum of `grain`."""
    noise = rng.standard_normal(grain.shape)
    phases = fft.rfft2(noise)
    unit = phases / np.maximum(np.abs(phases), 1e-12)
    return np.asarray(fft.irfft2(np.abs(fft.rfft2(grain)) * unit, s=grain.shape))


def _match(noise: Picture, values: Float[np.ndarray, " known"]) -> Picture:
    """Give noise the distribution of some values, rank by rank."""
    ranks = np.argsort(np.argsort(noise, axis=None), axis=None)
    quantiles = (ranks + 0.5) / noise.size
    # np.quantile would look for every pixel's quantile apart, which takes longer than a network's pass.
    places = np.arange(values.size) / max(1, values.size - 1)
    return np.interp(quantiles, places, np.sort(values)).reshape(noise.shape)
