"""The tables of a finished run, recomputed from what they were made from."""

import numpy as np
import pandas as pd
import pytest
from kedro.io import DataCatalog
from scipy import ndimage
from sklearn.metrics import roc_auc_score

from sonolens.models import rebuild_network


@pytest.fixture(scope="module")
def decided(results: DataCatalog) -> pd.DataFrame:
    """Test scans with their called label, from predictions and operating points alone."""
    points = results.load("operating_points").query("rule == 'closest_to_corner'")
    points = points.set_index(["run", "level"])["threshold"]
    predictions = results.load("predictions")
    test = predictions[predictions["partition"] == "test"]
    threshold = points.loc[[(run, "scan") for run in test["run"]]].to_numpy()
    called = np.where(test["probability"] >= threshold, "malignant", "benign")
    return test.assign(called=called, correct=called == test["label"]).set_index("scan_id")


def test_every_scan_is_imported_split_framed_decided_and_explained(results: DataCatalog) -> None:
    scans = results.load("scans")
    (run,) = results.load("model_weights")

    ids = set(scans["scan_id"])
    assert set(results.load("raw_images")) == set(results.load("raw_masks")) == ids
    assert list(results.load("splits")["scan_id"]) == list(scans["scan_id"])
    assert results.load("model_inputs").shape == (len(scans), 96, 96)
    assert set(results.load("predictions")["scan_id"]) == ids
    assert set(results.load("saliency_maps")) == {f"cam/{run}/{scan_id}" for scan_id in ids}


def test_decisions_are_those_of_predictions_and_operating_points(
    results: DataCatalog, decided: pd.DataFrame
) -> None:
    decisions = results.load("decisions").query("partition == 'test'").set_index("scan_id")

    assert (decisions["called"] == (decided["called"] == "malignant")).all()
    assert (decisions["correct"] == decided["correct"]).all()
    patients = results.load("scans").set_index("scan_id")["patient_id"]
    assert (decisions["patient_id"] == patients.loc[decisions.index]).all()


def test_every_map_adds_up_to_the_stored_logit(results: DataCatalog) -> None:
    maps, predictions = results.load("saliency_maps"), results.load("predictions")
    biases = {
        run: rebuild_network(load()).bias for run, load in results.load("model_weights").items()
    }

    for row in predictions.itertuples():
        total = maps[f"cam/{row.run}/{row.scan_id}"]().mean(dtype=np.float64) + biases[row.run]
        assert total == pytest.approx(row.logit, abs=1e-4)


def test_the_auc_is_that_of_the_predictions(results: DataCatalog) -> None:
    predictions = results.load("predictions")
    test = predictions[predictions["partition"] == "test"]
    lesions = test.groupby("lesion_id").agg({"probability": "mean", "label": "first"})
    metrics = results.load("classification_metrics").query("stratum == 'all' and rule == 'none'")
    metrics = metrics.set_index(["level", "partition", "metric"])["value"]

    for level, rows in (("scan", test), ("lesion", lesions)):
        expected = roc_auc_score(rows["label"] == "malignant", rows["probability"])
        assert metrics[level, "test", "auc"] == pytest.approx(expected)


def test_regions_are_the_mass_five_millimetres_and_what_lies_below(results: DataCatalog) -> None:
    scans = results.load("scans").set_index("scan_id")
    for scan_id in scans.index[::5]:
        mask = ndimage.binary_fill_holes(np.asarray(results.load("raw_masks")[scan_id]()))
        spacing = tuple(scans.loc[scan_id, ["spacing_row_mm", "spacing_col_mm"]])
        near = ndimage.distance_transform_edt(~mask, sampling=spacing) <= 5.0
        deeper = np.logical_or.accumulate(mask, axis=0) & ~np.flipud(
            np.logical_or.accumulate(np.flipud(mask), axis=0)
        )
        expected = np.select([mask, near, deeper], [1, 2, 3], default=0)
        assert np.array_equal(np.asarray(results.load("region_masks")[scan_id]()), expected)


def test_an_extreme_point_is_the_centre_of_the_extreme_cell(results: DataCatalog) -> None:
    points, maps = results.load("extreme_points"), results.load("saliency_maps")
    for row in points.sample(12, random_state=0).itertuples():
        saliency = maps[f"{row.method}/{row.run}/{row.scan_id}"]()
        rows, cols = np.asarray(results.load("raw_images")[row.scan_id]()).shape
        place = saliency.argmax() if row.extreme == "max" else saliency.argmin()
        cell = np.array(np.unravel_index(place, saliency.shape))
        expected = (cell + 0.5) * (rows, cols) / saliency.shape - 0.5
        assert (row.row_px, row.col_px) == pytest.approx(tuple(expected))


def test_the_region_of_a_point_is_the_pixel_under_it(results: DataCatalog) -> None:
    names = {0: "other", 1: "mass", 2: "peritumoral", 3: "below"}
    for row in results.load("extreme_points").itertuples():
        region_map = np.asarray(results.load("region_masks")[row.scan_id]())
        assert row.region == names[region_map[int(row.row_px + 0.5), int(row.col_px + 0.5)]]


@pytest.mark.parametrize("rule", ["max", "min", "either", "decision"])
@pytest.mark.parametrize("region", ["mass", "peritumoral", "below", "any"])
def test_hits_and_chance_are_those_of_the_points(
    results: DataCatalog, decided: pd.DataFrame, rule: str, region: str
) -> None:
    inside = {"mass", "peritumoral", "below"} if region == "any" else {region}
    points = results.load("extreme_points").pivot_table(
        index="scan_id", columns="extreme", values="region", aggfunc="first"
    )
    shares = results.load("region_shares").pivot_table(
        index="scan_id", columns="region", values="cell_share"
    )
    hits = chance = 0.0
    for scan_id, scan in decided[decided["correct"]].iterrows():
        decisive = "max" if scan["called"] == "malignant" else "min"
        extremes = {"either": ["max", "min"], "decision": [decisive]}.get(rule, [rule])
        share = shares.loc[scan_id, sorted(inside)].sum()
        hits += any(points.loc[scan_id, extreme] in inside for extreme in extremes)
        chance += 1 - (1 - share) ** len(extremes)

    game = results.load("pointing_game").set_index(["region", "rule", "subset", "label"])
    row = game.loc[(region, rule, "correct", "both")]
    assert (row["n"], row["hits"]) == (decided["correct"].sum(), hits)
    assert row["chance"] == pytest.approx(chance / decided["correct"].sum())
    assert row["ci_low"] <= row["rate"] <= row["ci_high"]


def test_tables_name_how_the_ring_was_measured(results: DataCatalog) -> None:
    for table in ("extreme_points", "pointing_game", "table_2"):
        assert set(results.load(table)["ring"]) == {"0-5 mm"}


def test_the_report_stands_alone_and_names_the_run(results: DataCatalog) -> None:
    page = results.load("report")

    assert "Research use only" in page
    assert 'src="http' not in page
    assert results.load("run_record")["run_id"] in page
