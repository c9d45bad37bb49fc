"""How well labels are told without a region, by it alone and by its value: by hand."""

import numpy as np
import pandas as pd
import pytest
from relied import decided, relied

from sonolens.evaluation.reliance.aucs import score_reliance_aucs
from sonolens.evaluation.statistics import Bootstrap
from sonolens.tables.reliance import RelianceAucs

BOOTSTRAP = Bootstrap(resamples=100, confidence=0.95, seed=0)
NAN = float("nan")
MALIGNANT = [True, True, False, False]
# The mass tells three of four pairs, what is below it none, all else nothing. The logit is 2, 1, -1, 1.5.
VALUES = [[3.0, -1.0, 0.0], [2.0, -1.0, 0.0], [-1.0, 0.0, 0.0], [2.5, -1.0, 0.0]]
REGIONS = ("mass", "below", "other")


def score(reliance: pd.DataFrame, malignant: list[bool] = MALIGNANT) -> pd.DataFrame:
    logits = reliance.drop_duplicates("scan_id")["logit"]
    table = score_reliance_aucs(
        reliance, decided(malignant, logits), partition="test", bootstrap=BOOTSTRAP
    )
    return RelianceAucs.validate(table).set_index(["view", "region"])


def test_the_whole_scan_is_read_by_its_logit() -> None:
    table = score(relied({("none", "mean"): VALUES}, regions=REGIONS))

    # Of four pairs 1 and 1.5 stand in the wrong order.
    assert table.loc[("whole", "all"), "auc"] == 3 / 4


def test_a_value_stands_for_itself_a_lost_one_is_taken_from_the_logit_and_a_kept_one_added() -> (
    None
):
    reliance = relied({("none", "mean"): VALUES}, regions=REGIONS, empty=5.0)
    # As if: without the mass only it counts against benign; alone it tells all.
    of_mass = reliance["region"] == "mass"
    reliance.loc[of_mass, "necessity"] = [9.0, 9.0, 0.0, 0.0]
    reliance.loc[of_mass, "sufficiency"] = [1.0, 2.0, 0.0, 0.5]

    table = score(reliance)

    assert table.loc[("value", "mass"), "auc"] == 3 / 4
    # -2, -3 beside 4 and 6.5.
    assert table.loc[("without", "mass"), "auc"] == 0
    # 6, 7 beside 5 and 5.5.
    assert table.loc[("alone", "mass"), "auc"] == 1
    assert table.loc[("value", "below"), "auc"] == 1 / 4
    assert table.loc[("value", "other"), "auc"] == 1 / 2


def test_it_is_paired_with_the_whole_logit_on_the_same_scans() -> None:
    values = [*VALUES[:3], [2.5, NAN, 0.0]]
    table = score(relied({("none", "mean"): values}, regions=REGIONS))

    below = table.loc[("value", "below")]
    assert below["n"] == 3
    # On three scans the whole logit tells all pairs, the value none.
    assert below["auc"] == 0
    assert below["difference"] == -1
    assert below["n_malignant"] == 2


def test_the_placebo_is_read_on_scans_that_have_one() -> None:
    moved = [[0.0, 0, 0], [1.0, 0, 0], [0.5, 0, 0], [NAN, NAN, NAN]]
    reliance = relied({("none", "mean"): VALUES, ("moved", "mean"): moved}, regions=REGIONS)

    mass = score(reliance).loc[("value", "mass")]

    assert mass["n"] == 4
    assert mass["n_placebo"] == 3
    assert mass["placebo"] == 1 / 2
    assert mass["above_placebo"] == 1 - 1 / 2
    assert mass["null"] == "moved"


def test_without_placebo_nothing_stands_beside() -> None:
    table = score(relied({("none", "mean"): VALUES}, regions=REGIONS))

    assert (table["null"] == "none").all()
    assert (table["n_placebo"] == 0).all()
    assert table["above_placebo"].isna().all()


def test_of_one_label_there_is_no_auc() -> None:
    table = score(relied({("none", "mean"): VALUES}, regions=REGIONS), [True] * 4)

    assert table[["auc", "ci_low", "difference", "p_value"]].isna().all(axis=None)
    assert (table["n"] == 4).all()


def test_a_constant_network_tells_nothing() -> None:
    table = score(relied({("none", "mean"): np.zeros((4, 3))}, regions=REGIONS))

    assert (table["auc"] == 1 / 2).all()


def test_p_values_are_adjusted_over_the_regions_of_a_view() -> None:
    values = np.random.default_rng(1).normal(size=(24, 3)) + np.eye(24, 3)
    malignant = [bool(place % 2) for place in range(24)]
    table = score(relied({("none", "mean"): values}, regions=REGIONS), malignant)

    for view in ("without", "alone", "value"):
        of_view = table.loc[view]
        least = of_view["p_value"].idxmin()
        assert of_view.loc[least, "p_adjusted"] == pytest.approx(
            min(1, 3 * of_view.loc[least, "p_value"])
        )
    assert np.isnan(table.loc[("whole", "all"), "p_adjusted"])
