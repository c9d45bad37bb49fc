"""Runs that were killed, failed, repeated or shared: which versions the next run reads."""

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

PROJECT = Path(__file__).parents[2]

KILLED = """
import os, signal, sys
from pathlib import Path
from kedro.framework.startup import bootstrap_project
bootstrap_project(Path({project!r}))
from sonolens.settings import SESSION_CLASS
import {module} as room

calls = iter(range(10**6))
real = room.{function}
def die_at_the_second_call(*args, **kwargs):
    if next(calls) == {call}:
        os.kill(os.getpid(), signal.SIGKILL)
    return real(*args, **kwargs)
room.{function} = die_at_the_second_call
with SESSION_CLASS.create(
    project_path={project!r}, env="test", runtime_params={{"data_root": {data!r}}}
) as session:
    session.run()
"""


@pytest.fixture
def copy(finished: Any, project_at: Callable[..., Any], tmp_path: Path) -> Any:
    """A copy of the finished run to break."""
    shutil.copytree(finished.data_root, tmp_path / "data")
    return project_at(tmp_path / "data")


def kill_in(project: Any, *, module: str, function: str, call: int = 0) -> None:
    """Run the whole flow in a process of its own that is killed in mid-work."""
    script = KILLED.format(
        project=str(PROJECT),
        module=module,
        function=function,
        call=call,
        data=str(project.data_root),
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        check=False,
        capture_output=True,
        env=os.environ | {"DO_NOT_TRACK": "1"},
    )
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()


def versions_read(project: Any) -> dict[str, str]:
    """What the newest run record says it read."""
    (session,) = project.catalog.load("run_record")["sessions"]
    assert session["status"] == "complete"
    return session["inputs"]


def test_a_run_killed_while_importing_leaves_no_scan_behind(copy: Any) -> None:
    before = copy.catalog["scans"].list_versions(full_path=False)
    kill_in(copy, module="sonolens.pipelines.data_processing.intake", function="_image", call=5)

    copy.run("explainability")

    assert set(versions_read(copy).values()) == set(before)
    assert copy.catalog["raw_images"].list_versions(full_path=False) == before


def test_a_run_killed_in_training_is_not_mixed_with_older_weights(copy: Any) -> None:
    (before,) = copy.catalog["model_weights"].list_versions(full_path=False)
    kill_in(copy, module="sonolens.pipelines.training.fits", function="fit_network")
    assert copy.catalog["scans"].list_versions(full_path=False) != [before]

    copy.run("explainability")

    assert set(versions_read(copy).values()) == {before}


def test_a_run_killed_in_explainability_offers_its_finished_training(copy: Any) -> None:
    kill_in(
        copy, module="sonolens.pipelines.explainability.maps", function="check_identity", call=1
    )
    newest = max(copy.catalog["model_weights"].list_versions(full_path=False))
    assert newest not in copy.catalog["saliency_maps"].list_versions(full_path=False)

    copy.run("explainability")

    assert set(versions_read(copy).values()) == {newest}


@dataclass(frozen=True)
class Repeated:
    """A run repeated without its checkpoints, and then with them."""

    project: Any
    first: str
    added_bytes: int


@pytest.fixture(scope="module")
def repeated(
    finished: Any, project_at: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory
) -> Repeated:
    """The finished run fitted anew, and once more with nothing to fit."""
    project = project_at(tmp_path_factory.mktemp("repeated") / "data")
    shutil.copytree(finished.data_root, project.data_root)
    (first,) = project.catalog["predictions"].list_versions(full_path=False)
    shutil.rmtree(project.data_root / "06_models" / "checkpoints")
    project.run()
    once = disk_bytes(project.data_root)
    project.run()
    return Repeated(project, first=first, added_bytes=disk_bytes(project.data_root) - once)


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
def test_the_same_study_gives_the_same_results_to_the_byte(repeated: Repeated, name: str) -> None:
    dataset = repeated.project.catalog[name]
    # Other tests may have added versions to the finished run; the two newest are the repetitions.
    repetitions = sorted(dataset.list_versions(full_path=False))[-2:]

    assert repeated.first < repetitions[0]
    for again in repetitions:
        assert dataset.read_version(again).equals(dataset.read_version(repeated.first))


def test_an_older_version_can_be_named(copy: Any) -> None:
    (first,) = copy.catalog["pointing_game"].list_versions(full_path=False)
    copy.run("explainability")

    with copy.session() as session:
        session.run(pipeline_names=["reporting"], load_versions={"pointing_game": first})

    assert versions_read(copy)["pointing_game"] == first


def test_several_processes_can_write_one_version(
    project_at: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KEDRO_RUN_ID", "2026-11-22T12.00.00.000Z")
    project = project_at(tmp_path)
    for pipeline in ("data_processing", "training", "explainability", "reporting"):
        project.run(pipeline)

    assert project.catalog["report"].list_versions(full_path=False) == ["2026-11-22T12.00.00.000Z"]
    assert len(project.catalog.load("run_record")["sessions"]) == 4
