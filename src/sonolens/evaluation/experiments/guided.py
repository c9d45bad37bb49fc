"""Guided against by labels alone: what a network gains or loses that is told where evidence costs."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from sonolens.evaluation.experiments.compared_runs import ComparedRun
from sonolens.evaluation.experiments.run_comparison import compare_pair
from sonolens.evaluation.experiments.samples import Sample, compare_samples
from sonolens.evaluation.statistics.intervals import Bootstrap
from sonolens.evaluation.statistics.multiple_tests import holm_adjust
from sonolens.tables.experiments import GuidanceComparison
from sonolens.tables.training import TrainingRunsTable
from sonolens.tables.vocabulary import GUIDANCES

ALIKE = [
    "network",
    "adaptation",
    "protocol",
    "start",
    "labels",
    "annotations",
    "output_stride",
    "home_study",
]
"""What a guided configuration shares with the one by labels alone that it is held against."""

SIDES = {"first": "guided", "second": "unguided"}


def pair_guided(training_runs: TrainingRunsTable) -> list[tuple[str, str, str]]:
    """Name every guidance with its configuration and the one that was fitted by labels alone, in all else alike.

    Guided configurations without such a partner are left out.
    """
    if "guidance" not in training_runs:
        return []
    alike = [name for name in ALIKE if name in training_runs]
    about = training_runs.drop_duplicates("configuration")
    alone = about["guidance"] == GUIDANCES[0]
    pairs = about[~alone].merge(about[alone], on=alike, suffixes=("", "_alone"))
    return list(
        pairs[["guidance", "configuration", "configuration_alone"]].itertuples(
            index=False, name=None
        )
    )


def compare_guided(
    run: ComparedRun, *, partition: str, permutations: int, bootstrap: Bootstrap
) -> pd.DataFrame:
    """Compare every guided configuration of a run with that by labels alone, scan by scan.

    By AUC, Brier score, hit rates and shares of reliance, on the scans that both scored, whatever their calls; of
    each a scan counts once, seeds and folds averaged. Patients are resampled together.

    Args:
        run: One run, with all its configurations.
        partition: Whose scans count.
        permutations: How often two sides are exchanged at most.

    Returns:
        A `GuidanceComparison` table; empty where nothing was guided.
    """
    rows: list[dict[str, Any]] = []
    for guidance, guided, unguided in pair_guided(run.training_runs):
        names = (guided, unguided)
        scored = [_squared_errors(run, name, partition) for name in names]
        shared = sorted(set(scored[0].scan_ids) & set(scored[1].scan_ids))
        found = [
            *compare_pair(
                (run, run),
                names,
                shared,
                partition,
                permutations=permutations,
                bootstrap=bootstrap,
            ),
            *_compare_errors(scored, shared, permutations=permutations, bootstrap=bootstrap),
        ]
        named = {"guidance": guidance, "guided": guided, "unguided": unguided}
        rows += [_rename(row) | named for row in found]
    if not rows:
        return GuidanceComparison.empty()
    table = pd.DataFrame(rows)
    adjusted = table.groupby(["quantity", "test"])["p_value"].transform(
        lambda p_values: holm_adjust(p_values.to_numpy(dtype=float))
    )
    table = table.assign(p_adjusted=adjusted, partition=partition, confidence=bootstrap.confidence)
    return table.reindex(columns=list(GuidanceComparison.to_schema().columns))


def _rename(row: dict[str, Any]) -> dict[str, Any]:
    """Call the first side guided and the second unguided."""
    renamed = {}
    for name, value in row.items():
        side, _, what = name.partition("_")
        renamed[f"{SIDES[side]}_{what}" if side in SIDES else name] = value
    return renamed


def _squared_errors(run: ComparedRun, configuration: str, partition: str) -> Sample:
    """Tell the squared error of every scan's probability, runs averaged, beside that of the share of malignant scans."""
    about = run.training_runs
    fits = about.loc[about["configuration"] == configuration, "run"]
    mine = run.decisions["run"].isin(fits) & (run.decisions["partition"] == partition)
    decided = run.decisions[mine]
    malignant = (decided["label"] == "malignant").astype(float)
    errors = decided.assign(error=(decided["probability"] - malignant) ** 2, malignant=malignant)
    once = errors.groupby("scan_id").agg(
        {"error": "mean", "malignant": "first", "patient_id": "first"}
    )
    blind = (once["malignant"].mean() - once["malignant"]) ** 2
    return Sample(
        once.index.to_numpy(dtype=object),
        once["patient_id"].to_numpy(),
        once[["error"]].to_numpy(dtype=float),
        blind.to_numpy(dtype=float)[:, np.newaxis],
        pd.DataFrame({"level": ["scan"]}),
    )


def _compare_errors(
    scored: list[Sample], shared: list[str], *, permutations: int, bootstrap: Bootstrap
) -> Iterator[dict[str, Any]]:
    for row in compare_samples(
        scored[0], scored[1], shared=shared, permutations=permutations, bootstrap=bootstrap
    ):
        yield row | {"quantity": "brier"}
