"""Reading one region instead of the whole scan, on values whose AUCs can be counted."""

import numpy as np
import pandas as pd
import pytest

from sonolens.evaluation.reliance import score_chosen_regions
from sonolens.evaluation.statistics import Bootstrap
from sonolens.tables.reliance import ChosenRegions, RegionReliance

BOOTSTRAP = Bootstrap(resamples=200, confidence=0.95, seed=0)
FOUR_OF_EACH = [0, 0, 0, 0, 1, 1, 1, 1]


def decided(
    partition: str, logits: list[float], labels: list[int] = FOUR_OF_EACH, run: str = "r"
) -> pd.DataFrame:
    names = [f"{partition}{number}" for number in range(len(logits))]
    return pd.DataFrame(
        {
            "scan_id": names,
            "lesion_id": names,
            "patient_id": names,
            "label": np.where(labels, "malignant", "benign"),
            "run": run,
            "partition": partition,
            "logit": logits,
            "called": np.array(logits) >= 0,
        }
    )


def shared_out(
    decisions: pd.DataFrame,
    *,
    fill: str = "mean",
    null: str = "none",
    mass: list[float] | None = None,
    below: list[float] | None = None,
) -> pd.DataFrame:
    """What the mass and the region below add as told; all else adds the rest."""
    size = len(decisions)
    values = {"mass": mass or [0.0] * size, "below": below or [np.nan] * size}
    values["other"] = list(decisions["logit"] - np.nansum(list(values.values()), axis=0))
    tables = [
        decisions[["run", "scan_id", "logit"]].assign(
            null=null, fill=fill, region=region, value=each, empty_logit=0.0
        )
        for region, each in values.items()
    ]
    table = pd.concat(tables, ignore_index=True).dropna(subset="value")
    return RegionReliance.validate(
        table.assign(necessity=table["value"], sufficiency=table["value"])
    )


def chosen(validation: pd.DataFrame, scored: pd.DataFrame, decisions: pd.DataFrame) -> pd.DataFrame:
    return ChosenRegions.validate(
        score_chosen_regions(validation, scored, decisions, partition="test", bootstrap=BOOTSTRAP)
    )


PERFECT = [1.0, 2, 3, 4, 5, 6, 7, 8]
TURNED = PERFECT[::-1]
VALIDATION = decided("validation", [0.0, 3, 1, 2, 4, 5, 6, 1.5])
TEST = decided("test", [3.0, 1, 2, 0, 4, 5, 2.5, 1.5])
BOTH = pd.concat([VALIDATION, TEST], ignore_index=True)


def test_the_region_is_chosen_where_it_is_not_judged() -> None:
    """The mass is perfect on validation scans and upside down on the others: it is chosen all the same, and fails."""
    table = chosen(
        shared_out(VALIDATION, mass=PERFECT, below=TURNED),
        shared_out(TEST, mass=TURNED, below=PERFECT),
        BOTH,
    )
    row = table[table["among"] == "mean"].iloc[0]

    assert (row["region"], row["validation_auc"], row["auc"]) == ("mass", 1.0, 0.0)
    # The logit: malignant 4 and 5 outrank all four, 2.5 three, 1.5 two.
    assert row["whole_auc"] == pytest.approx(13 / 16)
    assert row["difference"] == pytest.approx(-13 / 16)


def test_calls_are_made_at_the_threshold_of_the_validation_scans() -> None:
    """The least malignant value there is 5; on the test scans the same values stand 10 lower, so all are called benign."""
    table = chosen(
        shared_out(VALIDATION, mass=PERFECT),
        shared_out(TEST, mass=[value - 10 for value in PERFECT]),
        BOTH,
    )
    row = table[table["among"] == "mean"].iloc[0]

    assert (row["auc"], row["right"]) == (1.0, 0.5)
    # On the logit the best validation threshold is 4: 3 of 4 found, none false; here 4 and 5 are found.
    assert row["whole_right"] == pytest.approx(6 / 8)
    assert row["right_difference"] == pytest.approx(0.5 - 6 / 8)


def test_among_all_fills_the_best_value_of_any_is_taken() -> None:
    fair = [1.0, 2, 3, 7, 4, 5, 6, 8]
    validation = [
        shared_out(VALIDATION, fill="mean", mass=fair, below=TURNED),
        shared_out(VALIDATION, fill="tissue", mass=TURNED, below=PERFECT),
    ]
    scored = [shared_out(TEST, fill=fill, mass=fair, below=PERFECT) for fill in ("mean", "tissue")]
    table = chosen(pd.concat(validation), pd.concat(scored), BOTH).set_index("among")

    assert table["fill"].to_dict() == {"mean": "mean", "tissue": "tissue", "all": "tissue"}
    assert table.loc["all", "region"] == "below"
    assert table.loc["all", "candidates"] == table.loc[["mean", "tissue"], "candidates"].sum()


def test_a_region_that_a_scan_lacks_adds_nothing_to_it() -> None:
    """Without the region below the first malignant scan reads 0, less than every other."""
    lacking = [1.0, 2, 3, 4, np.nan, 6, 7, 8]
    table = chosen(shared_out(VALIDATION, below=PERFECT), shared_out(TEST, below=lacking), BOTH)

    assert table["n"].tolist() == [8, 8]
    assert table["auc"].to_numpy() == pytest.approx(12 / 16)


def test_a_null_chooses_among_its_own_regions() -> None:
    validation = pd.concat(
        [
            shared_out(VALIDATION, mass=PERFECT, below=TURNED),
            shared_out(VALIDATION, null="moved", mass=TURNED, below=PERFECT),
        ]
    )
    scored = pd.concat(
        [
            shared_out(TEST, mass=PERFECT, below=TURNED),
            shared_out(TEST, null="moved", mass=PERFECT, below=TURNED),
        ]
    )
    table = chosen(validation, scored, BOTH).set_index(["null", "among"])

    assert table.loc[("moved", "mean"), "region"] == "below"
    assert table.loc[("moved", "mean"), "auc"] == 0.0
    assert table.loc[("none", "mean"), "auc"] == 1.0


def test_where_a_class_is_missing_nothing_is_chosen_or_scored() -> None:
    benign = decided("validation", PERFECT, labels=[0] * 8)
    unchosen = chosen(
        shared_out(benign, mass=PERFECT),
        shared_out(TEST, mass=PERFECT),
        pd.concat([benign, TEST], ignore_index=True),
    )
    scored = decided("test", PERFECT, labels=[0] * 8)
    unscored = chosen(
        shared_out(VALIDATION, mass=PERFECT),
        shared_out(scored, mass=PERFECT),
        pd.concat([VALIDATION, scored], ignore_index=True),
    )

    assert set(unchosen["region"]) == {"none"}
    assert unchosen[["auc", "difference", "p_value", "right"]].isna().all(axis=None)
    assert set(unscored["region"]) == {"mass"}
    assert unscored[["auc", "difference", "p_value"]].isna().all(axis=None)


def test_a_run_asked_on_one_side_only_is_refused() -> None:
    other = decided("validation", PERFECT, run="another")

    with pytest.raises(ValueError, match="run 'another' was asked about validation scans or"):
        score_chosen_regions(
            pd.concat([shared_out(VALIDATION), shared_out(other)]),
            shared_out(TEST),
            BOTH,
            partition="test",
            bootstrap=BOOTSTRAP,
        )


def test_values_that_know_nothing_are_not_better_than_the_logit() -> None:
    """Of many studies whose values are drawn by lot, hardly any is told to be better than its logit."""
    rng, better = np.random.default_rng(0), 0
    for _ in range(60):
        sides = [decided(name, rng.normal(size=8).tolist()) for name in ("validation", "test")]
        values = [
            shared_out(side, mass=rng.normal(size=8).tolist(), below=rng.normal(size=8).tolist())
            for side in sides
        ]
        row = chosen(*values, pd.concat(sides, ignore_index=True)).iloc[-1]
        better += row["difference_low"] > 0

    assert better <= 6
