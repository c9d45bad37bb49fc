import json
import logging
import sys
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from kedro.framework.hooks.manager import _create_hook_manager
from kedro.framework.project import configure_project, pipelines
from kedro.io import DataCatalog
from kedro.pipeline import Node, Pipeline
from kedro.runner import SequentialRunner, ThreadRunner

from sonolens.hooks import OneWorld
from sonolens.looks import CountedLooks, read_looks

SCANS = ("a", "b", "c", "d")


def intake(grey):
    return {scan: np.full((2, 2), grey + n, dtype=np.uint8) for n, scan in enumerate(SCANS)}


def split(raw_images, splitting):
    tested = splitting["test"]
    parts = ["test" if scan in tested else "train" for scan in raw_images]
    return pd.DataFrame({"scan_id": list(raw_images), "partition": parts})


def train(raw_images, splits, training):
    if training["epochs"] < 0:
        raise RuntimeError("no epoch")
    return f"answers for {len(splits)}"


def score(predictions, evaluation, run_context):
    return json.dumps({"scores of": predictions, "looks": run_context["looks"]})


REGISTRY = {
    "data_processing": Pipeline(
        [
            Node(intake, "params:grey", "raw_images", name="intake"),
            Node(split, ["raw_images", "params:split"], "splits", name="split"),
        ]
    ),
    "training": Pipeline(
        [Node(train, ["raw_images", "splits", "params:training"], "predictions", name="train")]
    ),
    "reporting": Pipeline(
        [Node(score, ["predictions", "params:evaluation", "run_context"], "page", name="score")]
    ),
}
REGISTRY["__default__"] = sum(REGISTRY.values(), Pipeline([]))


@pytest.fixture(autouse=True)
def registry(monkeypatch):
    module = SimpleNamespace(register_pipelines=lambda: dict(REGISTRY))
    monkeypatch.setitem(sys.modules, "registry_of_test_looks", module)
    pipelines.configure("registry_of_test_looks")
    yield
    configure_project("sonolens")  # as other tests of this process expect it


class Project:
    """A data root in which pipelines run with both hooks, each run under the next of the ids 1, 2, 3 …"""

    def __init__(self, root):
        self.root, self.runs = root, 0

    def catalog(self, run_id, settings):
        text = {"type": "sonolens.datasets.TextDataset", "versioned": True}
        documents = {"run_record": "RunRecordDataset", "looks": "JsonDataset"}
        entries = {
            "raw_images": {
                "type": "sonolens.datasets.VersionedCollection",
                "path": f"{self.root}/images",
                "dataset": {"type": "sonolens.datasets.NumpyArrayDataset"},
                "filename_suffix": ".npy",
            },
            "splits": {
                "type": "sonolens.datasets.TableDataset",
                "filepath": f"{self.root}/splits.csv",
                "versioned": True,
            },
            "run_context": {"type": "MemoryDataset"},
            **{
                name: text | {"filepath": f"{self.root}/{name}"} for name in ("predictions", "page")
            },
            **{
                name: {
                    "type": f"sonolens.datasets.{kind}",
                    "filepath": f"{self.root}/{name}",
                    "versioned": True,
                }
                for name, kind in documents.items()
            },
        }
        catalog = DataCatalog.from_config(entries, save_version=run_id)
        for name, group in settings.items():
            catalog[f"params:{name}"] = group
        return catalog

    def run(self, *names, runner=None, silent=False, **changed):
        self.runs += 1
        run_id = f"2026-01-{self.runs:02}T00.00.00.000Z"
        settings = {
            "grey": 10,
            "split": {"test": ["a", "b"]},
            "training": {"epochs": 1},
            "evaluation": {"tolerance_mm": 0.0},
            **changed,
        }
        pipeline = sum((REGISTRY[name] for name in names or ["__default__"]), Pipeline([]))
        catalog = self.catalog(run_id, settings)
        world = OneWorld()
        world._configured = settings
        hooks = _create_hook_manager()
        for hook in (world, CountedLooks()):
            hooks.register(hook)
        run_params = {
            "run_id": run_id,
            "project_path": str(self.root),
            "env": None,
            "pipeline_names": list(names),
            "runtime_params": {},
            "load_versions": None,
            "only_missing_outputs": False,
        }
        told = {"run_params": run_params, "pipeline": pipeline, "catalog": catalog}
        hooks.hook.before_pipeline_run(**told)
        try:
            (runner or SequentialRunner()).run(
                pipeline, catalog, hook_manager=None if silent else hooks
            )
        except RuntimeError as error:
            hooks.hook.on_pipeline_error(
                error=error, run_params=run_params, pipeline=pipeline, catalog=catalog
            )
            raise
        hooks.hook.after_pipeline_run(run_result={}, **told)
        return catalog

    def looks(self, **changed):
        """What the page of a run says of looks."""
        return json.loads(self.run(**changed).load("page"))["looks"]

    def noted(self):
        return list(read_looks(self.catalog("2026-02-01T00.00.00.000Z", {})))


@pytest.fixture
def project(tmp_path):
    return Project(tmp_path)


@pytest.mark.parametrize("runner", [SequentialRunner, ThreadRunner])
def test_the_same_scans_under_the_same_plan_are_counted(project, runner):
    found = [project.looks(runner=runner()) for _ in range(3)]

    assert [each["before"] for each in found] == [0, 1, 2]
    assert [each["other_plans"] for each in found] == [0, 0, 0]
    assert {each["plan_fixed"] for each in found} == {found[0]["started"]}
    assert {each["n_test_scans"] for each in found} == {2}


def test_another_plan_for_the_same_scans_is_told(project):
    project.run()
    found = project.looks(evaluation={"tolerance_mm": 1.0})

    assert (found["before"], found["under_other_plans"], found["other_plans"]) == (1, 1, 1)


def test_another_split_and_other_pictures_of_the_same_names_are_scans_of_their_own(project):
    project.run()

    split_otherwise = project.looks(split={"test": ["c"]})
    drawn_otherwise = project.looks(grey=20)

    assert (split_otherwise["before"], split_otherwise["at_other_scans"]) == (0, 1)
    assert (drawn_otherwise["before"], drawn_otherwise["at_other_scans"]) == (0, 0)


def test_who_only_prepares_data_or_fails_before_the_first_answer_has_not_looked(project):
    project.run("data_processing")
    with pytest.raises(RuntimeError, match="no epoch"):
        project.run(training={"epochs": -1})

    assert project.noted() == []
    assert project.looks()["before"] == 0


def test_a_run_in_pieces_looks_under_one_plan(project, caplog):
    project.run("data_processing")
    project.run("training")
    with caplog.at_level(logging.INFO):
        project.run("reporting", split={"test": ["not read by this run"]})

    assert len({each["plan_sha256"] for each in project.noted()}) == 1
    assert (
        "1 earlier run of this data root looked at these 2 test scans, under this plan"
        in caplog.text
    )


def test_a_look_that_no_process_told_of_is_noted_at_the_end(project):
    project.run(silent=True)

    assert len(project.noted()) == 1
    assert project.looks()["before"] == 1


def test_the_plan_stands_in_the_record_before_any_node_runs(project, monkeypatch):
    with pytest.raises(RuntimeError, match="no epoch"):
        project.run(training={"epochs": -1})

    run_id = "2026-01-01T00.00.00.000Z"
    (session,) = project.catalog(run_id, {})["run_record"].read_version(run_id)["sessions"]
    assert len(session["plan_sha256"]) == 64
    assert session["settings"]["split"] == {"test": ["a", "b"]}
