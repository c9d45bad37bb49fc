import logging
import os
import sys

import pandas as pd
import pytest
from kedro.config import OmegaConfigLoader
from kedro.framework.context import KedroContext
from kedro.io import DataCatalog

from sonolens import tracking
from sonolens.tables import classification, pointing
from sonolens.tracking import SCORES, MlflowTracking, name_scores, send_run

FIRST, SECOND = "2026-01-01T00.00.00.000Z", "2026-01-02T00.00.00.500Z"
SECOND_MS = 1767312000500  # date -u -d "2026-01-02 00:00:00.5" +%s%3N

METRICS = pd.DataFrame(
    [
        ("net", "scan", "test", "all", "none", "auc", 0.75, 0.5, 1.0),
        ("net", "scan", "test", "all", "youden", "ppv", float("nan"), None, None),
        ("net", "scan", "train", "all", "none", "auc", 0.99, 0.9, 1.0),
        ("net", "scan", "test", "birads=4a", "none", "auc", 0.25, 0.0, 0.5),
    ],
    columns=[
        *("run", "level", "partition", "stratum", "rule", "metric"),
        *("value", "ci_low", "ci_high"),
    ],
)
POINTS = pd.DataFrame(
    [
        ("cam", "net", "mass", "max", "correct", "both", 0.5, 0.25, 0.75, 0.125),
        ("cam", "net", "mass", "max", "correct", "benign", 0.4, 0.2, 0.6, 0.1),
        ("cam", "net", "mass", "max", "all", "both", 0.3, 0.1, 0.5, 0.1),
    ],
    columns=[
        *("method", "run", "region", "rule", "subset", "label"),
        *("rate", "ci_low", "ci_high", "chance"),
    ],
)


def session(number, run_id, *, outputs=(), parameters=None, made_with=None, **more):
    """What one process leaves in a run's record."""
    return {
        "run_id": run_id,
        "session": str(number),
        "env": "busbra",
        "git": {"commit": "abc123", "dirty": False},
        "seconds": 2.5,
        "status": "complete",
        "parameters": parameters or {},
        "made_with": made_with or {},
        "outputs": {name: {"version": run_id} for name in outputs},
        **more,
    }


def catalog_of(folder, run_id):
    files = {
        "classification_metrics": ("pandas.CSVDataset", "csv"),
        "pointing_game": ("pandas.CSVDataset", "csv"),
        "report": ("sonolens.datasets.TextDataset", "html"),
        "run_record": ("sonolens.datasets.RunRecordDataset", "json"),
    }
    entries = {
        name: {"type": kind, "filepath": f"{folder}/{name}.{end}", "versioned": True}
        for name, (kind, end) in files.items()
    }
    for name in ("classification_metrics", "pointing_game"):
        entries[name]["save_args"] = {"index": False}
    return DataCatalog.from_config(entries, save_version=run_id)


def write(folder, run_id, *sessions, **contents):
    catalog = catalog_of(folder, run_id)
    for name, content in contents.items():
        catalog.save(name, content)
    catalog["run_record"].replace_version(run_id, {"run_id": run_id, "sessions": list(sessions)})
    return catalog


def hook_with(runtime=None, **settings):
    """The hook as a session with these globals and runtime parameters sets it up."""
    loader = OmegaConfigLoader("conf", runtime_params=runtime)
    loader["globals"] = settings
    hook = MlflowTracking()
    hook.after_context_created(KedroContext(".", loader, None, None, None, None))
    return hook


@pytest.fixture
def store(tmp_path, monkeypatch):
    """An MLflow store in a folder, which the client writes without a server."""
    pytest.importorskip("mlflow", reason="MLflow is an extra: pip install 'sonolens[mlflow]'")
    monkeypatch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")
    monkeypatch.setenv("MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT", "true")
    return (tmp_path / "store").as_uri()


def sent(uri):
    """Everything that arrived: the runs of our experiment, read by MLflow's own client."""
    client = pytest.importorskip("mlflow").MlflowClient(uri)
    experiment = client.get_experiment_by_name("sonolens")
    return client, client.search_runs([experiment.experiment_id])


def test_a_run_arrives_with_its_parameters_test_scores_record_and_report(store, tmp_path):
    catalog = write(
        tmp_path,
        SECOND,
        session(
            1,
            SECOND,
            outputs=["classification_metrics", "pointing_game", "report"],
            parameters={"training": {"epochs": 3, "augmentation": {"max_shift": 0.1}}},
        ),
        classification_metrics=METRICS,
        pointing_game=POINTS,
        report="<p>Ünder</p>",
    )

    send_run(SECOND, catalog=catalog, uri=store)

    client, (run,) = sent(store)
    assert run.info.run_name == run.data.tags["kedro_run_id"] == SECOND
    assert run.data.tags["env"] == "busbra"
    assert run.data.tags["mlflow.source.git.commit"] == "abc123"
    assert run.info.status == "FINISHED"
    assert (run.info.start_time, run.info.end_time) == (SECOND_MS, SECOND_MS + 2500)
    assert run.data.params == {"training.epochs": "3", "training.augmentation.max_shift": "0.1"}
    assert run.data.metrics == {
        "classification_metrics/net/scan/none/auc/value": 0.75,
        "classification_metrics/net/scan/none/auc/ci_low": 0.5,
        "classification_metrics/net/scan/none/auc/ci_high": 1.0,
        "pointing_game/cam/net/mass/max/rate": 0.5,
        "pointing_game/cam/net/mass/max/ci_low": 0.25,
        "pointing_game/cam/net/mass/max/ci_high": 0.75,
        "pointing_game/cam/net/mass/max/chance": 0.125,
    }
    files = {file.path for file in client.list_artifacts(run.info.run_id)}
    assert files == {"report.html", "run_record.json"}
    read = pytest.importorskip("mlflow.artifacts")
    assert read.load_text(f"{run.info.artifact_uri}/report.html") == "<p>Ünder</p>"
    assert read.load_dict(f"{run.info.artifact_uri}/run_record.json") == catalog.load("run_record")


def test_neither_a_user_nor_a_folder_is_sent_with_a_run(store, tmp_path):
    catalog = write(tmp_path, FIRST, session(1, FIRST))

    send_run(FIRST, catalog=catalog, uri=store)

    _, (run,) = sent(store)
    assert set(run.data.tags) == {
        "kedro_run_id",
        "env",
        "mlflow.source.git.commit",
        "mlflow.runName",
    }
    assert str(tmp_path) not in repr((run.data.tags, run.data.params))


def test_processes_that_share_a_run_id_share_a_run(store, tmp_path):
    training = session(
        1, FIRST, outputs=["classification_metrics"], parameters={"training": {"epochs": 3}}
    )
    send_run(
        FIRST, catalog=write(tmp_path, FIRST, training, classification_metrics=METRICS), uri=store
    )
    failed = {**session(2, FIRST, parameters={"regions": {"ring": 5}}), "status": "failed"}
    del failed["outputs"]
    pointing = session(3, FIRST, outputs=["pointing_game"], parameters={"regions": {"ring": 5}})
    catalog = write(tmp_path, FIRST, training, failed, pointing, pointing_game=POINTS)

    send_run(FIRST, catalog=catalog, uri=store)

    _, (run,) = sent(store)
    assert run.data.params == {"training.epochs": "3", "regions.ring": "5"}
    assert run.data.metrics["classification_metrics/net/scan/none/auc/value"] == 0.75
    assert run.data.metrics["pointing_game/cam/net/mass/max/rate"] == 0.5
    assert run.info.end_time - run.info.start_time == 7500


def test_a_run_is_sent_with_its_own_scores_though_newer_ones_exist(store, tmp_path):
    outputs = ["classification_metrics"]
    write(tmp_path, FIRST, session(1, FIRST, outputs=outputs), classification_metrics=METRICS)
    newer = METRICS.assign(value=0.5)
    catalog = write(
        tmp_path, SECOND, session(1, SECOND, outputs=outputs), classification_metrics=newer
    )

    send_run(FIRST, catalog=catalog, uri=store)

    _, (run,) = sent(store)
    assert run.data.metrics["classification_metrics/net/scan/none/auc/value"] == 0.75


def test_a_run_that_is_sent_though_it_failed_is_a_failure_there_too(store, tmp_path):
    catalog = write(tmp_path, FIRST, session(1, FIRST, status="failed"))

    send_run(FIRST, catalog=catalog, uri=store)

    _, (run,) = sent(store)
    assert run.info.status == "FAILED"


def test_what_the_inputs_were_made_with_is_sent_and_the_newest_value_counts(store, tmp_path):
    made_with = {
        "2025-02-02T00.00.00.000Z": {"training": {"epochs": 2}, "regions": {"ring": 2}},
        "2025-01-01T00.00.00.000Z": {"training": {"epochs": 1}, "split": {"seed": 1}},
    }
    here = session(1, FIRST, parameters={"regions": {"ring": 3}}, made_with=made_with)

    send_run(FIRST, catalog=write(tmp_path, FIRST, here), uri=store)

    _, (run,) = sent(store)
    assert run.data.params == {"training.epochs": "2", "split.seed": "1", "regions.ring": "3"}


def test_the_hook_sends_the_run_that_has_ended(store, tmp_path):
    catalog = write(tmp_path, FIRST, session(1, FIRST))
    hook = hook_with(tracking_uri=store)

    hook.before_pipeline_run()
    hook.after_pipeline_run({"run_id": FIRST}, catalog)

    _, (run,) = sent(store)
    assert run.info.run_name == FIRST


def test_a_store_that_mlflow_does_not_know_stops_the_run_before_it_starts(store):
    refused = pytest.importorskip("mlflow").MlflowException

    with pytest.raises(refused, match="nowhere"):
        hook_with(tracking_uri="nowhere://here").before_pipeline_run()


def test_without_the_setting_nothing_is_imported_or_read(monkeypatch):
    monkeypatch.setitem(sys.modules, "mlflow", None)  # an import would fail
    hook = hook_with(tracking_uri=None)

    hook.before_pipeline_run()
    hook.after_pipeline_run({"run_id": FIRST}, DataCatalog())


def test_without_mlflow_the_setting_stops_the_run_before_it_starts(monkeypatch):
    monkeypatch.setitem(sys.modules, "mlflow", None)
    hook = hook_with(tracking_uri="http://localhost:5000")

    with pytest.raises(ModuleNotFoundError, match=r"pip install 'sonolens\[mlflow\]'"):
        hook.before_pipeline_run()


@pytest.mark.parametrize(
    ("runtime", "uri"),
    [(None, "http://a"), ({}, "http://a"), ({"tracking_uri": "http://b"}, "http://b")],
)
def test_params_override_the_setting(monkeypatch, runtime, uri):
    asked = []
    monkeypatch.setattr(tracking, "_connect", asked.append)

    hook_with(runtime, tracking_uri="http://a").before_pipeline_run()

    assert asked == [uri]


def test_params_can_switch_it_off():
    hook_with({"tracking_uri": None}, tracking_uri="http://a").before_pipeline_run()


def test_a_server_that_fails_is_told_and_fails_no_run(monkeypatch, caplog):
    def refuse(run_id, *, catalog, uri):
        raise ConnectionError("[Errno 111] refused\nsecond line")

    monkeypatch.setattr(tracking, "send_run", refuse)

    with caplog.at_level(logging.WARNING):
        hook_with(tracking_uri="http://a").after_pipeline_run({"run_id": FIRST}, DataCatalog())

    (message,) = caplog.messages
    assert "ConnectionError: (Errno 111" in message
    assert "later with sonolens.tracking.send_run" in message
    assert "second line" not in message
    assert "[" not in message


def test_a_run_without_the_rows_that_are_sent_has_no_scores():
    train = METRICS[METRICS["partition"] == "train"]

    assert name_scores("classification_metrics", train) == {}
    assert name_scores("pointing_game", POINTS.head(0)) == {}


@pytest.mark.parametrize(
    ("table", "contract"),
    [
        ("classification_metrics", classification.ClassificationMetrics),
        ("pointing_game", pointing.PointingGame),
    ],
)
def test_no_two_rows_of_a_table_share_a_name(table, contract):
    where, names, columns = SCORES[table]

    assert {*where, *names} == set(contract.Config.unique)
    assert set(columns) <= set(contract.to_schema().columns)


def test_the_record_is_closed_before_the_run_is_sent():
    assert MlflowTracking.after_pipeline_run.kedro_impl["trylast"]


def test_mlflow_does_not_report_home():
    assert os.environ["MLFLOW_DISABLE_TELEMETRY"] == "true"
