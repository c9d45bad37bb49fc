"""One run, one world: a run reads what belongs together, keeps it fixed and writes down what it did."""

import logging
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from kedro.framework.hooks import hook_impl
from kedro.io import CatalogProtocol, DatasetError
from kedro.pipeline import Pipeline

from sonolens.datasets.run_records import RUN_RECORD, RunRecords
from sonolens.datasets.versions import (
    complete_versions,
    file_of,
    fingerprint,
    fix_versions,
    versioned_datasets,
)
from sonolens.inputs import (
    Inputs,
    Versioned,
    choose_inputs,
    refuse_unknown_parameters,
    warn_of_idle_parameters,
)
from sonolens.lineage import begin_run, to_document
from sonolens.provenance import describe_software, plain, without_folders

RUN_CONTEXT = "run_context"
"""Catalog entry, a `MemoryDataset`, from which nodes learn about the run that they belong to."""

LOOKED_AT = {
    "screening_sheet": "Scans with their masks and findings",
    "view_matrix_report": "Networks that never saw a region",
    "chosen_regions_report": "Can explanations improve classification?",
    "report": "Report",
}
"""Catalog entries that people open, and what they are called; a run that made one says where it lies."""

VERDICT = "verdict"
"""Catalog entry with what a run's maps show; a run that made it says so at its end."""

RELIANCE = "reliance_verdict"
"""Catalog entry with what a run's decisions hang on; likewise."""

logger = logging.getLogger(__name__)

outcome = logging.getLogger("sonolens.outcome")
"""What a run found and where it lies, in lines that `conf/logging.yml` leaves unbroken, so that they can be copied."""


class OneWorld:
    """Fixes the versions of a run when it starts, and keeps its record.

    Before the first node, every versioned input gets the version that belongs with the others, every
    output gets the run's own version even for reading it back, and runtime parameters that nothing
    reads are refused. The catalog's `run_record` is written at the start, at the end and on failure;
    a run that was killed stays ``running``. With ``--only-missing-outputs`` Kedro decides while it
    runs what is read and written, so outputs are not fixed.
    """

    def __init__(self) -> None:
        self._session: dict[str, Any] = {}
        self._started = 0.0

    @hook_impl
    def before_pipeline_run(
        self, run_params: dict[str, Any], pipeline: Pipeline, catalog: CatalogProtocol[Any, Any]
    ) -> None:
        """Check, choose and fix the inputs, fix the outputs and open the record."""
        refuse_unknown_parameters(run_params["runtime_params"] or {})
        warn_of_idle_parameters(run_params["runtime_params"] or {}, read=pipeline.inputs())
        run_id = run_params["run_id"]
        needed = versioned_datasets(catalog, pipeline.inputs() - {RUN_RECORD})
        made = versioned_datasets(catalog, pipeline.all_outputs())
        asked = dict(run_params["load_versions"] or {})
        _check_asked(asked, known=set(needed))
        inputs = choose_inputs(needed, asked=asked, catalog=catalog, env=run_params["env"])
        for name, version in inputs.versions.items():
            fix_versions(needed[name], load=version, save=run_id)
        if not run_params["only_missing_outputs"]:
            _check_unwritten(made, run_id)
            for dataset in made.values():
                fix_versions(dataset, load=run_id, save=run_id)
        self._started = time.monotonic()
        self._session = _describe_run(run_params, inputs) | {
            "parameters": _parameters_read(pipeline, catalog),
            "made_with": RunRecords(catalog).parameters_of(set(inputs.versions.values())),
        }
        if RUN_CONTEXT in catalog:
            catalog[RUN_CONTEXT].save(dict(self._session))
        record = begin_run(
            run_id,
            steps=[(_datasets(node.inputs), node.outputs) for node in pipeline.nodes],
            outputs=made,
            inputs=inputs.versions,
            based_on=inputs.based_on,
        )
        self._session |= {
            "session": uuid4().hex[:12],
            **to_document(record),
        }
        self._write(catalog, status="running")

    @hook_impl
    def after_pipeline_run(
        self, run_params: dict[str, Any], pipeline: Pipeline, catalog: CatalogProtocol[Any, Any]
    ) -> None:
        """Close the record: what was written, with which content, in how many seconds."""
        run_id = run_params["run_id"]
        outputs: dict[str, dict[str, str | None]] = {}
        skipped: dict[str, str] = {}
        for name, dataset in versioned_datasets(catalog, pipeline.all_outputs()).items():
            versions = complete_versions(dataset)
            if run_id in versions:
                outputs[name] = {"version": run_id, "sha256": fingerprint(dataset, run_id)}
            elif versions:
                skipped[name] = versions[0]
        # What --only-missing-outputs left as it was belongs here if nothing in it was made anew.
        made_from = self._session["made_from"]
        fresh = {n: v for n, v in skipped.items() if not outputs.keys() & set(made_from[n])}
        for known in (self._session["inputs"], self._session["world"]):
            known.update(fresh)
        self._session |= {"outputs": outputs, "planned": sorted(outputs)}
        self._write(catalog, status="complete")
        say_outcome(catalog, run_id)

    @hook_impl
    def on_pipeline_error(
        self, error: Exception, run_params: dict[str, Any], catalog: CatalogProtocol[Any, Any]
    ) -> None:
        """Close the record of a run that failed, and say where lies what it made to be looked at."""
        reason = f"{type(error).__name__}: {error}".splitlines()[0]
        self._session["error"] = without_folders(reason)
        self._write(catalog, status="failed")
        say_outcome(catalog, run_params["run_id"])

    def _write(self, catalog: CatalogProtocol[Any, Any], *, status: str) -> None:
        seconds = round(time.monotonic() - self._started, 3)
        self._session |= {"status": status, "seconds": seconds}
        RunRecords(catalog).write(self._session)


def say_outcome(catalog: CatalogProtocol[Any, Any], run_id: str) -> None:
    """Log what a run's maps show, and where its pictures and pages lie."""
    if VERDICT in catalog and run_id in complete_versions(catalog[VERDICT]):
        # The report knows networks and figures; what makes no verdict starts without them.
        from sonolens.report.verdicts import say_verdicts  # noqa: PLC0415

        for line in say_verdicts(catalog[VERDICT].load()):
            outcome.info("Answer: %s", line)
    if RELIANCE in catalog and run_id in complete_versions(catalog[RELIANCE]):
        from sonolens.report.sections.reliance import say_reliance  # noqa: PLC0415

        for line in say_reliance(catalog[RELIANCE].load()):
            outcome.info("Reliance: %s", line)
    for name, title in LOOKED_AT.items():
        if name in catalog and run_id in complete_versions(catalog[name]):
            outcome.info("%s: %s", title, file_of(catalog[name], run_id))


def _check_asked(asked: Mapping[str, str], *, known: set[str]) -> None:
    for name in asked:
        if name not in known:
            raise DatasetError(
                f"--load-versions names {name}, which this run does not read from an earlier one; "
                f"it reads {', '.join(sorted(known)) or 'nothing'}. Leave {name} out, or run only "
                "what comes after it"
            )


def _check_unwritten(made: Versioned, run_id: str) -> None:
    """Tell at the start what Kedro would tell after the work is done."""
    for name, dataset in made.items():
        if run_id in complete_versions(dataset):
            raise DatasetError(
                f"run {run_id} has written {name} already; give KEDRO_RUN_ID another time, or run "
                "only the nodes that are left with --from-nodes"
            )


def _describe_run(run_params: Mapping[str, Any], inputs: Inputs) -> dict[str, Any]:
    """Say what a report should say about a run; no host, no user, no absolute path."""
    return {
        "run_id": run_params["run_id"],
        "started": datetime.now(UTC).isoformat(timespec="seconds"),
        "env": run_params["env"],
        "pipelines": list(run_params["pipeline_names"] or ["__default__"]),
        "inputs": dict(inputs.versions),
        "runtime_params": plain(run_params["runtime_params"] or {}),
        **describe_software(Path(run_params["project_path"])),
    }


def _parameters_read(pipeline: Pipeline, catalog: CatalogProtocol[Any, Any]) -> dict[str, Any]:
    """The groups of parameters that a run's nodes read; what they do not read changed nothing."""
    names = sorted(name for name in pipeline.inputs() if name.startswith("params:"))
    return {name.removeprefix("params:"): plain(catalog[name].load()) for name in names}


def _datasets(names: list[str]) -> list[str]:
    return [name for name in names if name != "parameters" and not name.startswith("params:")]
