"""The stations of the reporting pipeline, and what they pass on."""

from kedro.pipeline import Pipeline

from sonolens.pipelines.reporting import create_pipeline
from sonolens.report.sections import INPUTS, WRITTEN


def station(name: str) -> Pipeline:
    return create_pipeline().filter(node_namespaces=[name])


def test_every_node_stands_in_a_station() -> None:
    parts = [station(name) for name in ("tables", "figures", "cases", "page")]

    assert sum(len(part.nodes) for part in parts) == len(create_pipeline().nodes)
    assert all(part.nodes for part in parts)


def test_a_station_keeps_the_names_of_datasets_and_parameters() -> None:
    names = create_pipeline().datasets()

    assert not [
        name for name in names if name.startswith(("tables.", "figures.", "cases.", "page."))
    ]
    assert {"params:reporting", "params:evaluation", "report"} <= names


def test_the_figures_of_the_page_are_those_that_are_drawn() -> None:
    captions = {caption.name for section in WRITTEN for caption in section.figures}

    # One is drawn by intake: it is looked at before training. The diagram stands in the page as it is.
    drawn = station("figures").all_outputs() | {"screening_sheet"}
    assert drawn == captions | {"gallery", "scan_flow_figure"}


def test_the_page_takes_what_its_sections_declare() -> None:
    assert station("page").inputs() == set(INPUTS)
