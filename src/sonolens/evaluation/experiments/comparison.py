"""Methods and configurations in pairs: the differences of their hit rates on the same scans."""

import itertools
import logging
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from jaxtyping import Float, Int

from sonolens.evaluation.experiments.configurations import LIMITS, Pointing, name_rates, per_rule
from sonolens.evaluation.statistics.intervals import (
    UNMOVED,
    Bootstrap,
    limits_of_difference,
    ratio,
    resampled_sums,
)
from sonolens.evaluation.statistics.multiple_tests import holm_adjust
from sonolens.evaluation.statistics.paired_permutation import sign_flip_p_values
from sonolens.evaluation.statistics.percentiles import resampled_interval
from sonolens.tables.experiments import PointingComparison
from sonolens.tables.vocabulary import COMPARED_RULES

log = logging.getLogger(__name__)

Pair = tuple[Pointing, Pointing]
Values = Float[np.ndarray, "scans rates"]
Resampled = Float[np.ndarray, "resamples rates"]

SIDES = ("first", "second")


@dataclass(frozen=True)
class Sides:
    """Two sides on the scans that count on both; a column per region and rule.

    Attributes:
        hits: First and second; 0 where a scan does not count.
        chance: Likewise.
        counts: 1 where a scan counts.
        patient_ids: The patient of every scan.
        n_silent: Scans judged on both sides of which one has constant maps only.
        n_empty: Of the others those that lack the region.
    """

    hits: tuple[Values, Values]
    chance: tuple[Values, Values]
    counts: Values
    patient_ids: np.ndarray
    n_silent: int
    n_empty: Int[np.ndarray, " rates"]

    @property
    def difference(self) -> Values:
        """First minus second of every scan."""
        return self.hits[0] - self.hits[1]

    @property
    def above_chance_difference(self) -> Values:
        """The same of hits beyond chance."""
        return self.difference - (self.chance[0] - self.chance[1])


def compare_pointing(
    pointings: Sequence[Pointing],
    *,
    same_as_cam: Collection[str],
    permutations: int,
    bootstrap: Bootstrap,
) -> pd.DataFrame:
    """Compare every two methods of a configuration, and every two configurations under one method.

    A pair is compared on the scans that both sides judged, whatever their calls: two networks are right on
    different scans, so that their correctly classified scans would be compared with others, and scans that
    both call correctly are the easy ones. A scan's hit is the mean over the seeds and folds of each side.
    Scans of which one side has constant maps only leave `n` and are counted in `n_silent`; those that lack
    the region in `n_empty`.

    Intervals resample the patients of both sides together. Where that moves nothing, see
    `limits_of_difference`. P values exchange the two sides patient by patient (`sign_flip_p_values`). Holm's
    `p_adjusted` covers all pairs, regions and rules of one kind and `shared`, but those that are the same by
    construction. Configurations of different protocols are not compared; pairs that share no scan are left
    out and logged.

    Args:
        pointings: From `gather_pointing`, their order that of first and second.
        same_as_cam: Methods whose maps are CAM's by construction, CAM among them.
        permutations: How often the sides are exchanged at most.

    Returns:
        The columns of a `PointingComparison` table that `pointings` can tell, without rows where there is
        no pair.
    """
    tables = []
    for kind, shared, pairs in _families(pointings):
        rows = [
            _compare(pair, permutations=permutations, bootstrap=bootstrap).assign(
                kind=kind,
                shared=shared,
                same_by_construction=_same(kind, pair, same_as_cam),
                **_name(kind, pair),
            )
            for pair in pairs
            if _share_scans(kind, pair)
        ]
        if rows:
            tables.append(_adjust(pd.concat(rows, ignore_index=True)))
    return pd.concat(tables, ignore_index=True) if tables else PointingComparison.empty()


def _families(pointings: Sequence[Pointing]) -> Iterator[tuple[str, str, list[Pair]]]:
    """Yield what is read side by side: the pairs of one configuration, then those of one method."""
    for configuration in dict.fromkeys(each.configuration for each in pointings):
        same = [each for each in pointings if each.configuration == configuration]
        yield "method", configuration, list(itertools.combinations(same, 2))
    for method in dict.fromkeys(each.method for each in pointings):
        same = [each for each in pointings if each.method == method]
        pairs = itertools.combinations(same, 2)
        yield "configuration", method, [(a, b) for a, b in pairs if a.protocol == b.protocol]


def _name(kind: str, pair: Pair) -> dict[str, str]:
    return {side: str(getattr(each, kind)) for side, each in zip(SIDES, pair, strict=True)}


def _same(kind: str, pair: Pair, same_as_cam: Collection[str]) -> bool:
    return kind == "method" and all(each.method in same_as_cam for each in pair)


def _share_scans(kind: str, pair: Pair) -> bool:
    if (pair[0].judged & pair[1].judged).any():
        return True
    log.warning(
        "%s and %s are not compared: they judged no scan in common", *_name(kind, pair).values()
    )
    return False


def _compare(pair: Pair, *, permutations: int, bootstrap: Bootstrap) -> pd.DataFrame:
    """Compare two sides; one row per region and rule."""
    sides = _face(pair)
    n = sides.counts.sum(axis=0)
    first, second = (ratio(hits.sum(axis=0), n) for hits in sides.hits)
    first_chance, second_chance = (ratio(chance.sum(axis=0), n) for chance in sides.chance)
    difference = first - second
    cells = {
        f"{side}_cell_{axis}_mm": size
        for side, each in zip(SIDES, pair, strict=True)
        for axis, size in zip(("row", "col"), each.cell_mm, strict=True)
    }
    return name_rates().assign(
        n=n.astype(int),
        first_rate=first,
        second_rate=second,
        difference=difference,
        p_value=_p_values(sides, permutations=permutations, seed=bootstrap.seed),
        first_chance=first_chance,
        second_chance=second_chance,
        above_chance_difference=difference - (first_chance - second_chance),
        **_limits(sides, first, second, bootstrap=bootstrap),
        **cells,
        n_silent=sides.n_silent,
        n_empty=sides.n_empty,
    )


def _face(pair: Pair) -> Sides:
    """Set two sides against each other on the scans that both judged."""
    both = pair[0].judged & pair[1].judged
    pointing = (pair[0].maps > 0) & (pair[1].maps > 0)
    # Each side saw the same region masks, but possibly only in part.
    drawn = pair[0].drawn | pair[1].drawn
    counted = np.repeat((both & pointing)[:, None] & drawn, len(COMPARED_RULES), axis=1)[both]
    hits = [_counted(each.hit_share[both], counted) for each in pair]
    chance = [_counted(each.chance_share[both], counted) for each in pair]
    return Sides(
        hits=(hits[0], hits[1]),
        chance=(chance[0], chance[1]),
        counts=counted.astype(float),
        patient_ids=pair[0].patient_ids[both],
        n_silent=int((both & ~pointing).sum()),
        n_empty=per_rule(((both & pointing)[:, None] & ~drawn).sum(axis=0)),
    )


def _counted(shares: Float[np.ndarray, "scans _ _"], counted: np.ndarray) -> Values:
    return np.where(counted, shares.reshape(counted.shape), 0.0)


def _limits(
    sides: Sides,
    first: Float[np.ndarray, " rates"],
    second: Float[np.ndarray, " rates"],
    *,
    bootstrap: Bootstrap,
) -> dict[str, Float[np.ndarray, " rates"]]:
    """Return the limits of every difference, and of every difference beyond chance."""
    sums = resampled_sums(
        np.column_stack([sides.difference, sides.above_chance_difference, sides.counts]),
        sides.patient_ids,
        bootstrap=bootstrap,
    )
    differences, above, counts = np.split(sums, 3, axis=1)
    drawn, drawn_above = ratio(differences, counts), ratio(above, counts)
    beyond = (sides.above_chance_difference - sides.difference).sum(axis=0)
    shift = ratio(beyond, sides.counts.sum(axis=0))
    limits = np.full((len(first), len(LIMITS)), np.nan)
    for column in np.flatnonzero(~np.isnan(first)):
        patients = len(set(sides.patient_ids[sides.counts[:, column] > 0]))
        limits[column, :2] = limits_of_difference(
            float(first[column]),
            float(second[column]),
            drawn[:, column],
            patients=patients,
            confidence=bootstrap.confidence,
        )
        moved = np.ptp(drawn[~np.isnan(drawn[:, column]), column]) >= UNMOVED
        limits[column, 2:] = (
            resampled_interval(
                drawn_above[:, column], patients=patients, confidence=bootstrap.confidence
            )
            if moved
            else limits[column, :2] + shift[column]
        )
    return dict(zip(LIMITS, limits.T, strict=True))


def _p_values(sides: Sides, *, permutations: int, seed: int) -> Float[np.ndarray, " rates"]:
    """Exchange the sides patient by patient; NaN where nothing is counted."""
    codes, names = pd.factorize(sides.patient_ids, sort=True)
    of_patients = np.zeros((len(names), sides.counts.shape[1]))
    np.add.at(of_patients, codes, sides.difference)
    p_values = sign_flip_p_values(of_patients, permutations=permutations, seed=seed)
    return np.where(sides.counts.any(axis=0), p_values, np.nan)


def _adjust(family: pd.DataFrame) -> pd.DataFrame:
    """Adjust the p values that are tests of something."""
    tested = family["p_value"].mask(family["same_by_construction"])
    return family.assign(p_adjusted=holm_adjust(tested.to_numpy(dtype=float)))
