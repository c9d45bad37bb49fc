"""Moved annotations of a finished run: what does not move leaves the study's own rates."""

import shutil

import pytest
import yaml
from projects import PROJECT

from sonolens.pipelines.mask_uncertainty.parameters import MaskUncertaintyParameters

STILL = {"contour_sd_mm": 0.0, "contour_sd_share": 0.0, "spacing_sd_share": 0.0}


@pytest.fixture(scope="module")
def moved(finished, project_at, tmp_path_factory):
    project = project_at(tmp_path_factory.mktemp("moved") / "data")
    shutil.copytree(finished.data_root, project.data_root)
    project.run("mask_uncertainty", params={"mask_uncertainty": STILL})
    return project


def test_as_annotated_the_rates_are_those_of_the_pointing_game(moved, finished):
    table = moved.catalog.load("mask_uncertainty").set_index(["method", "run", "region"])
    game = finished.catalog.load("pointing_game").query(
        "rule == 'decision' and subset == 'correct' and label == 'both'"
    )
    played = game.set_index(["method", "run", "region"]).loc[table.index]

    assert ((table["chance"] > 0) & (table["chance"] < 1)).all()
    # The game leaves scans out that lack a region; here they are misses.
    assert (table["rate"] * table["n"]).to_numpy() == pytest.approx(played["hits"].to_numpy())


def test_annotations_that_do_not_move_are_open_only_to_the_place_in_a_cell(moved):
    table = moved.catalog.load("mask_uncertainty")
    settled = table[(table["near_hits"].fillna(0) == 0) & (table["near_misses"].fillna(0) == 0)]

    assert (settled["moved_low"] == settled["rate"]).all()
    assert (settled["moved_high"] == settled["rate"]).all()
    assert moved.catalog.load("mask_uncertainty_page").startswith("<!DOCTYPE html>")


@pytest.mark.parametrize("wrong", [{"draws": 5}, {"contour_sd_mm": -1}, {"contour_scale_mm": 0}])
def test_parameters_that_cannot_be_are_refused(wrong):
    with (PROJECT / "conf/base/parameters_mask_uncertainty.yml").open(encoding="utf-8") as file:
        given = yaml.safe_load(file)["mask_uncertainty"]
    with pytest.raises(ValueError, match=next(iter(wrong))):
        MaskUncertaintyParameters(**given | wrong)
