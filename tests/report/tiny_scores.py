"""Tables of training and classification written down by hand: one small run unless told otherwise."""

import math
from typing import Any

import pandas as pd

from sonolens.tables import classification, training, vocabulary

RUN = "tiny-full-seed0-fold0"
NAN = math.nan

SCORES = {
    "auc": 0.914,
    "auc_delong": 0.914,
    "accuracy": 0.8,
    "sensitivity": 0.7,
    "specificity": 0.9,
    "ppv": 0.85,
    "npv": 0.75,
    "brier": 0.12,
    "calibration_slope": 0.94,
    "calibration_intercept": -0.21,
    "ece": 0.06,
    "brier_unscaled": 0.16,
    "calibration_slope_unscaled": 0.44,
    "calibration_intercept_unscaled": -0.51,
    "ece_unscaled": 0.16,
}
WIDER = {"auc_delong": 0.03}
"""DeLong's lower limit lies so much above that of resampled patients."""

LOWER = {"closest_to_corner": 0.0, "youden": 0.04, "sensitivity_90": 0.08, "sensitivity_95": 0.12}
"""How much lower every call metric is by each rule: no two rules score alike."""


def metric_rows(
    level: str,
    n: int,
    partition: str = "test",
    run: str = RUN,
    stratum: str = "all",
    **values: float,
) -> pd.DataFrame:
    rows = []
    for metric, score in (SCORES | values).items():
        called = metric in vocabulary.CALL_METRICS
        for rule in vocabulary.OPERATING_RULES if called else ("none",):
            value = score - LOWER.get(rule, 0.0)
            rows.append(
                {
                    "run": run,
                    "level": level,
                    "partition": partition,
                    "stratum": stratum,
                    "rule": rule,
                    "metric": metric,
                    "value": value,
                    "ci_low": max(value - 0.1 + WIDER.get(metric, 0.0), -1.0 if value < 0 else 0.0),
                    "ci_high": value + 0.05,
                    "chance": 0.5 if called or metric.startswith("auc") else NAN,
                    "n": n // 2 if called and metric != "accuracy" else n,
                    "confidence": 0.95,
                }
            )
    return pd.DataFrame(rows)


def metrics_table(*, runs: tuple[str, ...] = (RUN,), **values: float) -> pd.DataFrame:
    """Test rows of both levels, lesions first, and train rows that no table may show."""
    parts = []
    for run in runs:
        parts += [
            metric_rows("lesion", 4, run=run, **values),
            metric_rows("scan", 6, run=run, **values),
            metric_rows("scan", 60, partition="train", run=run),
        ]
    return classification.ClassificationMetrics.validate(pd.concat(parts, ignore_index=True))


def training_runs_table(**columns: Any) -> pd.DataFrame:
    """One run of the rigorous protocol, or with lists in `columns` several."""
    table = {
        "run": [RUN],
        "configuration": "tiny-full",
        "network": "tiny",
        "adaptation": "full",
        "protocol": "rigorous",
        "seed": 0,
        "fold": 0,
        "start": "imagenet",
        "labels": "given",
        "annotations": "as framed",
        "output_stride": 16,
        "learning_rate": 0.001,
        "n_weights": 23510081,
        "n_learning": 17153,
        "chosen_on": "validation",
        "best_epoch": 2,
        "epochs": 3,
    }
    return training.TrainingRuns.validate(pd.DataFrame(table | columns))


def history_table(*, run: str = RUN, test_loss: Any = NAN) -> pd.DataFrame:
    table = {
        "run": run,
        "epoch": [1, 2, 3],
        "train_loss": [0.9, 0.5, 0.3],
        "validation_loss": [0.8, 0.6123, 0.7],
        "test_loss": test_loss,
        "learning_rate": 0.001,
        "seconds": [2.0, 3.0, 4.0],
        "best": [False, True, False],
    }
    return training.TrainingHistory.validate(pd.DataFrame(table))


def predictions_table(*, run: str = RUN, temperature: float = 1.37) -> pd.DataFrame:
    table = {
        "run": run,
        "scan_id": ["s4", "s5"],
        "lesion_id": ["l4", "l5"],
        "partition": "test",
        "label": ["benign", "malignant"],
        "logit": [-1.0, 2.0],
        "temperature": temperature,
        "probability": [0.3, 0.8],
    }
    return training.Predictions.validate(pd.DataFrame(table))


def points_table(*, run: str = RUN, **columns: Any) -> pd.DataFrame:
    """Lesions first and rules backwards: a page must bring them into order."""
    thresholds = dict(zip(vocabulary.OPERATING_RULES, (0.4321, 0.4, 0.3, 0.2), strict=True))
    rows = [
        {"run": run, "level": level, "rule": rule, "chosen_on": "validation", "threshold": at}
        for level in reversed(vocabulary.LEVELS)
        for rule, at in reversed(thresholds.items())
    ]
    return classification.OperatingPoints.validate(pd.DataFrame(rows).assign(**columns))


def configuration_rows(configuration: str = "tiny-full", **values: Any) -> pd.DataFrame:
    """Every level, metric and rule of one configuration; by default five runs."""
    rows = [
        {
            "configuration": configuration,
            "protocol": "rigorous",
            "level": level,
            "rule": rule,
            "metric": metric,
            "runs": 5,
            "mean": 0.8712 - LOWER.get(rule, 0.0),
            "sd": 0.0154,
            "pooled": 0.8634,
            "ci_low": 0.8213,
            "ci_high": 0.9012,
            "chance": 0.5,
            "n": 1875,
            "confidence": 0.95,
        }
        for level in reversed(vocabulary.LEVELS)
        for metric in ("brier", *reversed(vocabulary.CALL_METRICS), "auc")
        for rule in (vocabulary.OPERATING_RULES if metric in vocabulary.CALL_METRICS else ("none",))
    ]
    return classification.ConfigurationMetrics.validate(pd.DataFrame(rows).assign(**values))


def comparison_row(**values: Any) -> dict[str, Any]:
    return {
        "first": "tiny-full",
        "second": "tiny-drs",
        "level": "scan",
        "test": "bootstrap",
        "first_auc": 0.8712,
        "second_auc": 0.8401,
        "difference": 0.0311,
        "ci_low": -0.0042,
        "ci_high": 0.0664,
        "p_value": 0.0123,
        "p_adjusted": 0.0369,
        "n": 1875,
        "confidence": 0.95,
    } | values


def comparison_table(*rows: dict[str, Any]) -> pd.DataFrame:
    columns = list(comparison_row())
    return classification.ConfigurationComparison.validate(pd.DataFrame(rows, columns=columns))


def optimism_row(**values: Any) -> dict[str, Any]:
    return {
        "run": RUN,
        "level": "scan",
        "source": "threshold",
        "metric": "accuracy",
        "rigorous": 0.8,
        "paper": 0.8213,
        "optimism": 0.0213,
        "ci_low": -0.0101,
        "ci_high": 0.0502,
        "n": 376,
        "confidence": 0.95,
    } | values


def optimism_table(*rows: dict[str, Any]) -> pd.DataFrame:
    columns = list(optimism_row())
    return classification.ProtocolOptimism.validate(pd.DataFrame(rows, columns=columns))
