"""The heat table of planted evidence shows each rate beside its own chance."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from sonolens.figures import draw_planted_evidence

ROWS = [
    ("local", "cam", "foci_mass", 1.0, 0.06, 0.99),
    ("local", "cam", "foci_below", 0.9, 0.1, 0.95),
    ("local", "random", "foci_mass", 0.05, 0.06, 0.99),
    ("resnet18", "cam", "foci_mass", np.nan, np.nan, 0.5),
]
TABLE = pd.DataFrame(ROWS, columns=["network", "method", "cue", "rate", "chance", "auc"]).assign(
    region="planted"
)


def text(figure: Figure, gid: str) -> str:
    (found,) = figure.findobj(lambda each: each.get_gid() == gid)
    return str(found.get_text())


def test_a_cell_shows_the_rate_beside_its_chance() -> None:
    figure = draw_planted_evidence(TABLE)

    assert (text(figure, "rate-0-1"), text(figure, "chance-0-1")) == ("90%", "10%")
    assert (text(figure, "rate-1-0"), text(figure, "chance-1-0")) == ("5%", "6%")


def test_nothing_is_written_where_nothing_counted() -> None:
    figure = draw_planted_evidence(TABLE)

    assert not figure.findobj(lambda each: each.get_gid() == "rate-2-0")


def test_other_regions_do_not_matter() -> None:
    other = TABLE.assign(region="mass", rate=0.5)

    figure = draw_planted_evidence(pd.concat([TABLE, other]))

    assert text(figure, "rate-0-0") == "100%"


def test_rows_and_columns_are_named() -> None:
    (axes,) = draw_planted_evidence(TABLE).axes

    assert [label.get_text() for label in axes.get_yticklabels()] == [
        "local, cam",
        "local, random",
        "resnet18, cam",
    ]
    assert axes.get_xticklabels()[1].get_text().startswith("foci\nbelow")
