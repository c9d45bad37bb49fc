"""How the networks were fitted: one row per configuration, and one per run."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from sonolens.report.numerals import NOTHING, amount, part_of, span
from sonolens.report.pictures import Caption
from sonolens.report.runs import name_runs
from sonolens.report.section import Section, Tables
from sonolens.tables.training import TrainingHistoryTable, TrainingRunsTable


@dataclass(frozen=True)
class FittedRun:
    """One run: its seed and fold, its epochs, and which of them was kept by whose loss."""

    run: str
    configuration: str
    seed: int
    fold: int
    epochs: int
    kept: int
    chosen_on: str
    loss: str
    seconds: str


@dataclass(frozen=True)
class FittedConfiguration:
    """What the runs of a configuration share, and the span of what they do not."""

    configuration: str
    network: str
    adaptation: str
    protocol: str
    start: str
    output_stride: str
    learning_rate: str
    learning: str
    runs: int
    seeds: int
    folds: int
    epochs: str
    kept: str
    chosen_on: str
    seconds: str
    ended_early: int
    """Runs whose kept epoch is the last that was fitted."""


def list_runs(
    training_runs: TrainingRunsTable, training_history: TrainingHistoryTable
) -> list[FittedRun]:
    """List the runs with the loss by which their epoch was kept and the seconds they took.

    A run without history has a dash for both.
    """
    epochs_of = dict(list(training_history.groupby("run", sort=False)))
    return [
        FittedRun(
            run=row["run"],
            configuration=row["configuration"],
            seed=int(row["seed"]),
            fold=int(row["fold"]),
            epochs=int(row["epochs"]),
            kept=int(row["best_epoch"]),
            chosen_on=row["chosen_on"],
            loss=_choosing_loss(epochs_of.get(row["run"]), row["chosen_on"], row["best_epoch"]),
            seconds=_seconds(training_history[training_history["run"] == row["run"]]),
        )
        for row in training_runs.to_dict(orient="records")
    ]


def list_configurations(
    training_runs: TrainingRunsTable, training_history: TrainingHistoryTable
) -> list[FittedConfiguration]:
    """List the configurations in the order of their first run; `seconds` adds up all their runs."""
    return [
        FittedConfiguration(
            configuration=str(name),
            network=_each(runs["network"]),
            adaptation=_each(runs["adaptation"]),
            protocol=_each(runs["protocol"]),
            start=_each(runs["start"]),
            output_stride=_each(runs["output_stride"]),
            learning_rate=_each(amount(rate) for rate in runs["learning_rate"]),
            learning=_each(
                part_of(learning, whole)
                for learning, whole in zip(runs["n_learning"], runs["n_weights"], strict=True)
            ),
            runs=len(runs),
            seeds=runs["seed"].nunique(),
            folds=runs["fold"].nunique(),
            epochs=span(runs["epochs"].tolist(), digits=6),
            kept=span(runs["best_epoch"].tolist(), digits=6),
            chosen_on=_each(runs["chosen_on"]),
            seconds=_seconds(training_history[training_history["run"].isin(runs["run"])]),
            ended_early=int((runs["best_epoch"] == runs["epochs"]).sum()),
        )
        for name, runs in training_runs.groupby("configuration", sort=False)
    ]


def _choosing_loss(history: pd.DataFrame | None, chosen_on: str, kept: int) -> str:
    if history is None:
        return NOTHING
    losses = history.loc[history["epoch"] == kept, f"{chosen_on}_loss"]
    return NOTHING if losses.empty else amount(float(losses.iloc[0]))


def _seconds(history: pd.DataFrame) -> str:
    return NOTHING if history.empty else f"{history['seconds'].sum():,.0f}"


def _each(values: Iterable[object]) -> str:
    return ", ".join(dict.fromkeys(str(value) for value in values))


def _tell(tables: Tables) -> dict[str, Any]:
    return {
        **name_runs(tables["training_runs"]),
        "fitted_configurations": list_configurations(
            tables["training_runs"], tables["training_history"]
        ),
        "fitted_runs": list_runs(tables["training_runs"], tables["training_history"]),
    }


SECTION = Section(
    "training",
    "Training",
    "training.html",
    needs=("training_runs", "training_history"),
    figures=(
        Caption(
            name="training_figure",
            drawn_from="training_history",
            nothing="These networks brought no epochs of their fit.",
            title="Training",
            text="Loss after each epoch on the training and validation scans, and on the test scans where these "
            "chose the epoch.",
            alt="Chart of the losses per epoch.",
        ),
    ),
    tell=_tell,
)
