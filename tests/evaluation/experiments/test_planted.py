"""Planted evidence: rows of the pointing game beside the network's AUC, by hand."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from sonolens.evaluation import classification, pointing
from sonolens.evaluation.experiments import score_planted_evidence
from sonolens.evaluation.statistics import Bootstrap
from sonolens.regions import REGIONS
from sonolens.tables.planted import PlantedEvidence
from sonolens.tables.pointing import MeanMapExtremes
from sonolens.tables.reliance import RegionReliance

BOOTSTRAP = Bootstrap(resamples=200, confidence=0.95, seed=0)
RUN = "margin-local"
PLAYED = {name: (name,) for name in ("mass", "peritumoral", "below", "other")} | {
    "planted": ("mass", "peritumoral")
}
# Ten cells: one of mass, two of ring, one below, six of the rest.
SCAN = np.array([["mass", "peritumoral", "peritumoral", "below", "other"], ["other"] * 5])
REGION_MAP = np.vectorize(REGIONS.get)(SCAN).astype(np.uint8)
CELL_OF = {"mass": (0, 0), "peritumoral": (0, 1), "below": (0, 3), "other": (1, 0)}

RUNS = pd.DataFrame(
    [
        {
            "run": RUN,
            "cue": "margin",
            "network": "local",
            "seed": 0,
            "protocol": "rigorous",
            "output_stride": 8,
            "receptive_field_px": 14.0,
        }
    ]
)


def scans() -> pd.DataFrame:
    """Validation puts the threshold at 1; of four malignant test scans it misses t3."""
    rows = [
        ("v0", "validation", "malignant", 1.0),
        ("v1", "validation", "benign", 0.0),
        ("t0", "test", "malignant", 3.0),
        ("t1", "test", "malignant", 2.0),
        ("t2", "test", "malignant", 1.0),
        ("t3", "test", "malignant", 0.5),
        ("t4", "test", "benign", 0.7),
        ("t5", "test", "benign", -1.0),
    ]
    table = pd.DataFrame(rows, columns=["scan_id", "partition", "label", "logit"])
    return table.assign(
        run=RUN,
        lesion_id="l" + table["scan_id"],
        patient_id="p" + table["scan_id"],
        spacing_row_mm=1.2,
        spacing_col_mm=1.4,
    )


def decide(judged: pd.DataFrame) -> pd.DataFrame:
    predictions = classification.scale_probabilities(
        judged[["run", "scan_id", "lesion_id", "partition", "label", "logit"]], protocol="rigorous"
    )
    chosen = classification.choose_operating_points(predictions, RUNS, lesion_probability="mean")
    return classification.decide_scans(predictions, judged[["scan_id", "patient_id"]], chosen)


def draw(hit: str | None) -> np.ndarray:
    """A map whose maximum lies in one region; its minimum, in the last cell, is of no matter."""
    saliency = np.zeros(REGION_MAP.shape)
    if hit is not None:
        saliency[CELL_OF[hit]] = 1.0
        saliency[1, 4] = -1.0
    return saliency


def rely(**where: str) -> pd.DataFrame:
    """By one fill each call hangs most on the region told, by the other all hang on the mass, as all do on placebos."""
    rows = [
        {
            "scan_id": scan_id,
            "null": null,
            "fill": fill,
            "region": region,
            "value": float(region == most),
        }
        for scan_id, hit in where.items()
        for null, fill, most in (
            ("none", "mean", hit),
            ("none", "tissue", "mass"),
            ("moved", "mean", "other"),
            ("moved", "tissue", "other"),
        )
        for region in CELL_OF
    ]
    sums = {"necessity": 0.0, "sufficiency": 0.0, "logit": 1.0, "empty_logit": 0.0}
    return RegionReliance.validate(pd.DataFrame(rows).assign(run=RUN, **sums))


def score(reliance: pd.DataFrame | None = None, **where: str | None) -> pd.DataFrame:
    """Score maps that each point to one region, or to none."""
    points: list[dict[str, Any]] = []
    shares: list[dict[str, Any]] = []
    for scan_id, hit in where.items():
        key = {"method": "cam", "run": RUN, "scan_id": scan_id}
        located = pointing.locate_extreme_points(
            draw(hit), REGION_MAP, spacing_mm=(1.2, 1.4), rule="cell"
        )
        measured = pointing.measure_region_shares(
            REGION_MAP, REGION_MAP.shape, spacing_mm=(1.2, 1.4), regions=PLAYED
        )
        points += [key | row for row in located]
        shares += [key | row for row in measured]
    extreme_points = pd.DataFrame(points).assign(ring="5 mm")
    judged = scans()
    lookup = pointing.look_up_regions(
        extreme_points,
        MeanMapExtremes.empty(),
        judged[["scan_id", "spacing_row_mm", "spacing_col_mm"]],
        dict.fromkeys(where, lambda: REGION_MAP),
        regions=PLAYED,
    )
    table = score_planted_evidence(
        extreme_points,
        pd.DataFrame(shares),
        decide(judged),
        RUNS,
        region_reliance=RegionReliance.empty() if reliance is None else reliance,
        lookups={"margin": lookup},
        permutations=100,
        bootstrap=BOOTSTRAP,
    )
    return PlantedEvidence.validate(table).set_index("region")


def test_only_malignant_scans_that_were_called_so_count() -> None:
    scored = score(t0="mass", t1="peritumoral", t2="other", t3="mass")

    assert (scored["n"] == 3).all()
    assert scored["rate"].to_dict() == pytest.approx(
        {"mass": 1 / 3, "peritumoral": 1 / 3, "below": 0, "other": 1 / 3, "planted": 2 / 3}
    )


def test_where_evidence_lies_in_two_regions_their_hits_and_chances_add_up() -> None:
    scored = score(t0="mass", t1="peritumoral", t2="other", t3="mass")

    assert scored["planted"].to_dict() == {
        "mass": True,
        "peritumoral": True,
        "below": False,
        "other": False,
        "planted": True,
    }
    assert scored.loc["planted", "chance"] == pytest.approx(0.3)
    assert scored.loc["planted", "enrichment"] == pytest.approx((2 / 3) / 0.3)


def test_on_scans_that_are_all_alike_a_map_hits_as_often_on_any_other() -> None:
    scored = score(t0="mass", t1="peritumoral", t2="other", t3="mass")

    assert (scored["p_value"] == 1).all()


def test_the_auc_is_that_of_the_test_scans() -> None:
    scored = score(t0="mass", t1="mass", t2="mass", t3="mass")

    # Of eight pairs only t3 and t4 stand in the wrong order.
    assert (scored["auc"] == 7 / 8).all()
    assert (scored["auc_ci_low"] < 7 / 8).all()


def test_a_constant_map_neither_hits_nor_misses() -> None:
    scored = score(t0="mass", t1=None, t2="mass", t3=None)

    assert (scored["n"] == 2).all()
    assert (scored["n_silent"] == 1).all()  # t3 was not called malignant
    assert scored.loc["mass", "rate"] == 1


def test_a_network_that_finds_nothing_has_no_rate() -> None:
    scored = score(t3="mass")

    assert (scored["n"] == 0).all()
    assert scored[["rate", "ci_low", "chance"]].isna().all(axis=None)


def test_run_and_cells_stand_beside_every_rate() -> None:
    scored = score(t0="mass")

    assert (scored[["cue", "network", "method"]] == ["margin", "local", "cam"]).all(axis=None)
    assert (scored["receptive_field_px"] == 14).all()
    assert (scored["cell_row_mm"] == 1.2).all()
    assert (scored["cell_col_mm"] == 1.4).all()


def test_calls_that_hang_on_the_evidence_are_counted_like_hits_beside_their_placebos() -> None:
    relied = rely(t0="peritumoral", t1="mass", t2="other", t3="below")
    scored = score(relied, t0="mass").reset_index().set_index(["method", "region"])

    # Three calls of malignant, t3 was missed.
    by_mean = scored.loc["reliance_mean"]
    assert (by_mean["n"] == 3).all()
    assert by_mean["rate"].to_dict() == pytest.approx(
        {"mass": 1 / 3, "peritumoral": 1 / 3, "below": 0, "other": 1 / 3, "planted": 2 / 3}
    )
    assert by_mean["chance"].to_dict() == pytest.approx(
        {"mass": 0, "peritumoral": 0, "below": 0, "other": 1, "planted": 0}
    )
    assert (scored.loc["reliance_tissue", "rate"] == [1, 0, 0, 0, 1]).all()
    assert scored.loc["reliance", "hits"].tolist() == pytest.approx([1, 0, 0, 0, 1])
    assert (scored.loc["reliance", "n_silent"] == 2).all()


def test_where_no_scan_was_called_malignant_reliance_has_no_rate() -> None:
    scored = score(rely(t3="mass"), t3="mass")

    assert (scored["n"] == 0).all()
    assert scored[["rate", "chance", "p_value"]].isna().all(axis=None)
