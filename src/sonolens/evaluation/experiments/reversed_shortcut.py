"""Whether a network that is told where to look resists a shortcut: AUCs with the shortcut as learnt, gone, and reversed."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from jaxtyping import Float

from sonolens.evaluation.classification.auc_bootstrap import difference_of_drawn
from sonolens.evaluation.classification.cases import patients_of
from sonolens.evaluation.classification.roc import EVEN, auc, bootstrap_aucs
from sonolens.evaluation.experiments.guided import pair_guided
from sonolens.evaluation.statistics.intervals import Bootstrap, limits_of
from sonolens.evaluation.statistics.multiple_tests import holm_adjust
from sonolens.tables.cohort import ScansTable
from sonolens.tables.shortcuts import (
    CalliperMarksTable,
    MarkedLogitsTable,
    MarkedRunsTable,
    ReversedShortcut,
)
from sonolens.tables.vocabulary import GUIDANCES


@dataclass(frozen=True)
class MeanAuc:
    """The AUC of a configuration, the mean over its runs.

    Attributes:
        of_runs: The AUC of every run; NaN where a class is missing.
        drawn: The mean in every resample of the patients.
        n: Scans of one run, or of all its folds.
        n_malignant: Malignant ones.
        patients: Patients of the rarer class, in the run that has fewest.
        scan_ids: Names of the scans.
    """

    of_runs: Float[np.ndarray, " runs"]
    drawn: Float[np.ndarray, " resamples"]
    n: int
    n_malignant: int
    patients: int
    scan_ids: tuple[str, ...]

    @property
    def value(self) -> float:
        """The mean."""
        return float(self.of_runs.mean())


def score_reversed_shortcut(
    marked_logits: MarkedLogitsTable,
    marked_runs: MarkedRunsTable,
    calliper_marks: CalliperMarksTable,
    scans: ScansTable,
    *,
    partition: str,
    bootstrap: Bootstrap,
) -> pd.DataFrame:
    """Score every configuration in every reading, and hold guided ones against those by labels alone.

    Args:
        partition: Whose scans count.

    Returns:
        A `ReversedShortcut` table. An AUC of scans of one label is NaN.
    """
    scored = marked_logits[marked_logits["partition"] == partition].merge(
        marked_runs[["run", "place", "configuration", "guidance"]], on=["run", "place"]
    )
    rows: list[dict[str, Any]] = []
    for place, answers in scored.groupby("place", sort=False):
        runs = marked_runs[marked_runs["place"] == place]
        marks = calliper_marks[calliper_marks["place"] == place].set_index("scan_id")
        alone_of = {guided: alone for _, guided, alone in pair_guided(runs)}
        rows += (
            {"place": place} | row
            for row in _score_place(answers, scans, alone_of, marks=marks, bootstrap=bootstrap)
        )
    table = pd.DataFrame(rows)
    adjusted = holm_adjust(table["p_value"].to_numpy(dtype=float))
    table = table.assign(p_adjusted=adjusted, partition=partition, confidence=bootstrap.confidence)
    return table[list(ReversedShortcut.to_schema().columns)]


def _score_place(
    answers: pd.DataFrame,
    scans: ScansTable,
    alone_of: dict[str, str],
    *,
    marks: pd.DataFrame,
    bootstrap: Bootstrap,
) -> Iterator[dict[str, Any]]:
    for reading, read in answers.groupby("reading", sort=False):
        areas = {
            str(name): _average(found, scans, bootstrap=bootstrap)
            for name, found in read.groupby("configuration", sort=False)
        }
        guidance_of = read.drop_duplicates("configuration").set_index("configuration")["guidance"]
        for name, area in areas.items():
            bears = marks[reading].reindex(list(area.scan_ids)) if reading in marks else None
            yield {
                "configuration": name,
                "guidance": guidance_of.get(name, GUIDANCES[0]),
                "reading": reading,
                "n_marked": 0 if bears is None else int(bears.sum()),
                **_describe(area, bootstrap=bootstrap),
                **_compare(area, areas.get(alone_of.get(name, "")), bootstrap=bootstrap),
            }


def _average(answers: pd.DataFrame, scans: ScansTable, *, bootstrap: Bootstrap) -> MeanAuc:
    """Average the AUCs of the runs; those of one fold share their resamples of the patients."""
    of_runs, drawn, rarer = [], [], []
    for _, found in answers.groupby("run", sort=False):
        ordered = found.sort_values("scan_id")
        labels = (ordered["label"] == "malignant").to_numpy(dtype=bool)
        patients = patients_of(ordered["scan_id"], scans).to_numpy()
        logits = ordered["logit"].to_numpy(dtype=float)
        both = bool(labels.any() and not labels.all())
        of_runs.append(auc(labels, logits) if both else np.nan)
        drawn.append(bootstrap_aucs(labels, logits, patients, bootstrap=bootstrap))
        rarer.append(min(len(set(patients[labels])), len(set(patients[~labels]))))
    once = answers.drop_duplicates("scan_id")
    return MeanAuc(
        of_runs=np.array(of_runs),
        drawn=np.mean(drawn, axis=0),
        n=len(once),
        n_malignant=int((once["label"] == "malignant").sum()),
        patients=min(rarer),
        scan_ids=tuple(once["scan_id"]),
    )


def _describe(area: MeanAuc, *, bootstrap: Bootstrap) -> dict[str, Any]:
    known = not np.isnan(area.value)
    low, high = (
        limits_of(area.value, area.drawn, patients=area.patients, confidence=bootstrap.confidence)
        if known
        else (np.nan, np.nan)
    )
    return {
        "runs": len(area.of_runs),
        "n": area.n,
        "n_malignant": area.n_malignant,
        "auc": area.value,
        "ci_low": low,
        "ci_high": high,
        "chance": EVEN if known else np.nan,
        "least_auc": float(area.of_runs.min()),
        "largest_auc": float(area.of_runs.max()),
    }


def _compare(area: MeanAuc, alone: MeanAuc | None, *, bootstrap: Bootstrap) -> dict[str, float]:
    names = ("difference", "difference_low", "difference_high", "p_value")
    if alone is None or np.isnan(area.value) or np.isnan(alone.value):
        return dict.fromkeys(names, np.nan)
    apart = difference_of_drawn(
        area.value,
        alone.value,
        area.drawn - alone.drawn,
        patients=area.patients,
        confidence=bootstrap.confidence,
    )
    numbers = (apart.difference, apart.ci_low, apart.ci_high, apart.p_value)
    return dict(zip(names, numbers, strict=True))
