import sys
from types import SimpleNamespace

import pytest
from kedro.framework.project import configure_project, pipelines
from kedro.pipeline import Node, Pipeline

from sonolens.inputs import describe_versions, refuse_unknown_parameters


def identity(value):
    return value


@pytest.fixture
def register(monkeypatch):
    """Register pipelines; as Kedro does, load only those that were asked for."""

    def configure(**inputs):
        def register_pipelines():
            requested = pipelines._requested_pipelines or inputs
            return {
                name: Pipeline([Node(identity, inputs[name], f"{name}_out", name=name)])
                for name in requested
            }

        module = SimpleNamespace(register_pipelines=register_pipelines)
        monkeypatch.setitem(sys.modules, "registry_of_test_inputs", module)
        pipelines.configure("registry_of_test_inputs")

    yield configure
    configure_project("sonolens")  # as other tests of this process expect it


def test_parameters_that_a_pipeline_or_the_catalog_reads_pass(register):
    register(training="params:fit", regions="params:ring.outer_mm")

    refuse_unknown_parameters(
        {
            "fit": {"epochs": 3},
            "ring": {"outer_mm": 4.0},
            "study": {"path": "../x", "options": {"count": 3}},
            "data_root": "elsewhere",
        }
    )


def test_no_parameters_pass_without_loading_a_pipeline():
    refuse_unknown_parameters({})


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"fitt": 3}, "--params fitt is read by no pipeline .* did you mean fit"),
        ({"fitt": {"epochs": 3}}, r"--params fitt\.epochs .* did you mean fit\?"),
        ({"study": {"pth": "x"}}, r"--params study\.pth .* did you mean study\.path"),
        ({"ring": {"outer": 3}}, r"ring\.outer is read .* did you mean ring\.outer_mm"),
        (
            {"zzz": 1},
            "--params zzz is read by no pipeline and not by the catalog; known are cluster.scheduler, cluster.workers, compare.runs, data_root",
        ),
    ],
)
def test_a_parameter_that_nothing_reads_is_refused_by_name(register, given, message):
    register(training="params:fit", regions="params:ring.outer_mm")

    with pytest.raises(ValueError, match=message):
        refuse_unknown_parameters(given)


def test_parameters_of_pipelines_that_do_not_run_pass_too(register):
    register(training="params:fit", regions="params:ring")
    pipelines.set_requested(["training"])

    refuse_unknown_parameters({"ring": {"outer_mm": 4.0}})


def test_a_pipeline_that_reads_all_parameters_vouches_for_none_of_them(register):
    register(training="parameters")

    with pytest.raises(ValueError, match=r"--params anything is read by no pipeline"):
        refuse_unknown_parameters({"anything": 1})


def test_versions_are_told_newest_first_and_grouped():
    assert describe_versions({"b": "1", "a": "1", "c": "3"}) == "c from 3; a, b from 1"
