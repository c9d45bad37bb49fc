"""ring_sweep -> its figure."""

import pandas as pd
from matplotlib.figure import Figure

from sonolens.figures.pointing.ring_sweep import draw_ring_sweep as draw


def draw_ring_sweep(ring_sweep: pd.DataFrame) -> Figure:
    """Draw the hit rates beside chance for every width of the ring."""
    return draw(ring_sweep)
