"""How far a run's probabilities can be taken at their word, before and after temperature scaling."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sonolens.report.case_links import CaseLinks
from sonolens.report.numerals import NOTHING, amount
from sonolens.report.pictures import Caption
from sonolens.report.runs import name_rows, name_runs
from sonolens.report.scores import Score, ScoreSheet, read_test_scores
from sonolens.report.section import Section, Tables
from sonolens.tables.training import PredictionsTable
from sonolens.tables.vocabulary import CALIBRATION_METRICS

NAMED = {"run": "Run", "level": "Level", "scaling": "Scaling"}


@dataclass(frozen=True)
class Calibration:
    """The calibration of one run at one level; `scores` has every calibration metric by name."""

    run: str
    level: str
    scaling: str
    temperature: str
    scores: Mapping[str, Score]


def list_calibrations(scores: ScoreSheet, predictions: PredictionsTable) -> list[Calibration]:
    """List the calibration of every run and level, before temperature scaling and after it.

    Args:
        scores: Scores of the test partition.
        predictions: A `Predictions` table, for the temperatures: a run has one.
    """
    temperatures = predictions.drop_duplicates("run").set_index("run")["temperature"]
    listed = []
    for run, level in scores.cases:
        after = amount(float(temperatures[run])) if run in temperatures.index else NOTHING
        for scaling, ending, temperature in (("before", "_unscaled", "1"), ("after", "", after)):
            found = {
                metric: scores.look_up(run=run, level=level, metric=f"{metric}{ending}")
                for metric in CALIBRATION_METRICS
            }
            if any(score.n for score in found.values()):
                listed.append(Calibration(run, level, scaling, temperature, found))
    return listed


def _tell(tables: Tables) -> dict[str, Any]:
    scores = read_test_scores(tables["classification_metrics"])
    runs = name_runs(tables["training_runs"])
    listed = list_calibrations(scores, tables["predictions"])
    links = CaseLinks(tables["cases"])
    return {
        **runs,
        "calibrations": listed,
        "cases_of": {
            row.run: links.show_calls(
                str(row.scores["brier"].n), row.scores["brier"].n, run=row.run
            )
            for row in listed
            if row.level == "scan"
        },
        "names": name_rows(listed, NAMED, kept=("scaling",), flattered=runs["flattered"]),
    }


SECTION = Section(
    "calibration",
    "Calibration",
    "calibration.html",
    needs=("classification_metrics", "predictions", "training_runs", "cases"),
    figures=(
        Caption(
            name="calibration_figure",
            title="Calibration",
            text="The share of malignant cases among those given about the same probability, before and after "
            "temperature scaling. Honest probabilities lie on the diagonal; points below it promise more "
            "malignancy than there was. The strip below counts the cases of every bin.",
            alt="Charts of the observed malignant share against the mean probability, per scan and per lesion.",
        ),
    ),
    tell=_tell,
)
