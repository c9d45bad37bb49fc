"""Train x test: how well a network that was fitted to one view of the scans does on another."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from sonolens.arrays import Labels
from sonolens.evaluation.classification.cases import patients_of
from sonolens.evaluation.classification.roc import EVEN
from sonolens.evaluation.reliance.aucs import DIFFERENCES, compare_with_whole, score_auc
from sonolens.evaluation.statistics.intervals import Bootstrap
from sonolens.evaluation.statistics.multiple_tests import holm_adjust
from sonolens.removal import lacks_region
from sonolens.tables.cohort import ScansTable
from sonolens.tables.views import ViewLogitsTable, ViewMatrix, ViewRunsTable

WHOLE = "whole", "whole"
"""Fitted to whole scans and asked of them: what every other cell is held against."""


def score_view_matrix(
    view_logits: ViewLogitsTable,
    view_runs: ViewRunsTable,
    scans: ScansTable,
    *,
    regions_of: Mapping[str, Collection[str]],
    partition: str,
    bootstrap: Bootstrap,
) -> pd.DataFrame:
    """Score every fit on every view, and hold it against the fit to whole scans, asked of the same scans whole.

    Where the label is told without a region by a network that was fitted without it, the region is not needed; where
    only a network that knew the region fails, the network relied on it. Nothing is chosen by the scans that are
    scored. A network that learnt exchanged labels is a row at chance.

    Args:
        regions_of: The regions that every scan has, by its id.
        partition: Whose scans count.
        bootstrap: How patients are resampled.

    Returns:
        A `ViewMatrix` table but for the fill. Where a class is missing, AUCs and differences are empty.

    Raises:
        ValueError: If a scan lacks the answer of a cell, or its patient is not known.
    """
    asked = view_logits[view_logits["partition"] == partition]
    configuration_of = view_runs.drop_duplicates("run").set_index("run")["configuration"]
    rows = [
        row | {"run": run, "configuration": configuration_of[run]}
        for run, answers in asked.groupby("run", sort=False)
        for row in _score_run(answers, scans, regions_of=regions_of, bootstrap=bootstrap)
    ]
    if not rows:
        return ViewMatrix.empty()
    table = pd.DataFrame(rows).assign(partition=partition, confidence=bootstrap.confidence)
    adjusted = table.groupby("run")["p_value"].transform(
        lambda p_values: holm_adjust(p_values.to_numpy())
    )
    return table.assign(p_adjusted=adjusted)


def _score_run(
    answers: pd.DataFrame,
    scans: ScansTable,
    *,
    regions_of: Mapping[str, Collection[str]],
    bootstrap: Bootstrap,
) -> Iterator[dict[str, Any]]:
    """Score the cells of one run, in the order of its predictions."""
    cells = answers.groupby(["trained_on", "asked_of"], sort=False)["scan_id"].size().index
    logits = answers.pivot_table(
        index="scan_id", columns=["trained_on", "asked_of"], values="logit", aggfunc="first"
    )
    scan_ids = pd.Series(logits.index)
    label_of = answers.drop_duplicates("scan_id").set_index("scan_id")["label"]
    labels: Labels = (scan_ids.map(label_of) == "malignant").to_numpy(dtype=bool)
    patients = patients_of(scan_ids, scans).to_numpy()
    whole = logits[WHOLE].to_numpy(dtype=float)
    for cell in cells:
        found = logits[cell].to_numpy(dtype=float)
        scored = score_auc(labels, found, patients, bootstrap=bootstrap)
        trained_on, asked_of = cell
        beside = (
            {} if cell == WHOLE else compare_with_whole(labels, found, whole, patients, bootstrap)
        )
        yield (
            {"trained_on": trained_on, "asked_of": asked_of}
            | scored
            | {"n_lacking": sum(lacks_region(asked_of, regions_of[each]) for each in scan_ids)}
            | {"chance": np.nan if np.isnan(scored["auc"]) else EVEN}
            | dict.fromkeys(DIFFERENCES, np.nan)
            | beside
        )
