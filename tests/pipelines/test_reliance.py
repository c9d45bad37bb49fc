"""What networks are asked about regions: donors, placebos and settings that cannot be."""

from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

from sonolens.evaluation.reliance import Question
from sonolens.pipelines.explainability.parameters import RelianceParameters
from sonolens.pipelines.explainability.region_questions import prepare_questions
from sonolens.regions import REGIONS

SIDE = 16
USUAL: dict[str, Any] = {
    "scans": None,
    "fills": ["mean", "donor"],
    "donor_pairs": 1,
    "feather_px": 1.0,
    "nulls": ["moved", "exchanged"],
    "seed": 0,
}
# Scans of one patient may lie in two partitions, as the paper's own did.
SCANS = pd.DataFrame(
    [
        ("t0", "train", "malignant", "p0"),
        ("t1", "train", "malignant", "p1"),
        ("t2", "train", "benign", "p2"),
        ("t3", "train", "benign", "p3"),
        ("v0", "validation", "benign", "p4"),
        ("a0", "test", "malignant", "p0"),
        ("a1", "test", "benign", "p5"),
        ("a2", "test", "benign", "p6"),
    ],
    columns=["scan_id", "partition", "label", "patient_id"],
)
# The grey level of a scan is its number, so that a donor is known by what it shows.
INPUTS = np.repeat(np.arange(len(SCANS), dtype=np.uint8), SIDE**2).reshape(-1, SIDE, SIDE)
NUMBER = {scan_id: number for number, scan_id in enumerate(SCANS["scan_id"])}


def region_map(left: int) -> np.ndarray:
    regions = np.zeros((SIDE, SIDE), dtype=np.uint8)
    regions[3:7, left : left + 4] = REGIONS["mass"]
    return regions


def ask(*scan_ids: str, scans: pd.DataFrame = SCANS, **told: Any) -> dict[str, Question]:
    asked = scans.set_index("scan_id").loc[list(scan_ids), "patient_id"]
    regions = {
        scan_id: partial(region_map, left)
        for left, scan_id in enumerate(scans.query("partition == 'test'")["scan_id"])
    }
    reliance = RelianceParameters(**{**USUAL, **told})
    table = scans.drop(columns="partition").assign(spacing_row_mm=0.1, spacing_col_mm=0.1)
    decisions = scans.assign(run="net", called=True, correct=True, threshold=0.5, probability=0.6)
    return dict(prepare_questions(INPUTS, regions, table, decisions, asked, reliance))


def donors(question: Question) -> list[str]:
    return [str(SCANS["scan_id"][int(each.max())]) for each in question.sources.donors]


@pytest.mark.parametrize("seed", range(8))
def test_donors_are_training_scans_of_other_patients_one_of_each_label(seed: int) -> None:
    asked = ask("a0", "a1", "a2", seed=seed)

    about = SCANS.set_index("scan_id")
    for scan_id, question in asked.items():
        drawn = about.loc[donors(question)]
        assert (drawn["partition"] == "train").all()
        assert sorted(drawn["label"]) == ["benign", "malignant"]
        assert about.loc[scan_id, "patient_id"] not in set(drawn["patient_id"])


def test_donors_of_a_scan_are_the_same_whichever_others_are_asked_about() -> None:
    alone, together = ask("a2")["a2"], ask("a0", "a1", "a2")["a2"]

    assert np.array_equal(alone.sources.donors, together.sources.donors)
    assert alone.sources.seed == together.sources.seed
    assert np.array_equal(alone.scan, INPUTS[NUMBER["a2"]])


def test_a_scan_of_a_training_patient_has_fewer_donors_and_too_few_are_told_in_one_line() -> None:
    assert len(donors(ask("a1", donor_pairs=2)["a1"])) == 4
    with pytest.raises(ValueError, match="needs 2 malignant training scans of other patients") as e:
        ask("a0", donor_pairs=2)

    assert "lower reliance.donor_pairs, or leave donor out" in str(e.value)
    assert "\n" not in str(e.value)


def test_without_the_fill_donors_are_not_needed() -> None:
    nobody = SCANS[SCANS["partition"] != "train"].reset_index(drop=True)

    assert len(ask("a1", scans=nobody, fills=["mean", "tissue"])["a1"].sources.donors) == 0


def test_placebos_are_those_that_are_asked_for() -> None:
    assert set(ask("a0", "a1")["a0"].partitions) == {"none", "moved", "exchanged"}
    assert set(ask("a0", "a1", nulls="moved")["a0"].partitions) == {"none", "moved"}


def test_one_scan_only_has_nobody_to_exchange_regions_with() -> None:
    assert set(ask("a1")["a1"].partitions) == {"none", "moved"}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"fills": ["mean"]}, "names only mean.*name two or more of mean, blurred"),
        ({"fills": ["mean", "noise"]}, "noise"),
        ({"nulls": ["mirrored"]}, "mirrored"),
        ({"donor_pairs": 0}, "greater than or equal to 1"),
        ({"feather_px": -1.0}, "greater than or equal to 0"),
        ({"scans": 0}, "greater than or equal to 1"),
    ],
)
def test_settings_that_cannot_be_are_refused(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        RelianceParameters(**{**USUAL, **wrong})
