"""Where scans go, on studies whose counts are known beforehand."""

from collections import Counter

import numpy as np
import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from sonolens.evaluation.participants import trace_scan_flow
from sonolens.tables.participants import ALL, ScanFlow, list_unequal
from sonolens.tables.vocabulary import FLOW_DIVISIONS, PARTITIONS

NOTHING = pd.DataFrame(columns=["scan_id", "check", "severity", "value", "message"])


def scans_table(count: int, *, per_lesion: int = 2, filled: str | None = None) -> pd.DataFrame:
    """Scans in lesions of so many, every second lesion malignant, two lesions a patient."""
    lesion = np.arange(count) // per_lesion
    return pd.DataFrame(
        {
            "scan_id": [f"s{number}" for number in range(count)],
            "lesion_id": [f"l{number}" for number in lesion],
            "patient_id": [f"p{number // 2}" for number in lesion],
            "label": np.where(lesion % 2, "malignant", "benign"),
            "filled_in": filled,
        }
    )


def splits_table(scans: pd.DataFrame, *, folds: int = 1) -> pd.DataFrame:
    """In every fold, patients dealt round to test, validation and train."""
    patient = scans["patient_id"].str[1:].astype(int)
    order = PARTITIONS[::-1]
    ids = scans[["scan_id", "lesion_id", "patient_id"]]
    return pd.concat(
        ids.assign(fold=fold, partition=[order[(each + fold) % 3] for each in patient])
        for fold in range(folds)
    )


def decisions_table(scans: pd.DataFrame, splits: pd.DataFrame, called: list[bool]) -> pd.DataFrame:
    """Two runs per fold: one calls every scan as told, the other the other way round."""
    told = scans[["scan_id", "label"]].assign(called=called)
    listed = splits[["scan_id", "fold", "partition"]].merge(told, on="scan_id")
    runs = listed.assign(run="net" + listed["fold"].astype("str"))
    return pd.concat([runs, runs.assign(run=runs["run"] + "b", called=~runs["called"])])


def points_table(decisions: pd.DataFrame, *, silent: set[str]) -> pd.DataFrame:
    maps = [
        {"method": "cam", "run": run, "scan_id": scan, "extreme": extreme}
        | {"region": "none" if scan in silent else "mass"}
        for run, scan in zip(decisions["run"], decisions["scan_id"], strict=True)
        for extreme in ("max", "min")
    ]
    return pd.DataFrame(maps, columns=["method", "run", "scan_id", "extreme", "region"])


def facts(read: int, **left_out: int) -> dict:
    return {"read": {"scans": read, "lesions": None}, "left_out": left_out}


def trace(count: int = 24, *, folds: int = 1, called=None, silent=(), asked=(), **replaced):
    scans = replaced.pop("scans", scans_table(count))
    splits = replaced.pop("splits", splits_table(scans, folds=folds))
    calls = [False] * len(scans) if called is None else called
    decisions = decisions_table(scans, splits, calls)
    relied = pd.DataFrame({"run": "net0", "scan_id": list(asked), "null": "none"})
    given_tables = {
        "study_facts": facts(len(scans)),
        "screening": NOTHING,
        "training_runs": decisions[["run", "fold"]].drop_duplicates(),
        "decisions": decisions,
        "extreme_points": points_table(decisions, silent=set(silent)),
        "region_reliance": relied,
    } | replaced
    study_facts, screening = given_tables.pop("study_facts"), given_tables.pop("screening")
    return ScanFlow.validate(trace_scan_flow(study_facts, screening, scans, splits, **given_tables))


def scans_in(flow: pd.DataFrame, box: str, **key: object) -> int:
    found = flow[flow["box"] == box]
    for name, value in key.items():
        found = found[found[name] == value]
    return int(found["scans"].sum())


def test_what_was_left_out_is_told_with_its_reasons_and_adds_up() -> None:
    screening = pd.DataFrame(
        [
            ("x0", "mask_size", "error"),
            ("x0", "empty_mask", "error"),  # a second error of a scan that is counted already
            ("x1", "empty_mask", "error"),
            ("s0", "kindred_scans", "warning"),
        ],
        columns=["scan_id", "check", "severity"],
    )

    flow = trace(study_facts=facts(26, normal=133, screening=2), screening=screening)

    reasons = flow[flow["reason"] != ALL]
    assert dict(zip(reasons["reason"], reasons["scans"], strict=True)) == {
        "normal": 133,
        "mask_size": 1,
        "empty_mask": 1,
    }
    assert [scans_in(flow, box) for box in ("found", "screened", "kept")] == [159, 26, 24]
    assert [scans_in(flow, box) for box in ("warned", "alike")] == [1, 1]


def test_lesions_and_patients_count_once_in_each_box() -> None:
    flow = trace(24).set_index("box")

    assert flow.loc["kept", ["scans", "lesions", "patients"]].tolist() == [24, 12, 6]
    assert flow.loc["test", ["scans", "lesions", "patients"]].tolist() == [8, 4, 2]


def test_what_is_not_known_is_not_counted() -> None:
    flow = trace(scans=scans_table(24, filled="patient_id")).set_index("box")

    assert flow.loc["kept", "lesions"] == 12
    assert np.isnan(flow.loc["kept", "patients"])


def test_calls_silent_maps_and_reliance_part_the_scans_of_a_partition() -> None:
    called = [True] * 12 + [False] * 12
    flow = trace(24, called=called, silent=["s0", "s1"], asked=["s0", "s2", "s20"])

    tested = {"partition": "test", "run": "net0"}  # patients 0 and 3: scans 0-3 and 12-15
    assert scans_in(flow, "decided", **tested) == 8
    assert scans_in(flow, "true_positive", **tested) == 2
    assert scans_in(flow, "false_positive", **tested) == 2
    assert scans_in(flow, "true_negative", **tested) == 2
    assert scans_in(flow, "false_negative", **tested) == 2
    assert scans_in(flow, "silent", **tested) == 2
    assert scans_in(flow, "pointing", **tested) == 6
    assert scans_in(flow, "asked", **tested) == 2
    assert scans_in(flow, "not_asked", **tested) == 6


def test_scans_that_a_fold_leaves_out_are_told_fold_by_fold() -> None:
    splits = splits_table(scans_table(24), folds=2)
    dealt = splits[(splits["fold"] == 1) | ~splits["scan_id"].isin(["s0", "s5"])]

    flow = trace(24, folds=2, splits=dealt)

    outside = flow[flow["box"] == "in_no_partition"]
    assert outside[["fold", "scans", "lesions"]].to_numpy().tolist() == [[0, 2, 2]]
    parted = flow[flow["box"].isin(PARTITIONS)].groupby("fold")["scans"].sum()
    assert parted.to_dict() == {0: 22, 1: 24}


def test_what_was_not_run_has_no_box() -> None:
    nothing = pd.DataFrame(columns=["method", "run", "scan_id", "extreme", "region"])

    boxes = set(trace(extreme_points=nothing)["box"])

    assert not boxes & {*FLOW_DIVISIONS["maps"], *FLOW_DIVISIONS["reliance"], "undecided"}


def test_scans_that_a_run_did_not_call_are_told() -> None:
    scans = scans_table(24)
    decisions = decisions_table(scans, splits_table(scans), [True] * 24)
    known = decisions[decisions["scan_id"] != "s0"]

    assert scans_in(trace(scans=scans, decisions=known), "undecided", run="net0") == 1


def test_tables_of_different_runs_are_refused() -> None:
    with pytest.raises(ValueError, match="holds 24 scans, but only 20 were read"):
        trace(study_facts=facts(20))


@settings(deadline=None, max_examples=12, phases=[Phase.explicit, Phase.generate])
@given(st.data())
def test_every_scan_is_in_one_box_of_each_division(data: st.DataObject) -> None:
    count = data.draw(st.integers(12, 40))
    folds = data.draw(st.integers(1, 3))
    scans = scans_table(count, per_lesion=data.draw(st.integers(1, 3)))
    subset = st.sets(st.sampled_from(list(scans["scan_id"])))
    left_out = data.draw(
        st.dictionaries(st.sampled_from(["normal", "no outline"]), st.integers(1, 9))
    )

    flow = trace(
        scans=scans,
        folds=folds,
        called=data.draw(st.lists(st.booleans(), min_size=count, max_size=count)),
        silent=data.draw(subset),
        asked=data.draw(subset),
        study_facts=facts(count + 3, screening=3, **left_out),
    )

    assert list_unequal(flow) == []
    assert scans_in(flow, "found") == count + 3 + sum(left_out.values())
    by_fold = Counter()
    for row in flow[flow["box"].isin(PARTITIONS)].itertuples():
        by_fold[row.fold] += row.scans
    assert set(by_fold.values()) == {count}
