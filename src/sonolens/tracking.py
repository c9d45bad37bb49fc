"""Complete runs in MLflow as well, copied from what they left on disk."""

import logging
import os
from collections.abc import Hashable
from datetime import datetime
from typing import Any

import pandas as pd
from kedro.framework.context import KedroContext
from kedro.framework.hooks import hook_impl
from kedro.io import CatalogProtocol

from sonolens.datasets.run_records import RUN_RECORD

# Read when MLflow is imported, which takes no other word for it than "true", also in DO_NOT_TRACK.
os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")

EXPERIMENT = "sonolens"
REPORT = "report"
SCORES = {
    "classification_metrics": (
        {"partition": "test", "stratum": "all"},
        ["run", "level", "rule", "metric"],
        ["value", "ci_low", "ci_high"],
    ),
    "configuration_metrics": (
        {},
        ["configuration", "level", "rule", "metric"],
        ["mean", "sd", "pooled", "ci_low", "ci_high"],
    ),
    "pointing_game": (
        {"subset": "correct", "label": "both"},
        ["method", "run", "region", "rule"],
        ["rate", "ci_low", "ci_high", "chance"],
    ),
}
"""Which rows of a table become metrics, which columns name them, which hold their values."""

logger = logging.getLogger(__name__)


class MlflowTracking:
    """Sends every complete run to where `tracking_uri` in ``globals.yml`` says; empty: does nothing."""

    def __init__(self) -> None:
        self._uri: str | None = None

    @hook_impl
    def after_context_created(self, context: KedroContext) -> None:
        """Read the setting, which ``--params tracking_uri=...`` overrides."""
        loader = context.config_loader
        settings = {**loader["globals"], **(loader.runtime_params or {})}
        self._uri = settings.get("tracking_uri")

    @hook_impl
    def before_pipeline_run(self) -> None:
        """Refuse before the first node what could not be sent after the last."""
        if self._uri:
            _connect(self._uri)

    @hook_impl(trylast=True)  # the record is closed first
    def after_pipeline_run(
        self, run_params: dict[str, Any], catalog: CatalogProtocol[Any, Any]
    ) -> None:
        """Send the run; a server that fails does not fail a run that is complete on disk."""
        if not self._uri:
            return
        try:
            send_run(run_params["run_id"], catalog=catalog, uri=self._uri)
        except Exception as error:  # whatever a server may answer
            reason = f"{type(error).__name__}: {error}".splitlines()[0].replace("[", "(")
            logger.warning(
                "The run is complete, but MLflow at tracking_uri did not take it: %s. Send it "
                "later with sonolens.tracking.send_run",
                reason,
            )


def send_run(run_id: str, *, catalog: CatalogProtocol[Any, Any], uri: str) -> None:
    """Copy parameters, test scores, record and report of a run to MLflow.

    Sent again, or by another process under the same id, it joins what MLflow has of the run.

    Args:
        run_id: The Kedro run; MLflow knows it by this name and by the tag ``kedro_run_id``.
        catalog: The project's catalog, for example from `sonolens.results.open_results`.
        uri: An MLflow tracking URI such as ``http://localhost:5000``.

    Raises:
        ModuleNotFoundError: If MLflow is not installed.
        mlflow.exceptions.MlflowException: If the server is not there or refuses.
    """
    client = _connect(uri)
    from mlflow.entities import Metric, Param  # noqa: PLC0415 - an extra

    record = catalog[RUN_RECORD].read_version(run_id)
    sessions = record["sessions"]
    written = {name for session in sessions for name in session.get("outputs", ())}
    began = round(1000 * datetime.strptime(run_id, "%Y-%m-%dT%H.%M.%S.%f%z").timestamp())
    ended = began + round(1000 * sum(session["seconds"] for session in sessions))
    run = _find_or_create(client, sessions[-1], began=began)
    scores = [name_scores(name, catalog.load(name, run_id)) for name in SCORES if name in written]
    client.log_batch(
        run,
        metrics=[Metric(name, value, ended, 0) for part in scores for name, value in part.items()],
        params=[Param(str(name), str(value)) for name, value in _parameters(sessions).items()],
    )
    client.log_dict(run, record, "run_record.json")
    if REPORT in written:
        client.log_text(run, catalog.load(REPORT, run_id), "report.html")
    status = "FINISHED" if sessions[-1]["status"] == "complete" else "FAILED"
    client.set_terminated(run, status, ended)
    logger.info("The run is in MLflow too, experiment %s", EXPERIMENT)


def name_scores(table: str, rows: pd.DataFrame) -> dict[str, float]:
    """Name the scores of a table by its keys: ``pointing_game/cam/<run>/mass/max/rate``.

    Empty cells are left out; a table without the rows wanted gives nothing.
    """
    where, names, columns = SCORES[table]
    chosen = rows[(rows[list(where)] == list(where.values())).all(axis=1)]
    scores = chosen.melt(names, columns, var_name="column", value_name="score").dropna()
    return {
        "/".join((table, *keys)): float(score) for *keys, score in scores.itertuples(index=False)
    }


def _connect(uri: str) -> Any:
    """Return an `MlflowClient`, whose type only those know who installed it."""
    try:
        from mlflow import MlflowClient  # noqa: PLC0415 - an extra
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            "tracking_uri is set, but MLflow is not installed; use pip install 'sonolens[mlflow]' "
            "or leave tracking_uri empty"
        ) from error
    return MlflowClient(uri)


def _find_or_create(client: Any, session: dict[str, Any], *, began: int) -> str:
    known = client.get_experiment_by_name(EXPERIMENT)
    experiment = known.experiment_id if known else client.create_experiment(EXPERIMENT)
    run_id = session["run_id"]
    found = client.search_runs([experiment], filter_string=f"tags.kedro_run_id = '{run_id}'")
    if found:
        return found[0].info.run_id
    tags = {
        "kedro_run_id": run_id,
        "env": str(session["env"]),
        "mlflow.source.git.commit": session["git"]["commit"],
    }
    created = client.create_run(experiment, start_time=began, tags=tags, run_name=run_id)
    return created.info.run_id


def _parameters(sessions: list[dict[str, Any]]) -> dict[Hashable, Any]:
    """What the run's inputs were made with, and over it what the run read; dotted names."""
    groups: dict[str, Any] = {}
    for session in sessions:
        for known in (*reversed(session["made_with"].values()), session["parameters"]):
            groups |= known
    return pd.json_normalize(groups).to_dict("records")[0]
