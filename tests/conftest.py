"""Fixtures every room may use: a finished run on tiny phantoms, published scans where they are at hand, small BUS-BRA
folders."""

from __future__ import annotations

import gc
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from filelock import FileLock
from hypothesis import settings
from PIL import Image

if TYPE_CHECKING:
    from kedro.io import DataCatalog
    from projects import Project

# Kedro's telemetry would otherwise edit pyproject.toml and try to reach the network.
os.environ["DO_NOT_TRACK"] = "1"
# The networks of the tests are tiny: a second thread waits for the first, and keeps a core busy with that.
os.environ.setdefault("OMP_NUM_THREADS", "1")

# What holds for drawn values hangs on no clock: where branches are traced, or others work, an example takes longer.
settings.register_profile("no_clock", deadline=None)
settings.load_profile("no_clock")

PROJECT = Path(__file__).parents[1]


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int | None:
    """Share the whole suite and the commands of the pages among the cores; a few files are sooner done in this process."""
    whole = config.args_source is pytest.Config.ArgsSource.TESTPATHS
    return None if whole or config.option.markexpr == "docs_commands" else 0


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with whole runs, which take longest, so that all cores end together.

    The first of them is one that is no file of `finished`: else all processes would wait for the one that makes it.
    """
    first = ("tests/pipelines/test_cluster_run.py", "tests/pipelines/")
    items.sort(key=lambda item: [name not in item.nodeid for name in first])


def pytest_collection_finish() -> None:
    """Spare the garbage collector what was imported: it would walk half a million objects again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def pytest_unconfigure() -> None:
    gc.unfreeze()


@pytest.fixture(scope="session")
def project_at() -> Callable[..., Project]:
    """Make a project whose data lie in the folder given."""
    # Kedro takes a second to import, and few rooms need it.
    from kedro.framework.startup import bootstrap_project  # noqa: PLC0415
    from projects import Project, spare_parsing  # noqa: PLC0415

    spare_parsing()
    bootstrap_project(PROJECT)
    return Project


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all processes of one call of pytest share."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


def make_once(project: Project, make: Callable[[], None]) -> Project:
    """Let the first process that needs a project make its data, for all: read them, and write to copies."""
    made = project.data_root.with_suffix(".made")
    with FileLock(project.data_root.with_suffix(".lock")):
        if not made.exists():
            make()
            made.touch()
    return project


@pytest.fixture(scope="session")
def finished(project_at: Callable[..., Project], shared_folder: Path) -> Project:
    """The whole flow, run once on the phantoms of conf/test, for all tests that look at its results."""
    project = project_at(shared_folder / "finished")
    return make_once(project, project.run)


@pytest.fixture(scope="session")
def experimented(
    finished: Project, project_at: Callable[..., Project], shared_folder: Path
) -> Project:
    """The finished run after experiments by name, and a report that knows of them."""
    project = project_at(shared_folder / "experimented")

    def make() -> None:
        shutil.copytree(finished.data_root, project.data_root, symlinks=True)
        project.run("mask_uncertainty")
        project.run("planted_evidence", params={"planted_evidence": {"canvas": "study"}})
        project.run("reporting")

    return make_once(project, make)


@pytest.fixture(scope="session")
def results(finished: Project) -> DataCatalog:
    return finished.open_catalog()


@pytest.fixture(scope="session")
def real_scans() -> Path:
    """The folder of published scans, or a skip that says how to provide it."""
    folder = Path(os.environ.get("SONOLENS_SHARED", PROJECT.parent / "shared")) / "data"
    if not folder.exists():
        pytest.skip(
            "no published scans: let SONOLENS_SHARED name the folder that holds data/BUSBRA"
        )
    return folder


@pytest.fixture
def busbra_folder(tmp_path: Path) -> Path:
    """A BUS-BRA folder as published, with two patients of two scans each."""
    folder = tmp_path / "BUSBRA"
    (folder / "Images").mkdir(parents=True)
    (folder / "Masks").mkdir()
    rows = []
    for case, pathology in (("0007", "benign"), ("0012", "malignant")):
        for side in ("l", "r"):
            rng = np.random.default_rng(len(rows))
            scan = rng.integers(40, 140, size=(80, 100), dtype=np.uint8)
            mask = np.zeros((80, 100), dtype=bool)
            mask[20:30, 35:50] = True
            Image.fromarray(scan).save(folder / "Images" / f"bus_{case}-{side}.png")
            Image.fromarray(mask).save(folder / "Masks" / f"mask_{case}-{side}.png")
            rows.append(
                {
                    "ID": f"bus_{case}-{side}",
                    "Case": str(int(case)),
                    "Histology": "cyst",
                    "Pathology": pathology,
                    "BIRADS": "4",
                    "Device": "GE Logiq 7 @10-14MHz",
                    "Width": 100,
                    "Height": 80,
                    "Side": "left" if side == "l" else "right",
                    "BBOX": "[36,21,15,10]",
                }
            )
    pd.DataFrame(rows).to_csv(folder / "bus_data.csv", index=False)
    return folder
