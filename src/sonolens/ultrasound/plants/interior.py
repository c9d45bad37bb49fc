"""An uneven, darker interior of a mass."""

import numpy as np
from scipy import ndimage

from sonolens.arrays import Scan
from sonolens.ultrasound.plants.canvas import Canvas

DARKER_DB = 3.0
"""How much softer an interior of full strength is in the mean."""
UNEVEN_DB = 7.0
"""Standard deviation of its echoes from place to place, beside speckle."""
CELL_MM = (1.2, 1.8)
"""How large its clumps are, down and across: as in phantoms."""
EDGE_MM = 1.0


def plant_interior(canvas: Canvas, *, strength: float, rng: np.random.Generator) -> Scan:
    """Make the echoes of the site softer and uneven.

    Args:
        canvas: The scan; its site is the mass.
        strength: Share of `DARKER_DB` and `UNEVEN_DB`.
        rng: Source of the clumps.

    Returns:
        The scan, changed within the site alone, less towards its border.
    """
    widths = [cell / 2 / pixel for cell, pixel in zip(CELL_MM, canvas.spacing_mm, strict=True)]
    clumps = ndimage.gaussian_filter(rng.standard_normal(canvas.scan.shape), widths)
    clumps /= clumps.std()
    return canvas.brighten(strength * canvas.fade(EDGE_MM) * (UNEVEN_DB * clumps - DARKER_DB))
