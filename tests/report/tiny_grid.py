"""A grid of small runs, half of them under the paper's protocol."""

import itertools
from typing import Any

import pandas as pd
from tiny_conformal import birads_table, conformal_table
from tiny_evidence import (
    abstention_table,
    faithfulness_table,
    gain_table,
    localization_table,
    sanity_table,
)
from tiny_run import pointing_table, run_inputs, shares_table
from tiny_scores import (
    comparison_row,
    comparison_table,
    configuration_rows,
    history_table,
    metric_rows,
    metrics_table,
    optimism_row,
    optimism_table,
    points_table,
    predictions_table,
    training_runs_table,
)

from sonolens.tables import training, vocabulary


def grid_inputs(*, configurations: int, seeds: int, folds: int) -> dict[str, Any]:
    """A grid as `write_report` takes it: every second configuration repeats the paper's protocol."""
    runs = [
        {
            "run": f"net{number // 2}-{protocol}-seed{seed}-fold{fold}",
            "configuration": f"net{number // 2}-{protocol}",
            "protocol": protocol,
            "seed": seed,
            "fold": fold,
            "chosen_on": "test" if protocol == "paper" else "validation",
        }
        for number in range(configurations)
        for protocol in [("rigorous", "paper")[number % 2]]
        for seed in range(seeds)
        for fold in range(folds)
    ]
    names = tuple(row["run"] for row in runs)
    rigorous = [row["run"] for row in runs if row["protocol"] == "rigorous"]
    settings = training_runs_table().drop(columns=list(runs[0])).iloc[0].to_dict()
    kinds = list(dict.fromkeys((row["configuration"], row["protocol"]) for row in runs))
    strata = [f"birads={category}" for category in vocabulary.BIRADS]
    metrics = pd.concat(
        [
            metrics_table(runs=names),
            *(
                metric_rows(level, 30, run=run, stratum=stratum)
                for run in names
                for level in vocabulary.LEVELS
                for stratum in strata
            ),
        ],
        ignore_index=True,
    )
    history, tested = history_table(), history_table(test_loss=[0.9, 0.61, 0.8])
    predictions, points, game, shares = (
        make() for make in (predictions_table, points_table, pointing_table, shares_table)
    )
    return run_inputs(
        training_runs=training.TrainingRuns.validate(pd.DataFrame(runs).assign(**settings)),
        training_history=pd.concat(
            (tested if row["protocol"] == "paper" else history).assign(run=row["run"])
            for row in runs
        ),
        predictions=pd.concat(predictions.assign(run=run) for run in names),
        operating_points=pd.concat(
            points.assign(run=row["run"], chosen_on=row["chosen_on"]) for row in runs
        ),
        classification_metrics=metrics,
        configuration_metrics=pd.concat(
            configuration_rows(name, protocol=protocol, runs=seeds * folds)
            for name, protocol in kinds
        ),
        configuration_comparison=comparison_table(
            *(
                comparison_row(first=first, second=second, level=level, test=test)
                for (first, _), (second, _) in itertools.combinations(kinds, 2)
                for level in vocabulary.LEVELS
                for test in ("bootstrap", "delong")
            )
        ),
        protocol_optimism=optimism_table(
            *(
                optimism_row(run=run, level=level, source=source, metric=metric)
                for run in rigorous
                for level in vocabulary.LEVELS
                for source in ("threshold", "epoch_and_threshold")
                for metric in ("auc", "accuracy", "sensitivity", "specificity")
            )
        ),
        pointing_game=pd.concat(game.assign(run=run) for run in names),
        region_shares=pd.concat(shares.assign(run=run) for run in names),
        localization_scores=localization_table(runs=names),
        abstention_scores=abstention_table(runs=names),
        abstention_gain=gain_table(runs=names),
        conformal_scores=conformal_table(runs=names),
        birads_comparison=birads_table(runs=names),
        faithfulness_scores=faithfulness_table(runs=names),
        sanity_checks=sanity_table(runs=names),
    )
