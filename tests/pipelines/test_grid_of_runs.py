"""A grid of runs: every point once, nothing twice, and the same weights however often it was stopped."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml

from sonolens.pipelines.training import fits
from sonolens.pipelines.training.grid import plan_fits
from sonolens.pipelines.training.parameters import TrainingParameters

CONF = Path(__file__).parents[2] / "conf" / "base"
GRID = {
    "training": {"protocol": "paper", "seeds": [0, 1], "adaptations": ["drs", "linear_probe"]},
}


@pytest.fixture(scope="module")
def gridded(
    finished: Any, project_at: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory
) -> Any:
    """Two seeds by two adaptations under the paper's protocol, on the finished study."""
    project = project_at(tmp_path_factory.mktemp("gridded") / "data")
    shutil.copytree(finished.data_root, project.data_root)
    project.run("training", params=GRID)
    return project


def test_every_point_of_the_grid_is_a_run_under_both_protocols(gridded: Any) -> None:
    runs = gridded.catalog.load("training_runs")

    expected = {
        f"tiny-{adaptation}{suffix}-seed{seed}-fold0"
        for adaptation in ("drs", "linear_probe")
        for suffix in ("", "-paper")
        for seed in (0, 1)
    }
    assert set(runs["run"]) == expected == set(gridded.catalog.load("model_weights"))
    assert dict(zip(runs["protocol"], runs["chosen_on"], strict=True)) == {
        "rigorous": "validation",
        "paper": "test",
    }
    learning = runs.groupby("adaptation")["n_learning"].unique()
    assert learning["linear_probe"].tolist() == [17]
    assert learning["drs"].tolist() == [17 + 8 + 8 + 16 + 16]


def test_a_run_keeps_the_epoch_of_the_lowest_loss_on_the_scans_that_choose(gridded: Any) -> None:
    runs = gridded.catalog.load("training_runs").set_index("run")
    for run, history in gridded.catalog.load("training_history").groupby("run"):
        chosen_on = runs.loc[run, "chosen_on"]
        lowest = history.loc[history[f"{chosen_on}_loss"].idxmin(), "epoch"]
        assert history.loc[history["best"], "epoch"].tolist() == [lowest]
        assert runs.loc[run, "best_epoch"] == lowest
        assert history["test_loss"].isna().all() == (chosen_on == "validation")


def test_only_a_rigorous_run_has_a_temperature_and_each_chooses_thresholds_where_it_may(
    gridded: Any,
) -> None:
    runs = gridded.catalog.load("training_runs").set_index("run")["protocol"]
    predictions = gridded.catalog.load("predictions")
    points = gridded.catalog.load("operating_points")

    temperatures = predictions.groupby("run")["temperature"].unique()
    assert all(temperatures[run].tolist() == [1.0] for run in runs[runs == "paper"].index)
    assert all(temperatures[run] != 1.0 for run in runs[runs == "rigorous"].index)
    chosen_on = points["run"].map(runs).map({"rigorous": "validation", "paper": "test"})
    assert (points["chosen_on"] == chosen_on).all()


def test_optimism_is_told_for_the_threshold_alone_and_for_the_whole_protocol(gridded: Any) -> None:
    optimism = gridded.catalog.load("protocol_optimism")

    assert set(optimism["source"]) == {"threshold", "epoch_and_threshold"}
    assert not optimism["run"].str.contains("-paper").any()
    told = optimism.dropna()
    assert np.allclose(told["optimism"], told["paper"] - told["rigorous"])


def test_configurations_are_summed_up_and_compared(gridded: Any) -> None:
    metrics = gridded.catalog.load("configuration_metrics")
    runs = gridded.catalog.load("classification_metrics").query(
        "partition == 'test' and stratum == 'all' and metric == 'auc' and level == 'scan'"
    )
    values = runs.loc[runs["run"].str.match("tiny-drs-seed"), "value"]

    row = metrics.query("configuration == 'tiny-drs' and metric == 'auc' and level == 'scan'")
    assert row["mean"].item() == pytest.approx(values.mean())
    assert row["sd"].item() == pytest.approx(values.std(ddof=1))
    pairs = gridded.catalog.load("configuration_comparison")
    assert set(zip(pairs["first"], pairs["second"], strict=True)) == {
        ("tiny-drs", "tiny-linear_probe"),
        ("tiny-drs-paper", "tiny-linear_probe-paper"),
    }


def stamps(project: Any) -> dict[str, int]:
    """When each checkpoint was last written."""
    return {
        path.name: path.stat().st_mtime_ns for path in project.data_root.rglob("checkpoints/*.ckpt")
    }


def test_an_extended_grid_fits_only_what_is_new(gridded: Any) -> None:
    before = stamps(gridded)
    gridded.run(
        "training",
        to_nodes=["train_networks"],
        params={"training": GRID["training"] | {"seeds": [0, 1, 2]}},
    )

    after = stamps(gridded)
    assert {name: after[name] for name in before} == before
    assert len(after) == len(before) + 2


def test_more_epochs_are_another_fit(gridded: Any) -> None:
    before = stamps(gridded)
    gridded.run("training", to_nodes=["train_networks"], params={"training": {"epochs": 3}})

    assert len(stamps(gridded)) == len(before) + 1


def test_a_grid_that_was_stopped_ends_with_the_same_weights(
    finished: Any,
    project_at: Callable[..., Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stopped, straight = (project_at(tmp_path / name) for name in ("stopped", "straight"))
    for project in (stopped, straight):
        shutil.copytree(finished.data_root, project.data_root)
        shutil.rmtree(project.data_root / "06_models" / "checkpoints")
    seeds = {"training": {"seeds": [4, 5]}}
    fit_network, calls = fits.fit_network, []

    def stop_at_the_second(*args: Any, **kwargs: Any) -> Any:
        calls.append(kwargs["plan"].seed)
        if len(calls) > 1:
            raise KeyboardInterrupt
        return fit_network(*args, **kwargs)

    monkeypatch.setattr(fits, "fit_network", stop_at_the_second)
    with pytest.raises(KeyboardInterrupt):
        stopped.run("training", to_nodes=["train_networks"], params=seeds)
    monkeypatch.undo()
    for project in (stopped, straight):
        project.run("training", to_nodes=["train_networks"], params=seeds)

    ended, expected = (project.catalog.load("model_weights") for project in (stopped, straight))
    assert set(ended) == set(expected)
    for run in expected:
        tensors = expected[run]().tensors
        changed = [
            name for name, one in ended[run]().tensors.items() if not one.equal(tensors[name])
        ]
        assert not changed, (run, changed)


def test_a_test_scan_among_the_training_scans_is_refused(gridded: Any) -> None:
    dataset = gridded.catalog["splits"]
    newest = max(dataset.list_versions(full_path=False))
    path = gridded.data_root / "05_model_input" / "splits.csv" / newest / "splits.csv"
    splits = pd.read_csv(path, dtype=str)
    leaked = splits.index[splits["partition"] == "test"][0]
    splits.loc[leaked, "partition"] = "train"
    splits.to_csv(path, index=False)
    path.with_name("splits.csv.sha256").unlink()  # else it is told that the file has changed

    with pytest.raises(Exception, match="a patient's scans share one partition"):
        gridded.run("training")


def test_a_stride_that_is_a_networks_own_is_no_second_fit_beside_own() -> None:
    asked = {"networks": "tiny resnet18", "output_strides": "own 16 8"}
    settings = yaml.safe_load((CONF / "parameters_training.yml").read_text())["training"]
    planned = plan_fits(TrainingParameters(**settings | asked), folds=[0])

    # The own stride of tiny is 16, that of a ResNet 32.
    assert [fit.configuration("rigorous") for fit in planned] == [
        *("tiny-full", "tiny-full-stride8"),
        *("resnet18-full", "resnet18-full-stride16", "resnet18-full-stride8"),
    ]


def test_strides_and_exchanged_labels_are_axes_of_the_grid(
    finished: Any, project_at: Callable[..., Any], tmp_path: Path
) -> None:
    project = project_at(tmp_path / "data")
    shutil.copytree(finished.data_root, project.data_root)

    project.run(
        "training",
        params={"training": {"output_strides": "own 8", "labels": "given shuffled"}},
    )

    runs = project.catalog.load("training_runs").set_index("run")
    assert runs[["output_stride", "labels"]].agg(tuple, axis="columns").to_dict() == {
        "tiny-full-seed0-fold0": (16, "given"),
        "tiny-full-shuffled-seed0-fold0": (16, "shuffled"),
        "tiny-full-stride8-seed0-fold0": (8, "given"),
        "tiny-full-stride8-shuffled-seed0-fold0": (8, "shuffled"),
    }
    packed = project.catalog.load("model_weights")
    headers = {run: load().header for run, load in packed.items()}
    assert {run: header["labels"] for run, header in headers.items()} == runs["labels"].to_dict()
    history = project.catalog.load("training_history").pivot_table(
        index="epoch", columns="run", values="train_loss"
    )
    assert history.loc[1].nunique() == 4
