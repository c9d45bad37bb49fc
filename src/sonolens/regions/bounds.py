"""Where evidence would surprise a radiologist: outside the regions, or on what is burnt into the scan."""

import numpy as np

from sonolens.arrays import AnnotationMap, Mask, RegionMap
from sonolens.regions.partition import REGIONS
from sonolens.tables.vocabulary import REGION_NAMES


def outside_regions(region_map: RegionMap) -> Mask:
    """Mark what is neither mass nor ring nor below; an annotation that lies on them is outside.

    >>> outside_regions(np.array([[0, 1, 2, 3, 4]], dtype=np.uint8)).tolist()
    [[True, False, False, False, True]]
    """
    return ~np.isin(region_map, [REGIONS[name] for name in REGION_NAMES])


def on_annotations(annotations: AnnotationMap) -> Mask:
    """Mark what is no tissue: what is burnt in, and what lies outside the field of view."""
    return np.asarray(annotations) > 0
