"""Notes exchanged between patients of one label: would a difference be as large if they were someone else's?

What is noted on a scan may go with its label, and so may what is measured there; then the two go together without
having to do with each other. Exchanges within the label keep that, and break only what is beyond it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import factorial, prod

import numpy as np
import pandas as pd
from jaxtyping import Bool, Float, Int

from sonolens.evaluation.statistics.sequential_draws import MOST_LOOKS, holds_a_level

MOST_EXACT = 20_000
"""Exchanges that are all tried, at most; of more some are drawn."""

ROUNDING = 1e-9
"""Share of the largest sum by which two sums may differ and are the same."""

Values = Float[np.ndarray, " scans"]
Sums = Float[np.ndarray, " exchanges"]


@dataclass(frozen=True)
class Exchange:
    """What exchanged notes say.

    Attributes:
        p_value: Two-sided; NaN where nothing can be exchanged.
        exchanges: How many were tried: all there are, or as many as were drawn.
        exact: Whether these are all.
    """

    p_value: float
    exchanges: int
    exact: bool


@dataclass(frozen=True)
class _Alike:
    """Patients who may exchange their notes, because they have as many lesions of each label.

    Attributes:
        measured: What is measured on each lesion, or scan, less the mean of its label; patient after patient.
        patterns: The different notes that there are.
        noted: Which pattern each patient has.
    """

    measured: Values
    patterns: Bool[np.ndarray, "patterns places"]
    noted: Int[np.ndarray, " patients"]

    @property
    def ways(self) -> int:
        """In how many different ways the notes can be given to these patients."""
        counts = np.bincount(self.noted).tolist()
        return factorial(len(self.noted)) // prod(factorial(count) for count in counts)

    def add_up(self, given: Int[np.ndarray, "exchanges patients"]) -> Sums:
        """Add up what is measured where something is noted, for every way to give out the notes."""
        return self.patterns[given].reshape(len(given), -1) @ self.measured

    @property
    def expected(self) -> float:
        """The sum on average over all ways: every patient gets the mean of all notes."""
        mean = self.patterns[self.noted].mean(axis=0)
        return float(np.tile(mean, len(self.noted)) @ self.measured)


def exchange_notes(
    measured: Values,
    noted: Bool[np.ndarray, " scans"],
    scans: pd.DataFrame,
    *,
    permutations: int,
    levels: Sequence[float],
    seed: int,
) -> Exchange:
    """Test whether what is measured where something is noted differs from elsewhere, within the label.

    The notes of whole patients are exchanged, between patients who have as many lesions of each label; a patient like
    whom there is no other keeps them. Where a note differs between scans of one lesion, lesions must have as many
    scans, too. An exchange reaches what was seen if the sum over all that is noted, of what is measured less the mean of
    its label, is as far from its own mean over all exchanges, in either direction. All are tried if there are at most `MOST_EXACT`;
    else `permutations` are drawn, and as many again, up to `MOST_LOOKS` times, while a p value is too near a level to
    tell on which side of it it lies.

    Args:
        measured: What is measured on every scan.
        noted: On which scans it was noted.
        scans: `scan_id`, `lesion_id`, `patient_id` and `label` of every scan.
        permutations: Exchanges between two looks.
        levels: P values at which a decision turns, from `decision_levels`.
        seed: Seed of the draws.

    References:
        Phipson and Smyth (2010), Stat Appl Genet Mol Biol 9:39, for the 1 that is added where exchanges are drawn.

    Examples:
        Of the six ways to note two of four benign masses, two are as far from the mean as what was seen.

        >>> masses = pd.DataFrame({"scan_id": list("abcd"), "label": "benign"})
        >>> masses = masses.assign(lesion_id=masses["scan_id"], patient_id=masses["scan_id"])
        >>> found = exchange_notes(
        ...     np.array([4.0, 3.0, 2.0, 1.0]),
        ...     np.array([True, True, False, False]),
        ...     masses,
        ...     permutations=100,
        ...     levels=[0.05],
        ...     seed=0,
        ... )
        >>> round(found.p_value, 3), found.exchanges, found.exact
        (0.333, 6, True)
    """
    groups = [each for each in _group(measured, noted, scans) if each.ways > 1]
    if not groups:
        return Exchange(p_value=np.nan, exchanges=0, exact=True)
    expected = sum(each.expected for each in groups)
    seen = abs(sum(float(each.add_up(each.noted[None])[0]) for each in groups) - expected)
    seen -= ROUNDING * float(np.abs(measured).sum())
    ways = prod(each.ways for each in groups)
    if ways <= MOST_EXACT:
        reached = int((np.abs(_try_all(groups) - expected) >= seen).sum())
        return Exchange(reached / ways, ways, exact=True)
    rng, reached, drawn = np.random.default_rng(seed), 0, 0
    for _ in range(MOST_LOOKS):
        sums = sum(_draw(each, rng, permutations) for each in groups)
        reached += int((np.abs(sums - expected) >= seen).sum())
        drawn += permutations
        if not holds_a_level(np.array(float(reached)), np.array(drawn), levels=levels):
            break
    return Exchange((1 + reached) / (1 + drawn), drawn, exact=False)


def _group(
    measured: Values, noted: Bool[np.ndarray, " scans"], scans: pd.DataFrame
) -> Iterator[_Alike]:
    """Put together the patients who are alike but for their notes."""
    table = scans.assign(measured=measured, noted=noted, size=1)
    table["measured"] -= table.groupby("label")["measured"].transform("mean")
    lesions = table.groupby(["patient_id", "lesion_id", "label"], as_index=False)
    if lesions["noted"].transform("nunique").max() > 1:
        table["size"] = lesions["size"].transform("size")
        table = table.sort_values("scan_id")
    else:
        table = lesions.agg(
            measured=("measured", "sum"), noted=("noted", "first"), size=("size", "first")
        )
    table = table.sort_values(["patient_id", "label", "size", "lesion_id"], kind="stable")
    of_patient = table.groupby("patient_id", sort=True)
    kinds = of_patient[["label", "size", "measured", "noted"]].agg(tuple)
    for _, patients in kinds.groupby(["label", "size"], sort=True):
        patterns, which = np.unique(
            np.array(patients["noted"].tolist()), axis=0, return_inverse=True
        )
        yield _Alike(np.array(patients["measured"].tolist()).ravel(), patterns, np.ravel(which))


def _try_all(groups: Sequence[_Alike]) -> Sums:
    """Add up every way to give out the notes of all groups together."""
    whole = np.zeros(1)
    for each in groups:
        own = each.add_up(_arrange(np.bincount(each.noted).tolist()))
        whole = np.add.outer(whole, own).ravel()
    return whole


def _arrange(counts: Sequence[int]) -> Int[np.ndarray, "ways patients"]:
    """List every way to give patterns to patients, each as often as it is there.

    >>> _arrange([1, 2]).tolist()
    [[0, 1, 1], [1, 0, 1], [1, 1, 0]]
    """
    patients = sum(counts)
    ways = np.full((1, patients), -1)
    for pattern, count in enumerate(counts):
        free = np.nonzero(ways < 0)[1].reshape(len(ways), -1)
        chosen = np.array(list(combinations(range(free.shape[1]), count)), dtype=int)
        ways, free = (np.repeat(each, len(chosen), axis=0) for each in (ways, free))
        places = np.take_along_axis(free, np.tile(chosen, (len(ways) // len(chosen), 1)), axis=1)
        np.put_along_axis(ways, places, pattern, axis=1)
    return ways


def _draw(group: _Alike, rng: np.random.Generator, permutations: int) -> Sums:
    """Add up as many ways to give out the notes of a group as are drawn."""
    return group.add_up(rng.permuted(np.tile(group.noted, (permutations, 1)), axis=1))
