"""How far a run's probabilities can be taken at their word, before and after temperature scaling."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from sonolens.report.numerals import NOTHING, amount
from sonolens.report.scores import Score, ScoreSheet
from sonolens.tables.vocabulary import CALIBRATION_METRICS


@dataclass(frozen=True)
class Calibration:
    """The calibration of one run at one level; `scores` has every calibration metric by name."""

    run: str
    level: str
    scaling: str
    temperature: str
    scores: Mapping[str, Score]


def list_calibrations(scores: ScoreSheet, predictions: pd.DataFrame) -> list[Calibration]:
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
