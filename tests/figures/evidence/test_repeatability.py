"""The repeatability figure: dots and rings where the table puts them."""

import pandas as pd
import pytest
from matplotlib.figure import Figure

from sonolens.figures.evidence.repeatability import ONCE, draw_repeatability
from sonolens.tables.evidence import Repeatability

ROWS = pd.DataFrame(
    [
        {"method": method, "measure": measure, "mean": mean, "stranger": stranger}
        for method, measure, mean, stranger in (
            ("cam", "ssim", 0.6, 0.1),
            ("cam", "rank_correlation", 0.7, 0.2),
            ("random", "ssim", 1.0, 0.0),
            ("random", "rank_correlation", 0.9, -0.1),
        )
    ]
).assign(
    configuration="tiny-full",
    varied="seed",
    pairs=1,
    n=8,
    above_stranger=0.5,
    ci_low=0.4,
    ci_high=0.6,
    n_left_out=0,
    partition="test",
    confidence=0.95,
)


def drawn(figure: Figure, gid: str) -> list[tuple[float, float]]:
    (line,) = [line for axes in figure.axes for line in axes.lines if line.get_gid() == gid]
    return [tuple(point) for point in line.get_xydata().tolist()]


def test_dots_are_the_same_scan_and_rings_strangers() -> None:
    figure = draw_repeatability(Repeatability.validate(ROWS))

    assert drawn(figure, "same-scan-ssim") == [(0.6, 0), (1.0, 1)]
    assert drawn(figure, "strangers-ssim") == [(0.1, 0), (0.0, 1)]
    assert drawn(figure, "same-scan-rank_correlation") == [(0.7, 0), (0.9, 1)]
    names = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert names == ["tiny-full, cam: other seed", "tiny-full, random: other seed"]


def test_the_first_row_stands_on_top() -> None:
    low, high = draw_repeatability(ROWS).axes[0].get_ylim()

    assert low == pytest.approx(1.5)
    assert high == pytest.approx(-0.5)


def test_networks_fitted_once_are_told_so() -> None:
    figure = draw_repeatability(Repeatability.empty())

    assert not figure.axes
    assert figure.get_supxlabel() == ONCE
