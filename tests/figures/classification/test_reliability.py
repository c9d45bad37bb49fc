"""Calibration stands before and after scaling, with intervals, counts and the diagonal."""

import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sonolens.figures.classification.reliability import draw_calibration

AFTER = pd.DataFrame(
    {
        "run": "r",
        "level": "scan",
        "partition": "test",
        "scaling": "after",
        "bin": [1, 2],
        "n": [40, 38],
        "mean_probability": [0.2, 0.7],
        "malignant_share": [0.1, 0.8],
        "ci_low": [0.05, 0.6],
        "ci_high": [0.3, 0.9],
        "confidence": 0.95,
    }
)
BEFORE = AFTER.assign(scaling="before", mean_probability=[0.05, 0.95])
CURVE = pd.concat(
    [BEFORE, AFTER, BEFORE.assign(level="lesion", n=20), AFTER.assign(level="lesion", n=20)]
)
RUNS = pd.DataFrame({"run": ["r"], "configuration": "net"})


def one(figure: Figure | Axes, gid: str):
    (artist,) = figure.findobj(lambda each: each.get_gid() == gid)
    return artist


def words(figure: Figure) -> str:
    return "\n".join(text.get_text() for text in figure.findobj(lambda a: hasattr(a, "get_text")))


def drawn(curve: pd.DataFrame = CURVE, runs: pd.DataFrame = RUNS) -> Figure:
    return draw_calibration(curve, training_runs=runs, partition="test")


def test_bins_lie_at_their_probability_and_share_before_and_after() -> None:
    figure = drawn()

    before, after = one(figure, "reliability-scan-before"), one(figure, "reliability-scan-after")
    assert before.get_xydata().tolist() == [[0.05, 0.1], [0.95, 0.8]]
    assert after.get_xydata().tolist() == [[0.2, 0.1], [0.7, 0.8]]


def test_intervals_span_their_limits() -> None:
    segments = one(drawn(), "interval-scan-after").get_segments()

    assert [segment.tolist() for segment in segments] == [
        [[0.2, 0.05], [0.2, 0.3]],
        [[0.7, 0.6], [0.7, 0.9]],
    ]


def test_the_strip_counts_the_cases_of_every_bin() -> None:
    segments = one(drawn(), "counts-scan-after").get_segments()

    assert [segment.tolist()[1] for segment in segments] == [[0.2, 40], [0.7, 38]]


def test_every_panel_has_the_diagonal_and_names_its_level_scaling_and_number() -> None:
    figure = drawn()

    diagonals = figure.findobj(lambda each: each.get_gid() == "diagonal")
    assert [line.get_xydata().tolist() for line in diagonals] == [[[0, 0], [1, 1]]] * 4
    assert "per scan, before scaling, n = 78" in words(figure)
    assert "per lesion, after scaling, n = 40" in words(figure)
    assert "Wilson's 95% intervals" in words(figure)


def test_other_partitions_stay_out_and_one_without_a_curve_is_named() -> None:
    other = CURVE.assign(partition="train", malignant_share=0.5)

    line = one(drawn(pd.concat([other, CURVE])), "reliability-scan-after")

    assert line.get_ydata().tolist() == [0.1, 0.8]
    with pytest.raises(ValueError, match="'validation' has no calibration curve"):
        draw_calibration(CURVE, training_runs=RUNS, partition="validation")


def test_a_level_or_a_scaling_that_is_absent_leaves_no_empty_panel() -> None:
    assert len(drawn(AFTER).axes) == 2
    assert len(drawn(pd.concat([BEFORE, AFTER])).axes) == 4


def test_bins_are_joined_in_their_order_whatever_the_tables() -> None:
    assert one(drawn(AFTER[::-1]), "reliability-scan-after").get_xdata().tolist() == [0.2, 0.7]


def test_many_runs_are_lines_without_intervals_named_by_configuration() -> None:
    names = [f"c{place % 3}-fold{place}" for place in range(12)]
    runs = pd.DataFrame({"run": names, "configuration": [name[:2] for name in names]})

    figure = drawn(pd.concat([CURVE.assign(run=name) for name in names]), runs)

    assert len(figure.findobj(lambda each: each.get_gid() == "reliability-scan-after")) == 12
    assert not figure.findobj(lambda each: str(each.get_gid()).startswith("interval"))
    (legend,) = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == [f"c{n} (4 runs)" for n in range(3)]


@pytest.mark.parametrize("several", [False, True])
def test_nothing_lies_over_anything_else_or_off_the_page(several: bool) -> None:
    names = ["r", "s"] if several else ["r"]
    runs = pd.DataFrame({"run": names, "configuration": names})
    figure = drawn(pd.concat([CURVE.assign(run=name) for name in names]), runs)
    figure.draw_without_rendering()

    boxes = [axes.get_tightbbox() for axes in figure.axes]
    boxes += [legend.get_window_extent() for legend in figure.legends]
    page = figure.bbox
    for place, box in enumerate(boxes):
        assert page.x0 <= box.x0 < box.x1 <= page.x1
        assert page.y0 <= box.y0 < box.y1 <= page.y1
        assert not any(box.overlaps(other) for other in boxes[place + 1 :])
