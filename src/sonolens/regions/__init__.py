"""Where a radiologist looks: the mass, its margin and the tissue below it, and distances in mm.

Regions are drawn on the native grid of a scan, from the mask of its mass and its pixel spacing.
This room knows no network and no saliency map.
"""

from sonolens.regions.below import Below
from sonolens.regions.bounds import on_annotations, outside_regions
from sonolens.regions.distance import distance_to_mass_mm, read_distances_at
from sonolens.regions.growth import GrowingRegions, grow_regions
from sonolens.regions.mass import bounding_box, fill_mass, find_dust
from sonolens.regions.moved import Contour, measure_contour
from sonolens.regions.partition import REGIONS, RegionRule
from sonolens.regions.ring import Ring
from sonolens.regions.size import MassSize, measure_extent, measure_mass
