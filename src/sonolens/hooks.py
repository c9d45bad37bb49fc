"""One run, one world: a run reads what belongs together, keeps it fixed and writes down what it did."""

import os
import posixpath
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from kedro.framework.context import KedroContext
from kedro.framework.hooks import hook_impl
from kedro.io import CatalogProtocol, DatasetError
from kedro.pipeline import Pipeline
from kedro.pipeline.node import Node

from sonolens.analysis_plan import Settings, hash_plan, settle
from sonolens.continuing import (
    ONLY_MISSING,
    check_same_parameters,
    clear_half_made,
    earlier_sessions,
    fixes_outputs,
    inputs_before,
    refuse_written,
)
from sonolens.datasets.checkpoint_folder import names_asked
from sonolens.datasets.run_records import RUN_RECORD, RunRecords
from sonolens.datasets.runs import runs_found
from sonolens.datasets.study import StudyDataset
from sonolens.datasets.versions import (
    complete_versions,
    file_of,
    fingerprint,
    fix_versions,
    versioned_datasets,
)
from sonolens.inputs import (
    CATALOG_PARAMETERS,
    Inputs,
    choose_inputs,
    refuse_unknown_parameters,
    warn_of_idle_parameters,
)
from sonolens.lineage import RunRecord, begin_run, to_document
from sonolens.outcome import REPORT
from sonolens.past_runs import check_label
from sonolens.provenance import describe_software, list_installed, plain, without_folders
from sonolens.step_times import StepTimes, say_what_it_takes

RUN_CONTEXT = "run_context"
"""Catalog entry, a `MemoryDataset`, from which nodes learn about the run that they belong to."""

STUDY, CANVAS = "study", "canvas_study"
"""Catalog entries, the first a group of settings too: what the run is about; the same, read where it is planted in."""

CHECKPOINTS, COMPARED = "checkpoints", "compared_runs"
"""Catalog entries without versions: what a run took from them stands in its record, so that none of it is pruned."""


class OneWorld:
    """Fixes the versions of a run when it starts, and keeps its record.

    Before the first node, every versioned input gets the version that belongs with the others, every
    output gets the run's own version even for reading it back, and runtime parameters that nothing
    reads are refused. The catalog's `run_record` is written at the start, at the end and on failure;
    a run that was killed stays ``running``. With ``--only-missing-outputs`` Kedro decides while it
    runs what is read and written, so outputs are not fixed - unless the run was given its id, or has begun already: then
    it goes on where it stopped, with what it has read and written so far.
    """

    def __init__(self) -> None:
        self._session: dict[str, Any] = {}
        self._started = 0.0
        self._label: str = ""
        self._configured: Settings = {}
        self._steps = StepTimes()

    @hook_impl
    def after_context_created(self, context: KedroContext) -> None:
        """Read what the run is called, which ``--params label=...`` says, and all settings, read by it or not."""
        loader = context.config_loader
        settings = {**loader["globals"], **(loader.runtime_params or {})}
        self._label = check_label(settings.get("label"))
        of_catalog = {name.split(".")[0] for name in CATALOG_PARAMETERS}
        self._configured = {
            name: plain(group)
            for name, group in loader["parameters"].items()
            if name not in of_catalog
        }

    @hook_impl
    def before_pipeline_run(
        self, run_params: dict[str, Any], pipeline: Pipeline, catalog: CatalogProtocol[Any, Any]
    ) -> None:
        """Check, choose and fix the inputs, fix the outputs and open the record."""
        refuse_unknown_parameters(run_params["runtime_params"] or {})
        warn_of_idle_parameters(run_params["runtime_params"] or {}, read=pipeline.inputs())
        run_id, parameters = run_params["run_id"], _parameters_read(pipeline, catalog)
        needed = versioned_datasets(catalog, pipeline.inputs() - {RUN_RECORD})
        made = versioned_datasets(catalog, pipeline.all_outputs())
        before = earlier_sessions(run_params, catalog)
        asked = {**inputs_before(before), **(run_params["load_versions"] or {})}
        asked = {name: version for name, version in asked.items() if name in needed or not before}
        _check_asked(asked, known=set(needed))
        inputs = choose_inputs(needed, asked=asked, catalog=catalog, env=run_params["env"])
        for name, version in inputs.versions.items():
            fix_versions(needed[name], load=version, save=run_id)
        if before:
            check_same_parameters(before, parameters, run_id=run_id)
            clear_half_made(pipeline, made, run_id=run_id)
        elif not run_params[ONLY_MISSING]:
            refuse_written(made, run_id=run_id)
        for dataset in made.values() if fixes_outputs(run_params, before) else ():
            fix_versions(dataset, load=run_id, save=run_id)
        self._session = _describe_run(run_params, inputs) | {
            "label": self._label or None,
            "parameters": parameters,
            "installed": list_installed(),
            "made_with": RunRecords(catalog).parameters_of(set(inputs.versions.values())),
        }
        record = begin_run(
            run_id,
            steps=[(_datasets(node.inputs), node.outputs) for node in pipeline.nodes],
            outputs=made,
            inputs=inputs.versions,
            based_on=inputs.based_on,
        )
        self._session |= _fix_plan(self._configured, pipeline, catalog, record)
        if RUN_CONTEXT in catalog:
            self._tell_nodes(catalog, record, made=set(made))
        self._session |= {"session": _name_session(), **to_document(record)}
        self._begin(catalog, steps=len(pipeline.nodes))

    def _tell_nodes(
        self, catalog: CatalogProtocol[Any, Any], record: RunRecord, *, made: set[str]
    ) -> None:
        """Tell nodes of their run, and where its files lie: that is no part of its record, which may be moved."""
        files = _find_files(
            catalog, self._session["run_id"], read=self._session["inputs"], made=made
        )
        told = {"looks": None, "world": record.world(), "files": files}
        catalog[RUN_CONTEXT].save(self._session | told)

    def _begin(self, catalog: CatalogProtocol[Any, Any], *, steps: int) -> None:
        self._started = time.monotonic()
        self._steps.begin(steps)
        say_what_it_takes(RunRecords(catalog), self._session, steps=steps)
        self._write(catalog, status="running")

    @hook_impl
    def before_dataset_loaded(self, node: Node) -> None:
        """Look at the clock."""
        self._steps.start(node.name)

    @hook_impl
    def before_node_run(self, node: Node) -> None:
        """Look at the clock, for a node that loads nothing."""
        self._steps.start(node.name)

    @hook_impl
    def after_dataset_saved(self, node: Node) -> None:
        """Look at the clock again."""
        self._steps.keep(node.name, outputs=len(node.outputs))

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

    @hook_impl
    def on_pipeline_error(self, error: Exception, catalog: CatalogProtocol[Any, Any]) -> None:
        """Close the record of a run that failed."""
        reason = f"{type(error).__name__}: {error}".splitlines()[0]
        self._session["error"] = without_folders(reason)
        self._write(catalog, status="failed")

    def _write(self, catalog: CatalogProtocol[Any, Any], *, status: str) -> None:
        seconds = round(time.monotonic() - self._started, 3)
        self._session |= {"status": status, "seconds": seconds, "steps": self._steps.seconds}
        if status != "running":
            self._session |= _look_back(catalog)
        RunRecords(catalog).write(self._session)


def _name_session() -> str:
    """Name a process of a run as no other is named, so that names sort by time."""
    return f"{time.time_ns() // 1_000_000:012x}{uuid4().hex[:6]}"


def _check_asked(asked: Mapping[str, str], *, known: set[str]) -> None:
    for name in asked:
        if name not in known:
            raise DatasetError(
                f"--load-versions names {name}, which this run does not read from an earlier one; "
                f"it reads {', '.join(sorted(known)) or 'nothing'}. Leave {name} out, or run only "
                "what comes after it"
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
        "cores": os.cpu_count(),
    }


def _fix_plan(
    configured: Settings,
    pipeline: Pipeline,
    catalog: CatalogProtocol[Any, Any],
    record: RunRecord,
) -> dict[str, Any]:
    """Tell all settings behind the run's numbers, which of them it reads itself, and what they are hashed to."""
    names = {name.removeprefix("params:") for name in pipeline.inputs() if name[:7] == "params:"}
    study = catalog.get(STUDY) if STUDY in catalog else None
    if isinstance(study, StudyDataset):
        configured = {**configured, STUDY: plain(study.settings)}
        names |= {STUDY} if pipeline.inputs() & {STUDY, CANVAS} else set()
    versions = set(record.world().values()) - {record.version}
    earlier = RunRecords(catalog).sessions_behind(versions)
    settings = settle(configured, read=names, earlier=earlier)
    return {"settings": settings, "read": sorted(names), "plan_sha256": hash_plan(settings)}


def _parameters_read(pipeline: Pipeline, catalog: CatalogProtocol[Any, Any]) -> dict[str, Any]:
    """The groups of parameters that a run's nodes read; what they do not read changed nothing."""
    names = sorted(name for name in pipeline.inputs() if name.startswith("params:"))
    return {name.removeprefix("params:"): plain(catalog[name].load()) for name in names}


def _find_files(
    catalog: CatalogProtocol[Any, Any], run_id: str, *, read: Mapping[str, str], made: set[str]
) -> dict[str, str]:
    """Tell where the run's datasets lie as seen from the folder of its report; nothing in a catalog without reports."""
    versions = {**read, **dict.fromkeys(made, run_id)}
    report = versioned_datasets(catalog, {REPORT}).get(REPORT)
    if report is None:
        return {}
    here = posixpath.dirname(file_of(report, run_id))
    return {
        name: posixpath.relpath(file_of(dataset, versions[name]), here)
        for name, dataset in versioned_datasets(catalog, set(versions)).items()
    }


def _look_back(catalog: CatalogProtocol[Any, Any]) -> dict[str, list[str]]:
    """Name what a run has used that bears no version: checkpoints, and runs that it compared."""
    return {
        key: tell(catalog[name])
        for key, (name, tell) in {
            "checkpoints": (CHECKPOINTS, names_asked),
            "compared": (COMPARED, runs_found),
        }.items()
        if name in catalog
    }


def _datasets(names: list[str]) -> list[str]:
    return [name for name in names if name != "parameters" and not name.startswith("params:")]
