"""The figure of the resolution curve: a panel per method, in which what was not learnt is hollow and no finding."""

import pandas as pd

from sonolens.figures.resolution import draw_resolution
from sonolens.figures.style import PAGE


def curve() -> pd.DataFrame:
    rows = [
        {
            "method": method,
            "network": "resnet18",
            "output_stride": stride,
            "share": share,
            "diameter_per_cell": diameter_mm / (5.0 * stride / 32),
            "rate": 0.6,
            "ci_low": 0.4,
            "ci_high": 0.8,
            "chance": 0.1,
            "ceiling": 0.9,
            "auc_ci_low": 0.4 if diameter_mm < 2 else 0.7,
        }
        for method in ("cam", "random")
        for stride in (32, 8)
        for share, diameter_mm in ((0.0, 4.0), (1.0, 1.0), (1.0, 4.0), (1.0, 16.0))
    ]
    return pd.DataFrame(rows)


def test_a_panel_has_a_line_per_stride_its_chance_and_its_ceiling() -> None:
    figure = draw_resolution(curve())
    cam, random = figure.axes

    assert [cam.get_title(loc="left"), random.get_title(loc="left")] == ["cam", "random"]
    styles = [line.get_linestyle() for line in cam.lines]
    assert [styles.count(style) for style in ("-", "--", ":")] == [2, 2, 2]
    dotted = [line for line in cam.lines if line.get_linestyle() == ":"]
    # A disc of 16 mm is 3.2 cells wide where they are 5 mm, and 12.8 where they are 1.25.
    assert [round(float(line.get_xdata()[-1]), 1) for line in dotted] == [3.2, 12.8]


def test_discs_that_were_not_learnt_are_hollow() -> None:
    axes, _ = draw_resolution(curve()).axes
    hollow, filled = (
        [
            len(line.get_xdata())
            for line in axes.lines
            if line.get_marker() == "o" and (line.get_markerfacecolor() == PAGE) == is_hollow
        ]
        for is_hollow in (True, False)
    )

    assert (hollow, filled) == ([1, 1], [2, 2])


def test_without_a_disc_nothing_is_drawn() -> None:
    assert draw_resolution(curve().head(0)).axes == []
