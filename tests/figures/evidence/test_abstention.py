"""Errors lie over the share of decisions kept, one panel per method."""

import pandas as pd
import pytest
from drawn import assert_nothing_overlaps, copies, extent, one, words

from sonolens.figures.evidence.abstention import draw_abstention

ABSTENTION = pd.DataFrame(
    {
        "method": "cam",
        "run": "r",
        "suspended_by": ["map", "map", "certainty", "certainty", "random", "random"],
        "coverage": [1.0, 0.5, 0.5, 1.0, 0.5, 1.0],
        "risk": [0.4, 0.1, 0.2, 0.4, 0.4, 0.4],
        "ci_low": [0.3, 0.05, 0.1, 0.3, 0.2, 0.3],
        "ci_high": [0.5, 0.15, 0.3, 0.5, 0.6, 0.5],
        "n": 8,
        "partition": "test",
        "confidence": 0.9,
    }
)
KEPT = pd.DataFrame(
    {
        "method": "cam",
        "run": "r",
        "relevant": "mass, below",
        "measure": ["risk", "risk"],
        "suspended_by": ["map", "random"],
        "coverage": 0.375,
    }
)


def test_errors_lie_over_the_share_kept_for_every_way_of_suspending() -> None:
    figure = draw_abstention(ABSTENTION, KEPT)

    assert one(figure, "map-cam").get_xydata().tolist() == [[0.5, 0.1], [1.0, 0.4]]
    assert one(figure, "certainty-cam").get_xydata().tolist() == [[0.5, 0.2], [1.0, 0.4]]
    assert one(figure, "random-cam").get_xydata().tolist() == [[0.5, 0.4], [1.0, 0.4]]


def test_the_error_with_nothing_suspended_and_the_share_the_map_keeps_are_marked() -> None:
    figure = draw_abstention(ABSTENTION, KEPT)

    assert list(one(figure, "all-cam").get_ydata()) == pytest.approx([0.4, 0.4])
    assert list(one(figure, "coverage-cam").get_xdata()) == [0.375, 0.375]
    assert "mass, below" in words(figure)
    assert "n = 8" in words(figure)


def test_one_run_is_shaded_with_its_interval_and_says_so() -> None:
    figure = draw_abstention(ABSTENTION, KEPT)

    assert extent(figure, "band-map-cam", at=0.5) == [0.05, 0.15]
    assert "Shaded: 90% intervals" in words(figure)
    assert "mean over" not in words(figure)


def test_several_runs_are_one_mean_shaded_from_the_least_to_the_largest_and_say_so() -> None:
    other = ABSTENTION.assign(run="s", risk=ABSTENTION["risk"] + 0.2, n=10)

    figure = draw_abstention(pd.concat([ABSTENTION, other]), KEPT)

    assert one(figure, "map-cam").get_ydata().tolist() == pytest.approx([0.2, 0.5])
    assert extent(figure, "band-map-cam", at=0.5) == pytest.approx([0.1, 0.3])
    assert list(one(figure, "all-cam").get_ydata()) == pytest.approx([0.5, 0.5])
    assert "mean over 2 runs" in words(figure)
    assert "which is no interval" in words(figure)
    assert "n = 8 to 10" in words(figure)


@pytest.mark.parametrize(("methods", "runs"), [(1, 1), (3, 1), (15, 8)])
def test_nothing_lies_over_anything_else_or_off_the_page(methods: int, runs: int) -> None:
    many = [
        copies(table, methods=methods, runs=runs)
        for table in (
            ABSTENTION,
            KEPT,
        )
    ]

    figure = draw_abstention(*many)

    assert len(figure.axes) == methods
    assert_nothing_overlaps(figure)
