"""ROC curves show the numbers of their tables, with chance beside them."""

import pandas as pd
import pytest
from matplotlib.figure import Figure

from sonolens.figures.classification.curves import draw_roc

ROC = pd.DataFrame(
    {
        "run": "r",
        "level": ["scan"] * 3,
        "partition": "test",
        "threshold": [float("inf"), 0.5, 0.1],
        "false_positive_rate": [0.0, 0.2, 1.0],
        "true_positive_rate": [0.0, 0.7, 1.0],
    }
)
METRICS = pd.DataFrame(
    {
        "run": "r",
        "level": "scan",
        "partition": "test",
        "stratum": "all",
        "rule": ["none", "closest_to_corner", "closest_to_corner", "closest_to_corner"],
        "metric": ["auc", "accuracy", "sensitivity", "specificity"],
        "value": [0.75, 0.74, 0.7, 0.8],
        "ci_low": [0.61, 0.6, 0.5, 0.6],
        "ci_high": [0.87, 0.9, 0.9, 0.9],
        "n": [50, 50, 20, 30],
    }
)
OTHERS = pd.concat(
    [
        METRICS.assign(stratum="birads=5", value=0.11),
        METRICS[METRICS["rule"] != "none"].assign(rule="youden", value=0.12),
        METRICS[METRICS["metric"] == "auc"].assign(metric="auc_delong", ci_low=0.13),
    ]
)
"""Scores that a figure must not take for those of all cases at the paper's rule."""


def one(figure: Figure, gid: str) -> object:
    (artist,) = figure.findobj(lambda each: each.get_gid() == gid)
    return artist


def words(figure: Figure) -> str:
    return "\n".join(text.get_text() for text in figure.findobj(lambda a: hasattr(a, "get_text")))


def runs(*names: str, configuration: object = "net") -> pd.DataFrame:
    return pd.DataFrame({"run": list(names), "configuration": configuration})


def drawn(*names: str, configuration: object = "net") -> Figure:
    """The curves of several runs: both levels, AUCs 0.75, 0.76 and so on."""
    levels = ("scan", "lesion")
    roc = [ROC.assign(run=name, level=level) for name in names for level in levels]
    metrics = [
        METRICS.assign(run=name, level=level, value=METRICS["value"] + place / 100)
        for place, name in enumerate(names)
        for level in levels
    ]
    known = runs(*names, configuration=configuration)
    return draw_roc(pd.concat(roc), pd.concat(metrics), training_runs=known, partition="test")


@pytest.fixture
def figure() -> Figure:
    return draw_roc(ROC, METRICS, training_runs=runs("r"), partition="test")


def test_the_operating_point_lies_at_its_specificity_and_sensitivity(figure: Figure) -> None:
    assert one(figure, "operating-point-scan").get_xydata()[0] == pytest.approx([0.2, 0.7])


def test_the_roc_names_auc_interval_number_and_chance(figure: Figure) -> None:
    assert "per scan: AUC 0.75 [0.61, 0.87], n = 50" in words(figure)
    assert "chance: AUC 0.50" in words(figure)


def test_strata_other_rules_and_delongs_interval_stay_out() -> None:
    for metrics in (pd.concat([OTHERS, METRICS]), pd.concat([METRICS, OTHERS])):
        figure = draw_roc(ROC, metrics, training_runs=runs("r"), partition="test")

        point = one(figure, "operating-point-scan").get_xydata()[0]
        assert point == pytest.approx([0.2, 0.7])
        assert "AUC 0.75 [0.61, 0.87]" in words(figure)


def test_a_partition_without_a_curve_is_named() -> None:
    with pytest.raises(ValueError, match="'validation' has no ROC curve"):
        draw_roc(ROC, METRICS, training_runs=runs("r"), partition="validation")


def test_the_legend_of_the_roc_covers_no_curve(figure: Figure) -> None:
    (axes,) = figure.axes

    assert axes.get_legend().get_window_extent().y1 < axes.get_window_extent().y0


def test_two_runs_of_two_configurations_are_told_apart_by_name_and_ink() -> None:
    figure = drawn("r", "s", configuration=["net", "other"])

    scan, lesion = figure.axes
    assert [text.get_text() for text in scan.get_legend().get_texts()] == [
        "chance: AUC 0.50",
        "net: AUC 0.75 [0.61, 0.87], n = 50",
        "other: AUC 0.76 [0.61, 0.87], n = 50",
    ]
    first, second = figure.findobj(lambda each: each.get_gid() == "roc-scan")
    assert first.get_color() != second.get_color()
    assert (scan.get_title(loc="left"), lesion.get_title(loc="left")) == ("per scan", "per lesion")


def test_runs_of_a_configuration_share_one_entry_with_the_span_of_their_aucs() -> None:
    figure = drawn("a", "b", "c")

    entries = [text.get_text() for text in figure.axes[0].get_legend().get_texts()]
    assert entries == ["chance: AUC 0.50", "net: AUC 0.75 to 0.77, 3 runs"]
    assert len(figure.findobj(lambda each: each.get_gid() == "roc-scan")) == 3
    assert not figure.findobj(lambda each: "operating" in str(each.get_gid()))


def test_many_runs_stay_on_a_page_and_their_legends_apart() -> None:
    names = [f"net{place % 10}-fold{place // 10}" for place in range(20)]
    figure = drawn(*names, configuration=[f"resnet50-last_block-paper-{n[:4]}" for n in names])
    figure.draw_without_rendering()

    boxes = [axes.get_legend().get_window_extent() for axes in figure.axes]
    assert not boxes[0].overlaps(boxes[1])
    assert all(figure.bbox.y0 <= box.y0 and box.x1 <= figure.bbox.x1 for box in boxes)
    assert all(b.y1 < a.get_window_extent().y0 for a, b in zip(figure.axes, boxes, strict=True))
