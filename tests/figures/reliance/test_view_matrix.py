"""The heat table of train x test shows every AUC, and what it lacks to the whole."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from sonolens.figures.planted import FAINT
from sonolens.figures.reliance.view_matrix import draw_view_matrix
from sonolens.tables.views import ViewMatrix

ROWS = [
    ("whole", "whole", 0.9, 0.8, 0.95, np.nan),
    ("whole", "without_mass", 0.6, 0.45, 0.7, -0.3),
    ("without_mass", "whole", 0.7, 0.6, 0.8, -0.2),
    ("without_mass", "without_mass", 0.75, 0.6, 0.85, -0.15),
]
TABLE = pd.DataFrame(
    ROWS, columns=["trained_on", "asked_of", "auc", "ci_low", "ci_high", "difference"]
).assign(run="tiny-full-seed0-fold0", configuration="tiny-full", fill="tissue", n=20, n_malignant=9)
TABLE = TABLE.assign(
    n_lacking=0,
    chance=0.5,
    difference_low=TABLE["difference"] - 0.1,
    difference_high=TABLE["difference"] + 0.1,
    p_value=0.5,
    p_delong=0.5,
    p_adjusted=0.5,
    partition="test",
    confidence=0.95,
)


def found(figure: Figure, gid: str) -> list:
    return figure.findobj(lambda each: each.get_gid() == gid)


def text(figure: Figure, gid: str) -> str:
    (one,) = found(figure, gid)
    return str(one.get_text())


def test_a_cell_shows_the_area_and_what_it_lacks_to_the_whole() -> None:
    figure = draw_view_matrix(ViewMatrix.validate(TABLE))

    assert text(figure, "auc-0-0") == "0.90 [0.80, 0.95]"
    assert text(figure, "auc-1-0") == "0.70 [0.60, 0.80]"
    assert text(figure, "difference-1-0") == "−0.20 [−0.30, −0.10]"
    assert not found(figure, "difference-0-0")


def test_what_may_be_chance_has_no_colour() -> None:
    figure = draw_view_matrix(TABLE)

    (image,) = figure.axes[0].images
    assert image.get_array().mask.tolist() == [[False, True], [False, False]]
    (cell,) = found(figure, "auc-0-1")
    assert cell.get_color() == FAINT


def test_rows_and_columns_are_told_in_words() -> None:
    (axes,) = draw_view_matrix(TABLE).axes

    rows = ["tiny-full, fitted to whole", "tiny-full, fitted to without mass"]
    assert [each.get_text() for each in axes.get_yticklabels()] == rows
    assert [each.get_text() for each in axes.get_xticklabels()] == ["whole", "without mass"]


def test_the_runs_of_a_configuration_are_averaged_and_configurations_stand_apart() -> None:
    again = TABLE.assign(run="tiny-full-seed1-fold0", auc=TABLE["auc"] - 0.1)
    other = TABLE.assign(run="local-full-seed0-fold0", configuration="local-full")

    figure = draw_view_matrix(pd.concat([TABLE, again, other]))

    assert text(figure, "auc-0-0") == "0.85 [0.80, 0.95]"
    assert text(figure, "auc-2-0") == "0.90 [0.80, 0.95]"
    assert len(figure.axes[0].lines) == 1


def test_a_cell_without_an_area_stays_empty() -> None:
    lacking = TABLE.assign(auc=np.nan, ci_low=np.nan, ci_high=np.nan, chance=np.nan)

    assert not found(draw_view_matrix(lacking), "auc-0-0")
