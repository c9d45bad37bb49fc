"""What stands in conf passes, what cannot be is refused by name, and each value is read where it belongs."""

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
