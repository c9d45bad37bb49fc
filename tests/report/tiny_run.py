"""A small run written down by hand: eight patients of one scan each, half of them benign."""

import copy
import math
from typing import Any

import pandas as pd

from sonolens import tables
from sonolens.report import tabulate_classification, tabulate_pointing_game
from sonolens.report.pictures import CAPTIONS, PNG_SIGNATURE

RUN = "tiny-full-seed0-fold0"
NAN = math.nan


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
        "n_silent": 0,
        "n_empty": 0,
        "partition": "test",
        "confidence": 0.95,
        "ring": "0-5 mm",
    } | values


NOTHING_COUNTED = {"n": 0, "hits": 0.0} | dict.fromkeys(
    ("rate", "ci_low", "ci_high", "chance", "enrichment"), NAN
)


def pointing_table(**values: Any) -> pd.DataFrame:
    """The four regions, in another order than the paper's, all with the same values."""
    regions = ("any", "below", "mass", "peritumoral")
    return tables.PointingGame.validate(pd.DataFrame([pointing_row(r, **values) for r in regions]))


def metric_rows(level: str, n: int, partition: str = "test", **values: float) -> pd.DataFrame:
    scores = {"auc": 0.914, "accuracy": 0.8, "sensitivity": 0.7, "specificity": 0.9} | values
    return pd.DataFrame(
        {
            "run": RUN,
            "level": level,
            "partition": partition,
            "stratum": "all",
            "metric": metric,
            "value": value,
            "ci_low": value - 0.1,
            "ci_high": value + 0.05,
            "chance": 0.5,
            "n": n if metric in {"auc", "accuracy"} else n // 2,
            "confidence": 0.95,
        }
        for metric, value in scores.items()
    )


def metrics_table(**values: float) -> pd.DataFrame:
    """Test rows of both levels, lesions first, and train rows that no table may show."""
    return tables.ClassificationMetrics.validate(
        pd.concat(
            [
                metric_rows("lesion", 4, **values),
                metric_rows("scan", 6, **values),
                metric_rows("scan", 60, partition="train"),
            ],
            ignore_index=True,
        )
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
    return tables.Scans.validate(pd.DataFrame(table | columns))


def splits_table(scans: pd.DataFrame) -> pd.DataFrame:
    partitions = ["train"] * 2 + ["validation"] * 2 + ["test"] * 4
    ids = scans[["scan_id", "lesion_id", "patient_id"]]
    return tables.Splits.validate(ids.assign(fold=0, partition=partitions))


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
        }
        for scan_id, area, cell in (("s4", 0.1, 0.2), ("s5", 0.3, 0.24))
        for region in tables.REGION_NAMES
    ]
    return tables.RegionShares.validate(pd.DataFrame(rows).assign(**columns))


def run_inputs(**replaced: Any) -> dict[str, Any]:
    """What `render_report` takes, with the named inputs replaced."""
    scans = replaced.get("scans", scans_table())
    metrics = replaced.get("classification_metrics", metrics_table())
    pointing = replaced.get("pointing_game", pointing_table())
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
        "operating_points": pd.DataFrame(
            [
                {
                    "run": RUN,
                    "level": level,
                    "rule": "closest_to_corner",
                    "chosen_on": "validation",
                    "threshold": 0.4321,
                }
                for level in tables.LEVELS
            ]
        ),
        "pointing_game": pointing,
        "region_shares": shares_table(),
        "table_1": tabulate_classification(metrics),
        "table_2": tabulate_pointing_game(pointing),
        "training_history": pd.DataFrame(
            {
                "run": RUN,
                "epoch": [1, 2, 3],
                "train_loss": [0.9, 0.5, 0.3],
                "validation_loss": [0.8, 0.6123, 0.7],
                "learning_rate": 0.001,
                "seconds": [2.0, 3.0, 4.0],
                "best": [False, True, False],
                "start": "imagenet",
            }
        ),
        "figures": {name: PNG_SIGNATURE + name.encode() for name in CAPTIONS},
        "run_context": {
            "run_id": "2026-01-02T03.04.05.678Z",
            "started": "2026-01-02T03:04:05+00:00",
            "env": None,
            "pipelines": ["reporting"],
            "inputs": {"scans": "2026-01-01T00.00.00.000Z"},
            "runtime_params": {},
            "git": {"commit": "c0ffee", "dirty": True},
            "packages": {"numpy": "2.4.6"},
            "python": "3.11.7",
            "platform": "Linux x86_64",
            "parameters": {"reporting": {"seed": 4242}},
            "made_with": {"2026-01-01T00.00.00.000Z": {"training": {"epochs": 77}}},
        },
    }
    return copy.deepcopy(inputs | replaced)
