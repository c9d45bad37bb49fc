"""The facts of one scan that screening judges, gathered where the scan is read."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool
from scipy import ndimage

from sonolens.arrays import Mask, Scan
from sonolens.cohort.fingerprints import Fingerprint, take_fingerprint

EIGHT_NEIGHBOURS = np.ones((3, 3), dtype=bool)


@dataclass(frozen=True, eq=False)
class ScanFacts:
    """What screening needs to know of a scan; a few kilobytes that a worker process can return.

    Attributes:
        scan_id: Id from the `scans` table.
        unreadable: Why scan or mask could not be read; empty if they could, else the rest is unset.
        size_px: Rows and columns of the scan.
        mask_size_px: Rows and columns of the mask.
        mask_components: Pieces of the mask that do not touch, corners included; 0 if it is empty.
        mask_at_border: Whether the mask reaches the outermost pixels.
        fingerprint: Finds the scan's duplicates.
    """

    scan_id: str
    unreadable: str = ""
    size_px: tuple[int, int] = (0, 0)
    mask_size_px: tuple[int, int] = (0, 0)
    mask_components: int = 0
    mask_at_border: bool = False
    fingerprint: Fingerprint | None = None


def inspect_scan(
    scan: Scan, mask: Bool[np.ndarray, "mask_rows mask_cols"], *, scan_id: str
) -> ScanFacts:
    """Gather the facts of one scan; milliseconds, free of thresholds and of other scans.

    Args:
        scan: Grey levels on the native grid.
        mask: True inside the mass; may be of another size, which screening will report.
        scan_id: Id from the `scans` table.

    Returns:
        The facts.
    """
    border = (mask[0], mask[-1], mask[:, 0], mask[:, -1])
    return ScanFacts(
        scan_id=scan_id,
        size_px=(scan.shape[0], scan.shape[1]),
        mask_size_px=(mask.shape[0], mask.shape[1]),
        mask_components=_count_components(mask),
        mask_at_border=any(bool(side.any()) for side in border),
        fingerprint=take_fingerprint(scan),
    )


def read_and_inspect(
    scan_id: str, *, read_image: Callable[[], Scan], read_mask: Callable[[], Mask]
) -> ScanFacts:
    """Read one scan and its mask and gather their facts; a file that cannot be read is one of them.

    Args:
        scan_id: Id from the `scans` table.
        read_image: Reads the scan.
        read_mask: Reads its mask.

    Returns:
        The facts, or only the reason why they cannot be known.
    """
    try:
        scan, mask = read_image(), read_mask()
    except (OSError, ValueError) as error:
        return ScanFacts(scan_id, unreadable=str(error) or type(error).__name__)
    if 0 in scan.shape or 0 in mask.shape:
        return ScanFacts(scan_id, unreadable="scan or mask has no pixel")
    return inspect_scan(scan, mask, scan_id=scan_id)


def _count_components(mask: Bool[np.ndarray, "mask_rows mask_cols"]) -> int:
    """Count the pieces inside the mask's bounding box, which is a small part of the scan."""
    rows, cols = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if rows.size == 0:
        return 0
    box = mask[rows[0] : rows[-1] + 1, cols[0] : cols[-1] + 1]
    return int(ndimage.label(box, structure=EIGHT_NEIGHBOURS)[1])
