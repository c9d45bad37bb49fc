"""Curves show the numbers of their tables, with chance beside them."""

import pandas as pd
import pytest
from matplotlib.figure import Figure

from sonolens.figures import draw_pointing_game, draw_roc, draw_training

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
        "metric": ["auc", "accuracy", "sensitivity", "specificity"],
        "value": [0.75, 0.74, 0.7, 0.8],
        "ci_low": [0.61, 0.6, 0.5, 0.6],
        "ci_high": [0.87, 0.9, 0.9, 0.9],
        "n": [50, 50, 20, 30],
    }
)
GAME = pd.DataFrame(
    {
        "method": "cam",
        "run": "r",
        "region": ["mass", "peritumoral", "below", "any"],
        "rule": "either",
        "subset": "correct",
        "label": "both",
        "n": [40, 40, 38, 40],
        "rate": [0.3, 0.4, 0.2, 0.7],
        "ci_low": [0.2, 0.3, 0.1, 0.6],
        "ci_high": [0.4, 0.5, 0.3, 0.8],
        "chance": [0.1, 0.3, 0.25, 0.55],
        "ring": "0-5 mm",
    }
)


def one(figure: Figure, gid: str) -> object:
    (artist,) = figure.findobj(lambda each: each.get_gid() == gid)
    return artist


def words(figure: Figure) -> str:
    return "\n".join(text.get_text() for text in figure.findobj(lambda a: hasattr(a, "get_text")))


def test_the_operating_point_lies_at_its_specificity_and_sensitivity() -> None:
    point = one(draw_roc(ROC, METRICS, partition="test"), "operating-point-scan")

    assert point.get_xydata()[0] == pytest.approx([0.2, 0.7])


def test_the_roc_names_auc_interval_number_and_chance() -> None:
    text = words(draw_roc(ROC, METRICS, partition="test"))

    assert "per scan: AUC 0.75 [0.61, 0.87], n = 50" in text
    assert "chance: AUC 0.50" in text


def test_a_partition_without_a_curve_is_named() -> None:
    with pytest.raises(ValueError, match="'validation' has no ROC curve"):
        draw_roc(ROC, METRICS, partition="validation")


def test_the_kept_epoch_is_marked() -> None:
    history = pd.DataFrame(
        {
            "run": "r",
            "epoch": [1, 2, 3],
            "train_loss": [0.7, 0.5, 0.4],
            "validation_loss": [0.8, 0.6, 0.9],
            "best": [False, True, False],
        }
    )

    assert one(draw_training(history), "kept").get_xydata().tolist() == [[2.0, 0.6]]


def test_every_region_shows_its_rate_its_chance_and_its_number() -> None:
    figure = draw_pointing_game(GAME)

    assert one(figure, "rate-mass").get_xdata()[0] == 0.3
    assert one(figure, "chance-mass").get_width() == 0.1
    assert "below the mass\nn = 38" in words(figure)
    assert "0-5 mm" in words(figure)


def test_other_subsets_and_rules_are_left_out() -> None:
    other = GAME.assign(subset="wrong", rate=0.99)

    figure = draw_pointing_game(pd.concat([other, GAME, GAME.assign(rule="max", rate=0.98)]))

    assert one(figure, "rate-mass").get_xdata()[0] == 0.3


def test_the_legend_of_the_roc_covers_no_curve() -> None:
    figure = draw_roc(ROC, METRICS, partition="test")
    (axes,) = figure.axes

    assert axes.get_legend().get_window_extent().y1 < axes.get_window_extent().y0


def test_curves_of_two_runs_are_told_apart() -> None:
    both = [pd.concat([table, table.assign(run="s")]) for table in (ROC, METRICS)]

    text = words(draw_roc(*both, partition="test"))

    assert "r, per scan: AUC" in text
    assert "s, per scan: AUC" in text


@pytest.mark.parametrize("losses", [(0.66, 0.70), (0.004, 2.1), (0.5, 4.0)])
def test_the_loss_axis_stays_on_the_page(losses) -> None:
    history = pd.DataFrame(
        {
            "run": "r",
            "epoch": [1, 2],
            "train_loss": losses,
            "validation_loss": losses,
            "best": [True, False],
        }
    )
    figure = draw_training(history)
    figure.draw_without_rendering()
    (axes,) = figure.axes

    labels = [text.get_text() for text in axes.get_yticklabels(which="both") if text.get_text()]
    assert axes.yaxis.label.get_window_extent().x0 >= 0
    assert len(set(labels)) == len(labels) > 1
