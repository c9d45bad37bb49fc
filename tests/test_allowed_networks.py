"""What the configuration names is allowed; what will not do is refused before a run begins."""

import sys
from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock

import pytest
from kedro.framework.context import KedroContext
from kedro.io import DataCatalog
from kedro.pipeline import Pipeline, node

from sonolens.allowed_networks import AllowedNetworks
from sonolens.models import find_own_network
from sonolens.models.networks import own_networks

MODULE = """
from torch import nn

class ClassToken(nn.Conv2d):
    def forward(self, colours):
        return super().forward(colours).amax(dim=(2, 3))

def vectors():
    return ClassToken(3, 4, 4, stride=4)

def maps():
    return nn.Conv2d(3, 4, 4, stride=4)

def nothing():
    return None
"""


@pytest.fixture(autouse=True)
def user_module(tmp_path, monkeypatch):
    """A module of a user's own, in which nothing but the configuration can be interested."""
    monkeypatch.setattr(own_networks, "_allowed", {})
    (tmp_path / "module_of_a_user.py").write_text(MODULE)
    monkeypatch.syspath_prepend(str(tmp_path))
    yield
    sys.modules.pop("module_of_a_user", None)


def configured(parameters: dict[str, Any]) -> Mock:
    return Mock(spec=KedroContext, config_loader={"parameters": parameters})


def begin(function: str, *, methods: tuple[str, ...], fits: bool = True) -> None:
    """Start a run whose configuration names one network of a user's own."""
    own = {"mine": f"module_of_a_user:{function}"}
    told = {"training": {"own_networks": own}, "framing": {"size_px": 48}}
    hook = AllowedNetworks()
    hook.after_context_created(configured(told))
    catalog = DataCatalog()
    catalog["params:training"] = SimpleNamespace(networks=("tiny", "mine"), own_networks=own)
    catalog["params:explanation"] = SimpleNamespace(methods=methods)
    read = ["params:training", "params:explanation"] if fits else ["params:explanation"]
    pipeline = Pipeline([node(lambda *_: 0, read, "out", name="fit")])
    hook.before_pipeline_run(pipeline=pipeline, catalog=catalog)


def test_a_network_that_is_named_is_built_before_the_run_and_can_be_found():
    begin("maps", methods=("cam", "occlusion"))

    assert find_own_network("mine").facts.channels == 4


def test_a_trunk_that_is_none_is_refused_before_the_run():
    with pytest.raises(ValueError, match=r"network mine: module_of_a_user:nothing returned a None"):
        begin("nothing", methods=("cam",))


def test_a_method_on_maps_is_refused_by_name_where_there_are_none():
    with pytest.raises(ValueError, match=r"method cam works on feature maps, but network mine"):
        begin("vectors", methods=("occlusion", "cam"))

    begin("vectors", methods=("occlusion", "integrated_gradients", "smooth_grad"))


def test_nothing_of_a_users_is_imported_by_a_run_that_fits_nothing():
    begin("nothing", methods=("cam",), fits=False)

    assert "module_of_a_user" not in sys.modules


def test_without_own_networks_nothing_is_done():
    AllowedNetworks().after_context_created(configured({"training": {"own_networks": {}}}))
