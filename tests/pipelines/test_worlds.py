"""Runs that were killed, failed, repeated or shared: which versions the next run reads."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from kedro.framework.project import pipelines

PROJECT = Path(__file__).parents[2]

KILLED = """
import itertools, json, os, signal, sys
from importlib import import_module
from pathlib import Path
from kedro.framework.startup import bootstrap_project
project, plans = Path(sys.argv[1]), json.loads(sys.argv[2])
bootstrap_project(project)
import sonolens.models.fitting.launch # once for all children
from sonolens.settings import SESSION_CLASS
rooms = [import_module(plan["module"]) for plan in plans]

def run_until_killed(room, function, call, data):
    calls, real = itertools.count(), getattr(room, function)
    def die_in_mid_work(*args, **kwargs):
        if next(calls) == call:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*args, **kwargs)
    setattr(room, function, die_in_mid_work)
    with SESSION_CLASS.create(
        project_path=project, env="test", runtime_params={"data_root": data}
    ) as session:
        session.run(to_nodes=["maps.draw_saliency_maps"])

children = []
for room, plan in zip(rooms, plans):
    children.append(os.fork())
    if not children[-1]:
        try:
            run_until_killed(room, plan["function"], plan["call"], plan["data"])
        finally:
            os._exit(0)
print(json.dumps([os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]))
"""
"""Runs from the study to its maps that are killed in mid-work, each in a process of its own."""

KILLS = {
    "importing": {
        "module": "sonolens.pipelines.data_processing.intake",
        "function": "_image",
        "call": 5,
    },
    "training": {
        "module": "sonolens.pipelines.training.fits",
        "function": "fit_network",
        "call": 0,
    },
    "explainability": {
        "module": "sonolens.pipelines.explainability.maps",
        "function": "check_identity",
        "call": 1,
    },
}
READS_ALL = ["draw_region_masks", "locate_mean_extremes", "score_repeatability"]
"""Nodes of explainability that read, with those before them, all that its pipeline reads but `descriptors`, which
only what asks networks again leads to."""


@pytest.fixture(scope="module")
def killed(
    finished: Any, project_at: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Any]:
    """Copies of the finished run, in each of which the next run was killed at another place."""
    root = tmp_path_factory.mktemp("killed")
    copies = {name: project_at(root / name) for name in KILLS}
    for copy in copies.values():
        shutil.copytree(finished.data_root, copy.data_root)
    plans = [plan | {"data": str(copies[name].data_root)} for name, plan in KILLS.items()]
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(PROJECT), json.dumps(plans)],
        check=False,
        capture_output=True,
        env=os.environ | {"DO_NOT_TRACK": "1"},
    )
    ends = json.loads(done.stdout.splitlines()[-1]) if done.returncode == 0 else []
    assert ends == [-signal.SIGKILL] * len(KILLS), done.stderr.decode()
    return copies


def explain(project: Any) -> dict[str, str]:
    """Explain again, and say which versions were read."""
    project.run("explainability", to_nodes=READS_ALL)
    read = versions_read(project)
    pipelines.set_requested(None)
    inputs = pipelines["explainability"].inputs()
    of_readers = {"descriptors", "readings", "reader_masks"}  # read by later nodes
    assert set(read) == {name for name in inputs if not name.startswith("params:")} - of_readers
    return read


def versions_read(project: Any) -> dict[str, str]:
    """What the newest run record says it read."""
    (session,) = project.catalog.load("run_record")["sessions"]
    assert session["status"] == "complete"
    return session["inputs"]


def test_a_run_killed_while_importing_leaves_no_scan_behind(
    finished: Any, killed: dict[str, Any]
) -> None:
    copy = killed["importing"]
    before = finished.catalog["scans"].list_versions(full_path=False)

    read = explain(copy)

    assert set(read.values()) == set(before)
    assert copy.catalog["raw_images"].list_versions(full_path=False) == before


def test_a_run_killed_in_training_is_not_mixed_with_older_weights(killed: dict[str, Any]) -> None:
    copy = killed["training"]
    (before,) = copy.catalog["model_weights"].list_versions(full_path=False)
    assert copy.catalog["scans"].list_versions(full_path=False) != [before]

    assert set(explain(copy).values()) == {before}


def test_a_run_killed_in_explainability_offers_its_finished_training(
    killed: dict[str, Any],
) -> None:
    copy = killed["explainability"]
    newest = max(copy.catalog["model_weights"].list_versions(full_path=False))
    assert newest not in copy.catalog["saliency_maps"].list_versions(full_path=False)

    assert set(explain(copy).values()) == {newest}


ENDS = {
    "data_processing": None,
    "training": ["decide_scans"],
    "explainability": ["score_pointing_game"],
    "reporting": ["tabulate_pointing_game"],
}
"""Pipeline -> its last node of those that the tables compared below come from; None: all are needed."""


@dataclass(frozen=True)
class Repeated:
    """A run that was repeated with its checkpoints there, so that nothing was fitted again."""

    project: Any
    first: str
    added_bytes: int


@pytest.fixture(scope="module")
def repeated(
    finished: Any, project_at: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory
) -> Repeated:
    """The finished run once more."""
    project = project_at(tmp_path_factory.mktemp("repeated") / "data")
    shutil.copytree(finished.data_root, project.data_root)
    (first,) = project.catalog["predictions"].list_versions(full_path=False)
    once = disk_bytes(project.data_root)
    project.run()
    return Repeated(project, first=first, added_bytes=disk_bytes(project.data_root) - once)


@pytest.fixture(scope="module")
def shared_id() -> str:
    return "2026-11-22T12.00.00.000Z"


@pytest.fixture(scope="module")
def fitted_anew(
    shared_id: str, project_at: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory
) -> Any:
    """The same study in an empty folder as far as table 2, each pipeline in a session of its own under one id."""
    project = project_at(tmp_path_factory.mktemp("anew"))
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setenv("KEDRO_RUN_ID", shared_id)
        for pipeline, last in ENDS.items():
            project.run(pipeline, **({"to_nodes": last} if last else {}))
    return project


def disk_bytes(folder: Path) -> int:
    """Bytes on disk, linked files counted once."""
    files = {f.stat().st_ino: f.stat().st_size for f in folder.rglob("*") if f.is_file()}
    return sum(files.values())


def test_repeating_a_run_costs_little_disk(repeated: Repeated) -> None:
    newest = max(repeated.project.data_root.glob("08_reporting/report.html/*/report.html"))

    # The report names its run, the rest is linked.
    assert repeated.added_bytes < 1.1 * newest.stat().st_size


@pytest.mark.parametrize(
    "name", ["scans", "splits", "predictions", "extreme_points", "pointing_game", "table_2"]
)
def test_the_same_study_gives_the_same_results_to_the_byte(
    repeated: Repeated, fitted_anew: Any, shared_id: str, name: str
) -> None:
    dataset = repeated.project.catalog[name]
    again = max(dataset.list_versions(full_path=False))
    assert repeated.first < again
    first = dataset.read_version(repeated.first)

    assert dataset.read_version(again).equals(first)
    assert fitted_anew.catalog[name].read_version(shared_id).equals(first)


def test_an_older_version_can_be_named(repeated: Repeated) -> None:
    assert len(repeated.project.catalog["pointing_game"].list_versions()) > 1
    with repeated.project.session() as session:
        session.run(
            pipeline_names=["reporting"],
            node_names=["tables.relate_performance"],
            load_versions={"pointing_game": repeated.first},
        )

    read = versions_read(repeated.project)
    assert len(read) > 1
    assert set(read.values()) == {repeated.first}


def test_several_processes_can_write_one_version(fitted_anew: Any, shared_id: str) -> None:
    assert fitted_anew.catalog["table_2"].list_versions(full_path=False) == [shared_id]
    assert len(fitted_anew.catalog.load("run_record")["sessions"]) == 4
