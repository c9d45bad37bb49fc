"""Likeness falls as weights are drawn anew, one panel per method."""

import numpy as np
import pandas as pd
import pytest
from drawn import assert_nothing_overlaps, copies, extent, one, words

from sonolens.figures.evidence.sanity import draw_sanity

SANITY = pd.DataFrame(
    {
        "method": "cam",
        "run": "r",
        "depth": [2, 1, 0] * 3,
        "measure": ["rank_correlation"] * 3 + ["ssim"] * 3 + ["absolute_rank_correlation"] * 3,
        "n": 12,
        "mean": [0.1, 0.5, 1.0, -0.2, 0.4, 1.0, 0.2, 0.6, 1.0],
        "ci_low": [0.0, 0.4, np.nan] * 3,
        "ci_high": [0.2, 0.6, np.nan] * 3,
        "partition": "test",
        "confidence": 0.95,
    }
)


def test_likeness_falls_from_the_trained_network_at_the_left() -> None:
    figure = draw_sanity(SANITY)

    line = one(figure, "rank_correlation-2-cam")
    assert line.get_xydata().tolist() == [[0, 1.0], [1, 0.5], [2, 0.1]]
    assert one(figure, "ssim-2-cam").get_ydata().tolist() == [1.0, 0.4, -0.2]
    assert extent(figure, "band-rank_correlation-2-cam", at=1) == [0.4, 0.6]
    assert "n = 12" in words(figure)


def test_networks_of_more_parts_are_not_averaged_with_those_of_fewer() -> None:
    deeper = SANITY.assign(run="s", depth=2 * SANITY["depth"], mean=SANITY["mean"] / 2)

    figure = draw_sanity(pd.concat([SANITY, deeper]))

    assert one(figure, "ssim-2-cam").get_ydata().tolist() == [1.0, 0.4, -0.2]
    assert one(figure, "ssim-4-cam").get_xdata().tolist() == [0, 2, 4]
    assert "same number of parts" in words(figure)
    assert "same number of parts" not in words(draw_sanity(SANITY))


def test_methods_do_not_mix() -> None:
    other = SANITY.assign(method="random", mean=0.9)

    figure = draw_sanity(pd.concat([SANITY, other]))

    assert one(figure, "ssim-2-cam").get_ydata().tolist() == [1.0, 0.4, -0.2]
    assert one(figure, "ssim-2-random").get_ydata().tolist() == [0.9] * 3


@pytest.mark.parametrize(("methods", "runs"), [(1, 1), (3, 1), (15, 8)])
def test_nothing_lies_over_anything_else_or_off_the_page(methods: int, runs: int) -> None:
    many = [copies(table, methods=methods, runs=runs) for table in (SANITY,)]

    figure = draw_sanity(*many)

    assert len(figure.axes) == methods
    assert_nothing_overlaps(figure)
