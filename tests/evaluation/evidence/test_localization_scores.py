import numpy as np
import pandas as pd
import pytest

from sonolens.evaluation.classification import decide_scans
from sonolens.evaluation.evidence import summarise_localization
from sonolens.evaluation.statistics import Bootstrap
from sonolens.tables.evidence import LocalizationScores

SETTINGS = {
    "partition": "test",
    "unsigned_methods": ("edges",),
    "bootstrap": Bootstrap(resamples=300, confidence=0.95, seed=0),
}


def tables(scans, *, method="cam"):
    """Scans as (label, called, score by evidence, distance); each a patient of its own."""
    map_scores, predictions = [], []
    for number, (label, called, value_of) in enumerate(scans):
        key = {"method": method, "run": "net", "scan_id": f"s{number}"}
        for evidence in ("positive", "negative", "absolute"):
            value = {"evidence": evidence, "value": value_of.get(evidence, 0.5), "ceiling": 0.9}
            value["mean_mask"] = value_of.get("mean_mask", np.nan)
            map_scores += [
                key | value | {"score": score, "region": "mass", "chance": 0.1}
                for score in ("energy", "distance_mm")
            ]
        probability = 0.7 if called == "malignant" else 0.3
        predictions.append(
            {"run": "net", "scan_id": f"s{number}", "partition": "test", "label": label}
            | {"probability": probability}
        )
    ids = [f"s{number}" for number in range(len(scans))]
    patients = pd.DataFrame({"scan_id": ids, "patient_id": ids})
    threshold = {"run": "net", "level": "scan", "rule": "closest_to_corner", "threshold": 0.5}
    decisions = decide_scans(pd.DataFrame(predictions), patients, pd.DataFrame([threshold]))
    return pd.DataFrame(map_scores), decisions


def summarise(scans, **changes):
    method = changes.pop("method", "cam")
    table = summarise_localization(*tables(scans, method=method), **SETTINGS | changes)
    LocalizationScores.validate(table)
    return table.set_index(["score", "evidence", "subset", "label"]).sort_index()


THREE = [
    ("malignant", "malignant", {"positive": 0.8, "negative": 0.1}),
    ("benign", "benign", {"positive": 0.2, "negative": 0.6}),
    ("benign", "malignant", {"positive": 0.5, "negative": np.nan}),
]


def test_means_are_taken_over_the_maps_of_each_subset_and_label():
    means = summarise(THREE).loc["energy"]["mean"]

    assert means["positive", "all", "both"] == pytest.approx(0.5)
    assert means["positive", "correct", "both"] == pytest.approx(0.5)
    assert means["positive", "correct", "benign"] == pytest.approx(0.2)
    assert means["positive", "wrong", "benign"] == pytest.approx(0.5)
    assert np.isnan(means["positive", "wrong", "malignant"])


def test_the_evidence_for_the_call_is_positive_for_malignant_and_negative_for_benign():
    assert summarise(THREE).loc["energy"]["mean"]["called", "all", "both"] == pytest.approx(
        (0.8 + 0.6 + 0.5) / 3
    )


def test_a_method_without_signs_argues_with_its_positive_evidence_only():
    means = summarise(THREE, method="edges").loc["energy"]["mean"]

    assert means["called", "all", "both"] == means["positive", "all", "both"]


def test_maps_without_a_value_are_left_out_and_counted():
    row = summarise(THREE).loc[("energy", "negative", "all", "both")]

    assert row[["n", "n_left_out"]].tolist() == [2, 1]
    assert row["mean"] == pytest.approx(0.35)
    assert row[["chance", "ceiling"]].tolist() == pytest.approx([0.1, 0.9])


def test_the_interval_of_shares_and_of_lengths_encloses_the_mean():
    rng = np.random.default_rng(0)
    drawn = rng.random(80)
    table = summarise([("benign", "benign", {"positive": value}) for value in drawn])

    for score in ("energy", "distance_mm"):
        row = table.loc[(score, "positive", "all", "both")]
        half = 1.96 * drawn.std() / np.sqrt(80)
        assert row["mean"] == pytest.approx(drawn.mean())
        assert row["ci_low"] == pytest.approx(drawn.mean() - half, abs=0.015)
        assert row["ci_high"] == pytest.approx(drawn.mean() + half, abs=0.015)


def test_a_length_that_resampling_cannot_move_has_no_interval():
    row = summarise([("benign", "benign", {"positive": 0.4})])
    assert row.loc[("distance_mm", "positive", "all", "both"), ["ci_low", "ci_high"]].isna().all()


def test_scores_of_other_partitions_only_are_refused():
    with pytest.raises(ValueError, match="no scan of the train partition has localization scores"):
        summarise(THREE, partition="train")


def test_maps_are_compared_with_the_mean_mask_on_the_scans_that_both_scored():
    known = [
        (label, called, scores | {"mean_mask": 0.3})
        for label, called, scores in THREE[:2]  # values 0.8 and 0.2
    ]
    row = summarise([*known, THREE[2]]).loc[("energy", "positive", "all", "both")]

    assert row["mean"] == pytest.approx(0.5)
    assert row["mean_mask"] == pytest.approx(0.3)
    assert row["beyond_mean_mask"] == pytest.approx(0.2)
    assert row["beyond_mean_mask_low"] == pytest.approx(-0.1)
    assert row["beyond_mean_mask_high"] == pytest.approx(0.5)


def test_without_training_masks_the_mean_mask_is_unknown():
    beyond = summarise(THREE).filter(like="mean_mask")

    assert beyond.shape[1] == 4
    assert beyond.isna().all(axis=None)


def test_a_distance_to_the_mean_mask_that_nothing_moves_has_no_interval():
    twice = [("malignant", "malignant", {"positive": 0.8, "mean_mask": 0.3})] * 2
    row = summarise(twice).loc[("distance_mm", "positive", "all", "both")]

    assert row["beyond_mean_mask"] == pytest.approx(0.5)
    assert row[["beyond_mean_mask_low", "beyond_mean_mask_high"]].isna().all()
