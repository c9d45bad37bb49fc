"""A scan that cannot be explained costs itself: it is left out and listed, or stops the run."""

import logging
import re
import shutil

import numpy as np
import pandas as pd
import pytest
from kedro.io import DatasetError
from PIL import Image

from sonolens.pipelines.explainability.parameters import ExplanationParameters
from sonolens.pipelines.explainability.selection import draw_or_leave_out, select_explained

MAP = np.zeros((2, 2), np.float32)
SCANS = pd.DataFrame({"scan_id": ["a", "b", "c"]})
DECISIONS = pd.DataFrame({"run": ["r"] * 3, "scan_id": ["a", "b", "c"]})


def selected(*, maps, regions, on_error="drop"):
    return select_explained(
        SCANS,
        DECISIONS,
        {name: (lambda: MAP) for name in maps},
        dict.fromkeys(regions, lambda: Image.new("L", (2, 2))),
        ExplanationParameters.model_construct(on_error=on_error),
    )


ALL = [f"{method}/r/{scan}" for method in ("cam", "random") for scan in "abc"]


def test_a_sound_study_is_explained_whole():
    scans, decisions, unexplained = selected(maps=ALL, regions="abc", on_error="stop")

    assert scans.equals(SCANS)
    assert decisions.equals(DECISIONS)
    assert unexplained.empty


def test_what_lacks_regions_or_one_map_is_left_out_everywhere_and_listed_with_the_reason(caplog):
    with caplog.at_level(logging.WARNING):
        scans, decisions, unexplained = selected(
            maps=[name for name in ALL if name != "random/r/b"], regions="bc"
        )

    assert list(scans["scan_id"]) == list(decisions["scan_id"]) == ["c"]
    assert unexplained.to_numpy().tolist() == [
        ["a", "its regions could not be drawn"],
        ["b", "its map of method random, run r could not be drawn"],
    ]
    assert "2 of 3 scans" in caplog.text


def test_without_leave_to_drop_the_run_stops_with_the_first_of_them():
    with pytest.raises(
        ValueError, match=r"scan 'a' is not explained .* explanation\.on_error: drop"
    ):
        selected(maps=ALL, regions="bc", on_error="stop")


def test_nothing_left_is_no_study():
    with pytest.raises(ValueError, match="no scan could be explained"):
        selected(maps=ALL, regions="")


@pytest.mark.parametrize("error", [DatasetError("cut"), OSError("gone"), ValueError("empty")])
def test_one_that_cannot_be_drawn_is_told_and_passed_over_or_raised(error, caplog):
    def draw(scan_id):
        if scan_id == "b":
            raise error
        return scan_id.upper()

    with caplog.at_level(logging.WARNING):
        drawn = [draw_or_leave_out(draw, each, on_error="drop", what="regions") for each in "abc"]

    assert drawn == [[("a", "A")], [], [("c", "C")]]
    assert f"Scan b is left out, its regions cannot be drawn: {error}" in caplog.messages
    with pytest.raises(type(error)):
        draw_or_leave_out(draw, "b", on_error="stop", what="regions")


@pytest.fixture(scope="module")
def damaged(finished, project_at, tmp_path_factory):
    """A copy of the finished run in which the mask of one test scan has been cut since it was saved."""
    root = tmp_path_factory.mktemp("damaged") / "data"
    shutil.copytree(finished.data_root, root, symlinks=True)
    decisions = finished.catalog.load("decisions")
    scan_id = decisions.loc[decisions["partition"] == "test", "scan_id"].iloc[0]
    (mask,) = root.glob(f"01_raw/masks/*/{scan_id}.png")
    content = mask.read_bytes()
    mask.unlink()
    mask.write_bytes(content[: len(content) // 2])
    return project_at(root), scan_id


def test_a_damaged_mask_stops_the_run_in_one_line(damaged):
    project, scan_id = damaged

    with pytest.raises(
        DatasetError, match=rf"item '{re.escape(scan_id)}': .* is not what was saved"
    ):
        project.run(namespaces=["regions"])


def test_or_costs_that_scan_and_the_page_says_so(damaged, finished):
    project, scan_id = damaged
    drop = {"explanation": {"on_error": "drop"}}
    project.run(namespaces=["regions", "selection", "pointing"], params=drop)

    catalog, before = project.catalog, finished.catalog
    assert catalog.load("unexplained_scans")["scan_id"].tolist() == [scan_id]
    assert len(catalog.load("explained_scans")) == len(before.load("scans")) - 1
    assert scan_id not in set(catalog.load("extreme_points")["scan_id"])
    scored = [
        each.load("pointing_game").query("subset == 'all'")["n"].max() for each in (before, catalog)
    ]
    assert scored[1] < scored[0]
