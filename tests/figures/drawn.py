"""What tests of figures ask of a drawn one."""

import itertools

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure


def one(figure: Figure | Axes, gid: str) -> Artist:
    """The artist of that name."""
    (artist,) = figure.findobj(lambda each: each.get_gid() == gid)
    return artist


def words(figure: Figure) -> str:
    """All that is written on a figure, in one line."""
    texts = figure.findobj(lambda each: hasattr(each, "get_text"))
    return " ".join(" ".join(text.get_text() for text in texts).split())


def copies(table: pd.DataFrame, *, methods: int, runs: int) -> pd.DataFrame:
    """The table of one method and run, for several of both."""
    return pd.concat(
        table.assign(method=f"method_number_{method}", run=f"run{run}")
        for method in range(methods)
        for run in range(runs)
    )


def extent(figure: Figure, gid: str, *, at: float) -> list[float]:
    """The lower and upper edge of a shade at one place."""
    corners = np.concatenate([path.vertices for path in one(figure, gid).get_paths()])
    heights = corners[np.isclose(corners[:, 0], at), 1]
    return [heights.min(), heights.max()]


def words_beyond_the_page(figure: Figure) -> list[str]:
    """What is written on a figure, and cut off at an edge of its page by more than a pixel.

    Words stand on the page and not in a panel, so that nothing has to be drawn to know where they end.
    """
    page = figure.bbox.padded(1)
    boxes = {text: text.get_window_extent() for text in figure.texts if text.get_text().strip()}
    return [
        text.get_text()
        for text, box in boxes.items()
        if not (page.x0 <= box.x0 and box.x1 <= page.x1 and page.y0 <= box.y0 and box.y1 <= page.y1)
    ]


def assert_nothing_overlaps(figure: Figure) -> None:
    """Panels, legends and words lie beside each other and on the page."""
    figure.draw_without_rendering()
    boxes = [axes.get_tightbbox() for axes in figure.axes]
    boxes += [legend.get_window_extent() for legend in figure.legends]
    boxes += [text.get_window_extent() for text in figure.texts]
    page = figure.bbox
    assert all(
        page.x0 <= box.x0 < box.x1 <= page.x1 and page.y0 <= box.y0 < box.y1 <= page.y1
        for box in boxes
    )
    assert not any(one.overlaps(other) for one, other in itertools.combinations(boxes, 2))
