"""What experiments by name found in the same data root -> asked_experiments, planted_answers; of the station of tables."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from sonolens.evaluation import truth
from sonolens.evaluation.experiments.doses import with_doses
from sonolens.past_runs import PastRun
from sonolens.report.asked_experiments import EXPERIMENTS
from sonolens.tables.experiments import AskedExperiments
from sonolens.tables.training import TrainingRunsTable
from sonolens.tables.truth import PlantedAnswers, TruthCardTable
from sonolens.tables.vocabulary import MADE_FROM, PLANTED_REASONS

THIS_RUN, THIS_STUDY, PHANTOMS, ANOTHER_STUDY = MADE_FROM
NO_EXPERIMENT, OTHER_NETWORKS = PLANTED_REASONS[1:3]
PLANTED, STUDY = "planted_evidence", "study"

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class FoundExperiment:
    """A run that made a table to the end, and how it stands to the run that tells of it.

    Attributes:
        run: The run.
        made_from: One of `MADE_FROM`.
        source: The newest run whose results it was made from; itself where it read none.
    """

    run: PastRun
    made_from: str
    source: str


def find_experiments(runs: list[PastRun], run_context: dict[str, Any]) -> pd.DataFrame:
    """Find what experiments by name found in this data root, of each the run that stands nearest to this one."""
    rows = []
    for asked in EXPERIMENTS:
        for found in _rank(runs, run_context, made=(asked.table, asked.page)):
            table = _read(found.run, asked.table)
            if table is None:
                continue
            about = {
                "run": found.run.run_id,
                "name": found.run.name,
                "made_from": found.made_from,
                "source": found.source,
            }
            rows += [about | row for row in asked.describe(found.run.run_id, table)]
            break
    return pd.DataFrame(rows) if rows else AskedExperiments.empty()


def find_planted_answers(
    runs: list[PastRun],
    run_context: dict[str, Any],
    truth_card: TruthCardTable,
    training_runs: TrainingRunsTable,
) -> pd.DataFrame:
    """Find whether every method found what was planted for a network of the same architecture, if an experiment asked."""
    experiments = [
        (found, planted)
        for found in _rank(runs, run_context, made=(PLANTED,))
        if (planted := _read_planted(found.run)) is not None
    ]
    fitted = training_runs.set_index("run")
    about = ["method", "run", "baseline", "confidence"]
    rows = [
        {**asked, **_answer(experiments, str(asked["method"]), fitted.loc[asked["run"]])}
        for asked in truth_card[about].drop_duplicates(about[:2]).to_dict(orient="records")
    ]
    told = pd.DataFrame(rows) if rows else PlantedAnswers.empty()
    return told.assign(question="finds_planted", partition="test")


def _answer(
    experiments: Sequence[tuple[FoundExperiment, pd.DataFrame]],
    method: str,
    fitted: "pd.Series[Any]",
) -> dict[str, Any]:
    """Ask the nearest experiment that fitted the same architecture."""
    alike = ["network", "output_stride"]
    for found, planted in experiments:
        fits = planted[(planted[alike] == fitted[alike]).all(axis=1)]
        if len(fits):
            told = truth.ask_planted(fits[fits["method"] == method])
            confidence = {"confidence": float(fits["confidence"].iloc[0])}
            return {**told, **confidence, **_name(found)}
    reason = OTHER_NETWORKS if experiments else NO_EXPERIMENT
    return {**truth.refuse_planted(reason), **_name(None)}


def _name(found: FoundExperiment | None) -> dict[str, str]:
    if found is None:
        return {"experiment": "none", "made_from": "none"}
    return {"experiment": found.run.run_id, "made_from": found.made_from}


def _rank(
    runs: Iterable[PastRun], run_context: Mapping[str, Any], *, made: Sequence[str]
) -> list[FoundExperiment]:
    """List the runs that made all that is asked for, the nearest to this run first, of equals the newest."""
    found = [
        _relate(run, session, run_context)
        for run in runs
        if (session := run.session_that_made(made[0])) is not None
        and all(name in session["outputs"] for name in made)
    ]
    return sorted(found, key=lambda each: MADE_FROM.index(each.made_from))


def _relate(
    run: PastRun, session: Mapping[str, Any], run_context: Mapping[str, Any]
) -> FoundExperiment:
    """Say whether an experiment was made from what this run tells, from its study, or from something else."""
    read, world = session.get("inputs", {}), run_context.get("world", {})
    source = max(read.values(), default=run.run_id)
    if PLANTED in session.get("outputs", {}) and run.parameter(PLANTED, "canvas") == PHANTOMS:
        return FoundExperiment(run, PHANTOMS, run.run_id)
    if read and all(world.get(name) == version for name, version in read.items()):
        return FoundExperiment(run, THIS_RUN, source)
    studies = [each.get("settings", {}).get(STUDY) for each in (session, run_context)]
    alike = studies[0] is not None and studies[0] == studies[1]
    return FoundExperiment(run, THIS_STUDY if alike else ANOTHER_STUDY, source)


def _read_planted(run: PastRun) -> pd.DataFrame | None:
    """Read a `PlantedEvidence` table with its doses; None of a version that did not tell strides."""
    planted = _read(run, PLANTED)
    if planted is None or "output_stride" not in planted:
        return None
    return with_doses(planted)


def _read(run: PastRun, name: str) -> Any:
    """Read what a run left; None where it cannot be read, which is told."""
    try:
        return run.read(name)
    except Exception as error:  # a damaged file of another run must not cost this one its report
        logger.warning("What run %s left as %s cannot be told: %s", run.run_id, name, error)
        return None
