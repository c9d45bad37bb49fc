"""What can be planted in the scans of a study, and where each plant lies."""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from sonolens.arrays import Mask, RegionMap
from sonolens.regions import REGIONS
from sonolens.tables.vocabulary import REGION_NAMES, Unions
from sonolens.ultrasound.plants import (
    find_calliper_sites,
    find_disc,
    find_gain_band,
    find_letter_site,
    find_margin_band,
)

MARK_REACH_MM = 2.5
"""A mark is looked for this far about it: a map's cell is wider than a cross."""
GAIN_BAND_MM = 5.0
DISCS_MM = (1, 2, 3, 4, 6, 8, 12, 16)
"""Diameters, from a fifth of a ResNet's cell to three of them."""
ROOM_MM = 0.75
"""A site holds a disc of this radius, or the scan carries no plant."""


@dataclass(frozen=True)
class TissuePlant:
    """One plant and where it lies.

    Attributes:
        plant: A name in `sonolens.ultrasound.plants.PLANT_FUNCTIONS`.
        regions: The region that holds it, or the two that it lies on the border of; it lies in these and nowhere else.
        diameter_mm: Of what has one size on every scan; None for all else.
    """

    plant: str
    regions: tuple[str, ...]
    diameter_mm: float | None = None

    @property
    def is_wide(self) -> bool:
        """Whether its site must be wide enough to be seen; what has its own size is as wide as it is."""
        return self.diameter_mm is None

    @property
    def is_mark(self) -> bool:
        """Whether it is no tissue: its site is a region of its own, whatever it lies on."""
        return self.regions == ("annotation",)

    @property
    def played_regions(self) -> Unions:
        """The regions of its pointing game: those that a scan consists of, and ``planted``."""
        names = (*REGION_NAMES, "other", *(("annotation",) if self.is_mark else ()))
        return {name: (name,) for name in names} | {"planted": self.regions}


TISSUE_PLANTS = {
    "foci_mass": TissuePlant("foci", ("mass",)),
    "foci_peritumoral": TissuePlant("foci", ("peritumoral",)),
    "foci_below": TissuePlant("foci", ("below",)),
    "shadow": TissuePlant("shadow", ("below",)),
    "enhancement": TissuePlant("enhancement", ("below",)),
    "halo": TissuePlant("halo", ("peritumoral",)),
    # The outline is the border of two regions, as for phantoms.
    "blur": TissuePlant("blur", ("mass", "peritumoral")),
    "interior": TissuePlant("interior", ("mass",)),
    "calliper": TissuePlant("calliper", ("annotation",)),
    "text": TissuePlant("text", ("annotation",)),
    "gain_step": TissuePlant("gain_step", ("annotation",)),
} | {
    f"disc_{size_mm}mm": TissuePlant("disc", ("annotation",), diameter_mm=float(size_mm))
    for size_mm in DISCS_MM
}
"""Everything that can be planted in tissue, by name. None leaks: what it changes lies within its region."""


def find_site(
    name: str,
    mass: Mask,
    region_map: RegionMap,
    *,
    spacing_mm: tuple[float, float],
    rng: np.random.Generator,
) -> Mask:
    """Find the pixels that a plant may change: its region, or of two regions what lies near their border.

    Args:
        name: A name in `TISSUE_PLANTS`.
        mass: True inside the mass.
        region_map: The regions of the scan, as its maps are scored by.
        spacing_mm: Height and width of a pixel.
        rng: Source of the place of what may lie anywhere.
    """
    plant = TISSUE_PLANTS[name]
    if plant.diameter_mm is not None:
        return find_disc(
            region_map.shape, diameter_mm=plant.diameter_mm, spacing_mm=spacing_mm, rng=rng
        )
    if plant.plant == "calliper":
        return find_calliper_sites(mass, spacing_mm=spacing_mm, reach_mm=MARK_REACH_MM)
    if plant.plant == "text":
        return find_letter_site(mass)
    if plant.plant == "gain_step":
        return find_gain_band(mass, spacing_mm=spacing_mm, band_mm=GAIN_BAND_MM)
    held = np.isin(region_map, [REGIONS[name] for name in plant.regions])
    if plant.plant == "blur":
        return held & find_margin_band(mass, spacing_mm=spacing_mm)
    return held


def has_room(site: Mask, *, spacing_mm: tuple[float, float]) -> bool:
    """Tell whether a site is wide enough for a plant to be seen."""
    inside = ndimage.distance_transform_edt(np.pad(site, 1), sampling=spacing_mm)
    return bool(np.max(inside) >= ROOM_MM)
