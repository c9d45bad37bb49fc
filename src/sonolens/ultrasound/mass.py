"""A phantom's mass: its outline in one plane, and everything that lies inside it."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from sonolens.arrays import Mask
from sonolens.ultrasound.grid import to_mm

PIXEL_MM = 0.075
"""Side of a phantom's pixels."""
NEAREST, FARTHEST = 0.5, 1.9
"""Bounds of the outline, in semi-axes."""
DIRECTIONS = 2881
"""Directions in which the outline is worked out: an eighth of a degree, far below a pixel."""
GENTLE_ORDERS = 3
"""Waves around the outline that even a smooth mass has."""


@dataclass(frozen=True)
class Section:
    """A mass cut by one scan plane.

    Attributes:
        depth_mm: Depth of the centre.
        lateral_mm: Distance of the centre from the left edge of the scan.
        half_height_mm: Semi-axis along depth.
        half_width_mm: Semi-axis across.
        irregularity: 0 for a smooth oval, 1 for an angular outline with spicules.
        seed: Seed of the outline's details.
    """

    depth_mm: float
    lateral_mm: float
    half_height_mm: float
    half_width_mm: float
    irregularity: float
    seed: int


def draw_section(section: Section, *, rows: int, cols: int) -> Mask:
    """Fill the outline of a mass.

    The outline is an ellipse whose radius varies with the angle: a few gentle lobes for a smooth
    mass, sharper ones and spicules as irregularity grows.

    Args:
        section: The mass in this plane.
        rows: Height of the scan in pixels of `PIXEL_MM`.
        cols: Width of the scan.

    Returns:
        True where a pixel's centre lies inside the outline.
    """
    down = (to_mm(np.arange(rows), PIXEL_MM) - section.depth_mm) / section.half_height_mm
    across = (to_mm(np.arange(cols), PIXEL_MM) - section.lateral_mm) / section.half_width_mm
    radius = np.hypot(down[:, None], across[None, :])
    mask = np.zeros((rows, cols), dtype=bool)
    near = np.nonzero(radius < FARTHEST)
    angle = np.arctan2(down[near[0]], across[near[1]])
    outline = _outline(np.linspace(-np.pi, np.pi, DIRECTIONS), section)
    place = np.rint((angle + np.pi) / (2 * np.pi) * (DIRECTIONS - 1)).astype(int)
    mask[near] = radius[near] <= outline[place]
    return mask


def _outline(angle: Float[np.ndarray, " points"], section: Section) -> Float[np.ndarray, " points"]:
    """Radius of the outline at every angle, in semi-axes."""
    rng = np.random.default_rng(section.seed)
    orders = np.arange(2, 10)
    # All draws are made whatever the irregularity, so that it alone separates two outlines.
    phases = rng.uniform(0, 2 * np.pi, size=len(orders))
    amplitudes = rng.uniform(0.5, 1.0, size=len(orders)) / orders
    spicules = rng.uniform(-np.pi, np.pi, size=9)
    heights = rng.uniform(0.2, 0.5, size=len(spicules))
    widths = rng.uniform(0.05, 0.11, size=len(spicules))
    gentle = orders <= GENTLE_ORDERS
    sharp = ~gentle
    strength = 0.07 * gentle + section.irregularity * (0.08 * gentle + 0.30 * sharp)
    lobes = np.cos(np.outer(angle, orders) + phases) @ (strength * amplitudes)
    apart = np.abs(np.angle(np.exp(1j * (angle[:, None] - spicules))))
    spikes = np.maximum(0.0, 1.0 - apart / (2 * widths)) @ heights
    radius = 1.0 + lobes + section.irregularity**2 * spikes
    return np.clip(radius, NEAREST, FARTHEST)
