"""A table is named in a signature: another one is refused under pytest."""

import pandas as pd
import pytest
from jaxtyping import TypeCheckError

from sonolens.evaluation.classification import decide_scans, trace_roc
from sonolens.tables.classification import OperatingPoints
from sonolens.tables.cohort import Scans
from sonolens.tables.training import Decisions, Predictions

SCANS, PREDICTIONS, POINTS = (
    contract.empty() for contract in (Scans, Predictions, OperatingPoints)
)


def test_a_table_in_the_place_of_another_is_refused() -> None:
    with pytest.raises(TypeCheckError):
        decide_scans(SCANS, SCANS, POINTS)
    with pytest.raises(TypeCheckError):
        decide_scans(PREDICTIONS, SCANS, PREDICTIONS)


def test_a_table_in_its_own_place_passes_with_columns_more_or_fewer() -> None:
    decide_scans(PREDICTIONS, SCANS.assign(size_mm=1.0), POINTS)
    decide_scans(PREDICTIONS.drop(columns="temperature"), SCANS[["scan_id", "patient_id"]], POINTS)


def test_decisions_are_predictions_but_not_the_other_way() -> None:
    trace_roc(Decisions.empty(), lesion_probability="mean")
    with pytest.raises(TypeCheckError):
        decide_scans(PREDICTIONS, pd.DataFrame(columns=list(Decisions.to_schema().columns)), POINTS)
