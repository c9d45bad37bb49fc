import json
import logging
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest
from kedro.framework.project import configure_project, pipelines
from kedro.io import DataCatalog, DatasetError
from kedro.pipeline import Node, Pipeline
from kedro.runner import SequentialRunner, ThreadRunner

from sonolens.datasets import RunRecordDataset
from sonolens.hooks import OneWorld
from sonolens.outcome import say_outcome

TEXT = {"type": "sonolens.datasets.TextDataset", "versioned": True}


def process(source):
    return f"scans of {source}", iter([("a", f"mask of {source}")])


def train(scans, fit):
    if fit["epochs"] < 0:
        raise RuntimeError("cannot train in /home/anna/runs")
    return f"weights from {scans} in {fit['epochs']}"


def explain(scans, masks, weights):
    return f"maps of [{scans}] [{masks['a']()}] [{weights}]"


def report(maps, weights, run_context):
    return f"page of [{maps}] [{weights}] in {run_context['run_id']}"


REGISTRY = {
    "data_processing": Pipeline([Node(process, "study", ["scans", "masks"], name="process")]),
    "training": Pipeline([Node(train, ["scans", "params:fit"], "weights", name="train")]),
    "explainability": Pipeline(
        [Node(explain, ["scans", "masks", "weights"], "maps", name="explain")]
    ),
    "reporting": Pipeline(
        [Node(report, ["maps", "weights", "run_context"], "page", name="report")]
    ),
}
REGISTRY["__default__"] = sum(REGISTRY.values(), Pipeline([]))


@pytest.fixture(autouse=True)
def registry(monkeypatch):
    module = SimpleNamespace(register_pipelines=lambda: dict(REGISTRY))
    monkeypatch.setitem(sys.modules, "registry_of_test_hooks", module)
    pipelines.configure("registry_of_test_hooks")
    yield
    configure_project("sonolens")  # as other tests of this process expect it


class Project:
    """Runs pipelines as a session does, each under the next of the ids 1, 2, 3 …"""

    def __init__(self, root):
        self.root = root
        self.hook = OneWorld()

    def catalog(self, run_id, *, source="study 1", fit=None, load_versions=None, without=()):
        texts = ("scans", "weights", "maps", "page")
        entries = {name: {**TEXT, "filepath": f"{self.root}/{name}.txt"} for name in texts}
        entries |= {
            "masks": {
                "type": "sonolens.datasets.VersionedCollection",
                "path": f"{self.root}/masks",
                "dataset": {"type": "sonolens.datasets.TextDataset"},
                "filename_suffix": ".txt",
            },
            "run_context": {"type": "MemoryDataset"},
            "run_record": {
                "type": "sonolens.datasets.RunRecordDataset",
                "filepath": f"{self.root}/run_record.json",
                "versioned": True,
            },
        }
        catalog = DataCatalog.from_config(
            {name: entry for name, entry in entries.items() if name not in without},
            save_version=version(run_id),
            load_versions=load_versions,
        )
        catalog["study"] = source
        catalog["parameters"] = {"fit": fit or {"epochs": 1}}
        catalog["params:fit"] = fit or {"epochs": 1}
        return catalog

    def begin(self, run_id, *names, catalog, hook=None, **params):
        pipeline = sum((REGISTRY[name] for name in names), Pipeline([]))
        run_params = {
            "run_id": version(run_id),
            "project_path": str(self.root),
            "env": None,
            "pipeline_names": list(names),
            "runtime_params": {},
            "load_versions": None,
            "only_missing_outputs": False,
            **params,
        }
        (hook or self.hook).before_pipeline_run(run_params, pipeline, catalog)
        return run_params, pipeline

    def run(self, run_id, *names, runner=None, without=(), source="study 1", fit=None, **params):
        catalog = self.catalog(
            run_id,
            source=source,
            fit=fit,
            load_versions=params.get("load_versions"),
            without=without,
        )
        run_params, pipeline = self.begin(
            run_id, *(names or ["__default__"]), catalog=catalog, **params
        )
        only_missing = run_params["only_missing_outputs"]
        try:
            (runner or SequentialRunner()).run(pipeline, catalog, only_missing_outputs=only_missing)
        except Exception as error:
            self.hook.on_pipeline_error(error, catalog)
            raise
        self.hook.after_pipeline_run(run_params, pipeline, catalog)
        return catalog

    def sessions(self, run_id):
        return self.catalog(run_id)["run_record"].read_version(version(run_id))["sessions"]

    def session(self, run_id):
        (session,) = self.sessions(run_id)
        return session


def version(number):
    return f"2026-01-{number:02}T00.00.00.000Z"


@pytest.fixture
def project(tmp_path):
    return Project(tmp_path)


@pytest.mark.parametrize("runner", [SequentialRunner, ThreadRunner])
def test_a_run_reads_back_what_it_wrote_itself(project, runner):
    catalog = project.run(1, runner=runner())

    assert catalog.load("page") == (
        "page of [maps of [scans of study 1] [mask of study 1] "
        "[weights from scans of study 1 in 1]] [weights from scans of study 1 in 1] "
        f"in {version(1)}"
    )


def test_new_weights_are_explained_on_the_scans_they_were_trained_on(project, caplog):
    project.run(1)
    project.run(2, "training", fit={"epochs": 2})
    project.run(3, "data_processing", source="study 2")

    with caplog.at_level(logging.INFO):
        catalog = project.run(4, "explainability")

    assert catalog.load("maps") == (
        "maps of [scans of study 1] [mask of study 1] [weights from scans of study 1 in 2]"
    )
    assert f"Inputs: weights from {version(2)}; masks, scans from {version(1)}" in caplog.messages
    assert f"left out: masks, scans from {version(3)}" in caplog.text


def test_maps_of_the_old_network_are_not_reported_with_new_weights(project, caplog):
    project.run(1)
    project.run(2, "training", fit={"epochs": 2})

    catalog = project.run(3, "reporting")

    assert "in 1]] [weights from scans of study 1 in 1]" in catalog.load("page")
    assert f"left out: weights from {version(2)}" in caplog.text


def test_versions_that_the_user_names_are_read_with_their_own_world(project, caplog):
    project.run(1)
    project.run(2, "training", fit={"epochs": 2})
    project.run(3, "data_processing", source="study 2")
    project.run(4, "training", fit={"epochs": 4})

    catalog = project.run(5, "explainability", load_versions={"weights": version(2)})

    assert (
        "scans of study 1] [mask of study 1] [weights from scans of study 1 in 2"
        in catalog.load("maps")
    )
    assert "not known to belong together" not in caplog.text


def test_a_mixture_that_the_user_names_is_read_with_a_warning(project, caplog):
    project.run(1)
    project.run(2, source="study 2")

    named = {"weights": version(1), "scans": version(2)}
    catalog = project.run(3, "explainability", load_versions=named)

    assert catalog.load("maps") == (
        "maps of [scans of study 2] [mask of study 2] [weights from scans of study 1 in 1]"
    )
    assert f"masks, scans from {version(2)}; weights from {version(1)}" in caplog.text
    assert project.session(3)["inputs"]["weights"] == version(1)


def test_a_run_of_mixed_versions_vouches_only_for_what_it_read(project):
    project.run(1)
    project.run(2, source="study 2")
    project.run(3, "reporting", load_versions={"weights": version(1), "maps": version(2)})

    assert project.session(3)["world"] == {"maps": version(2), "weights": version(1)}


def test_without_records_the_newest_versions_are_read_with_a_warning(project, caplog):
    project.run(1, "data_processing", without=["run_record"])
    project.run(2, "training", without=["run_record"])
    project.run(3, "explainability", without=["run_record"])

    assert "not known to belong together: weights from" in caplog.text
    assert not (project.root / "run_record.json").exists()


def test_an_unreadable_record_is_left_out_with_a_warning(project, caplog):
    project.run(1)
    project.run(2, source="study 2")
    (path,) = (project.root / "run_record.json" / version(2) / "sessions").iterdir()
    path.write_text("{}")

    project.run(3, "explainability")

    assert f"record of run {version(2)} cannot be read" in caplog.text
    assert project.session(3)["inputs"] == dict.fromkeys(["masks", "scans", "weights"], version(1))


def test_a_run_that_starts_meanwhile_does_not_change_what_this_one_reads(project):
    project.run(1)
    slow = project.catalog(2)
    hook = OneWorld()
    run_params, pipeline = project.begin(2, "training", "explainability", catalog=slow, hook=hook)
    project.run(3, source="study 3", fit={"epochs": 3})

    SequentialRunner().run(pipeline, slow)
    hook.after_pipeline_run(run_params, pipeline, slow)

    assert slow.load("maps") == (
        "maps of [scans of study 1] [mask of study 1] [weights from scans of study 1 in 1]"
    )
    assert project.session(2)["outputs"]["weights"]["version"] == version(2)


def test_missing_inputs_are_named_with_all_pipelines_that_make_them(project):
    with pytest.raises(
        DatasetError,
        match=r"no complete version of maps, weights; "
        r"run `kedro run --env busi --pipelines data_processing,explainability,training` first",
    ):
        project.run(1, "reporting", env="busi")


def test_only_the_pipelines_that_are_lacking_are_named(project):
    project.run(1, "data_processing")

    with pytest.raises(
        DatasetError, match=r"version of weights; run `kedro run --pipelines training`"
    ):
        project.run(2, "explainability")


def test_a_failed_run_is_recorded_and_not_read(project):
    project.run(1)
    with pytest.raises(RuntimeError, match="cannot train"):
        project.run(2, source="study 2", fit={"epochs": -1})

    assert project.session(2)["status"] == "failed"
    assert project.session(2)["error"] == "RuntimeError: cannot train in …/runs"
    catalog = project.run(3, "explainability")
    assert "scans of study 1" in catalog.load("maps")
    assert "scans of study 2" in project.run(4, "training").load("weights")


def test_a_killed_run_stays_running(project):
    project.run(1, "data_processing")
    project.begin(2, "training", catalog=project.catalog(2))

    assert project.session(2)["status"] == "running"
    assert project.session(2)["planned"] == ["weights"]


def test_the_record_tells_what_went_in_and_what_came_out(project):
    project.run(1, "data_processing")
    project.run(2, "training", fit={"epochs": 7}, runtime_params={"fit": {"epochs": 7}})

    session = project.session(2)

    assert session["status"] == "complete"
    assert session["inputs"] == {"scans": version(1)}
    assert session["world"] == {"masks": version(1), "scans": version(1)}
    assert session["pipelines"] == ["training"]
    assert session["parameters"] == session["runtime_params"] == {"fit": {"epochs": 7}}
    assert session["outputs"]["weights"]["version"] == version(2)
    assert len(session["outputs"]["weights"]["sha256"]) == 64
    assert session["seconds"] >= 0
    assert session["git"] == {"commit": "", "dirty": None}
    assert str(project.root) not in json.dumps(session)


def test_equal_outputs_have_equal_digests_in_the_record(project):
    project.run(1)
    project.run(2)
    project.run(3, source="study 3")

    one, two, three = (project.session(n)["outputs"]["masks"]["sha256"] for n in (1, 2, 3))
    assert one == two != three


def test_the_record_is_an_ordinary_entry_of_the_catalog(project):
    catalog = project.run(1)

    assert catalog.load("run_record")["run_id"] == version(1)
    assert isinstance(catalog["run_record"], RunRecordDataset)


def test_a_record_of_another_type_is_refused(project):
    project.run(1, "data_processing")
    catalog = project.catalog(2, without=["run_record"])
    catalog["run_record"] = "memory"

    with pytest.raises(DatasetError, match=r"declare it as sonolens\.datasets\.RunRecordDataset"):
        project.begin(2, "training", catalog=catalog)


def test_processes_under_one_id_write_one_record_and_one_world(project):
    for name in ("data_processing", "training", "explainability"):
        project.hook = OneWorld()
        project.run(1, name)

    assert [session["status"] for session in project.sessions(1)] == ["complete"] * 3
    project.run(2, "reporting")
    assert project.session(2)["inputs"] == {"maps": version(1), "weights": version(1)}


def test_a_step_repeated_under_the_same_id_is_refused_before_it_works(project):
    project.run(1)

    with pytest.raises(DatasetError, match=f"run {version(1)} has written weights already"):
        project.run(1, "training")


def test_a_version_that_does_not_exist_is_told_those_that_do(project):
    project.run(1)

    with pytest.raises(
        DatasetError, match=f"scans has no complete version '{version(9)}'; .*{version(1)}"
    ):
        project.run(2, "training", load_versions={"scans": version(9)})


def test_a_version_cannot_be_named_for_what_the_run_writes(project):
    project.run(1)

    with pytest.raises(DatasetError, match="names scans, which this run does not read"):
        project.run(2, load_versions={"scans": version(1)})


def test_nodes_learn_about_their_run(project):
    project.run(1)
    catalog = project.run(2, "reporting", runtime_params={"study": {"path": "/home/anna/BUSI"}})

    context = catalog["run_context"].load()

    assert context["run_id"] == version(2)
    assert context["inputs"] == {"maps": version(1), "weights": version(1)}
    assert context["runtime_params"] == {"study": {"path": "…/BUSI"}}
    assert {"git", "packages", "python", "platform", "started", "env", "pipelines"} <= set(context)


def test_the_page_learns_where_what_it_tells_of_lies_each_in_its_own_version(project, monkeypatch):
    monkeypatch.setattr("sonolens.hooks.REPORT", "page")
    project.run(1)
    catalog = project.run(2, "reporting")

    assert catalog["run_context"].load()["files"] == {
        "maps": f"../../maps.txt/{version(1)}/maps.txt",
        "weights": f"../../weights.txt/{version(1)}/weights.txt",
        "page": "page.txt",
    }
    assert "files" not in project.session(2)


def test_where_no_report_is_in_the_catalog_no_file_is_told(project):
    assert project.run(1)["run_context"].load()["files"] == {}


def test_filling_in_missing_outputs_keeps_the_rest(project):
    project.run(1)
    for folder in ("maps.txt", "page.txt"):
        (project.root / folder).rename(project.root / f"{folder}.gone")

    project.run(2, only_missing_outputs=True)

    session = project.session(2)
    assert session["planned"] == ["maps", "page"]
    assert session["world"] == dict.fromkeys(["masks", "scans", "weights"], version(1))


def test_skipped_outputs_that_are_out_of_date_do_not_join_the_world(project):
    project.run(1)
    (project.root / "maps.txt").rename(project.root / "gone")

    project.run(2, only_missing_outputs=True)

    assert project.session(2)["planned"] == ["maps"]
    assert "page" not in project.session(2)["world"]


LONG = "/a/folder" * 30 + "/report.html"
SAYS = f"""
import logging, logging.config, yaml
logging.config.dictConfig(yaml.safe_load(open("conf/logging.yml", encoding="utf-8")))
logging.getLogger("sonolens.outcome").info("Report: %s", "{LONG}")
"""


def test_a_long_path_stands_on_one_line_at_the_end_of_the_log():
    root = Path(__file__).parents[1]
    environment = os.environ | {"COLUMNS": "80"}

    said = subprocess.run(
        [sys.executable, "-c", SAYS],
        capture_output=True,
        check=True,
        cwd=root,
        env=environment,
        text=True,
    ).stdout

    assert said == f"Report: {LONG}\n"


def test_a_run_that_judged_its_maps_says_so_before_it_says_where_the_page_lies(tmp_path, caplog):
    run_id = "2026-11-22T12.00.00.000Z"
    catalog = DataCatalog.from_config(
        {
            "verdict": {
                "type": "sonolens.datasets.TableDataset",
                "filepath": str(tmp_path / "verdict.csv"),
                "versioned": True,
            },
            "report": {**TEXT, "filepath": str(tmp_path / "report.html")},
        },
        save_version=run_id,
    )
    number = {"value": 0.7, "ci_low": 0.6, "ci_high": 0.8, "p_value": None, "against": 0.5, "n": 9}
    about = {"method": "cam", "run": "net", "baseline": False, "partition": "test"}
    asked = {"question": "discriminates", "answer": "shown", "verdict": "shown"}
    catalog["verdict"].save(pd.DataFrame([number | about | asked | {"confidence": 0.95}]))
    catalog["report"].save("page")
    with caplog.at_level(logging.INFO):
        say_outcome(catalog, run_id)

    answer, report = caplog.messages
    assert (
        answer
        == "Answer: Shown: that the network tells malignant from benign (AUC 0.70 [0.60, 0.80])."
    )
    assert report == f"Report: {tmp_path / 'report.html' / run_id / 'report.html'}"


def kill(project, run_id, *, after):
    """Run the pipelines before a point as a process does that is killed there: its record stays running."""
    catalog = project.catalog(run_id)
    hook = OneWorld()
    _, pipeline = project.begin(run_id, "__default__", catalog=catalog, hook=hook)
    SequentialRunner().run(pipeline.to_nodes(after), catalog)


def test_a_run_that_was_killed_goes_on_under_its_id_with_what_it_has(project):
    project.run(1)
    kill(project, 2, after="train")

    project.hook = OneWorld()
    catalog = project.run(2, only_missing_outputs=True)

    scans = project.catalog(2)["scans"]
    assert scans.list_versions(full_path=False) == [version(2), version(1)]
    assert catalog.load("page").count(f"in {version(2)}") == 1
    first, second = project.sessions(2)
    assert (first["status"], second["status"]) == ("running", "complete")
    assert set(second["outputs"]) == {"scans", "masks", "weights", "maps", "page"}
    assert {told["version"] for told in second["outputs"].values()} == {version(2)}


def test_a_job_that_always_asks_for_what_is_missing_does_all_of_its_own_run(project, monkeypatch):
    project.run(1)
    monkeypatch.setenv("KEDRO_RUN_ID", version(2))

    project.run(2, only_missing_outputs=True, source="study 2")

    assert project.catalog(2).load("scans") == "scans of study 2"
    assert set(project.session(2)["outputs"]) == {"scans", "masks", "weights", "maps", "page"}


def test_going_on_reads_the_inputs_that_the_run_began_with(project):
    project.run(1)
    catalog = project.catalog(3)
    _, pipeline = project.begin(3, "explainability", "reporting", catalog=catalog, hook=OneWorld())
    SequentialRunner().run(pipeline.to_nodes("explain"), catalog)
    project.run(2, source="study 2")

    project.hook = OneWorld()
    catalog = project.run(3, "explainability", "reporting", only_missing_outputs=True)

    assert "scans of study 1" in catalog.load("page")


def test_a_node_that_was_killed_between_its_outputs_runs_again(project):
    project.run(1)
    kill(project, 2, after="process")
    shutil.rmtree(project.root / "masks" / version(2))

    project.hook = OneWorld()
    project.run(2, only_missing_outputs=True)

    assert project.catalog(2)["masks"].list_versions(full_path=False)[0] == version(2)


def test_going_on_with_other_parameters_is_refused(project):
    kill(project, 1, after="train")

    project.hook = OneWorld()
    with pytest.raises(DatasetError, match=r"begun with other parameters \(fit\)"):
        project.run(1, only_missing_outputs=True, fit={"epochs": 9})


def test_beginning_a_run_again_says_how_to_go_on(project):
    kill(project, 1, after="train")

    with pytest.raises(DatasetError, match="add --only-missing-outputs to go on where it stopped"):
        project.run(1)


def test_a_version_with_a_broken_manifest_counts_as_incomplete(project, caplog):
    project.run(1)
    project.run(2, source="study 2")
    (project.root / "masks" / version(2) / "manifest.json").write_text("")

    project.run(3, "explainability")

    assert project.session(3)["inputs"] == dict.fromkeys(["masks", "scans", "weights"], version(1))
    assert f"Version {version(2)} of masks has a broken manifest" in caplog.text
