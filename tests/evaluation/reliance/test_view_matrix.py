"""Train x test on hand-built judges, whose AUCs can be counted."""

import numpy as np
import pandas as pd
import pytest

from sonolens.evaluation.reliance import score_view_matrix
from sonolens.evaluation.statistics import Bootstrap, holm_adjust
from sonolens.tables.views import ViewLogits, ViewMatrix, ViewRuns

BOOTSTRAP = Bootstrap(resamples=200, confidence=0.95, seed=0)
SCANS = pd.DataFrame(
    {
        "scan_id": [f"s{number}" for number in range(8)],
        "lesion_id": [f"l{number}" for number in range(8)],
        "patient_id": [f"p{number}" for number in range(8)],
        "label": ["benign"] * 4 + ["malignant"] * 4,
    }
)
ALL = ("mass", "peritumoral", "below", "other")
REGIONS_OF = dict.fromkeys(SCANS["scan_id"], ALL) | {"s0": ("mass", "other"), "s7": ("mass",)}

# Benign 0 to 3; the malignant ones outrank 4, 3, 2 and all, 1 and none, or tie with all.
LOGITS = {
    ("whole", "whole"): [0, 1, 2, 3, 4, 5, 6, 7],  # 16 of 16 pairs
    ("whole", "without_below"): [0, 1, 2, 3, 2.5, 1.5, 0.5, -1],  # 3 + 2 + 1 + 0 of 16
    ("without_below", "whole"): [0, 1, 2, 3, 4, 4, 4, 2.5],  # 15 of 16
    ("without_below", "without_below"): [1, 1, 1, 1, 1, 1, 1, 1],  # all tie
}


def judged(logits: dict[tuple[str, str], list[float]], run: str = "r0") -> pd.DataFrame:
    tables = [
        SCANS[["scan_id", "lesion_id", "label"]].assign(
            run=run, trained_on=trained_on, asked_of=asked_of, partition="test", logit=answers
        )
        for (trained_on, asked_of), answers in logits.items()
    ]
    return pd.concat(tables, ignore_index=True).astype({"logit": float})


def runs_of(*names: str) -> pd.DataFrame:
    about = dict.fromkeys(ViewRuns.to_schema().columns, 1)
    return pd.DataFrame([about | {"run": name, "configuration": name[:-1]} for name in names])


def scored(view_logits: pd.DataFrame, *names: str) -> pd.DataFrame:
    table = score_view_matrix(
        view_logits,
        runs_of(*(names or ("r0",))),
        SCANS,
        regions_of=REGIONS_OF,
        partition="test",
        bootstrap=BOOTSTRAP,
    )
    return ViewMatrix.validate(table.assign(fill="tissue"))


def cells(table: pd.DataFrame, column: str) -> dict[tuple[str, str], float]:
    return table.set_index(["trained_on", "asked_of"])[column].to_dict()


def test_every_cell_counts_its_pairs() -> None:
    assert ViewLogits.validate(judged(LOGITS)) is not None
    assert cells(scored(judged(LOGITS)), "auc") == {
        ("whole", "whole"): 1.0,
        ("whole", "without_below"): 6 / 16,
        ("without_below", "whole"): 15 / 16,
        ("without_below", "without_below"): 0.5,
    }


def test_every_cell_is_held_against_whole_scans_but_that_one_itself() -> None:
    table = scored(judged(LOGITS))
    apart = table["difference"]
    itself = (table["trained_on"] == "whole") & (table["asked_of"] == "whole")

    assert apart[~itself].to_numpy() == pytest.approx((table["auc"] - 1.0)[~itself].to_numpy())
    assert (
        table.loc[itself, ["difference", "p_value", "p_delong", "p_adjusted"]].isna().all(axis=None)
    )
    assert table.loc[~itself, ["p_value", "p_delong", "p_adjusted"]].notna().all(axis=None)
    assert table["auc"].between(table["ci_low"], table["ci_high"]).all()
    assert (table["chance"] == 0.5).all()


def test_scans_that_lack_the_region_count_and_are_told() -> None:
    table = scored(judged(LOGITS))

    assert (table["n"] == 8).all()
    assert cells(table, "n_lacking") == {
        ("whole", "whole"): 0,
        ("without_below", "whole"): 0,
        ("whole", "without_below"): 2,
        ("without_below", "without_below"): 2,
    }


def test_p_values_allow_for_the_cells_of_their_run_and_for_no_other() -> None:
    other = {cell: answers[::-1] for cell, answers in LOGITS.items()}
    both = pd.concat([judged(LOGITS), judged(other, run="q1")])

    table = scored(both, "r0", "q1")

    for _, of_run in table.groupby("run"):
        allowed = holm_adjust(of_run["p_value"].to_numpy())
        assert of_run["p_adjusted"].to_numpy() == pytest.approx(allowed, nan_ok=True)
    assert set(zip(table["run"], table["configuration"], strict=True)) == {("r0", "r"), ("q1", "q")}


def test_only_the_partition_asked_for_counts() -> None:
    strangers = judged({cell: [0.0] * 8 for cell in LOGITS}).assign(partition="train")
    strangers["scan_id"] = "t" + strangers["scan_id"]

    table = scored(pd.concat([strangers, judged(LOGITS)]))

    pd.testing.assert_frame_equal(table, scored(judged(LOGITS)))


def test_one_class_alone_has_no_area_and_no_chance() -> None:
    table = scored(judged(LOGITS).assign(label="benign"))

    assert (table["n_malignant"] == 0).all()
    assert (
        table[["auc", "ci_low", "ci_high", "chance", "difference", "p_adjusted"]]
        .isna()
        .all(axis=None)
    )


def test_without_answers_the_table_is_empty() -> None:
    table = scored(judged(LOGITS).iloc[:0])

    assert len(table) == 0


def test_a_missing_answer_is_refused() -> None:
    lost = judged(LOGITS)
    lost = lost[~((lost["asked_of"] == "whole") & (lost["scan_id"] == "s3"))]
    lost = pd.concat([lost, judged({("whole", "whole"): LOGITS["whole", "whole"]})])

    with pytest.raises(ValueError, match="NaN"):
        scored(lost)


def test_labels_exchanged_by_chance_are_at_chance() -> None:
    rng = np.random.default_rng(0)
    many = pd.concat([SCANS] * 40, ignore_index=True)
    names = [f"m{number}" for number in range(len(many))]
    many = many.assign(scan_id=names, lesion_id=names, patient_id=names)
    answers = many[["scan_id", "lesion_id", "label"]].assign(
        run="r0", trained_on="whole", asked_of="whole", partition="test"
    )
    table = score_view_matrix(
        answers.assign(logit=rng.normal(size=len(many))),
        runs_of("r0"),
        many,
        regions_of=dict.fromkeys(names, ALL),
        partition="test",
        bootstrap=BOOTSTRAP,
    )

    assert table["ci_low"].item() < 0.5 < table["ci_high"].item()
