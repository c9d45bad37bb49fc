"""Looking at results: one run's world, whatever came after it."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sonolens.results import open_results

PROJECT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def with_newer_scans(
    finished: Any, project_at: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory
) -> Any:
    """A finished run, after which other phantoms were imported and nothing else was done."""
    project = project_at(tmp_path_factory.mktemp("newer") / "data")
    shutil.copytree(finished.data_root, project.data_root)
    imported = {"to_nodes": ["import_pictures"], "params": {"study": {"options": {"seed": 9}}}}
    project.run("data_processing", **imported)
    return project


def opened(project: Any, **options: Any) -> Any:
    return open_results(
        PROJECT, env="test", params={"data_root": str(project.data_root)}, **options
    )


def test_the_scans_are_those_that_were_scored(with_newer_scans: Any, finished: Any) -> None:
    catalog = opened(with_newer_scans)

    scored = finished.catalog.load("scans")
    assert catalog.load("scans").equals(scored)
    assert not with_newer_scans.catalog.load("scans").equals(scored)


def test_another_run_can_be_named(with_newer_scans: Any) -> None:
    newest = max(with_newer_scans.catalog["scans"].list_versions(full_path=False))

    catalog = opened(with_newer_scans, run=newest)

    assert catalog.load("scans").equals(with_newer_scans.catalog.load("scans"))


def test_a_run_that_is_unknown_is_named(finished: Any) -> None:
    with pytest.raises(LookupError, match="no record of run 2001; known are 20"):
        opened(finished, run="2001")


def test_without_a_report_the_remedy_is_told(
    project_at: Callable[..., Any], tmp_path: Path
) -> None:
    with pytest.raises(LookupError, match=r"no run has written a report yet; use `kedro run`"):
        opened(project_at(tmp_path))
