"""Asking a network about every coalition of a scan's regions, and no picture twice."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
import pandas as pd
from jaxtyping import Float

from sonolens.arrays import FramedScan, ScanStack
from sonolens.removal import FILLS, FillSources, Players, list_coalitions, show_coalition

Judge: TypeAlias = Callable[[ScanStack], Float[np.ndarray, " pictures"]]
"""Returns the logits of a stack of framed pictures."""

NOTHING = "nothing"
JOINED_BY = "+"


@dataclass(frozen=True)
class Question:
    """What a network is asked about one scan.

    Attributes:
        scan: The framed scan.
        partitions: The regions it is divided into, by what they are: ``none`` for its own, or a placebo.
        sources: What fills are drawn from.
    """

    scan: FramedScan
    partitions: Mapping[str, Players]
    sources: FillSources

    def of(self, null: str) -> "Question":
        """Return the question for another network, ``randomised``, which is asked about its own regions alone."""
        return self if null == "none" else replace(self, partitions={null: self.partitions["none"]})


def ask_coalitions(judge: Judge, question: Question, *, fills: Sequence[str]) -> pd.DataFrame:
    """Ask for the logit of every coalition of a scan's regions, by every fill.

    Pictures that are equal are judged once: the whole scan, and what is left when nothing is shown, are the same
    for many.

    Args:
        judge: Returns logits.
        question: The scan, its regions and what fills them.
        fills: Names in `FILLS`.

    Returns:
        Rows `null`, `fill`, `players`, `shown`, `logit` and `draws`, whose logits were averaged; coalitions in the
        order of `list_coalitions`.
    """
    asked = [
        (null, fill, players, np.stack(list(_draw_coalitions(question.scan, players, picture))))
        for null, players in question.partitions.items()
        for fill in fills
        for picture in FILLS[fill](question.scan, players, question.sources)
    ]
    logits = _judge_once(judge, [pictures for *_, pictures in asked])
    answers = [
        _tabulate(null, fill, players, answered)
        for (null, fill, players, _), answered in zip(asked, logits, strict=True)
    ]
    drawn = pd.concat(answers, ignore_index=True)
    keys = ["null", "fill", "players", "shown"]
    return drawn.groupby(keys, sort=False)["logit"].agg(logit="mean", draws="size").reset_index()


def draw_named_coalitions(question: Question, *, fill: str) -> dict[str, FramedScan]:
    """Draw every coalition of a scan's own regions as the network is shown it, by the first draw of a fill."""
    players = question.partitions["none"]
    picture = FILLS[fill](question.scan, players, question.sources)[0]
    drawn = _draw_coalitions(question.scan, players, picture)
    return dict(zip(name_coalitions(players.names), drawn, strict=True))


def name_coalitions(names: Sequence[str]) -> list[str]:
    """Name every coalition of some regions, in the order of `list_coalitions`.

    Examples:
        >>> name_coalitions(["mass", "other"])
        ['nothing', 'mass', 'other', 'mass+other']
    """
    return [
        JOINED_BY.join(name for name, here in zip(names, shown, strict=True) if here) or NOTHING
        for shown in list_coalitions(len(names))
    ]


def _draw_coalitions(scan: FramedScan, players: Players, fill: FramedScan) -> Iterator[FramedScan]:
    for shown in list_coalitions(len(players.names)):
        yield show_coalition(scan, fill, players.weights[shown].sum(axis=0))


def _judge_once(judge: Judge, stacks: Sequence[ScanStack]) -> Iterator[np.ndarray]:
    """Judge several stacks at once, equal pictures once."""
    pictures: dict[bytes, int] = {}
    places = [
        [pictures.setdefault(picture.tobytes(), len(pictures)) for picture in stack]
        for stack in stacks
    ]
    shape = stacks[0].shape[1:]
    unlike = np.stack([np.frombuffer(each, dtype=np.uint8).reshape(shape) for each in pictures])
    logits = np.asarray(judge(unlike), dtype=float)
    return (logits[place] for place in places)


def _tabulate(null: str, fill: str, players: Players, logits: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "null": null,
            "fill": fill,
            "players": JOINED_BY.join(players.names),
            "shown": name_coalitions(players.names),
            "logit": logits,
        }
    )


def pair_strangers(patient_ids: "pd.Series[str]", *, seed: int) -> list[str | None]:
    """Name for every scan a scan of another patient, as chance has it; None where all are of one patient.

    Args:
        patient_ids: The patient of every scan, indexed by scan.
        seed: Seed of the draws.
    """
    rng = np.random.default_rng(seed)
    patients = patient_ids.to_numpy()
    pairs: list[str | None] = []
    for patient in patients:
        others = patient_ids.index[patients != patient]
        pairs.append(str(rng.choice(others)) if len(others) else None)
    return pairs
