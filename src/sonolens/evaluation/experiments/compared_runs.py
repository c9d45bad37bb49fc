"""What a comparison needs of a run, which scans two runs share, and whether they mean the same by a lesion."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import pandas as pd

from sonolens.evaluation.classification.cases import LesionProbability
from sonolens.evaluation.experiments.configurations import Pointing

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ComparedRun:
    """What a comparison needs of one run.

    Attributes:
        name: Its id, with its data root if that is another.
        label: What the user called it; may be empty.
        decisions: A `Decisions` table.
        training_runs: A `TrainingRuns` table.
        region_reliance: A `RegionReliance` table, empty where the run asked for none.
        pointings: From `gather_pointing`.
        pictures: By scan what its picture and mask are, as digests; scans without are like no other's.
        lesion_probability: How it formed lesions from scans.
        regions: How ring and region below were drawn, and how near to them is inside, in words.
    """

    name: str
    label: str
    decisions: pd.DataFrame
    training_runs: pd.DataFrame
    region_reliance: pd.DataFrame
    pointings: Sequence[Pointing]
    pictures: Mapping[str, tuple[str, str]]
    lesion_probability: LesionProbability
    regions: str


Pair: TypeAlias = tuple[ComparedRun, ComparedRun]


def find_shared_scans(first: ComparedRun, second: ComparedRun, *, partition: str) -> list[str]:
    """Name the scans that both runs scored and that are the same picture, in alphabetical order."""
    scored = [
        set(each.decisions.loc[each.decisions["partition"] == partition, "scan_id"])
        & set(each.pictures)
        for each in (first, second)
    ]
    pictures = [
        {name: each.pictures[name][0] for name in names}
        for each, names in zip((first, second), scored, strict=True)
    ]
    shared = sorted(
        name for name in scored[0] & scored[1] if pictures[0][name] == pictures[1][name]
    )
    elsewhere = set(pictures[0].values()) & set(pictures[1].values())
    renamed = len(elsewhere - {pictures[0][name] for name in shared})
    if renamed:
        log.warning(
            "%d pictures of %s and %s are the same under different names and are not paired: the two are less "
            "independent than their intervals say. Read both studies with the same names",
            renamed,
            first.name,
            second.name,
        )
    return shared


def pair_configurations(first: ComparedRun, second: ComparedRun) -> list[tuple[str, str]]:
    """Say which configurations of two runs are compared with each other.

    Raises:
        ValueError: If none is, or two that are were trained by different protocols.
    """
    names = [each.training_runs["configuration"].unique().tolist() for each in (first, second)]
    alone = all(len(each) == 1 for each in names)
    pairs = [(names[0][0], names[1][0])] if alone else [(n, n) for n in names[0] if n in names[1]]
    if not pairs:
        raise ValueError(
            f"runs {first.name} and {second.name} have no configuration in common: {', '.join(names[0])} and "
            f"{', '.join(names[1])}; compare runs of one network each, or grids that share one"
        )
    protocols = [
        each.training_runs.groupby("configuration")["protocol"].first() for each in (first, second)
    ]
    for one, other in pairs:
        if protocols[0][one] != protocols[1][other]:
            raise ValueError(
                f"runs {first.name} and {second.name} were trained by the {protocols[0][one]} and the "
                f"{protocols[1][other]} protocol, one of which flatters; train both by one"
            )
    return pairs


def check_lesions(first: ComparedRun, second: ComparedRun) -> None:
    """Refuse runs that mean different things by a lesion.

    Raises:
        ValueError: If a scan that both scored is of another lesion, patient or label or has another mask, or if
            lesions were formed by different rules.
    """
    pair = f"runs {first.name} and {second.name}"
    if first.lesion_probability != second.lesion_probability:
        raise ValueError(
            f"{pair} form a lesion's probability from its scans differently, by {first.lesion_probability} and by "
            f"{second.lesion_probability}; run one again with the evaluation.lesion_probability of the other"
        )
    known = [
        each.decisions.drop_duplicates("scan_id").set_index("scan_id") for each in (first, second)
    ]
    same = [
        name
        for name in known[0].index.intersection(known[1].index)
        if name in first.pictures
        and name in second.pictures
        and first.pictures[name][0] == second.pictures[name][0]
    ]
    for name in ("lesion_id", "label", "patient_id"):
        differs = known[0].loc[same, name] != known[1].loc[same, name]
        if differs.any():
            scan = differs.index[differs][0]
            one, other = (str(each.at[scan, name]) for each in known)
            raise ValueError(
                f"{pair} disagree on {int(differs.sum())} of the scans that they share, for instance on the {name} of "
                f"scan {scan!r}, {one!r} or {other!r}; read the study anew in the older run"
            )
    redrawn = [scan for scan in same if first.pictures[scan][1] != second.pictures[scan][1]]
    if redrawn:
        raise ValueError(
            f"{pair} have different masks of {len(redrawn)} of the scans that they share, for instance of "
            f"{redrawn[0]!r}, so that a hit of one is no hit of the other; read the study anew in the older run"
        )
