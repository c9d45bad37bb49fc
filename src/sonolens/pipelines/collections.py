"""What a node receives when it loads a versioned collection: ids and one lazy reader for each."""

from collections.abc import Callable, Mapping
from typing import NamedTuple, Protocol, TypeAlias, runtime_checkable

from PIL import Image

from sonolens.arrays import SaliencyMap, ScanStack
from sonolens.models import CheckpointSlot, NetworkWeights
from sonolens.saliency import EXPLAINERS
from sonolens.tables.cohort import ScansTable
from sonolens.travel import NetworkFile

Pictures: TypeAlias = Mapping[str, Callable[[], Image.Image]]
"""Scans, masks or region maps by scan id."""

SaliencyMaps: TypeAlias = Mapping[str, Callable[[], SaliencyMap]]
"""Maps by ``method/run/scan_id``."""

Stacks: TypeAlias = Mapping[str, Callable[[], ScanStack]]
"""Framed scans by what they are: a planted cue, or a view."""

Networks: TypeAlias = Mapping[str, Callable[[], NetworkWeights]]
"""Weights by run."""

Travellers: TypeAlias = Mapping[str, NetworkFile]
"""Networks from elsewhere, by the name of their file."""


@runtime_checkable
class Checkpoints(Protocol):
    """Where fits find and leave their state, by the fingerprint of the fit."""

    def slot(self, name: str) -> CheckpointSlot:
        """Return the place of one checkpoint, whether it is there or not."""
        ...


class MapId(NamedTuple):
    """Which map: the method that drew it, the run it explains, the scan it lies on.

    >>> str(MapId("cam", "tiny-full-seed0-fold0", "s1"))
    'cam/tiny-full-seed0-fold0/s1'
    >>> MapId.parse("cam/tiny-full-seed0-fold0/s1").scan_id
    's1'
    """

    method: str
    run: str
    scan_id: str

    @classmethod
    def parse(cls, name: str) -> "MapId":
        """Read a map's name in the collection `saliency_maps`."""
        return cls(*name.split("/"))

    def __str__(self) -> str:
        return "/".join(self)


def spacing_by_scan(scans: ScansTable) -> dict[str, tuple[float, float]]:
    """Pixel height and width in mm by scan id; NaN where unknown."""
    return {
        str(scan_id): (float(row_mm), float(col_mm))
        for scan_id, row_mm, col_mm in scans[
            ["scan_id", "spacing_row_mm", "spacing_col_mm"]
        ].itertuples(index=False)
    }


def methods_drawn(saliency_maps: SaliencyMaps) -> list[str]:
    """Name the methods that drew the maps, in the order of `EXPLAINERS`.

    >>> methods_drawn(
    ...     dict.fromkeys(["edges/r/s1", "cam/r/s1", "cam/r/s2"], lambda: np.zeros((2, 2)))
    ... )
    ['cam', 'edges']
    """
    drawn = {MapId.parse(name).method for name in saliency_maps}
    return [method for method in EXPLAINERS if method in drawn]
