"""Outlines of masks that run along pixel edges, so no drawn line cuts a pixel in two."""

import numpy as np
from jaxtyping import Bool, Float

_HEADINGS = ((0, 1), (1, 0), (0, -1), (-1, 0))
"""Steps (down, right) along a pixel's edges: rightward, downward, leftward, upward."""


def outline_loops(mask: Bool[np.ndarray, "rows cols"]) -> list[Float[np.ndarray, "vertices 2"]]:
    """Trace the border of `mask` as closed loops of (x, y) corners.

    Pixel centres are whole numbers, so every coordinate ends in .5. A loop runs clockwise on the
    screen around an area and anticlockwise around a hole; its last corner repeats the first.
    Pixels that touch only at a corner get loops of their own. An empty mask has no loop.

    Examples:
        >>> outline_loops(np.array([[True]]))[0].tolist()
        [[-0.5, -0.5], [0.5, -0.5], [0.5, 0.5], [-0.5, 0.5], [-0.5, -0.5]]
    """
    edges = _directed_edges(mask)
    loops = []
    while edges:
        corner, headings = next(iter(edges.items()))
        loops.append(np.array(_walk(edges, corner, min(headings)), dtype=float) - 0.5)
    return loops


def _directed_edges(mask: Bool[np.ndarray, "rows cols"]) -> dict[tuple[int, int], set[int]]:
    """Corner (row, col) -> headings of the border edges that start there, mask on their right."""
    padded = np.pad(mask, 1)
    inside = padded[1:-1, 1:-1]
    # Per heading: the neighbour beyond that edge, and where the edge starts on the pixel.
    sides = (
        (padded[:-2, 1:-1], (0, 0)),
        (padded[1:-1, 2:], (0, 1)),
        (padded[2:, 1:-1], (1, 1)),
        (padded[1:-1, :-2], (1, 0)),
    )
    edges: dict[tuple[int, int], set[int]] = {}
    for heading, (beyond, (down, right)) in enumerate(sides):
        for row, col in np.argwhere(inside & ~beyond).tolist():
            edges.setdefault((row + down, col + right), set()).add(heading)
    return edges


def _walk(
    edges: dict[tuple[int, int], set[int]], start: tuple[int, int], heading: int
) -> list[tuple[int, int]]:
    """Follow one loop from `start`, taking its edges out of `edges`; return its (x, y) corners."""
    (row, col), corners, last_heading = start, [], -1
    while heading in edges.get((row, col), ()):
        edges[row, col].discard(heading)
        if not edges[row, col]:
            del edges[row, col]
        if heading != last_heading:
            corners.append((col, row))
        last_heading = heading
        row, col = row + _HEADINGS[heading][0], col + _HEADINGS[heading][1]
        # The right turn first: at a corner shared by two pixels the loop stays with its own.
        turns = ((heading + 1) % 4, heading, (heading + 3) % 4)
        heading = next((turn for turn in turns if turn in edges.get((row, col), ())), heading)
    return [*corners, (start[1], start[0])]
