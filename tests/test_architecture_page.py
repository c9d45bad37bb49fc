"""What the architecture page says of the flow, of stations and of modules is what the code has."""

import re
from pathlib import Path

import pytest
import yaml
from kedro.framework.project import pipelines
from kedro.framework.startup import bootstrap_project
from kedro.pipeline import Pipeline

from sonolens.pipeline_registry import ASKED_FOR

PROJECT = Path(__file__).parents[1]
PAGE = (PROJECT / "docs" / "architecture.md").read_text(encoding="utf-8")
DOCS = [
    PROJECT / "README.md",
    PROJECT / "CONTRIBUTING.md",
    *sorted((PROJECT / "docs").rglob("*.md")),
]
WITHOUT_A_MAKER = {
    *("study", "canvas_study", "checkpoints", "run_context", "run_record", "looks"),
    *("runs", "compared_runs", "reproduction", "external_networks", "new_scans"),
}


@pytest.fixture(scope="module")
def registered() -> dict[str, Pipeline]:
    bootstrap_project(PROJECT)
    return {name: found for name, found in pipelines.items() if name != "__default__"}


def section(title: str) -> str:
    return PAGE.split(f"\n## {title}\n")[1].split("\n## ")[0]


def told_flow() -> list[tuple[str, str, str]]:
    """(pipeline, station, dataset) of every dataset in the drawing of the flow."""
    told, pipeline, station = [], "", ""
    for line in section("The flow").split("```")[1].splitlines():
        if named := re.fullmatch(r" {2}(\w+)", line):
            pipeline = named[1]
        elif begun := re.match(r" {4}(\w+) +->", line):
            station = begun[1]
        if line.startswith("    "):
            told += [(pipeline, station, name) for name in re.findall(r"\w+", line.split("->")[-1])]
    return told


def test_every_dataset_stands_once_with_the_station_that_makes_it(
    registered: dict[str, Pipeline],
) -> None:
    made = [
        (name, node.namespace, output)
        for name, pipeline in registered.items()
        for node in pipeline.nodes
        if not borrowed(node.namespace, name, registered)
        for output in node.outputs
    ]

    assert sorted(told_flow()) == sorted(made)


def borrowed(station: str, pipeline: str, registered: dict[str, Pipeline]) -> bool:
    """Whether a station of a pipeline that runs other pipelines' stations is one of theirs."""
    return pipeline == "external_validation" and any(
        node.namespace == station
        for name, other in registered.items()
        if name != pipeline
        for node in other.nodes
    )


def test_what_no_station_makes_is_told_below_the_flow() -> None:
    catalog = yaml.safe_load((PROJECT / "conf" / "base" / "catalog.yml").read_text())
    entries = {name for name in catalog if not name.startswith("_")}

    assert entries - {dataset for _, _, dataset in told_flow()} == WITHOUT_A_MAKER
    assert set(re.findall(r"`(\w+)`", section("The flow"))) >= WITHOUT_A_MAKER


def test_the_table_of_stations_has_them_all(registered: dict[str, Pipeline]) -> None:
    rows = re.findall(r"^\| (?:`\w+`)? ?\| `(\w+)` \|", section("Stations"), flags=re.MULTILINE)

    assert sorted(rows) == sorted(
        {node.namespace for pipeline in registered.values() for node in pipeline.nodes}
    )


@pytest.mark.parametrize(
    "row", [row for row in section("What maps are worth").splitlines() if row.count("|") == 5][2:]
)
def test_a_row_of_what_maps_are_worth_names_modules_and_nodes_that_exist(
    row: str, registered: dict[str, Pipeline]
) -> None:
    _, _, tables, modules, nodes, _ = row.split("|")
    wing, *names = re.findall(r"`(\w+)`", modules)
    known = {node.func.__name__ for pipeline in registered.values() for node in pipeline.nodes}
    made = {output for pipeline in registered.values() for output in pipeline.all_outputs()}

    assert names
    folder = PROJECT / "src" / "sonolens" / "evaluation" / wing
    assert [name for name in names if not (folder / f"{name}.py").exists()] == []
    assert set(re.findall(r"`(\w+)`", nodes)) <= known
    assert set(re.findall(r"`(\w+)`", tables)) <= made | {
        "p_value",
        "centre_prior",
        "location_prior",
    }


@pytest.mark.parametrize("page", DOCS, ids=lambda page: page.relative_to(PROJECT).as_posix())
def test_a_recipe_names_pipelines_and_stations_that_exist(
    page: Path, registered: dict[str, Pipeline]
) -> None:
    recipes = re.findall(r"kedro run ([^`#\n]*)", page.read_text(encoding="utf-8"))
    for recipe in recipes:
        asked = re.search(r'--pipelines[ =]"?([\w,]+)', recipe)
        names = asked[1].split(",") if asked else registered.keys() - ASKED_FOR
        nodes = [node for name in names for node in registered[name].nodes]
        for stations in re.findall(r"--namespaces=([\w,]+)", recipe):
            assert set(stations.split(",")) <= {node.namespace for node in nodes}
        for node in re.findall(r"--nodes=([\w.]+)", recipe):
            assert node in {each.name for each in nodes}


@pytest.mark.parametrize("page", DOCS, ids=lambda page: page.relative_to(PROJECT).as_posix())
def test_every_file_that_a_page_links_to_exists(page: Path) -> None:
    linked = re.findall(r"\]\((?!http)([^)#]+)\)", page.read_text(encoding="utf-8"))

    assert [link for link in linked if not (page.parent / link).exists()] == []
