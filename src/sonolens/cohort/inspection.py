"""The facts of one scan that screening judges, gathered where the scan is read."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Int
from scipy import ndimage

from sonolens.arrays import Mask, Scan
from sonolens.cohort.drawn_mass import DrawnMass, describe_mass
from sonolens.cohort.fingerprints import Fingerprint, hash_pixels, take_fingerprint
from sonolens.regions import fill_mass
from sonolens.regions.mass import EIGHT_NEIGHBOURS
from sonolens.studies.remarks import Remark, listen

GREY_LEVELS = 256
NEARLY_LEVEL = 4
"""Grey levels about the middle one that noise alone covers."""

ALMOST_ALL = 0.99
"""The share of pixels whose grey levels are counted, so that a few burnt-in signs do not count."""


@dataclass(frozen=True, eq=False)
class ScanFacts:
    """What screening needs to know of a scan; a few kilobytes that a worker process can return.

    Attributes:
        scan_id: Id from the `scans` table.
        unreadable: Why scan or mask could not be read; empty if they could, else the rest is unset.
        size_px: Rows and columns of the scan.
        mask_size_px: Rows and columns of the mask.
        mask_components: Pieces of the mask that do not touch, corners included and dust left out; 0 if it
            is empty.
        mask_at_border: Whether the mask, without dust, reaches the outermost pixels.
        fingerprint: Finds the scan's duplicates.
        mask_pixels: Hash of the mask as it was read; see `hash_pixels`.
        level_share: Share of pixels within `NEARLY_LEVEL` of the scan's median grey level.
        grey_levels: How many levels `ALMOST_ALL` of the scan's pixels have.
        mass: The mask in numbers; none if it is empty.
        remarks: What the readers of scan, mask and annotations said.
    """

    scan_id: str
    unreadable: str = ""
    size_px: tuple[int, int] = (0, 0)
    mask_size_px: tuple[int, int] = (0, 0)
    mask_components: int = 0
    mask_at_border: bool = False
    fingerprint: Fingerprint | None = None
    mask_pixels: str = ""
    level_share: float = 0.0
    grey_levels: int = GREY_LEVELS
    mass: DrawnMass | None = None
    remarks: tuple[Remark, ...] = ()


def inspect_scan(
    scan: Scan,
    mask: Bool[np.ndarray, "mask_rows mask_cols"],
    *,
    scan_id: str,
    remarks: tuple[Remark, ...] = (),
) -> ScanFacts:
    """Gather the facts of one scan; milliseconds, free of thresholds and of other scans.

    Args:
        scan: Grey levels on the native grid.
        mask: True inside the mass; may be of another size, which screening will report.
        scan_id: Id from the `scans` table.
        remarks: What the readers said of them.

    Returns:
        The facts.
    """
    mass = fill_mass(mask) if mask.any() else mask
    border = (mass[0], mass[-1], mass[:, 0], mass[:, -1])
    counts = np.bincount(scan.ravel(), minlength=GREY_LEVELS)
    frequent = np.sort(counts)[::-1]
    return ScanFacts(
        scan_id=scan_id,
        size_px=(scan.shape[0], scan.shape[1]),
        mask_size_px=(mask.shape[0], mask.shape[1]),
        mask_components=int(ndimage.label(mass, structure=EIGHT_NEIGHBOURS)[1])
        if mask.any()
        else 0,
        mask_at_border=any(bool(side.any()) for side in border),
        fingerprint=take_fingerprint(scan),
        mask_pixels=hash_pixels(mask),
        level_share=_share_at_median(counts),
        grey_levels=int(np.searchsorted(frequent.cumsum(), ALMOST_ALL * scan.size)) + 1,
        mass=describe_mass(mask, scan if scan.shape == mask.shape else None)
        if mask.any()
        else None,
        remarks=remarks,
    )


def _share_at_median(counts: Int[np.ndarray, " levels"]) -> float:
    """Share of pixels whose grey level is nearly the median, from how many there are of each level."""
    so_far, n = counts.cumsum(), int(counts.sum())
    median = np.searchsorted(so_far, [(n - 1) // 2, n // 2], side="right").mean()
    near = np.abs(np.arange(len(counts)) - median) <= NEARLY_LEVEL
    return float(counts[near].sum() / n)


def read_and_inspect(
    scan_id: str,
    *,
    read_image: Callable[[], Scan],
    read_mask: Callable[[], Mask],
    read_annotations: Callable[[Scan], Mask | None] | None = None,
) -> ScanFacts:
    """Read one scan and its mask and gather their facts; a file that cannot be read is one of them.

    Args:
        scan_id: Id from the `scans` table.
        read_image: Reads the scan.
        read_mask: Reads its mask.
        read_annotations: Reads what was marked on the scan as no tissue, and remarks what is wrong with it.

    Returns:
        The facts, or only the reason why they cannot be known.
    """
    try:
        with listen() as heard:
            scan, mask = read_image(), read_mask()
            if read_annotations is not None:
                read_annotations(scan)
    except (OSError, ValueError) as error:
        return ScanFacts(scan_id, unreadable=str(error) or type(error).__name__)
    if 0 in scan.shape or 0 in mask.shape:
        return ScanFacts(scan_id, unreadable="scan or mask has no pixel")
    return inspect_scan(scan, mask, scan_id=scan_id, remarks=tuple(heard))
