"""The figure of chosen regions shows the choice, its test, the whole logit and a null."""

import pandas as pd
from matplotlib.figure import Figure

from sonolens.figures.reliance.chosen import draw_chosen_regions

ROWS = [
    ("none", "tissue", "mass", 0.95, 0.90),
    ("none", "all", "below", 0.97, 0.80),
    ("moved", "tissue", "other", 0.60, 0.55),
    ("moved", "all", "other", 0.65, 0.45),
]
TABLE = pd.DataFrame(ROWS, columns=["null", "among", "region", "validation_auc", "auc"]).assign(
    run="net",
    ci_low=0.4,
    ci_high=0.98,
    whole_auc=0.85,
    n=30,
    n_validation=20,
    partition="test",
    confidence=0.95,
)


def drawn_at(figure: Figure, gid: str) -> tuple[float, float]:
    (mark,) = figure.findobj(lambda each: each.get_gid() == gid)
    return float(mark.get_xdata()[0]), float(mark.get_ydata()[0])


def test_every_choice_is_drawn_beside_logit_and_null() -> None:
    figure = draw_chosen_regions(TABLE)

    assert [
        drawn_at(figure, f"{name}-1") for name in ("chosen", "validation", "whole", "placebo")
    ] == [
        (0.80, 1),
        (0.97, 1),
        (0.85, 1),
        (0.45, 1),
    ]
    names = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert names == ["tissue without structure: mass", "any fill: below the mass"]


def test_without_a_null_none_is_drawn() -> None:
    figure = draw_chosen_regions(TABLE[TABLE["null"] == "none"])
    place = drawn_at(figure, "placebo-0")[0]

    assert place != place  # noqa: PLR0124 - NaN is drawn nowhere
    assert "no placebo" in str(figure.get_supxlabel())
