"""The methods tell what was run with its own values, and nothing else."""

import copy
import re
from typing import Any

import pandas as pd
import pytest
from tiny_journal import decisions_table
from tiny_run import NOTHING_COUNTED, pointing_table, run_inputs, scans_table
from tiny_scores import training_runs_table

from sonolens.report.methods_text import METHODS_NEEDS, write_methods
from sonolens.tables.pointing import AnnotationHits, PointingGame, RingSweep

MADE = "2026-01-01T00.00.00.000Z"
SETTINGS = {
    "split": {"scheme": "holdout", "validation_share": 0.2, "test_share": 0.25, "seed": 31},
    "framing": {"size_px": 208, "annotations": "blank"},
    "training": {
        "batch_size": 17,
        "epochs": 77,
        "patience": 9,
        "augmentation": {"horizontal_flip": True, "max_shift": 0.0, "max_contrast": 0.15},
    },
    "explanation": {"point_rule": "cell"},
    "regions": {"below": {"lateral_trim": 0.1, "max_depth_mm": 12.5, "exclude_ring": True}},
    "evaluation": {"resamples": 1234, "seed": 5, "lesion_probability": "max"},
    "faithfulness": {"steps": 7, "fill": "mean"},
    "reliance": {"seed": 3},
    "screening": {"min_kinship": 0.8},
}
ELSEWHERE = ("model_inputs", "region_masks", "screening", "extreme_points", "region_reliance")
"""Datasets that other nodes of a run read, and whose parameters the methods tell."""

OPTIONAL = (
    "reliance_scores",
    "reliance_verdict",
    "faithfulness_scores",
    "sanity_checks",
    "map_completeness",
    "repeatability",
    "localization_scores",
    "abstention_scores",
    "descriptor_agreement",
    "reader_agreement",
    "reader_comparison",
    "shortcut_audit",
    "configuration_comparison",
)


def tables(**replaced: Any) -> dict[str, Any]:
    inputs = run_inputs()
    known = {
        "decisions": decisions_table(inputs["predictions"]),
        "annotation_hits": AnnotationHits.empty(),
        "ring_sweep": RingSweep.empty(),
        **inputs,
    }
    return {name: known[name] for name in METHODS_NEEDS} | replaced


def context(settings: dict[str, Any] | None = None, *, earlier: bool = False) -> dict[str, Any]:
    """A run that read all its parameters itself, or whose inputs an earlier one made with them."""
    told = copy.deepcopy(run_inputs()["run_context"])
    known = SETTINGS if settings is None else settings
    if earlier:
        inputs = dict.fromkeys(METHODS_NEEDS, MADE) | dict.fromkeys(ELSEWHERE, MADE)
        return told | {"inputs": inputs, "made_with": {MADE: known}, "parameters": {}}
    return told | {"inputs": {}, "made_with": {}, "parameters": known}


def write(settings: dict[str, Any] | None = None, *, earlier: bool = False, **replaced: Any) -> str:
    return write_methods(**tables(run_context=context(settings, earlier=earlier)) | replaced)


@pytest.mark.parametrize("earlier", [False, True])
def test_every_value_is_that_of_the_run_that_used_it(earlier: bool) -> None:
    text = write(earlier=earlier)

    for words in (
        "25 % of them to test, 20 % to validation",
        "(2 train, 2 validation, 4 test scans)",
        "The seed of the split was 31.",
        "208 x 208 pixels",
        "replaced by the tissue around them",
        "correlating at 0.8 or more",
        "tiny, starting from ImageNet weights",
        "17,153 of 23,510,081 weights learnt",
        "Adam (learning rate 0.001) in batches of 17 scans, for at most 77 epochs, and no longer than 9",
        "mirrored left to right and changed in contrast by up to 15 %.",
        "fitted to the validation scans (1.37)",
        "of the validation scans (0.432)",
        "is the max over its scans",
        "95 % expanded percentile intervals (Hesterberg 2015) over 1,234 bootstrap resamples of patients (seed 5)",
        "drawn by cam (Zhou 2016)",
        "ring (0-5 mm from its outline), and what lies below the mass in its columns (10 % of its width cut off on each "
        "side), down to 12.5 mm outside the ring",
        "p values come from 2,000 exchanges",
        "numpy 2.4.6",
        "Python 3.11.7 (Linux x86_64)",
        "commit c0ffee, with changes",
    ):
        assert words in text, words


def test_what_no_record_tells_is_not_asserted() -> None:
    text = write({})

    for words in (
        "batches",
        "seed of the split",
        "rescaled",
        "resamples",
        "mirrored",
        "0.75",
        "None",
    ):
        assert words not in text, words
    assert "(2 train, 2 validation, 4 test scans)" not in text
    assert "Partitions hold 2 train, 2 validation, 4 test scans." in text


def test_guidance_is_told_with_its_weight_and_only_where_there_was_some() -> None:
    runs = training_runs_table(run=["a", "b"], guidance=["none", "regions"])
    settings = copy.deepcopy(SETTINGS)
    settings["training"]["guidance_weight"] = 1.5

    guided = write(settings, training_runs=runs)

    assert (
        "Guidance: to the loss of 1 run 1.5 times the share of the class activation map's absolute evidence outside mass, ring and "
        "the tissue below was added, on training scans only." in guided
    )
    assert "Guidance" not in write(settings)


def test_parts_that_were_not_run_are_left_out() -> None:
    everything = write()
    without = write(**{name: tables()[name].iloc[:0] for name in OPTIONAL})

    for words in (
        "Region reliance",
        "Shapley",
        "Faithfulness",
        "Sanity",
        "Whole maps",
        "Abstention",
    ):
        assert words not in without, words
    assert "Further checks" in everything
    assert "Further checks" not in without


def test_a_run_without_maps_tells_none() -> None:
    text = write(pointing_game=PointingGame.empty())

    assert "Saliency" not in text
    assert "cam" not in text


def test_nulls_that_were_not_scored_are_not_claimed() -> None:
    text = write(pointing_game=pointing_table(**NOTHING_COUNTED))

    assert "held against" not in text.split("Region reliance")[0]
    assert "exchanges" not in text


def test_patients_who_are_not_known_are_not_claimed() -> None:
    text = write(scans=scans_table(filled_in="lesion_id patient_id"))

    assert "not all of their lesions or patients are known" in text
    assert "over patients" not in text
    assert "dealt once by scans (patients unknown)" in text


def test_folds_and_a_grid_are_told_in_one_sentence() -> None:
    runs = training_runs_table(
        run=[f"net{number}" for number in range(10)],
        configuration=[f"net{number % 5}" for number in range(10)],
        network=[f"net{number % 5}" for number in range(10)],
        seed=[0, 1] * 5,
        fold=list(range(5)) * 2,
        protocol=["rigorous", "paper"] * 5,
        chosen_on=["validation", "test"] * 5,
    )
    scans = run_inputs()["scans"]
    splits = pd.concat([run_inputs()["splits"].assign(fold=fold) for fold in range(5)])
    kfold = SETTINGS | {"split": {"scheme": "kfold", "validation_share": 0.2, "repeats": 1}}

    text = write(kfold, training_runs=runs, splits=splits, scans=scans)

    assert "Cross-validation had 5 folds, dealt by patients" in text
    assert "10 runs (5 configurations, 2 seeds, 5 folds) were fitted" in text
    assert "lowest loss of the test scans were kept (epoch 2) (5 of 10 runs)" in text
    assert "these scores are flattered" in text


def test_the_prose_is_a_heading_and_a_line_per_part() -> None:
    lines = write().splitlines()

    assert lines[0] == "Study"
    assert not [line for line in lines if re.search(r"  |\.\.| \.|\s$", line)]


def test_what_was_left_out_is_told() -> None:
    facts = tables()["study_facts"] | {"left_out": {"normal": 133, "screening": 4}}

    text = write(study_facts=facts)

    assert (
        "376 scans were read and screened, after 133 normal had been left out; screening left out 4 with errors."
        in text
    )


def test_of_networks_from_elsewhere_no_fit_is_claimed() -> None:
    runs = tables()["training_runs"].assign(home_study="busbra")
    said = write(training_runs=runs)

    assert "No network was fitted to the scans that were scored" in said
    assert "came from elsewhere, fitted to busbra" in said
    assert "fitted:" not in said
    assert "the validation scans of the networks' own study" in said
    assert "the validation scans (" not in said
