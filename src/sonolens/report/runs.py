"""What several sections say of the runs that they tell: which are flattered, and how they were scored."""

from typing import Any

import pandas as pd

from sonolens.tables.training import TrainingRunsTable


def name_runs(training_runs: TrainingRunsTable) -> dict[str, list[str]]:
    """Name all `runs` of a `TrainingRuns` table, and the `flattered`: test scans chose their epoch and threshold."""
    by_test = training_runs["protocol"] == "paper"
    return {
        "runs": training_runs["run"].tolist(),
        "flattered": training_runs.loc[by_test, "run"].tolist(),
    }


def describe_scoring(scores: pd.DataFrame) -> dict[str, Any]:
    """Name the `partition` that was scored and the `confidence` of its intervals, as the table has them.

    What was done stands in the tables: this run's parameters may not be those of its inputs.

    Returns:
        Both by name; for an empty table an empty name and NaN.
    """
    partition = str(scores["partition"].iloc[0]) if len(scores) else ""
    return {"partition": partition, "confidence": confidence_of(scores)}


def confidence_of(scores: pd.DataFrame) -> float:
    """Say how much the intervals of a table cover, between 0 and 1; NaN for an empty table."""
    return float(scores["confidence"].iloc[0]) if len(scores) else float("nan")
