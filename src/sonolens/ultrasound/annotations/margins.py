"""Margins beside the field: grey bars, depth scales, cut-off menus, with a straight upright edge."""

import numpy as np
from scipy import ndimage

from sonolens.arrays import Mask, Scan
from sonolens.ultrasound.annotations.box import Box
from sonolens.ultrasound.annotations.strokes import Levels

WIDEST_SHARE = 0.12
"""Of the scan's width: a margin that is wider would have been cut off."""

EDGE_ROWS = 41
"""Rows over which an edge is followed: a fascia or a shadow leaves its column sooner."""

STEP_PX = 3
"""An edge is at most so wide; that of a shadow is as wide as the beam."""

LEAST_STEP = 8.0
"""Grey levels."""

TISSUE_QUANTILE, TIMES_TISSUE = 0.995, 1.3
"""An edge of a margin is so many times sharper than this quantile of the steps in the tissue."""

TISSUE_STEP = 4
"""Every such column of the tissue is read; neighbours say the same."""

LEAST_LENGTH = 0.2
"""Of the scan's height."""


def find_margins(scan: Scan) -> list[Box]:
    """Find strips at the left and right that a straight upright edge parts from the tissue.

    Skin, fasciae and shadows have no sharp edge along one column for a fifth of the depth.
    """
    cols = scan.shape[1]
    reach = max(3 * STEP_PX, round(WIDEST_SHARE * cols))
    if cols <= 3 * reach:
        return []
    steps = _measure_steps(scan)
    sides = {"left": steps[:, :reach], "right": steps[:, : -reach - 1 : -1]}
    if all(_find_edge(side, least=LEAST_STEP) is None for side in sides.values()):
        return []  # Whatever the tissue's steps are, an edge must be as sharp as this.
    inner = _follow(steps[:, reach : cols - reach : TISSUE_STEP])
    least = max(TIMES_TISSUE * float(np.quantile(inner, TISSUE_QUANTILE)), LEAST_STEP)
    boxes = []
    for name, side in sides.items():
        edge = _find_edge(side, least=least)
        if edge is None:
            continue
        band, width = edge[0], edge[1] + STEP_PX
        left = 0 if name == "left" else cols - width
        boxes.append(Box(band.start, left, band.stop, left + width, "margin"))
    return boxes


def _measure_steps(scan: Scan) -> Levels:
    """Measure by how much grey levels step within `STEP_PX` columns."""
    levels = np.pad(scan.astype(np.float32), ((0, 0), (1, STEP_PX - 1)), mode="edge")
    return np.abs(levels[:, STEP_PX:] - levels[:, :-STEP_PX])


def _follow(steps: Levels) -> Levels:
    """Keep the steps that go on along `EDGE_ROWS` rows: the running median of every column."""
    reach = EDGE_ROWS // 2
    mirrored = np.pad(steps.T, ((0, 0), (reach, reach)), mode="symmetric")
    # Columns are laid end to end, because along one axis the median is found ten times as fast.
    medians: Levels = ndimage.median_filter(mirrored.ravel(), size=EDGE_ROWS)
    return medians.reshape(mirrored.shape)[:, reach:-reach].T


def _keep_on(sharp: Mask) -> Mask:
    """Mark where the steps that `_follow` keeps are sharp: where most of `EDGE_ROWS` rows are."""
    reach = EDGE_ROWS // 2
    mirrored = np.pad(sharp, ((reach + 1, reach), (0, 0)), mode="symmetric")
    mirrored[0] = False
    so_far = np.cumsum(mirrored, axis=0, dtype=np.int32)
    return so_far[EDGE_ROWS:] - so_far[:-EDGE_ROWS] > reach


def _find_edge(side: Levels, *, least: float) -> tuple[slice, int] | None:
    """Return the rows and the column of the longest upright run of sharp steps; None where it is too short."""
    sharp = _keep_on(side >= least)
    needed = LEAST_LENGTH * len(side)
    # Most columns have too few sharp steps in all.
    sharp &= np.count_nonzero(sharp, axis=0) >= needed
    if not sharp.any():
        return None
    labels, _ = ndimage.label(sharp, structure=[[0, 1, 0], [0, 1, 0], [0, 1, 0]])
    places = ndimage.find_objects(labels)
    rows, cols = max(places, key=lambda place: place[0].stop - place[0].start)
    return (rows, int(cols.start)) if rows.stop - rows.start >= needed else None
