"""Text, logos and scales: strokes that stand in one line, or that stand out alone."""

from collections.abc import Sequence

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from sonolens.ultrasound.annotations.box import Box
from sonolens.ultrasound.annotations.strokes import Stroke

WIDEST_GAP = 1.8
"""Between two strokes of a line of text, in heights of the taller: the blank between two words."""

LEAST_OVERLAP = 0.6
"""Share of the shorter stroke's rows that it has in common with its neighbour in the line."""

TALLEST_RATIO = 2.2
"""Of two strokes of one line."""

LINE_STROKES, LINE_PROMINENCE = 3, 3.0
"""So many strokes of this mean prominence are a line of text."""

PAIR_PROMINENCE = 4.5
"""Two strokes that both stand out so far are text as well: a number, a cut-off word."""

ALONE_PROMINENCE = 6.0
"""One stroke that stands out so far was drawn, whatever it is."""


def find_text(strokes: Sequence[Stroke]) -> list[Box]:
    """Group strokes to lines of text, and keep the lines that no speckle makes; and every stroke too strong for it."""
    if not strokes:
        return []
    boxes = []
    lines = _group(strokes)
    for number in range(lines.max() + 1):
        line = [stroke for stroke, own in zip(strokes, lines, strict=True) if own == number]
        strong = [stroke for stroke in line if stroke.prominence >= PAIR_PROMINENCE]
        prominence = [stroke.prominence for stroke in line]
        if len(line) >= LINE_STROKES and float(np.mean(prominence)) >= LINE_PROMINENCE:
            boxes.append(_enclose(line))
        elif len(strong) > 1:
            boxes.append(_enclose(strong))
        else:
            boxes += [_enclose([one]) for one in strong if one.prominence >= ALONE_PROMINENCE]
    return _join(boxes)


def _join(boxes: Sequence[Box]) -> list[Box]:
    """Join the boxes of one line: a letter between them that was not seen is text as well."""
    if not boxes:
        return []
    pieces = [Stroke((box.row0, box.row1), (box.col0, box.col1), np.inf) for box in boxes]
    lines = _group(pieces)
    return [
        _surround([piece for piece, own in zip(pieces, lines, strict=True) if own == number])
        for number in range(lines.max() + 1)
    ]


def _enclose(line: Sequence[Stroke]) -> Box:
    """Draw a box around strokes, with room for the round ends of letters."""
    box = _surround(line)
    return box.grow(1, max(1, (box.row1 - box.row0) // 4))


def _surround(line: Sequence[Stroke]) -> Box:
    return Box(
        min(stroke.rows[0] for stroke in line),
        min(stroke.cols[0] for stroke in line),
        max(stroke.rows[1] for stroke in line),
        max(stroke.cols[1] for stroke in line),
        "text",
    )


def _group(strokes: Sequence[Stroke]) -> np.ndarray:
    """Number the line that every stroke stands in."""
    top, bottom = (np.array([stroke.rows[side] for stroke in strokes]) for side in (0, 1))
    left, right = (np.array([stroke.cols[side] for stroke in strokes]) for side in (0, 1))
    height = bottom - top
    lower, taller = np.minimum.outer(height, height), np.maximum.outer(height, height)
    shared = np.minimum.outer(bottom, bottom) - np.maximum.outer(top, top)
    gap = np.maximum.outer(left, left) - np.minimum.outer(right, right)
    joined = (shared >= LEAST_OVERLAP * lower) & (gap <= WIDEST_GAP * taller)
    joined &= taller <= TALLEST_RATIO * lower
    return connected_components(coo_array(joined), directed=False)[1]
