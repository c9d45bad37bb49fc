"""A scan without some of its regions: what is shown in their place, and every way to leave some out.

This room draws pictures for questions to a network; it knows none.
"""

from sonolens.removal.coalitions import (
    Players,
    divide_scan,
    list_coalitions,
    name_regions,
    show_coalition,
)
from sonolens.removal.fills import EVEN_FILLS, FILLS, FillSources, find_tissue
from sonolens.removal.placebo import move_regions
from sonolens.removal.tissue import draw_tissue_fill
from sonolens.removal.views import draw_view, lacks_region
