from pathlib import Path

import pytest
import yaml

from sonolens.explain import settings
from sonolens.pipelines.explainability.parameters import ExplanationParameters

CONF = Path(__file__).parents[2] / "conf" / "base"


def read(name):
    return yaml.safe_load((CONF / f"parameters_{name}.yml").read_text("utf-8"))


def test_methods_have_the_settings_of_the_default_study():
    told = read("explainability")["explanation"]

    assert told.pop("point_rule") == settings.POINT_RULE
    told.pop("methods")
    told.pop("on_error")  # on a desk, a scan that cannot be explained never stops the others
    assert settings.METHODS.model_dump() == told
    assert set(told) <= set(ExplanationParameters.model_fields)


@pytest.mark.parametrize(("known", "mode"), [(True, "millimetres"), (False, "relative")])
def test_regions_are_drawn_as_in_the_default_study(known, mode):
    told = read("explainability")["regions"]
    told.pop("sweep_outer_mm")
    told["ring"]["mode"] = mode

    assert settings.choose_rule(spacing_known=known).model_dump() == told


def test_screening_and_soft_edges_are_those_of_the_default_study():
    screening, reliance = read("data_processing")["screening"], read("explainability")["reliance"]

    assert screening["min_side_px"] == settings.MIN_SIDE_PX
    assert screening["max_mask_components"] == settings.MAX_MASK_COMPONENTS
    assert (screening["min_depth_mm"], screening["max_depth_mm"]) == settings.DEPTH_MM
    assert (reliance["feather_px"], reliance["seed"]) == (settings.FEATHER_PX, settings.SEED)
    assert read("training")["inference"]["logit_tolerance"] == settings.LOGIT_TOLERANCE
