"""Runs side by side: a row per quantity, full where paired, grey where the interval holds 0."""

import pandas as pd
import pytest
from drawn import one, words
from matplotlib.figure import Figure

from sonolens.figures.experiments.run_comparison import draw_run_comparison
from sonolens.figures.style import FAINT, INK

ROWS = (
    {"quantity": "auc", "level": "scan", "test": "paired bootstrap"},
    {"quantity": "auc", "level": "scan", "test": "delong"},
    {"quantity": "hit_rate", "method": "cam", "region": "mass", "rule": "decision"},
    {"quantity": "hit_rate", "method": "cam", "region": "mass", "rule": "either"},
    {"quantity": "reliance_share", "region": "other", "rule": "tissue"},
)
MARK = {
    "auc": "difference-auc-scan",
    "hits": "difference-hit_rate-cam-mass-decision",
}


def comparison(*rows: dict, **changes: object) -> pd.DataFrame:
    usual = {
        "first": "1",
        "first_label": "wide ring",
        "first_configuration": "small-full",
        "second": "2",
        "second_label": None,
        "second_configuration": "small-full",
        "level": None,
        "method": None,
        "region": None,
        "rule": None,
        "test": "paired exchange",
        "paired": True,
        "first_n": 40,
        "second_n": 30,
        "first_value": 0.8,
        "second_value": 0.6,
        "first_chance": 0.25,
        "second_chance": 0.5,
        "difference": 0.2,
        "ci_low": 0.1,
        "ci_high": 0.3,
        "confidence": 0.95,
    }
    return pd.DataFrame([usual | row | changes for row in rows or ROWS]).astype(object)


def marks(figure: Figure) -> list[str]:
    found = figure.findobj(lambda each: str(each.get_gid() or "").startswith("difference-"))
    return [each.get_gid() for each in found]


def test_a_row_shows_the_difference_and_its_interval() -> None:
    figure = draw_run_comparison(comparison())

    assert one(figure, MARK["auc"]).get_xdata()[0] == 0.2
    interval = one(figure, MARK["auc"].replace("difference", "interval"))
    assert list(interval.get_xdata()) == [0.1, 0.3]


def test_the_second_test_and_the_other_rule_stand_in_the_table_alone() -> None:
    assert len(marks(draw_run_comparison(comparison()))) == 3


def test_runs_are_called_by_their_labels_or_ids_and_values_stand_beside_chance() -> None:
    told = words(draw_run_comparison(comparison()))

    assert "AUC: wide ring − 2 (small-full)" in told
    assert "all else, tissue without structure" in told
    assert "0.80 (0.25) | 0.60 (0.50) n 40" in told


def test_rows_apart_are_hollow_and_tell_both_numbers() -> None:
    figure = draw_run_comparison(comparison(paired=False))

    assert one(figure, MARK["hits"]).get_markerfacecolor() == "white"
    assert "n 40, 30" in words(figure)


@pytest.mark.parametrize(("low", "colour"), [(0.1, INK), (-0.1, FAINT)])
def test_an_interval_that_holds_0_is_grey(low: float, colour: str) -> None:
    figure = draw_run_comparison(comparison(ci_low=low))

    assert one(figure, MARK["hits"]).get_color() == colour


def test_rows_without_a_difference_are_left_out() -> None:
    table = comparison(*ROWS[2:3], {**ROWS[4], "difference": float("nan")})

    assert marks(draw_run_comparison(table)) == [MARK["hits"]]
