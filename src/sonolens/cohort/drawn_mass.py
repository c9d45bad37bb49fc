"""What a mask says of itself and beside its scan: the numbers by which a wrong drawing is told."""

from dataclasses import dataclass
from hashlib import sha256

import numpy as np
from scipy import ndimage
from scipy.spatial import ConvexHull

from sonolens.arrays import Mask, Scan
from sonolens.regions import bounding_box, fill_mass, find_dust, measure_extent
from sonolens.regions.mass import EIGHT_NEIGHBOURS

DIRECTIONS = 72
"""In how many directions, 5 degrees each, a drawing is looked for around its middle."""

SURROUNDINGS = 0.5
"""How far around the mass its surroundings reach, of its height and width."""

FIELD_LEVEL = 2
"""Grey levels above this belong to the field of view; compression leaves others in black corners."""


@dataclass(frozen=True)
class DrawnMass:
    """A mask in numbers; shares are from 0 to 1, and all but dust is of the mass without it.

    Attributes:
        pixels: Hash of the mask and its size.
        area_px: Pixels, holes filled.
        extent_px: Rows and columns that it spans.
        dust_px: Stray pixels beside it.
        dust_pieces: In how many pieces.
        field_share: How much of the field of view it covers, or of the picture if that is more.
        border_share: How much of the picture's outermost pixels it covers.
        hull_share: Its area over that of its convex hull.
        piece_share: The same with a hull around each of its pieces.
        width_share: Width of the largest circle in its largest piece, over the longer side of that.
        around_share: In how many directions from its middle it lies; 1 if its middle lies in it.
        echo: Mean grey level inside less that around it; NaN where either is empty, or the scan has another
            size.
    """

    pixels: str
    area_px: int
    extent_px: tuple[int, int]
    dust_px: int
    dust_pieces: int
    field_share: float
    border_share: float
    hull_share: float
    piece_share: float
    width_share: float
    around_share: float
    echo: float


def describe_mass(mask: Mask, scan: Scan | None) -> DrawnMass:
    """Describe a mask.

    Args:
        mask: As it was drawn; not empty.
        scan: Its scan; none where that has another size.

    Returns:
        Its numbers.

    Raises:
        ValueError: If the mask is empty.
    """
    dust = find_dust(mask)
    mass = fill_mass(mask)
    extent = measure_extent(mass)
    cut = mass[extent.rows, extent.cols]
    return DrawnMass(
        pixels=_hash(mask),
        area_px=extent.area_px,
        extent_px=(extent.height_px, extent.width_px),
        dust_px=int(dust.sum()),
        dust_pieces=int(ndimage.label(dust, structure=EIGHT_NEIGHBOURS)[1]),
        field_share=_share_of_field(mass, scan),
        border_share=_share_of_border(mass),
        hull_share=float(extent.area_px / _hull_area(cut)),
        piece_share=_share_of_hulls(cut),
        width_share=_share_of_width(cut),
        around_share=_share_around(cut),
        echo=float("nan") if scan is None else _compare_echo(mass, scan),
    )


def _hash(mask: Mask) -> str:
    digest = sha256(np.array(mask.shape).tobytes())
    digest.update(np.packbits(mask).tobytes())
    return digest.hexdigest()


def _share_of_field(mass: Mask, scan: Scan | None) -> float:
    """Compare with the field: what lies between the first and the last echo of each column."""
    share = float(mass.mean())
    if scan is None:
        return share
    echoes = scan > FIELD_LEVEL
    field = np.logical_or.accumulate(echoes) & np.logical_or.accumulate(echoes[::-1])[::-1]
    return max(share, float(mass[field].mean())) if field.any() else share


def _share_of_border(mass: Mask) -> float:
    border = np.concatenate([mass[0], mass[-1], mass[1:-1, 0], mass[1:-1, -1]])
    return float(border.mean())


def _share_of_hulls(mass: Mask) -> float:
    pieces, _ = ndimage.label(mass, structure=EIGHT_NEIGHBOURS)
    hulls = [
        _hull_area(pieces[box] == number)
        for number, box in enumerate(ndimage.find_objects(pieces), start=1)
    ]
    return float(mass.sum() / sum(hulls))


def _share_of_width(mass: Mask) -> float:
    pieces, _ = ndimage.label(mass, structure=EIGHT_NEIGHBOURS)
    largest = pieces == 1 + np.argmax(np.bincount(pieces.ravel())[1:])
    piece = largest[bounding_box(largest)]
    to_edge = ndimage.distance_transform_edt(np.pad(piece, 1))
    return float((2 * to_edge.max() - 1) / max(piece.shape))


def _hull_area(piece: Mask) -> float:
    """Measure the convex hull of the pixels' corners; only the ends of each row can span it."""
    rows = np.flatnonzero(piece.any(axis=1))
    left = piece[rows].argmax(axis=1)
    right = piece.shape[1] - piece[rows, ::-1].argmax(axis=1)
    ends = np.concatenate([np.column_stack([rows, left]), np.column_stack([rows, right])])
    return float(ConvexHull(np.concatenate([ends, ends + np.array([1, 0])])).volume)


def _share_around(mass: Mask) -> float:
    """Look from the middle of the drawing's bounding box for the drawing."""
    middle = np.array(mass.shape) // 2
    if mass[tuple(middle)]:
        return 1.0
    down, right = (np.argwhere(mass) - middle).T
    turns = np.arctan2(down, right) / (2 * np.pi) % 1
    found = np.unique((turns * DIRECTIONS).astype(int) % DIRECTIONS)
    return len(found) / DIRECTIONS


def _compare_echo(mass: Mask, scan: Scan) -> float:
    """Compare the mass with what is seen around it, leaving out what is black."""
    near = []
    for extent, length in zip(bounding_box(mass), mass.shape, strict=True):
        reach = round(SURROUNDINGS * (extent.stop - extent.start)) + 1
        near.append(slice(max(0, extent.start - reach), min(length, extent.stop + reach)))
    box = tuple(near)
    inside, around = scan[box][mass[box]], scan[box][~mass[box]]
    around = around[around > FIELD_LEVEL]
    return float(inside.mean() - around.mean()) if around.size else float("nan")
