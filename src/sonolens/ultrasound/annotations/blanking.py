"""A scan without what was burnt into it: the tissue around, mirrored into its place."""

import numpy as np
from scipy import ndimage

from sonolens.arrays import AnnotationMap, Scan

RIM_PX = 3
"""Pixels around an annotation that its soft edge, or a stroke that was not seen, may have touched."""


def blank_annotations(scan: Scan, annotations: AnnotationMap) -> Scan:
    """Fill annotations with the speckle of the nearest tissue.

    Every pixel takes the grey level of its mirror image across the edge to the nearest tissue, so that speckle
    goes on as it is there. A patch of one grey level would be as easy to see as the letters were.

    Args:
        scan: Grey levels.
        annotations: What is no tissue, by kind.

    Returns:
        A scan of the same size, the same outside of annotations and their rim; an unchanged copy without any, or
        where nothing is tissue.

    Raises:
        ValueError: If the two differ in size.

    Examples:
        >>> scan = np.array([[10, 20, 30, 40, 50, 60, 70, 255]], dtype=np.uint8)
        >>> blank_annotations(
        ...     scan, (scan == 255).astype(np.uint8)
        ... )  # the rim of three pixels as well
        array([[10, 20, 30, 40, 30, 20, 10, 10]], dtype=uint8)
    """
    if scan.shape != annotations.shape:
        raise ValueError(
            f"annotations of {annotations.shape[0]} x {annotations.shape[1]} pixels do not fit a scan of "
            f"{scan.shape[0]} x {scan.shape[1]}; find them on this scan"
        )
    filled, marked = scan.copy(), annotations > 0
    if not marked.any():
        return filled
    marked = ndimage.binary_dilation(
        marked, structure=np.ones((3, 3), dtype=bool), iterations=RIM_PX
    )
    if marked.all():
        return filled
    last = np.array(scan.shape)[:, None] - 1
    while marked.any():
        place = np.array(np.nonzero(marked))
        tissue = ndimage.distance_transform_edt(marked, return_distances=False, return_indices=True)
        nearest = tissue[:, place[0], place[1]]
        mirror = np.clip(2 * nearest - place, 0, last)
        known = ~marked[tuple(mirror)]
        mirror[:, ~known] = nearest[:, ~known]
        ready = known if known.any() else np.ones_like(known)
        filled[tuple(place[:, ready])] = filled[tuple(mirror[:, ready])]
        marked[tuple(place[:, ready])] = False
    return filled
