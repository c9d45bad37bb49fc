"""How long the steps of a run take: a line for each that is long, and a word at the start on how long it was last time."""

import logging
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from sonolens.datasets.run_records import RunRecords

FEW_STEPS = 5
"""A run of fewer steps is over before an estimate of it is read."""

LONG_SECONDS = 5.0
"""A step as long as this gets a line when it is done: shorter ones would be most of the log."""

SAME = ("pipelines", "env", "parameters", "platform", "cores")
"""What must be the same of two runs before the time of one tells anything of the other."""

RUNS_ASKED = 50  # records read at most; each is a small file, but a remote one takes its time

logger = logging.getLogger(__name__)


class StepTimes:
    """Takes the time of every node that runs in this process."""

    def __init__(self) -> None:
        self.begin(0)

    def begin(self, steps: int) -> None:
        """Forget what was before."""
        self._steps, self._done = steps, 0
        self._started: dict[str, float] = {}
        self._kept: Counter[str] = Counter()
        self.seconds: dict[str, float] = {}

    def start(self, name: str) -> None:
        """Note when a node starts, which is when the first of its inputs is loaded; later calls say nothing new."""
        self._started.setdefault(name, time.monotonic())

    def keep(self, name: str, *, outputs: int) -> None:
        """Note that one of a node's outputs is saved; it has ended with the last, because many are made as they are saved."""
        self._kept[name] += 1
        if self._kept[name] == outputs:
            self._end(name)

    def _end(self, name: str) -> None:
        """Note how long it took, and say so if that was long."""
        taken = time.monotonic() - self._started.pop(name)
        self.seconds[name] = round(taken, 3)
        self._done += 1
        if taken >= LONG_SECONDS:
            where = f"{self._done} of {self._steps}, " if self._steps else ""
            logger.info("Step %s%s: %s", where, name, tell_time(taken))


def say_what_it_takes(records: RunRecords, session: Mapping[str, Any], *, steps: int) -> None:
    """Log what a run sets out to do, and how long the same took before, if that is known.

    No estimate is made from other settings, another study or another kind of machine: it would be a guess.
    """
    if steps >= FEW_STEPS:
        known = records.newest_sessions(at_most=RUNS_ASKED)
        logger.info("Run %s: %d steps; %s", session["run_id"], steps, estimate(known, session))


def estimate(known: Iterable[Mapping[str, Any]], session: Mapping[str, Any]) -> str:
    """Tell how long the first complete run like this one took of those known, and its longest step."""
    for before in known:
        alike = all(before.get(name) == session.get(name) for name in SAME)
        if alike and before.get("status") == "complete" and _study(before) == _study(session):
            steps = before.get("steps") or {}
            longest = max(steps, key=lambda name: steps[name], default="")
            told = f", of which {longest} {tell_time(steps[longest])}" if longest else ""
            return (
                f"the same took {tell_time(before['seconds'])} in run {before['run_id']}{told}; fits that are in "
                "checkpoints already take no time"
            )
    return "how long is not known, as no complete run with these settings is recorded here"


def tell_time(seconds: float) -> str:
    """Tell a length of time.

    >>> tell_time(4.26), tell_time(458.0), tell_time(4000.0)
    ('4.3 s', '7 min 38 s', '1 h 6 min')
    """
    if seconds < 60:  # noqa: PLR2004 - a minute
        return f"{seconds:.1f} s"
    whole = timedelta(seconds=round(seconds))
    minutes, rest = divmod(whole.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    hours += 24 * whole.days
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s"


def _study(session: Mapping[str, Any]) -> Any:
    """What a run was told of its study; where data lie, and what a run is called, takes no time."""
    told = session.get("runtime_params", {})
    inputs = sorted(session.get("inputs", {}))
    return told.get("study"), inputs
