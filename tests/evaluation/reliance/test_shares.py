"""From logits of coalitions to shares: every scan by its own regions, and nothing lost."""

import numpy as np
import pandas as pd
import pytest
from relied import decided

from sonolens.evaluation.reliance.asking import name_coalitions
from sonolens.evaluation.reliance.shares import share_out_logits, summarise_interactions
from sonolens.evaluation.statistics import Bootstrap
from sonolens.tables.reliance import CoalitionLogits, RegionInteractions, RegionReliance

BOOTSTRAP = Bootstrap(resamples=100, confidence=0.95, seed=0)


def answered(logits: list[float], *names: str, **key: str) -> pd.DataFrame:
    """The logits of all coalitions of some regions, in their order."""
    usual = {"run": "net", "scan_id": "s0000", "null": "none", "fill": "mean"}
    table = pd.DataFrame({"shown": name_coalitions(names), "logit": logits})
    return table.assign(players="+".join(names), draws=1, **(usual | key))


TWO = answered([0.0, 2.0, 0.0, 6.0], "mass", "other")
THREE = answered([1.0, 2, 4, 9, 1, 3, 8, 21], "mass", "below", "other", scan_id="s0001")


def share(*tables: pd.DataFrame) -> pd.DataFrame:
    table = CoalitionLogits.validate(pd.concat(tables, ignore_index=True))
    return RegionReliance.validate(share_out_logits(table))


def test_scans_with_other_regions_are_shared_out_each_by_its_own() -> None:
    shared = share(TWO, THREE).set_index(["scan_id", "region"])

    assert shared.loc["s0000", "value"].to_dict() == {"mass": 4.0, "other": 2.0}
    assert shared.loc["s0000", "necessity"].to_dict() == {"mass": 6.0, "other": 4.0}
    assert shared.loc["s0000", "sufficiency"].to_dict() == {"mass": 2.0, "other": 0.0}
    assert shared.loc["s0001", "necessity"].to_dict() == {"mass": 13, "below": 18, "other": 12}
    assert (shared.loc["s0001", ["logit", "empty_logit"]] == [21.0, 1.0]).all(axis=None)


def test_the_order_of_rows_does_not_matter() -> None:
    mixed = pd.concat([TWO, THREE]).sample(frac=1.0, random_state=3)
    columns = ["scan_id", "region"]

    pd.testing.assert_frame_equal(
        share(mixed).sort_values(columns, ignore_index=True),
        share(TWO, THREE).sort_values(columns, ignore_index=True),
    )


def test_a_scan_without_the_logit_of_a_coalition_is_named() -> None:
    with pytest.raises(ValueError, match=r"scan 's0001' lacks the logit of a coalition"):
        share(TWO, THREE.drop(index=3))


def test_values_that_do_not_add_up_are_refused() -> None:
    shared = share(TWO)

    with pytest.raises(Exception, match="add up to its logit"):
        RegionReliance.validate(shared.assign(value=shared["value"] * 1.001))


def test_no_answers_are_an_empty_table() -> None:
    assert share_out_logits(TWO[:0]).empty


def test_interactions_are_averaged_over_scans_by_label() -> None:
    again = answered([0.0, 1.0, 1.0, 0.0], "mass", "other", scan_id="s0001")
    placebo = answered([0.0, 0.0, 0.0, 90.0], "mass", "other", null="moved")
    table = summarise_interactions(
        CoalitionLogits.validate(pd.concat([TWO, again, placebo])),
        decided([True, False], [6.0, 0.0]),
        partition="test",
        bootstrap=BOOTSTRAP,
    )

    means = RegionInteractions.validate(table).set_index("label")["mean"].to_dict()
    # 6 - 2 - 0 + 0, and 0 - 1 - 1 + 0.
    assert means == {"both": 1.0, "malignant": 4.0, "benign": -2.0}


def test_one_region_alone_has_no_interaction() -> None:
    alone = answered([0.0, np.pi], "mass")

    table = summarise_interactions(
        alone, decided([True], [1.0]), partition="test", bootstrap=BOOTSTRAP
    )

    assert table.empty
