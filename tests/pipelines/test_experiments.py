"""The paper's open questions as tables of a finished run: one run leaves them small, a grid fills them."""

import shutil
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from kedro.io import DataCatalog

GRID = {
    "training": {"adaptations": ["drs", "linear_probe"], "seeds": [0, 1]},
    "explanation": {"methods": ["cam", "grad_cam", "random"]},
}
KEY = ["method", "region"]


@pytest.fixture(scope="module")
def experiments(
    finished: Any, project_at: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory
) -> DataCatalog:
    """Two configurations of two seeds each, explained by three methods."""
    project = project_at(tmp_path_factory.mktemp("experiments") / "data")
    shutil.copytree(finished.data_root, project.data_root)
    to_nodes = ["draw_methods_and_networks", "draw_performance_and_pointing"]
    project.run("training", "explainability", "reporting", to_nodes=to_nodes, params=GRID)
    return project.catalog


def test_one_method_and_one_run_have_rates_but_no_pair(results: DataCatalog) -> None:
    assert results.load("pointing_comparison").empty
    assert len(results.load("comparison_figure")) > 0
    correlation = results.load("performance_correlation")
    assert set(correlation["n_runs"]) == {1}
    assert correlation["rho"].isna().all()


def test_one_run_scores_as_in_the_pointing_game(results: DataCatalog) -> None:
    rates = results.load("configuration_pointing").query("rule == 'decision'").set_index(KEY)
    game = results.load("pointing_game").query("subset == 'all' and label == 'both'")
    game = game[game["rule"] == "decision"].set_index(KEY)
    performance = results.load("performance_and_pointing").set_index(KEY)

    for name in ("n", "rate", "ci_low", "ci_high", "chance"):
        assert rates[name].tolist() == pytest.approx(game.loc[rates.index, name].tolist())
        assert performance[name].tolist() == pytest.approx(
            game.loc[performance.index, name].tolist()
        )


def test_cells_are_as_large_as_the_map_says(results: DataCatalog) -> None:
    predictions = results.load("predictions").query("partition == 'test'")
    shares = results.load("region_shares").query("region == 'any'")
    expected = shares[shares["scan_id"].isin(predictions["scan_id"])]["cell_row_mm"].mean()

    for table in ("configuration_pointing", "performance_and_pointing"):
        assert results.load(table)["cell_row_mm"].tolist() == pytest.approx(
            [expected] * len(results.load(table))
        )


def test_methods_and_configurations_are_compared_pair_by_pair(experiments: DataCatalog) -> None:
    pairs = experiments.load("pointing_comparison")
    named = pairs[["kind", "first", "second", "shared"]].drop_duplicates()

    methods = [("cam", "grad_cam"), ("cam", "random"), ("grad_cam", "random")]
    assert set(named.itertuples(index=False, name=None)) == {
        *(
            ("method", *pair, name)
            for pair in methods
            for name in ("tiny-drs", "tiny-linear_probe")
        ),
        *(
            ("configuration", "tiny-drs", "tiny-linear_probe", method)
            for method in ("cam", "grad_cam", "random")
        ),
    }
    alike = (pairs["first"] == "cam") & (pairs["second"] == "grad_cam")
    assert (pairs["same_by_construction"] == alike).all()
    assert (pairs.loc[alike, "difference"] == 0).all()
    assert (pairs.loc[alike, "p_value"] == 1).all()
    told = pairs.dropna(subset=["difference"])
    assert np.allclose(told["difference"], told["first_rate"] - told["second_rate"])
    assert (told["ci_low"] <= told["difference"]).all()
    assert (told["difference"] <= told["ci_high"]).all()


def test_seeds_are_averaged_before_configurations_are_compared(experiments: DataCatalog) -> None:
    pair = experiments.load("pointing_comparison").query(
        "kind == 'configuration' and shared == 'cam' and region == 'any' and rule == 'either'"
    )
    game = experiments.load("pointing_game").query(
        "method == 'cam' and region == 'any' and rule == 'either' and subset == 'all' and label == 'both'"
    )

    means = game.groupby(game["run"].str.replace(r"-seed.*", "", regex=True))["rate"].mean()
    assert pair["first_rate"].item() == pytest.approx(means["tiny-drs"])
    assert pair["second_rate"].item() == pytest.approx(means["tiny-linear_probe"])


def test_every_run_has_its_auc_beside_its_hits(experiments: DataCatalog) -> None:
    performance = experiments.load("performance_and_pointing")
    metrics = experiments.load("classification_metrics").query(
        "level == 'scan' and partition == 'test' and stratum == 'all' and metric == 'auc'"
    )

    assert set(performance["run"]) == set(experiments.load("training_runs")["run"])
    aucs = dict(zip(metrics["run"], metrics["value"], strict=True))
    assert performance["auc"].tolist() == [aucs[run] for run in performance["run"]]
    correlation: pd.DataFrame = experiments.load("performance_correlation")
    assert set(correlation["n_runs"]) == {4}
