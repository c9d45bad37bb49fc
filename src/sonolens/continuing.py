"""Going on with a run that was killed, or put back into a queue, under the id that it had."""

import os
from collections.abc import Mapping, Sequence
from typing import Any

from kedro.io import CatalogProtocol, DatasetError
from kedro.pipeline import Pipeline

from sonolens.datasets.run_records import RunRecords
from sonolens.datasets.versions import complete_versions, remove_version
from sonolens.inputs import Versioned
from sonolens.session import RUN_ID_VARIABLE

ONLY_MISSING = "only_missing_outputs"


def earlier_sessions(
    run_params: Mapping[str, Any], catalog: CatalogProtocol[Any, Any]
) -> list[dict[str, Any]]:
    """Read what processes of this run recorded before, if ``--only-missing-outputs`` asks to go on with it."""
    records = RunRecords(catalog)
    asked = run_params[ONLY_MISSING] and run_params["run_id"] in records.run_ids()
    return records.sessions_of(run_params["run_id"]) if asked else []


def fixes_outputs(run_params: Mapping[str, Any], before: Sequence[Mapping[str, Any]]) -> bool:
    """Say whether a run writes and reads back its own versions alone, so that none of another run counts as made.

    It does, unless ``--only-missing-outputs`` asks for what is missing from all runs: of a run that has begun before,
    or that was given its id, it asks for what is missing from this one.
    """
    return not run_params[ONLY_MISSING] or bool(before) or RUN_ID_VARIABLE in os.environ


def inputs_before(sessions: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Tell which versions a run has read so far; going on, it reads the same."""
    return {name: version for each in sessions for name, version in each["inputs"].items()}


def check_same_parameters(
    sessions: Sequence[Mapping[str, Any]], parameters: Mapping[str, Any], *, run_id: str
) -> None:
    """Refuse to go on with other parameters: the run would be half of one study and half of another.

    Raises:
        DatasetError: If a group of parameters has changed.
    """
    for session in sessions:
        known = session.get("parameters", {})
        changed = sorted(name for name in known if parameters.get(name, known[name]) != known[name])
        if changed:
            raise DatasetError(
                f"run {run_id} was begun with other parameters ({', '.join(changed)}); go on with those, or give "
                "KEDRO_RUN_ID another time"
            )


def clear_half_made(pipeline: Pipeline, made: Versioned, *, run_id: str) -> None:
    """Remove what a node has saved that was killed before it saved all; nothing can have been made from it."""
    for node in pipeline.nodes:
        versioned = [made[name] for name in node.outputs if name in made]
        saved = [each for each in versioned if run_id in complete_versions(each)]
        for dataset in saved if len(saved) < len(versioned) else ():
            remove_version(dataset, run_id)


def refuse_written(made: Versioned, *, run_id: str) -> None:
    """Tell at the start what Kedro would tell after the work is done.

    Raises:
        DatasetError: If the run has written one of these datasets already.
    """
    for name, dataset in made.items():
        if run_id in complete_versions(dataset):
            raise DatasetError(
                f"run {run_id} has written {name} already; add --only-missing-outputs to go on where it stopped, or "
                "give KEDRO_RUN_ID another time"
            )
