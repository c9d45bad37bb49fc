import pandas as pd
from tiny_run import run_inputs
from tiny_scores import RUN

from sonolens.report.page import write_section
from sonolens.report.sections.flow import SECTION, list_boxes


def test_the_boxes_of_a_run_are_told_in_words() -> None:
    boxes = list_boxes(run_inputs()["scan_flow"])

    assert {row["run"] for row in boxes} == {RUN}
    told = {row["box"]: row["scans"] for row in boxes}
    assert told["called malignant, rightly"] == 1
    assert told["not called"] == 2
    assert told["map has an extreme"] == 2


def test_the_boxes_of_many_runs_are_left_to_the_table() -> None:
    inputs = run_inputs()
    flow = inputs["scan_flow"].query("run != 'all'")
    many = pd.concat([flow.assign(run=flow["run"] + str(number)) for number in range(60)])

    html = write_section(SECTION, inputs | {"scan_flow": many})

    assert "scan_flow.csv" in html
    assert "<details>" not in html


def test_the_diagram_stands_in_the_page_as_it_is() -> None:
    inputs = run_inputs()

    assert inputs["scan_flow_figure"] in write_section(SECTION, inputs)
