"""What several sections say of the runs that they tell: which are flattered, and how they were scored."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
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


def name_homes(training_runs: TrainingRunsTable) -> list[str]:
    """Name the studies that networks were fitted to, where these came from elsewhere; nothing of own fits.

    >>> name_homes(pd.DataFrame({"run": ["a", "b"], "home_study": ["busbra", "busbra"]}))
    ['busbra']
    >>> name_homes(pd.DataFrame({"run": ["a"]}))
    []
    """
    if "home_study" not in training_runs:
        return []
    return list(dict.fromkeys(training_runs["home_study"].astype(str)))


NAMED = {"run": "Run", "level": "Level", "rule": "Threshold rule"}
"""What names the rows of scores of calls."""


@dataclass(frozen=True)
class RowNames:
    """What names the rows of a table.

    Attributes:
        columns: Title by name of the columns that stand in the table, the first at the head of each row.
        shared: What all rows share, in brackets, for the caption; empty if nothing.
        flattered: Runs or configurations whose test scans chose.
    """

    columns: Mapping[str, str]
    shared: str
    flattered: Collection[str] = ()


def name_rows(
    rows: Sequence[Any],
    titles: Mapping[str, str],
    *,
    kept: Collection[str] = (),
    flattered: Collection[str] = (),
) -> RowNames:
    """Tell apart what names the rows of a table and what they all share, which is told once in its caption.

    A run, or a configuration, whose test scans chose for it stands in every row, so that the mark is never far.

    Args:
        rows: Mappings, or objects with attributes.
        titles: Columns that may name a row, in the order in which they stand, with their titles.
        kept: Those that stand in every row whatever they hold; if there is none, at least the first column stands.
        flattered: Runs or configurations whose test scans chose.

    Examples:
        >>> rows = [{"run": "net", "level": "scan"}, {"run": "net", "level": "lesion"}]
        >>> named = name_rows(rows, {"run": "Run", "level": "Level"})
        >>> (*named.columns, named.shared)
        ('level', ' (net)')
    """
    found = {name: list(dict.fromkeys(_read(row, name) for row in rows)) for name in titles}
    varied = [
        name
        for name, values in found.items()
        if name in kept or len(values) != 1 or values[0] in flattered
    ] or list(titles)[:1]
    alike = [str(values[0]) for name, values in found.items() if name not in varied and values[0]]
    return RowNames(
        {name: titles[name] for name in varied},
        f" ({', '.join(alike)})" if alike else "",
        flattered,
    )


def _read(row: Any, name: str) -> Any:
    return row[name] if isinstance(row, Mapping) else getattr(row, name)


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
