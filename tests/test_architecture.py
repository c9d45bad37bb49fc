"""The house rules that a linter does not know."""

import ast
import importlib
import inspect
import re
from pathlib import Path

import pytest
import yaml
from kedro.framework.project import pipelines
from kedro.framework.startup import bootstrap_project
from kedro.pipeline import Pipeline

from sonolens.parameters import Parameters
from sonolens.tables.contract import Table

PROJECT = Path(__file__).parents[1]
SOURCES = sorted((PROJECT / "src" / "sonolens").rglob("*.py"))
DRAWERS = {"utils", "helpers", "common", "misc", "base", "core"}


@pytest.fixture(scope="module")
def nodes() -> list:
    bootstrap_project(PROJECT)
    return sum(pipelines.values(), Pipeline([])).nodes


def arguments(function: ast.FunctionDef) -> set[str]:
    told = function.args
    return {each.arg for each in (*told.posonlyargs, *told.args, *told.kwonlyargs)}


def functions_that_take(*names: str) -> set[str]:
    return {
        function.name
        for source in SOURCES
        for function in ast.walk(ast.parse(source.read_text()))
        if isinstance(function, ast.FunctionDef) and set(names) <= arguments(function)
    }


def subclasses(kind: type) -> list[type]:
    return [each for sub in kind.__subclasses__() for each in (sub, *subclasses(sub))]


def catalog_names() -> set[str]:
    catalog = yaml.safe_load((PROJECT / "conf" / "base" / "catalog.yml").read_text())
    return {name for name in catalog if not name.startswith("_")}


def test_a_node_is_named_as_its_function(nodes: list) -> None:
    assert [node.name for node in nodes] == [node.func.__name__ for node in nodes]


def test_a_node_begins_with_a_verb_and_says_what_it_does_in_one_sentence(nodes: list) -> None:
    for node in nodes:
        summary = inspect.getdoc(node.func).split("\n\n")[0]
        assert summary.endswith("."), node.name


def test_every_dataset_of_the_flow_stands_in_the_catalog_and_no_other_does(nodes: list) -> None:
    used = {name for node in nodes for name in (*node.inputs, *node.outputs)}
    used = {name for name in used if not name.startswith("param")}

    assert used | {"run_record"} == catalog_names()


def test_every_dataset_but_the_study_the_context_and_checkpoints_is_versioned() -> None:
    catalog = yaml.safe_load((PROJECT / "conf" / "base" / "catalog.yml").read_text())

    unversioned = {name for name in catalog_names() if not catalog[name].get("versioned")}

    assert unversioned == {"study", "run_context", "checkpoints"}


def test_every_table_in_the_catalog_has_its_contract() -> None:
    catalog = yaml.safe_load((PROJECT / "conf" / "base" / "catalog.yml").read_text())
    named = [
        entry["validator"].removeprefix("sonolens.tables.")
        for name, entry in catalog.items()
        if not name.startswith("_") and entry["type"].endswith("TableDataset")
    ]

    for module in (PROJECT / "src" / "sonolens" / "tables").glob("*.py"):
        importlib.import_module(f"sonolens.tables.{module.stem}".removesuffix(".__init__"))
    contracts = {
        f"{contract.__module__.removeprefix('sonolens.tables.')}.{contract.__name__}"
        for contract in subclasses(Table)
    }
    assert set(named) == contracts


def test_every_parameter_is_described_and_has_no_default_in_code(nodes: list) -> None:
    for model in subclasses(Parameters):
        for name, field in model.model_fields.items():
            assert field.description, f"{model.__name__}.{name}"
            assert field.is_required(), f"{model.__name__}.{name} hides a default"


def test_every_parameter_group_in_conf_feeds_a_node(nodes: list) -> None:
    fed = {name.removeprefix("params:") for node in nodes for name in node.inputs}
    for file in (PROJECT / "conf").glob("*/parameters*.yml"):
        assert set(yaml.safe_load(file.read_text())) <= fed, file


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: str(path.relative_to(PROJECT)))
def test_a_module_opens_with_a_sentence_and_is_no_drawer(source: Path) -> None:
    docstring = ast.get_docstring(ast.parse(source.read_text()))

    assert docstring
    assert re.search(r"[.?]$", docstring.split("\n\n")[0].replace("``", ""))
    assert not DRAWERS & {source.stem, *source.relative_to(PROJECT).parts[:-1]}


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: str(path.relative_to(PROJECT)))
def test_modules_and_functions_stay_small(source: Path) -> None:
    text = source.read_text()
    assert len(text.splitlines()) <= 350
    for function in ast.walk(ast.parse(text)):
        if isinstance(function, ast.FunctionDef):
            body = function.body[1:] if ast.get_docstring(function) else function.body
            lines = body[-1].end_lineno - body[0].lineno + 1 if body else 0
            assert lines <= 40, f"{function.name} has {lines} lines"


def test_what_a_run_called_a_scan_is_decided_in_one_place() -> None:
    decide = functions_that_take("predictions", "operating_points", "scans")

    # The page shows these tables side by side and decides nothing.
    assert decide - {"write_report", "render_report"} == {"decide_scans"}


def test_how_patients_are_resampled_travels_in_one_value() -> None:
    assert not functions_that_take("resamples", "confidence", "seed")


def test_every_test_file_has_a_room() -> None:
    rooms = {path.name for path in (PROJECT / "src" / "sonolens").iterdir() if path.is_dir()}
    folders = {path.name for path in (PROJECT / "tests").iterdir() if path.is_dir()}

    assert folders - {"__pycache__"} <= rooms
