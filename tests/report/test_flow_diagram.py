"""The diagram tells the counts of the table, whatever its names hold."""

import xml.etree.ElementTree as ET

import pandas as pd
from tiny_run import pointing_table, run_inputs

from sonolens.report.flow_diagram import WIDTH, draw_scan_flow

SPACE = "{http://www.w3.org/2000/svg}"
EVIL = "<script>alert('a \"quoted\" reason that is rather long')</script>"


def parse(svg: str) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314 - a picture of ours


def words_of(svg: str) -> str:
    return " ".join(text.text for text in parse(svg).iter(f"{SPACE}text"))


def test_the_boxes_tell_the_counts_of_the_table() -> None:
    inputs = run_inputs()

    words = words_of(inputs["scan_flow_figure"])

    for told in (
        "Found 509 scans",
        "133 normal",
        "In the study 8 scans 8 lesions 8 patients",
        "Test 4 scans 4 lesions 4 patients",
        "Test scans called 2 scans",
        "Called malignant 1 scan 1 malignant 0 benign",
        "Map points 2 scans",
        "Map silent 0 scans",
    ):
        assert told in words, told


def rows_of(svg: str) -> list[list[tuple[str, int]]]:
    """Titles and scans of the boxes side by side, from top to bottom."""
    rows: dict[float, list[tuple[str, int]]] = {}
    words = list(parse(svg).iter(f"{SPACE}text"))
    for title in (each for each in words if each.get("font-weight") == "600"):
        x, y = (float(title.get(name)) for name in ("x", "y"))
        below = [
            each.text
            for each in words
            if float(each.get("x")) == x and float(each.get("y")) == y + 14
        ]
        rows.setdefault(y, []).append((title.text, int(below[0].split()[0])))
    return [rows[y] for y in sorted(rows)]


def test_boxes_that_part_the_scans_called_add_up_to_them_row_by_row() -> None:
    flow = run_inputs()["scan_flow"]
    one = flow[flow["box"] == "decided"].iloc[:1]
    flow = flow[~flow["box"].isin(["asked", "not_asked"])]
    asked = [one.assign(box=box, scans=1) for box in ("asked", "not_asked")]

    rows = rows_of(draw_scan_flow(pd.concat([flow, *asked]), pointing_table()))
    (start,) = [at for at, row in enumerate(rows) if row[0][0] == "Test scans called"]

    assert rows[start] == [("Test scans called", 2), ("Not called", 2)]
    assert [sum(scans for _, scans in row) for row in rows[start + 1 :]] == [2, 2, 2]
    assert [title for title, _ in rows[-2]] == ["Map points", "Map silent"]
    assert rows[-1] == [("Reliance asked", 1), ("Not asked", 1)]


def test_several_runs_share_a_box_with_their_least_and_largest_count() -> None:
    flow = run_inputs()["scan_flow"]
    other = flow[flow["run"] != "all"].assign(run="other", scans=lambda table: table["scans"] + 1)

    words = words_of(draw_scan_flow(pd.concat([flow, other]), pointing_table()))

    assert "Test scans called, by each of 2 runs 2 to 3 scans" in words


def test_a_study_without_networks_ends_with_its_partitions() -> None:
    flow = run_inputs()["scan_flow"]

    words = words_of(draw_scan_flow(flow[flow["run"] == "all"], pointing_table()))

    assert words.endswith("Test 4 scans 4 lesions 4 patients")


def test_names_do_nothing_and_stay_inside_the_picture() -> None:
    flow = run_inputs()["scan_flow"]
    evil = flow.assign(reason=flow["reason"].replace("normal", EVIL))

    svg = draw_scan_flow(evil, pointing_table())

    assert "<script" not in svg
    assert "<script>alert(" in words_of(svg).replace(" ", "")
    root = parse(svg)
    for box in root.iter(f"{SPACE}rect"):
        assert float(box.get("x")) + float(box.get("width")) <= WIDTH
        assert float(box.get("y")) + float(box.get("height")) <= float(root.get("height"))


def test_the_diagram_brings_no_colour_of_its_own() -> None:
    root = parse(run_inputs()["scan_flow_figure"])

    paints = {shape.get(name) for shape in root.iter() for name in ("fill", "stroke")}
    assert paints == {"currentColor", "none", None}
    assert root.get("role") == "img"
    assert "In the study: 8 scans" in root.get("aria-label")
