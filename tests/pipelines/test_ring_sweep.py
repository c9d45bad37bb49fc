"""The ring sweep of a finished run: the pointing game again, and rings recomputed from the masks."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml
from kedro.io import DataCatalog
from pydantic import ValidationError
from scipy import ndimage

from sonolens.evaluation.classification import decide_scans
from sonolens.figures.pointing.ring_sweep import draw_ring_sweep
from sonolens.pipelines.collections import Pictures
from sonolens.pipelines.explainability.ring_sweep import draw_swept_regions, sweep_rings
from sonolens.pipelines.parameters import RegionsParameters
from sonolens.tables.pointing import RingSweep

CONF = Path(__file__).parents[2] / "conf" / "base" / "parameters_explainability.yml"
KEY = ["method", "run", "region", "rule", "subset", "label"]
DRAWN_FROM = ("raw_masks", "annotations", "decisions", "scans")
LOADED = (
    "saliency_maps",
    "extreme_points",
    "mean_map_extremes",
    "decisions",
    "scans",
)


def regions(*, ring: dict[str, Any] | None = None, **changes: Any) -> RegionsParameters:
    """The regions of conf/base, but for what is told."""
    told = yaml.safe_load(CONF.read_text())["regions"]
    return RegionsParameters(**told | {"ring": told["ring"] | (ring or {})} | changes)


def sweep(results: DataCatalog, asked: RegionsParameters) -> pd.DataFrame:
    scoring = results.load("params:evaluation")
    loaded = [results.load(name) for name in LOADED]
    return sweep_rings(draw(results, asked), *loaded, asked, scoring)


def draw(results: DataCatalog, asked: RegionsParameters) -> Pictures:
    """The regions with every ring that is asked for, as a collection that was loaded."""
    told = [results.load(name) for name in DRAWN_FROM]
    drawn = draw_swept_regions(*told, asked, results.load("params:evaluation"))
    return {name: picture.copy for of_scan in drawn for name, picture in of_scan}


def test_the_game_is_played_for_every_width_in_one_run(results: DataCatalog) -> None:
    swept = results.load("ring_sweep")

    assert swept["ring"].unique().tolist() == ["0-2 mm", "0-5 mm", "0-8 mm", "0-10 mm"]
    assert swept.groupby("ring")["ring_outer_mm"].unique().map(list).to_dict() == {
        "0-2 mm": [2.0],
        "0-5 mm": [5.0],
        "0-8 mm": [8.0],
        "0-10 mm": [10.0],
    }
    assert swept["ring_outer_radii"].isna().all()
    assert len(swept) == 4 * (4 * 2 * 2 * 3)
    assert len(results.load("ring_sweep_figure")) > 0


def test_at_the_width_of_the_game_the_rows_are_those_of_the_game(results: DataCatalog) -> None:
    swept = results.load("ring_sweep").query("ring_outer_mm == 5").set_index(KEY)
    game = results.load("pointing_game").set_index(KEY)

    shared = [name for name in swept.columns if name in game.columns]
    assert {"n", "hits", "rate", "ci_low", "ci_high", "chance", "centre_prior"} <= set(shared)
    pd.testing.assert_frame_equal(swept[shared], game.loc[swept.index, shared], check_exact=True)


@pytest.mark.parametrize("outer_mm", [2.0, 8.0, 10.0])
def test_hits_and_chance_of_another_width_are_those_of_distances_to_the_mask(
    results: DataCatalog, outer_mm: float
) -> None:
    test = results.load("predictions").query("partition == 'test'")
    scans = results.load("scans").set_index("scan_id")
    points = results.load("extreme_points").query("extreme == 'max'").set_index("scan_id")
    (run,) = results.load("model_weights")
    hits, chance = 0, []
    for scan_id in test["scan_id"]:
        mask = ndimage.binary_fill_holes(np.asarray(results.load("raw_masks")[scan_id]()))
        spacing = tuple(scans.loc[scan_id, ["spacing_row_mm", "spacing_col_mm"]])
        distance = ndimage.distance_transform_edt(~mask, sampling=spacing)
        ring = (distance > 0) & (distance <= outer_mm)
        point = points.loc[scan_id]
        hits += bool(ring[int(point["row_px"] + 0.5), int(point["col_px"] + 0.5)])
        cells = np.array(results.load("saliency_maps")[f"cam/{run}/{scan_id}"]().shape)
        centres = (np.argwhere(np.ones(cells)) + 0.5) * ring.shape / cells
        chance.append(ring[tuple(centres.astype(int).T)].mean())

    (row,) = sweep_of_maxima(results, outer_mm).to_dict("records")

    assert (row["n"], row["hits"]) == (len(test), hits)
    assert row["chance"] == pytest.approx(np.mean(chance))


def sweep_of_maxima(results: DataCatalog, outer_mm: float) -> pd.DataFrame:
    """The row that asks for maxima alone: every scan is called malignant by a threshold of 0."""
    lenient = results.load("operating_points").assign(threshold=0.0)
    decisions = decide_scans(results.load("predictions"), results.load("scans"), lenient)
    asked, scoring = regions(sweep_outer_mm=[outer_mm]), results.load("params:evaluation")
    loaded = {name: results.load(name) for name in LOADED} | {"decisions": decisions}
    swept = sweep_rings(draw(results, asked), *loaded.values(), asked, scoring)
    return swept.query(
        "region == 'peritumoral' and rule == 'decision' and subset == 'all' and label == 'both'"
    )


def test_a_relative_ring_is_swept_in_the_same_proportion(results: DataCatalog) -> None:
    swept = sweep(results, regions(ring={"mode": "relative"}))

    RingSweep.validate(swept)
    assert swept["ring"].unique().tolist() == [
        f"relative: 0-{radii} mass radii" for radii in ("0.2", "0.5", "0.8", "1")
    ]
    assert swept["ring_outer_radii"].unique().tolist() == pytest.approx([0.2, 0.5, 0.8, 1.0])
    assert swept["ring_outer_mm"].isna().all()
    assert swept["chance"].notna().any()
    ring = swept.query("region == 'peritumoral' and rule == 'decision' and subset == 'all'")
    chance = ring[ring["label"] == "both"]["chance"].to_numpy()
    assert (np.diff(chance) > 0).all()


def test_a_tolerance_of_the_game_is_one_of_the_sweep(results: DataCatalog) -> None:
    asked, scoring = regions(sweep_outer_mm=[2.0]), results.load("params:evaluation")
    loaded = [results.load(name) for name in LOADED]
    near = scoring.model_copy(update={"tolerance_mm": 3.0})
    drawn = draw(results, asked)
    exact, widened = (
        sweep_rings(drawn, *loaded, asked, each).set_index(KEY) for each in (scoring, near)
    )

    assert set(widened["tolerance_mm"]) == {3.0}
    assert (widened["hits"] >= exact["hits"]).all()
    assert (widened["chance"].dropna() >= exact["chance"].dropna()).all()
    assert (widened["chance"] > exact["chance"]).any()


def test_without_widths_the_table_is_empty_and_its_figure_says_so(results: DataCatalog) -> None:
    swept = sweep(results, regions(sweep_outer_mm=[]))

    assert swept.empty
    assert list(swept.columns) == list(RingSweep.to_schema().columns)
    assert any("No ring was swept" in text.get_text() for text in draw_ring_sweep(swept).texts)


def test_widths_in_any_order_are_swept_from_the_narrowest(results: DataCatalog) -> None:
    swept = sweep(results, regions(sweep_outer_mm="8 2"))

    assert swept["ring_outer_mm"].unique().tolist() == [2.0, 8.0]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"sweep_outer_mm": [2.0, 5.0, 2.0]}, "2.0 stands there twice"),
        ({"sweep_outer_mm": [0.0]}, "greater than 0"),
        ({"sweep_outer_mm": [float("inf")]}, "finite"),
        ({"ring": {"inner_mm": 3.0}}, r"names 2 mm, but ring\.inner_mm is 3.*has no room"),
        ({"ring": {"inner_mm": 2.0}}, r"names 2 mm, but ring\.inner_mm is 2.*has no room"),
    ],
)
def test_widths_that_are_no_ring_are_refused_before_anything_runs(
    changes: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValidationError, match=message):
        regions(**changes)


@pytest.mark.parametrize("said", [5.0, 5, "5"])
def test_one_width_on_the_command_line_is_a_list_of_one(said: Any) -> None:
    assert regions(sweep_outer_mm=said).sweep_outer_mm == (5.0,)
