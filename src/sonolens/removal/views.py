"""Views of a scan: all of it, all but one region, or one region alone."""

from collections.abc import Collection, Sequence

import numpy as np

from sonolens.arrays import FramedScan
from sonolens.removal.coalitions import Players, show_coalition
from sonolens.tables.vocabulary import RELIANCE_REGIONS


def draw_view(
    scan: FramedScan, fill: FramedScan, *, sharp: Players, soft: Players, view: str
) -> FramedScan:
    """Show what of a scan is seen in a view, and its fill elsewhere.

    A network that is fitted to a view can learn whatever shows through, where one that is only asked cannot. So the
    soft edge lies wholly within what is seen: a pixel that has any part of what is left out shows the fill alone.
    ``whole`` is the scan to the byte.

    Args:
        scan: The framed scan.
        fill: What stands in place of what is not seen.
        sharp: The regions of the scan, cut without a soft edge.
        soft: The same with one.
        view: A name in `REGION_VIEWS`.

    Returns:
        The picture. A scan that lacks the region is the scan itself where it would be left out, and the fill alone
        where nothing else would be seen.
    """
    left_out = ~np.array(mark_seen(view, sharp.names))
    touched = sharp.weights[left_out].sum(axis=0) > 0
    # Half a pixel's weight lies on either side of an edge; twice the hidden share is all of it there.
    faded = np.clip(1 - 2 * soft.weights[left_out].sum(axis=0), 0, 1)
    return show_coalition(scan, fill, np.where(touched, np.float32(0), faded))


def mark_seen(view: str, names: Sequence[str]) -> list[bool]:
    """Tell which regions of a scan are seen in a view.

    Args:
        view: A name in `REGION_VIEWS`.
        names: The regions that the scan has.

    Examples:
        >>> mark_seen("without_mass", ["mass", "other"]), mark_seen("mass_alone", ["mass", "other"])
        ([False, True], [True, False])
        >>> (
        ...     mark_seen("without_below", ["mass", "other"]),
        ...     mark_seen("below_alone", ["mass", "other"]),
        ... )
        ([True, True], [False, False])
    """
    region = region_of(view)
    if view == f"{region}_alone":
        return [name == region for name in names]
    return [name != region for name in names]


def lacks_region(view: str, names: Collection[str]) -> bool:
    """Tell whether a view is of a region that a scan does not have.

    Examples:
        >>> (
        ...     lacks_region("without_below", ["mass", "other"]),
        ...     lacks_region("whole", ["mass", "other"]),
        ... )
        (True, False)
    """
    region = region_of(view)
    return region is not None and region not in names


def region_of(view: str) -> str | None:
    """Name the region that a view leaves out or shows alone; none for the whole scan."""
    named = [name for name in RELIANCE_REGIONS if view in {f"without_{name}", f"{name}_alone"}]
    return named[0] if named else None
