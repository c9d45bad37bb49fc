"""Planted evidence: hits of right calls, beside chance and beside maps laid on other scans."""

import numpy as np
import pandas as pd
import pytest

from sonolens.evaluation.experiments import score_planted_evidence
from sonolens.evaluation.statistics import Bootstrap
from sonolens.tables.planted import PlantedEvidence, PlantedHits, PlantedPredictions

BOOTSTRAP = Bootstrap(resamples=200, confidence=0.95, seed=0)
FIT = {"cue": "margin", "network": "local", "seed": 0}
CHANCE = {"mass": 0.1, "peritumoral": 0.2, "below": 0.1, "other": 0.6}
PLANTED = {"mass", "peritumoral"}


def predictions() -> pd.DataFrame:
    """Validation puts the threshold at 1; of four malignant test scans it misses t3."""
    scans = [
        ("v0", "validation", "malignant", 1.0),
        ("v1", "validation", "benign", 0.0),
        ("t0", "test", "malignant", 3.0),
        ("t1", "test", "malignant", 2.0),
        ("t2", "test", "malignant", 1.0),
        ("t3", "test", "malignant", 0.5),
        ("t4", "test", "benign", 0.7),
        ("t5", "test", "benign", -1.0),
    ]
    table = pd.DataFrame(scans, columns=["scan_id", "partition", "label", "logit"])
    table = table.assign(**FIT, patient_id="p" + table["scan_id"], receptive_field_px=14.0)
    return PlantedPredictions.validate(table)


def hits(**where: str | None) -> pd.DataFrame:
    """Each map points to one region, or to none."""
    rows = [
        FIT
        | {
            "method": "cam",
            "scan_id": scan_id,
            "region": region,
            "planted": region in PLANTED,
            "hit": np.nan if hit is None else float(region == hit),
            "cell_share": chance,
            "exchanged": 0.25,
            "cell_row_mm": 1.2,
            "cell_col_mm": 1.4,
        }
        for scan_id, hit in where.items()
        for region, chance in CHANCE.items()
    ]
    return PlantedHits.validate(pd.DataFrame(rows))


def score(found: pd.DataFrame) -> pd.DataFrame:
    table = score_planted_evidence(found, predictions(), bootstrap=BOOTSTRAP)
    return PlantedEvidence.validate(table).set_index("region")


def test_only_malignant_scans_that_were_called_so_count() -> None:
    scored = score(hits(t0="mass", t1="peritumoral", t2="other", t3="mass"))

    assert (scored["n"] == 3).all()
    assert scored["rate"].to_dict() == pytest.approx(
        {"mass": 1 / 3, "peritumoral": 1 / 3, "below": 0, "other": 1 / 3, "planted": 2 / 3}
    )


def test_where_evidence_lies_in_two_regions_their_hits_and_chances_add_up() -> None:
    scored = score(hits(t0="mass", t1="peritumoral", t2="other", t3="mass"))

    assert scored["planted"].to_dict() == {
        "mass": True,
        "peritumoral": True,
        "below": False,
        "other": False,
        "planted": True,
    }
    assert scored.loc["planted", "chance"] == pytest.approx(0.3)
    assert scored.loc["planted", "enrichment"] == pytest.approx((2 / 3) / 0.3)
    assert scored.loc["planted", "exchanged"] == pytest.approx(0.5)


def test_the_auc_is_that_of_the_test_scans() -> None:
    scored = score(hits(t0="mass", t1="mass", t2="mass", t3="mass"))

    # Of eight pairs only t3 and t4 stand in the wrong order.
    assert (scored["auc"] == 7 / 8).all()
    assert (scored["auc_ci_low"] < 7 / 8).all()


def test_a_constant_map_neither_hits_nor_misses() -> None:
    scored = score(hits(t0="mass", t1=None, t2="mass", t3=None))

    assert (scored["n"] == 2).all()
    assert (scored["n_silent"] == 1).all()  # t3 was not called malignant
    assert scored.loc["mass", "rate"] == 1


def test_a_network_that_finds_nothing_has_no_rate() -> None:
    scored = score(hits(t3="mass"))

    assert (scored["n"] == 0).all()
    assert scored[["rate", "ci_low", "chance"]].isna().all(axis=None)


def test_exchanging_regions_methods_and_fits_exchanges_rows_and_no_number() -> None:
    regions = {"mass": "below", "below": "other", "other": "peritumoral", "peritumoral": "mass"}
    methods, networks = ({one: other, other: one} for one, other in (("cam", "drs"), ("a", "b")))
    rng = np.random.default_rng(5)
    maps = pd.concat(
        hits(**dict(zip(("t0", "t1", "t2"), rng.choice(list(CHANCE), 3), strict=True))).assign(
            method=method, network=network, exchanged=rng.random(12)
        )
        for method in methods
        for network in networks
    )
    judged = pd.concat(
        predictions().assign(network=network, receptive_field_px=seen_px)
        for network, seen_px in zip(networks, (14.0, 30.0), strict=True)
    )
    key = ["network", "method", "region"]

    def scored(found: pd.DataFrame, by: pd.DataFrame) -> pd.DataFrame:
        return score_planted_evidence(found, by, resamples=200, confidence=0.95, seed=0)

    turned = scored(
        maps.assign(
            region=maps["region"].map(regions),
            method=maps["method"].map(methods),
            network=maps["network"].map(networks),
        ),
        judged.assign(network=judged["network"].map(networks)),
    )

    expected = scored(maps, judged).replace({"region": regions, "method": methods})
    expected["network"] = expected["network"].map(networks)
    pd.testing.assert_frame_equal(
        turned.set_index(key).sort_index(), expected.set_index(key).sort_index(), rtol=1e-12
    )
