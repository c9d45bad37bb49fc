"""Where a radiologist looks: the mass, its margin and the tissue below it, and distances in mm.

Regions are drawn on the native grid of a scan, from the mask of its mass and its pixel spacing.
This room knows no network and no saliency map.
"""

from sonolens.regions.distance import distance_to_mass_mm, read_distances_at
from sonolens.regions.mass import fill_mass
from sonolens.regions.partition import REGIONS, partition_scan
from sonolens.regions.ring import Ring, RingMode, measure_ring
from sonolens.regions.size import MassSize, measure_mass

__all__ = [
    "REGIONS",
    "MassSize",
    "Ring",
    "RingMode",
    "distance_to_mass_mm",
    "fill_mass",
    "measure_mass",
    "measure_ring",
    "partition_scan",
    "read_distances_at",
]
