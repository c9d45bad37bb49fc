"""A small run written down by hand: eight patients of one scan each, half of them benign."""

import copy
from collections.abc import Sequence
from functools import cache
from typing import Any

import pandas as pd
from tiny_cases import case_views, cases_table
from tiny_conformal import birads_table, conformal_table
from tiny_evidence import (
    abstention_table,
    faithfulness_table,
    gain_table,
    localization_table,
    sanity_table,
)
from tiny_journal import describe, journal_inputs
from tiny_readers import no_readers
from tiny_reliance import reliance_tables
from tiny_scores import (
    NAN,
    RUN,
    comparison_table,
    configuration_rows,
    history_table,
    metrics_table,
    optimism_row,
    optimism_table,
    points_table,
    predictions_table,
    training_runs_table,
)
from tiny_shortcuts import audit_table
from tiny_truth import asked_table, card_table, planted_table, ranking_table

from sonolens.evaluation.pointing import judge_maps
from sonolens.report import tabulate_classification, tabulate_pointing_game
from sonolens.report.pictures import PNG_SIGNATURE
from sonolens.report.sections import WRITTEN
from sonolens.tables import cohort, pointing, vocabulary
from sonolens.tables.descriptors import DescriptorAgreement
from sonolens.tables.evidence import MapCompleteness, MethodAgreement, Repeatability
from sonolens.tables.experiments import GuidanceComparison
from sonolens.tables.explanations import UnexplainedScans
from sonolens.tables.pointing import RingSweep

CAPTIONS = [caption for section in WRITTEN for caption in section.figures]


def pointing_row(region: str, **values: Any) -> dict[str, Any]:
    """A row of the pointing game: by default three of four hits where chance is one half."""
    return {
        "method": "cam",
        "run": RUN,
        "region": region,
        "rule": "either",
        "subset": "correct",
        "label": "both",
        "n": 4,
        "hits": 3.0,
        "rate": 0.75,
        "ci_low": 0.6,
        "ci_high": 0.9,
        "chance": 0.5,
        "enrichment": 1.5,
        "centre_prior": 0.55,
        "location_prior": 0.7,
        "location_prior_low": 0.58,
        "location_prior_high": 0.81,
        "beyond_location_prior": 0.05,
        "beyond_location_prior_low": -0.06,
        "beyond_location_prior_high": 0.17,
        "p_value": 0.012,
        "p_low": 0.007,
        "p_high": 0.02,
        "p_adjusted": 0.036,
        "permutations": 2000,
        "n_silent": 0,
        "n_empty": 0,
        "partition": "test",
        "confidence": 0.95,
        "ring": "0-5 mm",
        "tolerance_mm": 0.0,
    } | values


LOCATION = [
    f"{name}{limit}"
    for name in ("location_prior", "beyond_location_prior")
    for limit in ("", "_low", "_high")
]
RATES = [
    "rate",
    "ci_low",
    "ci_high",
    "chance",
    "enrichment",
    "centre_prior",
    "p_value",
    "p_low",
    "p_high",
    "p_adjusted",
]
NOTHING_COUNTED = {"n": 0, "hits": 0.0} | dict.fromkeys([*RATES, *LOCATION], NAN)


def pointing_table(**values: Any) -> pd.DataFrame:
    """The four regions, in another order than the paper's, all with the same values."""
    regions = ("any", "below", "mass", "peritumoral")
    return pointing.PointingGame.validate(
        pd.DataFrame([pointing_row(r, **values) for r in regions])
    )


def scans_table(**columns: Any) -> pd.DataFrame:
    numbers = range(8)
    table = {
        "scan_id": [f"s{number}" for number in numbers],
        "lesion_id": [f"l{number}" for number in numbers],
        "patient_id": [f"p{number}" for number in numbers],
        "view": None,
        "label": ["benign", "malignant"] * 4,
        "birads": ["3", "4c", "3", "5", "3", "5", None, None],
        "spacing_row_mm": 0.1,
        "spacing_col_mm": [0.1] * 7 + [NAN],
        "device": None,
        "source": "busbra",
    }
    return cohort.Scans.validate(pd.DataFrame(table | columns))


def splits_table(scans: pd.DataFrame) -> pd.DataFrame:
    partitions = ["train"] * 2 + ["validation"] * 2 + ["test"] * 4
    ids = scans[["scan_id", "lesion_id", "patient_id"]]
    return cohort.Splits.validate(ids.assign(fold=0, partition=partitions))


def shares_table(**columns: Any) -> pd.DataFrame:
    rows = [
        {
            "method": "cam",
            "run": RUN,
            "scan_id": scan_id,
            "region": region,
            "area_share": area,
            "cell_share": cell,
            "cell_row_mm": 5.142,
            "cell_col_mm": 5.432,
            "tolerance_mm": 0.0,
        }
        for scan_id, area, cell in (("s4", 0.1, 0.2), ("s5", 0.3, 0.24))
        for region in vocabulary.REGION_NAMES
    ]
    return pointing.RegionShares.validate(pd.DataFrame(rows).assign(**columns))


def extremes_table(regions: Sequence[str] = ("mass", "other", "below", "mass")) -> pd.DataFrame:
    """Maximum and minimum of the maps of s4 and s5, in this order."""
    places = [(scan, extreme) for scan in ("s4", "s5") for extreme in vocabulary.EXTREMES]
    rows = [
        {
            "method": "cam",
            "run": RUN,
            "scan_id": scan_id,
            "extreme": extreme,
            "value": 1.0,
            "row_px": 5.0,
            "col_px": 5.0,
            "row_share": 0.5,
            "col_share": 0.5,
            "share": 1.0,
            "region": region,
            "distance_to_mass_mm": 1.0,
            "ring": "0-5 mm",
        }
        for (scan_id, extreme), region in zip(places, regions, strict=True)
    ]
    return pointing.ExtremePoints.validate(pd.DataFrame(rows))


def run_inputs(**replaced: Any) -> dict[str, Any]:
    """What `write_report` takes, with the named inputs replaced and what follows from them."""
    inputs = _usual_inputs() | replaced
    follow = {
        "scans": {"splits": splits_table},
        "classification_metrics": {"table_1": tabulate_classification},
        "pointing_game": {"table_2": tabulate_pointing_game},
    }
    for source in follow.keys() & replaced.keys():
        for name, derive in follow[source].items():
            inputs[name] = replaced.get(name, derive(replaced[source]))
    if "scans" in replaced:
        told = describe(inputs["scans"], inputs["splits"])
        inputs["partition_characteristics"] = replaced.get("partition_characteristics", told)
    judged = judge_maps(
        inputs["pointing_game"], inputs["classification_metrics"], baselines=["random"]
    )
    inputs["verdict"] = replaced.get("verdict", judged)
    return copy.deepcopy(inputs)


@cache
def _usual_inputs() -> dict[str, Any]:
    """Made once, because checking the tables takes longer than rendering them; copied before use."""
    scans, metrics, pointing = scans_table(), metrics_table(), pointing_table()
    inputs = {
        "study_facts": {
            "name": "toy",
            "description": "A toy study, CC0.",
            "read": {"scans": 376, "patients": 212},
            "published": {"scans": 1875},
            "left_out": {"normal": 133},
        },
        "screening": pd.DataFrame(
            {
                "scan_id": ["s7", "s9", "s2"],
                "check": ["mask touches border", "mask touches border", "empty mask"],
                "severity": ["warning", "warning", "error"],
                "value": ["left", "top", ""],
                "message": ["mask of s7 touches", "mask of s9 touches", "mask of s2 is empty"],
            }
        ),
        "scans": scans,
        "splits": splits_table(scans),
        "classification_metrics": metrics,
        "training_runs": training_runs_table(),
        "training_history": history_table(),
        "predictions": predictions_table(),
        "operating_points": points_table(),
        "configuration_metrics": configuration_rows(runs=1, sd=NAN),
        "configuration_comparison": comparison_table(),
        "guidance_comparison": GuidanceComparison.empty(),
        "protocol_optimism": optimism_table(optimism_row()),
        "pointing_game": pointing,
        "cases": cases_table(),
        "case_views": case_views(),
        "unexplained_scans": UnexplainedScans.empty(),
        "extreme_points": extremes_table(),
        "region_shares": shares_table(),
        "localization_scores": localization_table(),
        "abstention_scores": abstention_table(),
        "abstention_gain": gain_table(),
        "conformal_scores": conformal_table(),
        "birads_comparison": birads_table(),
        "faithfulness_scores": faithfulness_table(),
        "sanity_checks": sanity_table(),
        "map_completeness": MapCompleteness.empty(),
        "repeatability": Repeatability.empty(),
        "method_agreement": MethodAgreement.empty(),
        "ring_sweep": RingSweep.empty(),
        "descriptor_agreement": DescriptorAgreement.empty(),
        **no_readers(),
        "shortcut_audit": audit_table(),
        "truth_card": card_table(),
        "method_ranking": ranking_table(),
        "planted_answers": planted_table(),
        "asked_experiments": asked_table("Networks tell nothing."),
        **reliance_tables(),
        "table_1": tabulate_classification(metrics),
        "table_2": tabulate_pointing_game(pointing),
        **{caption.name: PNG_SIGNATURE + caption.name.encode() for caption in CAPTIONS},
        "run_context": {
            "run_id": "2026-01-02T03.04.05.678Z",
            "label": None,
            "started": "2026-01-02T03:04:05+00:00",
            "env": None,
            "pipelines": ["reporting"],
            "inputs": {"scans": "2026-01-01T00.00.00.000Z"},
            "runtime_params": {},
            "git": {"commit": "c0ffee", "dirty": True},
            "packages": {"numpy": "2.4.6"},
            "python": "3.11.7",
            "platform": "Linux x86_64",
            "plan_sha256": "91a2" * 16,
            "looks": None,
            "parameters": {"reporting": {"seed": 4242}},
            "made_with": {"2026-01-01T00.00.00.000Z": {"training": {"epochs": 77}}},
        },
    }
    return inputs | journal_inputs(inputs)
