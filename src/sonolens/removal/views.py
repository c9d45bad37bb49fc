"""Views of a scan: all of it, all but one region, or one region alone."""

from collections.abc import Collection, Sequence

import numpy as np

from sonolens.arrays import FramedScan
from sonolens.removal.coalitions import Players, show_coalition
from sonolens.tables.vocabulary import RELIANCE_REGIONS


def draw_view(scan: FramedScan, fill: FramedScan, players: Players, *, view: str) -> FramedScan:
    """Show what of a scan is seen in a view, and its fill elsewhere.

    It is the coalition of the game that leaves out, or keeps, this region alone; ``whole`` is the scan to the byte.

    Args:
        scan: The framed scan.
        fill: What stands in place of what is not seen.
        players: The regions of the scan.
        view: A name in `REGION_VIEWS`.

    Returns:
        The picture. A scan that lacks the region is the scan itself where it would be left out, and the fill alone
        where nothing else would be seen.
    """
    seen = np.array(mark_seen(view, players.names))
    return show_coalition(scan, fill, players.weights[seen].sum(axis=0))


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
