"""A network's maps on readers' scale: their extremes and readers' points, held against the same drawings and points."""

from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from jaxtyping import Float

from sonolens.evaluation.evidence.averages import mean_limits
from sonolens.evaluation.readers.scan_readings import usable_readings
from sonolens.evaluation.readers.targets import HIT
from sonolens.evaluation.statistics.intervals import (
    Bootstrap,
    bootstrap_differences,
    bootstrap_rates,
)
from sonolens.tables.readers import ReaderComparison, ReadingsTable
from sonolens.tables.training import DecisionsTable
from sonolens.tables.vocabulary import EXTREMES, READER_RULES, STUDY_READER

TARGET = ["against", "measure"]
DECISION, MAX = READER_RULES
Values = Float[np.ndarray, " scans"]
Estimate = tuple[float, float, float]
UNKNOWN: Estimate = (np.nan, np.nan, np.nan)


class _Sides(NamedTuple):
    """What both score on the scans of one comparison; the reader's is all NaN against what is its own."""

    network: Values
    reader: Values
    chance: Values
    patient_ids: pd.Series


def score_beside_readers(
    held: Sequence[dict[Any, Any]],
    readings: ReadingsTable,
    decisions: DecisionsTable,
    *,
    partition: str,
    bootstrap: Bootstrap,
) -> pd.DataFrame:
    """Score the extreme of every map beside the point of every reader, against the same drawings and points.

    Rule ``decision`` takes the extreme that argues for the call, ``max`` the maximum. Counted are the scans of a
    partition that the reader read, if the map has an extreme, the drawing or point is there, and the reader pointed -
    the last not where the drawing or point is the reader's own. Points are where they are, whatever the tolerance of the
    pointing game.

    Args:
        held: The rows of `read_targets`, of all scans.
        partition: Whose scans are scored.
        bootstrap: How patients are resampled; differences are paired.

    Returns:
        A `ReaderComparison` table; without rows where no scored scan was read.

    References:
        Saporta et al. (2022), Nat Mach Intell 4:867, who hold maps and a radiologist's points against the masks of others.
    """
    decided = decisions[decisions["partition"] == partition]
    read = usable_readings(readings).merge(
        decided[["run", "scan_id"]].drop_duplicates(), on="scan_id"
    )
    if read.empty or not held:
        return ReaderComparison.empty()
    table = pd.DataFrame(held)
    chance = table.pivot_table(index="scan_id", columns=TARGET, values="chance", aggfunc="first")
    by_reader = _spread(table[table["reader"] != ""], "reader")
    rows = []
    for (method, run), maps in table[table["reader"] == ""].groupby(["method", "run"], sort=False):
        called = decided[decided["run"] == run].set_index("scan_id")
        for rule, reader in product(READER_RULES, read["reader"].unique()):
            asked = read.loc[(read["run"] == run) & (read["reader"] == reader), "scan_id"]
            by_network = _spread(_choose_extremes(maps, called["called"], rule), "method")
            named = {"method": method, "run": run, "rule": rule, "reader": reader}
            rows += [
                named | found
                for found in _score_targets(
                    by_network.get(method),
                    by_reader.get(reader),
                    chance,
                    called.loc[asked, "patient_id"],
                    reader=str(reader),
                    bootstrap=bootstrap,
                )
            ]
    if not rows:
        return ReaderComparison.empty()
    return pd.DataFrame(rows).assign(partition=partition, confidence=bootstrap.confidence)


def _choose_extremes(maps: pd.DataFrame, called: "pd.Series[bool]", rule: str) -> pd.DataFrame:
    """Keep the extreme of every map that a rule takes, of the scans that were decided."""
    decided = maps[maps["scan_id"].isin(called.index)]
    argued = np.where(decided["scan_id"].map(called).astype(bool), *EXTREMES)
    return decided[decided["extreme"] == (argued if rule == DECISION else MAX)]


def _spread(table: pd.DataFrame, pointer: str) -> dict[Any, pd.DataFrame]:
    """Spread what every pointer scores over scans and targets."""
    return {
        name: rows.pivot_table(index="scan_id", columns=TARGET, values="value", aggfunc="first")
        for name, rows in table.groupby(pointer)
    }


def _score_targets(
    by_network: pd.DataFrame | None,
    by_reader: pd.DataFrame | None,
    chance: pd.DataFrame,
    patients: pd.Series,
    *,
    reader: str,
    bootstrap: Bootstrap,
) -> Iterator[dict[str, Any]]:
    """Score one map method and one reader against everything that others, or the reader, drew or pointed at."""
    listed = chance.columns.to_frame().itertuples(index=False, name=None)
    targets = sorted(listed, key=lambda target: (target[0] != STUDY_READER, *target))
    for against, measure in targets if len(patients) else ():
        of_network, of_reader, of_chance = (
            _take(each, (against, measure), patients.index)
            for each in (by_network, by_reader, chance)
        )
        own = against == reader
        if own:
            of_reader = np.full(len(patients), np.nan)
        known = ~np.isnan(of_network) & (own | ~np.isnan(of_reader))
        sides = _Sides(of_network[known], of_reader[known], of_chance[known], patients[known])
        yield {
            "against": against,
            "measure": measure,
            "n": int(known.sum()),
            "n_left_out": int((~known).sum()),
            **dict(_score(sides, is_share=measure == HIT, own=own, bootstrap=bootstrap)),
        }


def _take(table: pd.DataFrame | None, target: tuple[str, str], scan_ids: pd.Index) -> Values:
    if table is None or target not in table.columns:
        return np.full(len(scan_ids), np.nan)
    return table[target].reindex(scan_ids).to_numpy(dtype=float)


def _score(
    sides: _Sides, *, is_share: bool, own: bool, bootstrap: Bootstrap
) -> Iterator[tuple[str, float]]:
    """Yield name and number of all that is told of one comparison."""
    counted = len(sides.network) > 0
    beside = counted and not own
    network = _estimate(sides.network, sides, is_share, bootstrap) if counted else UNKNOWN
    reader = _estimate(sides.reader, sides, is_share, bootstrap) if beside else UNKNOWN
    yield from zip(("network", "network_low", "network_high"), network, strict=True)
    yield from zip(("reader_value", "reader_low", "reader_high"), reader, strict=True)
    yield "chance", float(sides.chance.mean()) if counted else np.nan
    apart = _differ(sides, is_share=is_share, bootstrap=bootstrap) if beside else UNKNOWN
    yield from zip(("difference", "difference_low", "difference_high"), apart, strict=True)


def _estimate(values: Values, sides: _Sides, is_share: bool, bootstrap: Bootstrap) -> Estimate:
    if not is_share:
        limits = mean_limits(values, sides.patient_ids, bootstrap=bootstrap)
        return float(values.mean()), *limits
    ones = np.ones((len(values), 1))
    rates = bootstrap_rates(values[:, None], ones, sides.patient_ids, bootstrap=bootstrap)
    return float(rates.value[0]), float(rates.ci_low[0]), float(rates.ci_high[0])


def _differ(sides: _Sides, *, is_share: bool, bootstrap: Bootstrap) -> Estimate:
    if not is_share:
        return _estimate(sides.network - sides.reader, sides, False, bootstrap)
    apart = bootstrap_differences(
        sides.network[:, None],
        sides.reader[:, None],
        np.ones((len(sides.network), 1)),
        sides.patient_ids,
        bootstrap=bootstrap,
    )
    return float(apart.value[0]), float(apart.ci_low[0]), float(apart.ci_high[0])
