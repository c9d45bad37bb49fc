"""The house rules that a linter does not know."""

import ast
import importlib
import inspect
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from graphlib import TopologicalSorter
from itertools import product
from pathlib import Path
from pkgutil import walk_packages
from typing import Any

import pytest
import yaml
from kedro.framework.project import pipelines
from kedro.framework.startup import bootstrap_project
from kedro.pipeline import Pipeline

import sonolens.pipelines
from sonolens.parameters import Parameters
from sonolens.tables import vocabulary
from sonolens.tables.contract import ComparedAucs, Estimates, Means, OfMap, Table
from sonolens.tables.pointing import HitRates

PROJECT = Path(__file__).parents[1]
PACKAGE = PROJECT / "src" / "sonolens"
SOURCES = sorted(PACKAGE.rglob("*.py"))
DRAWERS = {"utils", "helpers", "common", "misc", "base", "core"}
VERBS = {
    *(
        "ask",
        "calibrate",
        "check",
        "choose",
        "compare",
        "decide",
        "describe",
        "draw",
        "explain",
        "export",
        "find",
        "form",
        "frame",
        "hold",
        "import",
        "judge",
        "locate",
    ),
    *(
        "measure",
        "predict",
        "rank",
        "relate",
        "score",
        "screen",
        "select",
        "share",
        "split",
        "sweep",
        "tabulate",
        "take",
        "trace",
    ),
    *("train", "write"),
}
"""What a node may do; a new one is a new word here."""

MOST_ARGUMENTS = 8
MORE_ARGUMENTS = {"pointing_game": 10, "__init__": 9, "explain_scans": 9}
"""Front doors take all that a stranger knows, each by its name; four of what a collection takes are Kedro's."""

HALVES = {
    "removal/tissue.py": "ranks",
    "ultrasound/grid.py": "positions on pixel grids",
    "ultrasound/tissue.py": "where along a ligament",
    "evaluation/classification/calibration.py": "ranks",
    "report/numerals.py": "rounds a share",
}
"""Modules that may add or take away a half, and of what; `figures` may too, which place marks on a page."""

COLUMNS_TOO = {"COMPARISON_KINDS"}
"""Vocabularies whose words name columns as well; a list of columns retypes nothing."""

BORROWERS = {"external_validation": {"arrival": {"preparation", "fitting"}}}
"""Pipelines that borrow stations of others whole, and whose place their own stations take."""

TESTS_OF_SEVERAL = {
    "datasets/test_kills.py": "all that saves, killed in the middle",
    "studies/test_dicom_of_others.py": "every DICOM room on files of others",
    "report/test_page_classification.py": "the page's sections on training and classification",
    "saliency/test_published_code.py": "all methods beside packages",
    "ultrasound/plants/test_plants.py": "the laws that all plants keep",
}
"""Test files of a room that mirror no module; `pipelines` has more, for a flow is no module."""


@pytest.fixture(scope="module")
def registered() -> dict[str, Pipeline]:
    bootstrap_project(PROJECT)
    return dict(pipelines)


@pytest.fixture(scope="module")
def nodes(registered: dict[str, Pipeline]) -> list:
    # Not their sum: a station that takes another's place makes the same datasets.
    return list({node.name: node for each in registered.values() for node in each.nodes}.values())


def stations_of(pipeline: Pipeline) -> dict[str, Pipeline]:
    """The nodes of a pipeline by their namespace; those without one belong to no station."""
    names = {node.namespace for node in pipeline.nodes if node.namespace}
    return {name: pipeline.filter(node_namespaces=[name]) for name in names}


def station_makers() -> Iterator[tuple[str, Pipeline]]:
    """Every station that stands in the code, by the name of the function that wires it."""
    package = sonolens.pipelines
    for found in walk_packages(package.__path__, prefix=f"{package.__name__}."):
        module = importlib.import_module(found.name)
        for name, make in inspect.getmembers(module, inspect.isfunction):
            if name.endswith("_station") and make.__module__ == found.name:
                yield name.removesuffix("_station"), make()


def layers_in_order(steps: Iterable[tuple[Iterable[str], Iterable[str]]]) -> list[str]:
    """Sort the layers of Kedro-Viz by what is made from what.

    Args:
        steps: Inputs and outputs of everything that Kedro-Viz draws between datasets.

    Raises:
        CycleError: If no order exists; Kedro-Viz then shows no layer at all.
    """
    layer_of, earlier = catalog_layers(), defaultdict(set)
    for inputs, outputs in steps:
        for one, other in product(inputs, outputs):
            if one in layer_of and other in layer_of and layer_of[one] != layer_of[other]:
                earlier[layer_of[other]].add(layer_of[one])
    return list(TopologicalSorter(earlier).static_order())


@cache
def parse(source: Path) -> ast.Module:
    return ast.parse(source.read_text())


@cache
def nodes_of(source: Path) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(parse(source)))


def functions_in(source: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for each in nodes_of(source):
        if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef):
            yield each


def arguments(function: ast.FunctionDef | ast.AsyncFunctionDef) -> set[str]:
    told = function.args
    named = {each.arg for each in (*told.posonlyargs, *told.args, *told.kwonlyargs)}
    return named - {"self", "cls"}


def count_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Count the lines of signature and body; decorators and docstring do not count."""
    told = function.body[0]
    docstring = told.end_lineno - told.lineno + 1 if ast.get_docstring(function) is not None else 0
    return function.end_lineno - function.lineno + 1 - docstring


def words_in(literal: ast.AST) -> frozenset[str] | None:
    """The words of a tuple, list or set of at least two; `Literal` holds such a tuple."""
    if not isinstance(literal, ast.Tuple | ast.List | ast.Set) or len(literal.elts) < 2:
        return None
    words = [each.value for each in literal.elts if isinstance(each, ast.Constant)]
    all_words = len(words) == len(literal.elts) and all(isinstance(each, str) for each in words)
    return frozenset(words) if all_words else None


def is_half(each: ast.AST) -> bool:
    number = each.operand if isinstance(each, ast.UnaryOp) else each
    return isinstance(number, ast.Constant) and number.value == 1 / 2


def adds_a_half(source: Path) -> bool:
    for each in nodes_of(source):
        if isinstance(each, ast.BinOp | ast.AugAssign) and isinstance(each.op, ast.Add | ast.Sub):
            sides = (each.left, each.right) if isinstance(each, ast.BinOp) else (each.value,)
            if any(map(is_half, sides)):
                return True
    return False


def functions_that_take(*names: str) -> set[str]:
    return {
        function.name
        for source in SOURCES
        for function in functions_in(source)
        if set(names) <= arguments(function)
    }


def subclasses(kind: type) -> list[type]:
    return [each for sub in kind.__subclasses__() for each in (sub, *subclasses(sub))]


@cache
def read_catalog() -> dict[str, Any]:
    return yaml.safe_load((PROJECT / "conf" / "base" / "catalog.yml").read_text())


def catalog_names() -> set[str]:
    return {name for name in read_catalog() if not name.startswith("_")}


def catalog_layers() -> dict[str, str]:
    catalog = read_catalog()
    return {
        name: catalog[name]["metadata"]["kedro-viz"]["layer"]
        for name in catalog_names()
        if "metadata" in catalog[name]
    }


def test_a_node_is_named_as_its_function_after_its_station(nodes: list) -> None:
    for node in nodes:
        assert node.name.split(".") == [*filter(None, [node.namespace]), node.func.__name__]


def test_a_node_begins_with_a_verb(nodes: list) -> None:
    verbs = {node.func.__name__.split("_")[0] for node in nodes}

    assert verbs == VERBS


def test_a_node_says_in_one_sentence_what_it_does(nodes: list) -> None:
    for node in nodes:
        summary = inspect.getdoc(node.func).split("\n\n")[0]
        assert re.fullmatch(r"[A-Z][^\n]*[a-z0-9)`]\.", summary), node.name
        assert not re.search(r"[a-z]{3}\. [A-Z]", summary), f"{node.name} says it in two"


def test_a_station_is_one_namespace_of_one_pipeline(registered: dict[str, Pipeline]) -> None:
    made = dict(station_makers())
    of_pipelines = [
        name
        for pipeline, nodes in registered.items()
        if pipeline not in {"__default__", *BORROWERS}
        for name in stations_of(nodes)
    ]

    assert sorted(of_pipelines + own_stations(registered)) == sorted(made)
    for name, station in made.items():
        assert {node.namespace for node in station.nodes} == {name}
    assert 9 <= len(stations_of(registered["__default__"])) <= 19


def own_stations(registered: dict[str, Pipeline]) -> list[str]:
    """Stations of a pipeline that borrows which no other pipeline has."""
    lenders = registered.keys() - {*BORROWERS}
    lent = {name for lender in lenders for name in stations_of(registered[lender])}
    return [
        name
        for borrower in BORROWERS
        for name in stations_of(registered[borrower])
        if name not in lent
    ]


@pytest.mark.parametrize(("borrower", "stand_ins"), BORROWERS.items())
def test_a_pipeline_borrows_whole_stations_and_makes_in_their_place_only_what_they_make(
    borrower: str, stand_ins: dict[str, set[str]], registered: dict[str, Pipeline]
) -> None:
    lent = {name: each for name, each in station_makers() if name not in own_stations(registered)}
    here = stations_of(registered[borrower])

    for name in here.keys() & lent.keys():
        assert set(here[name].nodes) == set(lent[name].nodes)
    for name, replaced in stand_ins.items():
        assert not replaced & here.keys()
        assert here[name].all_outputs() <= set().union(
            *(lent[each].all_outputs() for each in replaced)
        )


def test_a_station_renames_no_dataset(nodes: list) -> None:
    for node in nodes:
        for name in (*node.inputs, *node.outputs):
            assert "." not in name.removeprefix("params:"), f"{name} of {node.name}"


def test_kedro_viz_can_sort_the_layers_of_every_pipeline_and_of_its_stations(
    registered: dict[str, Pipeline],
) -> None:
    for pipeline in registered.values():
        stations = stations_of(pipeline)
        nodes = [(node.inputs, node.outputs) for node in pipeline.nodes]
        # A station that is folded stands between all that it takes and all that it gives.
        folded = [(each.inputs(), each.all_outputs()) for each in stations.values()]
        layers_in_order([*nodes, *folded])
        for station in stations.values():
            layers_in_order((node.inputs, node.outputs) for node in station.nodes)


def test_nothing_is_made_from_a_later_layer(nodes: list) -> None:
    catalog = read_catalog()
    folder_of = {
        name: re.search(r"\d\d_(\w+?)/", entry.get("filepath") or entry["path"])
        for name, entry in catalog.items()
        if name
        in catalog_names()
        - {
            "study",
            "canvas_study",
            "run_context",
            "runs",
            "compared_runs",
            "external_networks",
            "new_scans",
        }
    }
    number_of = {found[1]: int(found[0][:2]) for found in folder_of.values()}
    layer_of = catalog_layers()

    assert {name: found[1] for name, found in folder_of.items()} | {
        "study": "raw",
        "canvas_study": "raw",
        "external_networks": "raw",
        "new_scans": "raw",
    } == layer_of
    for node in nodes:
        for one, other in product(set(node.inputs) & set(layer_of), node.outputs):
            assert number_of[layer_of[one]] <= number_of[layer_of[other]], f"{one} -> {other}"


def test_every_dataset_of_the_flow_stands_in_the_catalog_and_no_other_does(nodes: list) -> None:
    used = {name for node in nodes for name in (*node.inputs, *node.outputs)}
    used = {name for name in used if not name.startswith("param")}

    assert used | {"run_record", "looks", "reproduction"} == catalog_names()


def test_every_dataset_is_versioned_but_what_is_read_only_named_by_content_or_leads_to_versions() -> (
    None
):
    catalog = read_catalog()

    unversioned = {name for name in catalog_names() if not catalog[name].get("versioned")}

    read_only = {"study", "canvas_study", "runs", "compared_runs", "external_networks", "new_scans"}
    assert unversioned == {"run_context", "checkpoints", "index", "latest"} | read_only


def test_every_table_in_the_catalog_has_its_contract() -> None:
    catalog = read_catalog()
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
        if contract
        not in {ComparedAucs, Estimates, HitRates, Means, OfMap}  # columns that contracts share
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
    docstring = ast.get_docstring(parse(source))

    assert docstring
    assert re.search(r"[.?]$", docstring.split("\n\n")[0].replace("``", ""))
    assert not DRAWERS & {source.stem, *source.relative_to(PROJECT).parts[:-1]}


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: str(path.relative_to(PROJECT)))
def test_modules_and_functions_stay_small(source: Path) -> None:
    text = source.read_text()
    assert len(text.splitlines()) <= 350
    for function in functions_in(source):
        lines, taken = count_lines(function), len(arguments(function))
        assert lines <= 40, f"{function.name} has {lines} lines"
        assert taken <= MORE_ARGUMENTS.get(function.name, MOST_ARGUMENTS), (
            f"{function.name} takes {taken} arguments"
        )


def test_a_node_takes_few_datasets_and_parameters(nodes: list) -> None:
    # What the page and the methods are written from is declared by their parts.
    for node in nodes:
        if node.func.__name__ not in {"write_report", "write_methods", "write_experiment"}:
            assert len(node.inputs) <= MOST_ARGUMENTS, f"{node.name} takes {len(node.inputs)}"


def test_no_module_retypes_a_vocabulary() -> None:
    words_of = {
        name: frozenset(words)
        for name, words in vars(vocabulary).items()
        if name.isupper() and name not in COLUMNS_TOO
    }
    for source in SOURCES:
        if source == Path(vocabulary.__file__):
            continue
        for literal in nodes_of(source):
            typed = words_in(literal)
            same = [name for name, words in words_of.items() if words == typed]
            assert not same, f"{source}, line {literal.lineno}, retypes {' or '.join(same)}"


def test_half_pixels_are_added_in_one_module() -> None:
    adding = {str(each.relative_to(PACKAGE)) for each in SOURCES if adds_a_half(each)}

    assert {each for each in adding if not each.startswith("figures/")} == set(HALVES)


def test_what_a_run_called_a_scan_is_decided_in_one_place() -> None:
    assert functions_that_take("predictions", "operating_points", "scans") == {"decide_scans"}


def test_how_patients_are_resampled_travels_in_one_value() -> None:
    assert not functions_that_take("resamples", "confidence", "seed")


def test_every_test_file_has_a_room() -> None:
    rooms = {path.name for path in (PROJECT / "src" / "sonolens").iterdir() if path.is_dir()}
    folders = {path.name for path in (PROJECT / "tests").iterdir() if path.is_dir()}

    assert (
        folders - {"__pycache__", "browser"} <= rooms
    )  # pages in a browser: what several rooms write


def test_a_test_file_is_named_after_the_module_that_it_tests() -> None:
    strays = set()
    for path in PROJECT.glob("tests/*/**/test_*.py"):
        test = path.relative_to(PROJECT / "tests")
        name = test.stem.removeprefix("test_").removesuffix("_laws")
        module = PACKAGE / test.parent / name
        if not (module.with_suffix(".py").exists() or (module / "__init__.py").exists()):
            strays.add(str(test))

    assert {test for test in strays if not test.startswith(("browser/", "pipelines/"))} == set(
        TESTS_OF_SEVERAL
    )
