"""What can be planted in a real scan, one module a family; each changes its site and nothing else."""

from collections.abc import Callable, Mapping
from typing import TypeAlias

from sonolens.arrays import Scan
from sonolens.ultrasound.plants.blur import find_margin_band, plant_blur
from sonolens.ultrasound.plants.canvas import Canvas
from sonolens.ultrasound.plants.disc import find_disc, plant_disc
from sonolens.ultrasound.plants.foci import plant_foci
from sonolens.ultrasound.plants.halo import plant_halo
from sonolens.ultrasound.plants.interior import plant_interior
from sonolens.ultrasound.plants.marks import (
    find_calliper_sites,
    find_gain_band,
    find_letter_site,
    plant_calliper,
    plant_gain_step,
    plant_text,
)
from sonolens.ultrasound.plants.posterior import (
    SLOPE_DB_PER_CM,
    plant_enhancement,
    plant_shadow,
)
from sonolens.ultrasound.plants.speckle import PointSpread, measure_point_spread

PlantFunction: TypeAlias = Callable[..., Scan]
"""Takes a `Canvas`, and by name `strength` and `rng`; gives the scan."""

PLANT_FUNCTIONS: Mapping[str, PlantFunction] = {
    "foci": plant_foci,
    "shadow": plant_shadow,
    "enhancement": plant_enhancement,
    "halo": plant_halo,
    "blur": plant_blur,
    "interior": plant_interior,
    "calliper": plant_calliper,
    "text": plant_text,
    "gain_step": plant_gain_step,
    "disc": plant_disc,
}
"""Every plant by name. A strength of 0 changes nothing, 1 is plain to see, and more is allowed."""
