"""What stands in conf passes, what cannot be is refused by name, and each value is read where it belongs."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from sonolens.evaluation.statistics import Bootstrap
from sonolens.parameters import Parameters
from sonolens.pipelines.data_processing.parameters import ScreeningParameters
from sonolens.pipelines.explainability.parameters import ExplanationParameters
from sonolens.pipelines.parameters import EvaluationParameters, InferenceParameters
from sonolens.pipelines.training.grid import plan_fits
from sonolens.pipelines.training.parameters import TrainingParameters
from sonolens.saliency import MethodSettings

BASE = Path(__file__).parents[2] / "conf" / "base"
GROUPS: dict[str, Any] = {
    name: group
    for file in BASE.glob("parameters_*.yml")
    for name, group in yaml.safe_load(file.read_text()).items()
}


def test_how_patients_are_resampled_is_said_once() -> None:
    told = {**GROUPS["evaluation"], "resamples": 300, "confidence": 0.9, "seed": 7}

    scoring = EvaluationParameters(**told)

    assert scoring.bootstrap == Bootstrap(resamples=300, confidence=0.9, seed=7)


def test_the_parameters_of_maps_are_the_settings_of_their_methods() -> None:
    explanation = ExplanationParameters(**GROUPS["explanation"])

    assert isinstance(explanation, MethodSettings)
    assert explanation.cameras.model_dump() == GROUPS["explanation"]["cameras"]


@pytest.mark.parametrize(
    ("model", "group", "wrong", "said"),
    [
        (ExplanationParameters, "explanation", {"point_rule": "foo"}, "cell, first_maximum"),
        (EvaluationParameters, "evaluation", {"partition": "foo"}, "train, validation, test"),
        (EvaluationParameters, "evaluation", {"lesion_probability": "foo"}, "'mean' or 'max'"),
        (InferenceParameters, "inference", {"device": "foo"}, "auto, cpu, cuda, mps"),
        (ScreeningParameters, "screening", {"on_error": "foo"}, "stop, drop"),
    ],
)
def test_an_unknown_word_is_told_those_that_are_known(
    model: type[Parameters], group: str, wrong: dict[str, str], said: str
) -> None:
    with pytest.raises(ValidationError, match=said):
        model(**{**GROUPS[group], **wrong})


@pytest.mark.parametrize(
    ("weights", "rate"), [("none", 0.003), ("imagenet", 0.0002), ({"resnet18": "none"}, 0.003)]
)
def test_a_step_is_as_large_as_the_start_and_the_adaptation_bear(weights: Any, rate: float) -> None:
    given = GROUPS["training"]
    rates = {
        start: {**given["learning_rates"][start], "full": full}
        for start, full in (("random", 0.003), ("trained", 0.0002))
    }

    training = TrainingParameters(**{**given, "weights": weights, "learning_rates": rates})

    assert training.schedule_of("resnet18", "full").learning_rate == rate
    assert training.learning_rate_of("resnet18", "drs") == 0.001


def own(**changes: Any) -> TrainingParameters:
    told = {"networks": ["mine", "tiny"], "own_networks": {"mine": "package.module:build"}}
    return TrainingParameters(**{**GROUPS["training"], **told, **changes})


@pytest.mark.parametrize(
    ("weights", "start"),
    [
        ("none", "own"),
        ("imagenet", "own"),
        ({"tiny": "none"}, "own"),
        ({"tiny": "none", "mine": __file__}, __file__),
    ],
)
def test_a_network_of_ones_own_starts_as_it_is_built_or_from_a_file(
    weights: Any, start: str
) -> None:
    training = own(weights=weights)

    assert training.start_of("mine") == start
    rates = GROUPS["training"]["learning_rates"]
    assert training.learning_rate_of("mine", "full") == rates["trained"]["full"]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"networks": ["yours"]}, "'yours' is unknown; choose from tiny, .*mine"),
        ({"own_networks": {"tiny": "package.module:build"}}, "network tiny is built in"),
        ({"own_networks": {"mine": "package.module"}}, "neither package.module:function"),
        ({"adaptations": "drs"}, "mine cannot be adapted by drs; choose from linear_probe, full"),
        ({"networks": "mine", "output_strides": [8]}, "set training.output_strides to own \\["),
        ({"weights": {"tiny": "none", "mine": "imagenet"}}, "names imagenet for mine"),
    ],
)
def test_what_cannot_be_done_to_a_network_of_ones_own_is_refused(
    wrong: dict[str, Any], said: str
) -> None:
    with pytest.raises(ValidationError) as told:
        own(**wrong)

    assert re.search(said, str(told.value))


def test_a_network_of_ones_own_is_planned_once_at_its_own_stride() -> None:
    planned = plan_fits(own(), folds=[0])

    assert [each.configuration("rigorous") for each in planned] == ["mine-full", "tiny-full"]


def test_an_exported_program_is_fitted_by_one_process(tmp_path: Path) -> None:
    (tmp_path / "trunk.pt2").write_bytes(b"")
    exported = {"networks": ["mine"], "own_networks": {"mine": str(tmp_path / "trunk.pt2")}}

    own(**exported)
    with pytest.raises(ValidationError, match=r"set training\.hardware\.devices to 1"):
        own(**exported, hardware={**GROUPS["training"]["hardware"], "devices": 2})
