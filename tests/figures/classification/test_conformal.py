"""Bars of conformal sets stand where the table puts them."""

import pandas as pd
import pytest
from drawn import assert_nothing_overlaps, words
from matplotlib.figure import Figure

from sonolens.figures.classification.conformal import NO_SETS, draw_conformal_sets
from sonolens.tables.conformal import ConformalScores


def table(*, alphas=(0.1, 0.05), runs=("net",)) -> pd.DataFrame:
    shares = {"only_benign": 0.5, "both": 0.3, "only_malignant": 0.15, "empty": 0.05}
    rows = [
        {
            "run": run,
            "alpha": alpha,
            "taxonomy": taxonomy,
            "stratum": label,
            "measure": measure,
            "value": share if alpha == alphas[0] else 0.25,
        }
        for run in runs
        for alpha in alphas
        for taxonomy in ("marginal", "label", "birads")
        for label in ("benign", "malignant")
        for measure, share in shares.items()
    ]
    numbers = {"count": 1, "n": 20, "n_patients": 20, "n_calibrated": 20, "n_fell_back": 0}
    unknown = dict.fromkeys(
        ("ci_low", "ci_high", "chance", "chance_low", "chance_high", "p_value"), float("nan")
    )
    return ConformalScores.validate(
        pd.DataFrame(rows).assign(
            level="lesion", partition="test", confidence=0.95, **numbers, **unknown
        )
    )


def bars(figure: Figure, gid: str) -> list[tuple[float, float]]:
    found = figure.axes[0].patches
    return [(bar.get_x(), bar.get_width()) for bar in found if bar.get_gid() == gid]


def test_the_parts_of_a_bar_stand_one_after_the_other_at_the_first_alpha() -> None:
    figure = draw_conformal_sets(table())

    for part, left, width in (
        ("only_benign", 0.0, 0.5),
        ("both", 0.5, 0.3),
        ("only_malignant", 0.8, 0.15),
        ("empty", 0.95, 0.05),
    ):
        assert bars(figure, f"{part}-label-malignant") == [pytest.approx((left, width))]
    assert "Sets may miss 10%" in words(figure)
    assert_nothing_overlaps(figure)


def test_several_runs_are_averaged_and_that_is_said() -> None:
    assert "Means of 3 runs" in words(draw_conformal_sets(table(runs=("a", "b", "c"))))


def test_no_sets_are_said() -> None:
    assert NO_SETS in words(draw_conformal_sets(ConformalScores.empty()))
