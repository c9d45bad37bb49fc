"""Nodes by themselves: what they refuse, and what they do where a whole run seldom comes by."""

import logging
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml
from PIL import Image
from pydantic import ValidationError

from sonolens.models import build_network, pack_weights, predict_logits, rebuild_network
from sonolens.pipelines.chosen_region import choice
from sonolens.pipelines.data_processing.parameters import SplitParameters
from sonolens.pipelines.data_processing.preparation import split_scans
from sonolens.pipelines.explainability.evidence import score_repeatability
from sonolens.pipelines.explainability.network_checks import check_completeness
from sonolens.pipelines.explainability.parameters import ExplanationParameters
from sonolens.pipelines.explainability.ring_sweep import _choose
from sonolens.pipelines.explainability.scored_scans import draw_some, scored_scans
from sonolens.pipelines.export.description import describe_training
from sonolens.pipelines.parameters import (
    EvaluationParameters,
    FramingParameters,
    InferenceParameters,
)
from sonolens.pipelines.planted_evidence.parameters import PlantedEvidenceParameters
from sonolens.pipelines.reporting.parameters import ReportingParameters
from sonolens.pipelines.training.grid import plan_fits
from sonolens.pipelines.training.parameters import TrainingParameters
from sonolens.regions import Ring
from sonolens.studies import Study
from sonolens.tables.cohort import Screening
from sonolens.tables.evidence import MapCompleteness, MapRepeatability, Repeatability
from sonolens.tables.training import TrainingRuns

CONF = Path(__file__).parents[2] / "conf"
RUN, SIZE_PX = "tiny-full-seed0-fold0", 48
INFERENCE = InferenceParameters(device="cpu", batch_size=8, logit_tolerance=0.001)


def group(name: str) -> dict[str, Any]:
    """A group of settings as it stands in conf."""
    found = [
        yaml.safe_load(file.read_text())[name]
        for file in (CONF / "base").glob("parameters_*.yml")
        if name in yaml.safe_load(file.read_text())
    ]
    (told,) = found
    return told


SCORING = EvaluationParameters(**{**group("evaluation"), "partition": "test"})


def tell_scans(count: int) -> pd.DataFrame:
    numbers = range(count)
    return pd.DataFrame(
        {
            "scan_id": [f"s{number}" for number in numbers],
            "lesion_id": [f"m{number}" for number in numbers],
            "patient_id": [f"p{number}" for number in numbers],
            "view": pd.Series([None] * count, dtype="str"),
            "label": [("benign", "malignant")[number % 2] for number in numbers],
            "birads": pd.Series([None] * count, dtype="str"),
            "spacing_row_mm": 0.2,
            "spacing_col_mm": 0.2,
            "device": pd.Series([None] * count, dtype="str"),
            "source": "here",
        }
    )


SCANS = tell_scans(20)


def grey() -> np.ndarray:
    return np.zeros((4, 4), dtype=np.uint8)


def split(scheme: str, official: pd.DataFrame | None = None) -> pd.DataFrame:
    readers = dict.fromkeys(SCANS["scan_id"], grey)
    study = Study("made up", SCANS, readers, readers, "of nobody", official_folds=official)
    asked = SplitParameters(
        scheme=scheme, validation_share=0.25, test_share=0.2, folds=4, repeats=2, seed=0
    )
    return split_scans(study, SCANS, Screening.empty(), asked)


def test_a_study_is_split_once_in_folds_or_as_its_authors_did() -> None:
    once, folds = split("holdout"), split("kfold")
    official = split("official", SCANS[["scan_id"]].assign(fold=[1] * 12 + [2] * 8))

    assert once.groupby("partition")["scan_id"].nunique().to_dict() == {
        "train": 12,
        "validation": 4,
        "test": 4,
    }
    assert sorted(folds["fold"].unique()) == list(range(8))  # four, drawn twice
    tests = folds[folds["partition"] == "test"]
    assert (tests.groupby("scan_id")["fold"].nunique() == 2).all()
    tested = official[official["partition"] == "test"].groupby("fold")["scan_id"].agg(set)
    assert sorted(map(len, tested)) == [8, 12]
    assert set(SCANS["scan_id"][:12]) in list(tested)


def test_official_folds_of_a_study_without_any_are_refused_with_the_remedy() -> None:
    with pytest.raises(ValueError, match=r"'made up' has no official folds; set split\.scheme"):
        split("official")


def decide(partition: str = "test", count: int = 4, logit: float = 1.0) -> pd.DataFrame:
    scans = SCANS[["scan_id", "lesion_id", "patient_id", "label"]].head(count)
    called = {"threshold": 0.5, "called": logit > 0, "correct": False}
    return scans.assign(
        run=RUN, partition=partition, logit=logit, temperature=1.0, probability=0.7, **called
    )


def test_a_partition_without_decisions_is_refused_where_scans_must_be_scored() -> None:
    assert scored_scans(decide(), partition="test") == {RUN: ["s0", "s1", "s2", "s3"]}
    with pytest.raises(ValueError, match="no decision is of the validation partition"):
        scored_scans(decide(), partition="validation")


def test_some_scans_are_drawn_without_repeating_one_and_in_their_order() -> None:
    ids = [f"s{number:02}" for number in range(30)]

    drawn = draw_some(ids, at_most=10, seed=3)

    assert len(set(drawn)) == 10
    assert drawn == sorted(drawn)
    assert drawn == draw_some(ids, at_most=10, seed=3) != draw_some(ids, at_most=10, seed=4)
    assert draw_some(ids, at_most=30, seed=3) == draw_some(ids, at_most=None, seed=3) == ids


def test_a_region_is_chosen_on_validation_scans_and_never_on_those_that_judge_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(choice, "ask_coalitions", lambda *told: asked.append(told) or decide())
    nothing = ({}, np.zeros((1, SIZE_PX, SIZE_PX), np.uint8), {}, SCANS, decide())
    reliance = choice.RelianceParameters(**group("reliance"))

    choice.ask_validation_coalitions(*nothing, reliance, INFERENCE, SCORING)
    assert asked[0][-1] == SCORING.model_copy(update={"partition": "validation"})

    judging = SCORING.model_copy(update={"partition": "validation"})
    with pytest.raises(ValueError, match=r"evaluation\.partition is validation, but a region"):
        choice.ask_validation_coalitions(*nothing, reliance, INFERENCE, judging)
    assert len(asked) == 1


class Completeness:
    """A network whose logits of two scans are known, and a map that misses their difference by a share of it.

    The share is of 1 where the difference is smaller.
    """

    def __init__(self, missed: float) -> None:
        network = build_network("tiny", adaptation="full", weights="none", seed=1).eval()
        self.weights = pack_weights(network, size_px=SIZE_PX, header_extra={"run": RUN})
        self.explanation = ExplanationParameters(**group("explanation"))
        start = self.explanation.integrated_gradients.baseline_grey
        scans = np.stack([np.full((SIZE_PX, SIZE_PX), start), 200 * np.eye(SIZE_PX)])
        self.baseline, self.logit = predict_logits(
            rebuild_network(self.weights), scans.astype(np.uint8), batch_size=2, device="cpu"
        ).tolist()
        difference = self.logit - self.baseline
        told = difference + missed * max(abs(difference), 1)
        self.map = np.full((SIZE_PX, SIZE_PX), told / SIZE_PX**2, dtype=np.float32)

    def check(self, method: str) -> pd.DataFrame:
        return check_completeness(
            {RUN: lambda: self.weights},
            {f"{method}/{RUN}/s0": lambda: self.map},
            decide(count=1, logit=self.logit),
            self.explanation,
            FramingParameters(size_px=SIZE_PX, annotations="keep"),
            INFERENCE,
            SCORING,
        )


@pytest.mark.parametrize(("missed", "warnings"), [(0.0, 0), (0.04, 0), (0.5, 1)])
def test_a_map_that_misses_what_it_shares_out_is_measured_and_warned_of(
    missed: float, warnings: int, caplog: pytest.LogCaptureFixture
) -> None:
    known = Completeness(missed)

    with caplog.at_level(logging.WARNING):
        (gap,) = known.check("integrated_gradients").to_dict(orient="records")

    assert (gap["method"], gap["run"], gap["scan_id"]) == ("integrated_gradients", RUN, "s0")
    assert gap["baseline_logit"] == pytest.approx(known.baseline, abs=1e-5)
    assert gap["gap"] == pytest.approx(missed, abs=1e-4)
    assert len(caplog.messages) == warnings
    for message in caplog.messages:
        assert message.startswith("1 of 1 maps that share out a logit miss it by more than 5 % (at")
        assert "at most 50 %" in message


def test_maps_that_share_out_nothing_are_not_measured_by_what_they_miss() -> None:
    found = Completeness(0.5).check("cam")

    assert found.empty
    assert list(found.columns) == list(MapCompleteness.empty().columns)


def test_fits_of_which_there_is_one_repeat_nothing() -> None:
    runs = TrainingRuns.empty()

    of_maps, summary = score_repeatability({}, runs, decide(), SCORING)

    assert of_maps.empty
    assert summary.empty
    assert list(of_maps.columns) == list(MapRepeatability.empty().columns)
    assert list(summary.columns) == list(Repeatability.empty().columns)


def test_a_ring_that_was_not_drawn_is_named_with_the_scan_that_lacks_it() -> None:
    maps = {f"5mm/s{number}": lambda: Image.new("L", (2, 2)) for number in range(2)}
    drawn = Ring(**{**group("regions")["ring"], "mode": "millimetres", "outer_mm": 5.0})

    assert list(_choose(maps, drawn, SCANS["scan_id"][:2])) == ["s0", "s1"]
    with pytest.raises(
        ValueError, match=r"no regions of scan 's2' were drawn with a ring of 0-5 mm"
    ):
        _choose(maps, drawn, SCANS["scan_id"][:3])


def test_networks_from_elsewhere_are_not_exported_a_second_time() -> None:
    nothing = pd.DataFrame({"scan_id": ["s0"], "rows_px": [4], "mean_grey": [1.0]})
    runs = TrainingRuns.empty().assign(home_study="elsewhere")

    with pytest.raises(
        ValueError, match=r"came from elsewhere.*pass on the files that they came as"
    ):
        describe_training(SCANS, nothing, {}, decide(), runs, {}, {})


def test_a_fold_that_the_split_lacks_is_refused_by_name() -> None:
    training = TrainingParameters(**{**group("training"), "folds": [0, 3]})

    with pytest.raises(ValueError, match=r"asks for fold 3, but the split has \[0, 1\]"):
        plan_fits(training, folds=[0, 1])


def test_the_ring_of_the_case_browser_grows_in_as_many_steps_as_fit_on_the_page() -> None:
    told = group("reporting")
    ReportingParameters(**told)

    with pytest.raises(ValidationError, match=r"in steps of 20 mm makes 0 widths"):
        ReportingParameters(**told | {"ring_to_mm": 5.0, "ring_step_mm": 20.0})
    with pytest.raises(ValidationError, match=r"ring_to_mm 20 in steps of 0\.001 mm makes 20000"):
        ReportingParameters(**told | {"ring_to_mm": 20.0, "ring_step_mm": 0.001})


def planted(**changes: Any) -> PlantedEvidenceParameters:
    return PlantedEvidenceParameters(**group("planted_evidence") | changes)


@pytest.mark.parametrize("kind", ["masses_of", "least_look_of"])
def test_an_exception_for_what_is_no_cue_is_refused(kind: str) -> None:
    with pytest.raises(ValidationError, match="makes an exception for 'belwo', which is no cue"):
        planted(**{kind: {"belwo": 1 if kind == "least_look_of" else 30}})
