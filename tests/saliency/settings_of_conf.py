"""The settings that stand in ``conf/base``, but for what a test chooses itself."""

from pathlib import Path
from typing import Any

import yaml

from sonolens.saliency import MethodSettings

CONF = Path(__file__).parents[2] / "conf" / "base" / "parameters_explainability.yml"
EXPLANATION: dict[str, Any] = yaml.safe_load(CONF.read_text())["explanation"]


def settings_with(*, seed: int = 0, **chosen: dict[str, Any]) -> MethodSettings:
    """The settings of all methods; of a method that is named, what is given stands over conf's."""
    names = set(MethodSettings.model_fields) - {"seed"}
    own = {name: {**EXPLANATION[name], **chosen.pop(name, {})} for name in names}
    return MethodSettings.model_validate({**own, **chosen, "seed": seed})
