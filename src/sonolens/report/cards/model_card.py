"""The model card that machines read: metadata with results in YAML, and a page in Markdown."""

import math
from collections.abc import Mapping
from typing import Any

import yaml

from sonolens.report.cards.publication import PublicationParameters
from sonolens.report.layout import open_templates
from sonolens.report.runs import name_homes
from sonolens.report.scores import JUDGED_BY, NO_RULE, WHOLE
from sonolens.tables.classification import ClassificationMetricsTable
from sonolens.tables.pointing import PointingGameTable
from sonolens.tables.training import TrainingRunsTable

TASK = "image-classification"
METRIC_TYPES = {
    "auc": "roc_auc",
    "accuracy": "accuracy",
    "sensitivity": "recall",
    "specificity": "specificity",
    "brier": "brier_score",
}
"""Our metrics by the names of the Hub's; it has none for specificity."""


def write_model_card(
    run_context: Mapping[str, Any],
    study_facts: Mapping[str, Any],
    *,
    training_runs: TrainingRunsTable,
    classification_metrics: ClassificationMetricsTable,
    pointing_game: PointingGameTable,
    methods_text: str,
    publication: PublicationParameters,
) -> str:
    """Write the README of a network's repository: what machines search for, and what a person must know.

    Every run is an entry of ``model-index`` with its test scores per scan and per lesion; scores that do not exist
    are left out.

    Args:
        run_context: Names the run and its packages.
        study_facts: Name and description of the study.
        methods_text: The methods in prose.
        publication: What is stated of the network: `model_license`.

    Returns:
        Markdown behind a YAML header, as the Hub reads it.

    References:
        Mitchell et al. 2019, Model cards for model reporting, doi 10.1145/3287560.3287596.
    """
    results = {
        run: list_results(classification_metrics, run=run, study=str(study_facts["name"]))
        for run in training_runs["run"]
    }
    licence = publication.model_license
    header = {
        **({"license": licence} if licence else {}),
        "library_name": "pytorch",
        "pipeline_tag": TASK,
        "tags": ["medical", "ultrasound", "breast", "sonolens"],
        "metrics": ["roc_auc", "accuracy"],
        "model-index": [{"name": run, "results": found} for run, found in results.items()],
    }
    return (
        open_templates()
        .get_template("model_card.md")
        .render(
            header=yaml.safe_dump(header, sort_keys=False, allow_unicode=True),
            run=run_context,
            study=study_facts,
            homes=name_homes(training_runs),
            runs=training_runs.to_dict(orient="records"),
            scores=_list_scores(results),
            game=_list_hits(pointing_game),
            methods=methods_text,
        )
    )


def list_results(
    classification_metrics: ClassificationMetricsTable, *, run: str, study: str
) -> list[dict[str, Any]]:
    """List the test scores of a run as results of the Hub, one per level."""
    tested = classification_metrics[
        (classification_metrics["run"] == run)
        & (classification_metrics["partition"] == "test")
        & (classification_metrics["stratum"] == WHOLE)
        & classification_metrics["rule"].isin([NO_RULE, JUDGED_BY])
        & classification_metrics["metric"].isin(list(METRIC_TYPES))
        & classification_metrics["value"].notna()
    ]
    return [
        {
            "task": {"type": TASK, "name": "Malignant or benign"},
            "dataset": {"type": study, "name": f"{study}, per {level}", "split": "test"},
            "metrics": [_result(row) for row in found.to_dict(orient="records")],
        }
        for level, found in tested.groupby("level", sort=False)
    ]


def _result(row: Mapping[Any, Any]) -> dict[str, Any]:
    limits = {
        name: float(row[name])
        for name in ("ci_low", "ci_high", "confidence")
        if not math.isnan(row[name])
    }
    return {
        "type": METRIC_TYPES[row["metric"]],
        "value": float(row["value"]),
        "name": str(row["metric"]),
        "args": {"n": int(row["n"]), "rule": str(row["rule"]), **limits},
    }


def _list_scores(results: Mapping[str, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    return [
        {"run": run, "of": result["dataset"]["name"], **metric}
        for run, found in results.items()
        for result in found
        for metric in result["metrics"]
    ]


def _list_hits(pointing_game: PointingGameTable) -> list[dict[str, Any]]:
    counted = pointing_game[
        (pointing_game["rule"] == "either")
        & (pointing_game["subset"] == "correct")
        & (pointing_game["label"] == "both")
    ]
    return [{str(name): value for name, value in row.items()} for row in counted.to_dict("records")]
