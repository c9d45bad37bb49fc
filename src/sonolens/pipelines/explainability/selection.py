"""The station of selection: saliency_maps, region_masks -> which scans are explained; one that cannot be costs itself."""

import logging
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

import pandas as pd
from kedro.io import DatasetError
from kedro.pipeline import Pipeline

from sonolens.pipelines.collections import MapId, Pictures, SaliencyMaps
from sonolens.pipelines.explainability.parameters import ExplanationParameters
from sonolens.pipelines.stations import station
from sonolens.tables.cohort import ScansTable
from sonolens.tables.explanations import UnexplainedScans
from sonolens.tables.training import DecisionsTable

Drawn = TypeVar("Drawn")

EXPLAINED = {"scans": "explained_scans", "decisions": "explained_decisions"}
"""What stations after this one take: scans that have all their maps and regions, and what networks made of them.

A node that takes `model_inputs` beside keeps `scans`, in whose order they lie.
"""

NO_REGIONS = "its regions could not be drawn"

logger = logging.getLogger(__name__)


def selection_station() -> Pipeline:
    """Leave out what could not be explained, and list it."""
    made = ["explained_scans", "explained_decisions", "unexplained_scans"]
    return station("selection", {select_explained: made})


def select_explained(
    scans: ScansTable,
    decisions: DecisionsTable,
    saliency_maps: SaliencyMaps,
    region_masks: Pictures,
    explanation: ExplanationParameters,
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Keep the scans that have their regions and a map of every method and run, and list the others."""
    unexplained = pd.DataFrame(
        list(_find_lacking(scans["scan_id"], saliency_maps, region_masks)),
        columns=list(UnexplainedScans.to_schema().columns),
        dtype="object",
    )
    out = set(unexplained["scan_id"])
    if out and explanation.on_error == "stop":
        scan_id, reason = unexplained.iloc[0]
        raise ValueError(
            f"scan {scan_id!r} is not explained ({reason}); maps, regions and scans come from different runs, so draw "
            "them again, or leave such scans out with explanation.on_error: drop"
        )
    if out:
        logger.warning(
            "Left out of all that is explained: %d of %d scans, listed in unexplained_scans; the first is %s",
            len(out),
            len(scans),
            unexplained["scan_id"].iloc[0],
        )
    kept = [
        table[~table["scan_id"].isin(out)].reset_index(drop=True) for table in (scans, decisions)
    ]
    if kept[1].empty:
        raise ValueError("no scan could be explained; the log says why each was left out")
    return kept[0], kept[1], unexplained


def draw_or_leave_out(
    draw: Callable[[str], Drawn], scan_id: str, *, on_error: str, what: str
) -> list[tuple[str, Drawn]]:
    """Draw something of a scan; with `drop`, one whose files cannot be read or used is told and left out.

    Args:
        draw: Draws it.
        scan_id: The scan.
        on_error: ``stop`` or ``drop``.
        what: What is drawn, for the log.

    Returns:
        The scan and what was drawn; nothing for one that is left out.
    """
    try:
        return [(scan_id, draw(scan_id))]
    except (DatasetError, OSError, ValueError) as error:
        if on_error == "stop":
            raise
        logger.warning("Scan %s is left out, its %s cannot be drawn: %s", scan_id, what, error)
        return []


def _find_lacking(
    scan_ids: Iterable[str], saliency_maps: SaliencyMaps, region_masks: Pictures
) -> Iterator[tuple[str, str]]:
    drawn = {MapId.parse(name) for name in saliency_maps}
    asked = sorted({(map_id.method, map_id.run) for map_id in drawn})
    for scan_id in scan_ids:
        if scan_id not in region_masks:
            yield scan_id, NO_REGIONS
        lacking = [key for key in asked if MapId(*key, scan_id) not in drawn]
        for method, run in lacking[:1]:
            others = f" and {len(lacking) - 1} more maps" if len(lacking) > 1 else ""
            yield scan_id, f"its map of method {method}, run {run}{others} could not be drawn"
