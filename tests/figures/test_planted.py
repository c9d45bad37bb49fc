"""The heat table of planted evidence shows each rate beside its own chance."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from sonolens.figures.planted import draw_planted_evidence

ROWS = [
    ("local", "cam", "foci_mass", 1.0, 0.06, 0.99, 0.9),
    ("local", "cam", "foci_below", 0.9, 0.1, 0.95, 0.8),
    ("local", "random", "foci_mass", 0.05, 0.06, 0.99, 0.9),
    ("resnet18", "cam", "foci_mass", np.nan, np.nan, 0.5, 0.4),
    ("resnet18", "cam", "foci_below", 0.7, 0.1, 0.6, 0.45),
]
TABLE = pd.DataFrame(
    ROWS, columns=["network", "method", "cue", "rate", "chance", "auc", "auc_ci_low"]
).assign(region="planted", seed=0, p_value=0.01, auc_ci_high=1.0, n=20)
TABLE = TABLE.assign(ci_low=TABLE["rate"] - 0.05, ci_high=TABLE["rate"])


def text(figure: Figure, gid: str) -> str:
    (found,) = figure.findobj(lambda each: each.get_gid() == gid)
    return str(found.get_text())


def test_a_cell_shows_the_rate_with_its_interval_its_chance_and_its_number() -> None:
    figure = draw_planted_evidence(TABLE)

    assert text(figure, "rate-0-1") == "90% [85, 90]"
    assert text(figure, "chance-0-1") == "chance 10%, n 20"
    assert text(figure, "rate-1-0") == "5% [0, 5]"


def test_a_network_that_did_not_learn_the_cue_is_drawn_without_colour() -> None:
    figure = draw_planted_evidence(TABLE)

    (image,) = figure.axes[0].images
    assert np.ma.getmaskarray(image.get_array()).tolist() == [
        [False, False],
        [False, True],
        [True, True],
    ]
    assert text(figure, "rate-2-1") == "70% [65, 70]"


def test_every_network_has_a_line_of_its_test_auc() -> None:
    words = [each.get_text() for each in draw_planted_evidence(TABLE).texts]

    assert {"test AUC, local", "test AUC, resnet18"} <= set(words)
    assert {"0.99 [0.90, 1.00]", "0.60 [0.45, 1.00]"} <= set(words)


def test_nothing_is_written_where_nothing_counted() -> None:
    figure = draw_planted_evidence(TABLE)

    assert not figure.findobj(lambda each: each.get_gid() == "rate-2-0")


def test_other_regions_do_not_matter() -> None:
    other = TABLE.assign(region="mass", rate=0.5)

    figure = draw_planted_evidence(pd.concat([TABLE, other]))

    assert text(figure, "rate-0-0") == "100% [95, 100]"


def test_rows_and_columns_are_named() -> None:
    (axes,) = draw_planted_evidence(TABLE).axes

    assert [label.get_text() for label in axes.get_yticklabels()] == [
        "local, cam",
        "local, random",
        "resnet18, cam",
    ]
    assert axes.get_xticklabels()[1].get_text().startswith("foci\nbelow")
