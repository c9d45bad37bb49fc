"""What earlier runs left behind, as the index and a comparison see it; this module knows no Kedro."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sonolens.parameters import suggest

LATEST = "latest"
"""Stands for the newest run that wrote a report."""

AT = "@"
"""Parts the name of a run from the data root that it lies in."""

LONGEST_LABEL = 80  # letters; a table shows it on one line
RUN_ID = re.compile(r"\d{4}-\d{2}-\d{2}T[\d.]+Z")

COMPLETE, PARTIAL, UNRECORDED = "complete", "partial", "no record"
STATES = (COMPLETE, PARTIAL, UNRECORDED)
"""Whether the last process of a run came to its end; a page whose run left no record is told as such."""


@dataclass(frozen=True)
class PastRun:
    """One run, and what of its world can still be read.

    Attributes:
        run_id: Its id, which is the version of all that it wrote.
        root: The data root that it lies in, as it was given; empty for that of the project.
        sessions: What each of its processes recorded, the last one last.
        reported: Whether it wrote a report.
        read: Loads a dataset by name in the version that the run saw.
        digest: Tells the SHA-256 of every item of a collection, by item, in that version.

    `read` and `digest` raise `LookupError` where the run has no such dataset.
    """

    run_id: str
    root: str
    sessions: Sequence[Mapping[str, Any]]
    reported: bool
    read: Callable[[str], Any]
    digest: Callable[[str], Mapping[str, str]]

    @property
    def label(self) -> str:
        """What the user called it, by its last process that was told; empty if none was."""
        told = [str(session["label"]) for session in self.sessions if session.get("label")]
        return told[-1] if told else ""

    @property
    def name(self) -> str:
        """Its label, or its id where it has none; as `placed`."""
        return self.placed(self.label or self.run_id)

    def placed(self, name: str) -> str:
        """Add the folder of its data root to a name, if that is another; folders above it tell whose machine it was."""
        return f"{name}{AT}{folder_of(self.root)}" if self.root else name

    @property
    def state(self) -> str:
        """One of `STATES`."""
        if not self.sessions:
            return UNRECORDED
        return COMPLETE if self.sessions[-1].get("status") == COMPLETE else PARTIAL

    def session_that_made(self, name: str) -> Mapping[str, Any] | None:
        """Return what the last process recorded that made a dataset to the end; None if the run has read it at most."""
        made = [each for each in self.sessions if name in each.get("outputs", {})]
        return made[-1] if made else None

    def parameter(self, group: str, name: str) -> Any:
        """Look up a parameter that the run, or what it was made from, was told; None if unknown."""
        for session in reversed(self.sessions):
            known = [session.get("parameters", {}), *session.get("made_with", {}).values()]
            for groups in known:
                if name in groups.get(group, {}):
                    return groups[group][name]
        return None


def folder_of(root: str) -> str:
    """Return the last part of a data root.

    >>> folder_of("s3://bucket/hospital-2/"), folder_of("/home/anna/data")
    ('hospital-2', 'data')
    """
    return root.rstrip("/").rpartition("/")[2]


def check_label(label: Any) -> str:
    """Return a run's label, without blanks around; empty for None.

    Raises:
        ValueError: If it could be taken for a run id, for ``latest`` or for a name with a data root, or
            does not fit on a line.

    Examples:
        >>> check_label(" wide ring "), check_label(None)
        ('wide ring', '')
    """
    text = "" if label is None else str(label).strip()
    reasons = {
        f"{LATEST!r} stands for the newest run": text == LATEST,
        "run ids have that form": RUN_ID.fullmatch(text) is not None,
        f"{AT} parts a name from its data root": AT in text,
        "it has more than one line": len(text.splitlines()) > 1,
        f"it has more than {LONGEST_LABEL} letters": len(text) > LONGEST_LABEL,
    }
    for reason, holds in reasons.items():
        if holds:
            raise ValueError(f"label={text[:LONGEST_LABEL]!r} names no run: {reason}; give another")
    return text


def split_names(asked: Any) -> list[tuple[str, str]]:
    """Split what was asked for into names of runs and the data roots that they lie in.

    Args:
        asked: Names with blanks between, or a list of names. A name may end in ``@`` and a data root; without one
            the root is empty.

    Examples:
        >>> split_names("latest wide_ring@s3://bucket/other")
        [('latest', ''), ('wide_ring', 's3://bucket/other')]
    """
    names = asked.split() if isinstance(asked, str) else [str(name) for name in asked or ()]
    parted = [name.partition(AT) for name in names]
    return [
        (name, str(Path(root).expanduser()) if root[:1] == "~" else root)
        for name, _, root in parted
    ]


def in_one_word(label: str) -> str:
    """Write a label as one word, as it may be named beside others: ``wide ring`` becomes ``wide_ring``."""
    return "_".join(label.split())


def find_run(name: str, runs: Sequence[PastRun], *, where: str) -> PastRun:
    """Find a run by its id, its label or ``latest``.

    Args:
        runs: Newest first.
        where: What to call their data root in an error.

    Raises:
        LookupError: If there is none of that name, or several bear the label.
    """
    if name == LATEST:
        reported = [run for run in runs if run.reported]
        if not reported:
            raise LookupError(f"no run in {where} has written a report yet; use `kedro run` first")
        return reported[0]
    word = in_one_word(name)
    found = [run for run in runs if name in (run.run_id, run.label)] or [
        run for run in runs if word and in_one_word(run.label) == word
    ]
    # A run that was tried again under its label counts where it got to its report.
    found = [run for run in found if run.reported] or found
    if len(found) > 1:
        ids = ", ".join(run.run_id for run in found)
        raise LookupError(
            f"label {name!r} is borne by {len(found)} runs in {where}: {ids}; name one by its id"
        )
    if not found:
        known = [each for run in runs for each in (in_one_word(run.label), run.run_id) if each]
        guess = suggest(name, known)
        raise LookupError(
            f"there is no run {name!r} in {where}; {guess}known are {', '.join(known) or 'none'}"
        )
    return found[0]
