"""Where the scans of a study went: found, screened, split, called, explained."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from jaxtyping import Int

from sonolens.cohort.screening import KEPT_TOGETHER
from sonolens.tables.cohort import ScansTable, ScreeningTable, SplitsTable
from sonolens.tables.filled_in import is_filled
from sonolens.tables.participants import ALL, ScanFlow
from sonolens.tables.pointing import ExtremePointsTable
from sonolens.tables.reliance import RegionRelianceTable
from sonolens.tables.training import DecisionsTable, TrainingRunsTable
from sonolens.tables.vocabulary import PARTITIONS

DROPPED = "screening"
"""What the facts of a study call scans that screening left out."""


def trace_scan_flow(
    study_facts: Mapping[str, Any],
    screening: ScreeningTable,
    scans: ScansTable,
    splits: SplitsTable,
    *,
    training_runs: TrainingRunsTable,
    decisions: DecisionsTable,
    extreme_points: ExtremePointsTable,
    region_reliance: RegionRelianceTable,
) -> pd.DataFrame:
    """Count the scans, lesions and patients of every box of the flow.

    A scan that screening dropped for several errors counts under the first of them. Maps and reliance are counted among
    the scans that a run called, in the partitions where any was explained or asked.

    Args:
        study_facts: What was read and left out, from `describe_study`.
        splits: Which partition every scan is in, per fold.
        training_runs: Names the fold of every run.
        decisions: What every run called its scans.
        extreme_points: A map whose extremes lie nowhere (region ``none``) is silent.
        region_reliance: Whose decisions were asked for what they hang on.

    Returns:
        A `ScanFlow` table; boxes of a step that was not run are left out.

    Raises:
        ValueError: If fewer scans were read than the study holds: the tables are of different runs.
    """
    census = Census.of(scans)
    boxes = [
        *_trace_intake(study_facts, screening, scans, census=census),
        *_trace_partitions(splits, census=census),
    ]
    fold_of = dict(zip(training_runs["run"], training_runs["fold"], strict=True))
    maps = _list_maps(extreme_points, census)
    maps_of = {str(run): found for run, found in maps.groupby("run", sort=False)}
    own = region_reliance[region_reliance["null"] == "none"].drop_duplicates(["run", "scan_id"])
    asked_of = {str(run): census.find(found["scan_id"]) for run, found in own.groupby("run")}
    members = _list_members(splits, census)
    nobody = np.zeros(0, dtype=int)
    placed = decisions.assign(place=census.find(decisions["scan_id"]))
    for names, decided in placed.groupby(["run", "partition"], sort=False):
        run, partition = map(str, names)
        key = {"fold": fold_of[run], "partition": partition, "run": run}
        others = np.setdiff1d(members.get((fold_of[run], partition), nobody), decided["place"])
        boxes += _label(
            [
                *_trace_calls(decided, census=census),
                *([{"box": "undecided"} | census.count(others)] if others.size else []),
                *_trace_reliance(decided, asked_of.get(run, nobody), census=census),
                *_trace_maps(decided, maps_of.get(run, maps.iloc[:0]), census=census),
            ],
            key,
        )
    blank = {"reason": ALL, "fold": np.nan, "partition": ALL, "run": ALL, "method": ALL}
    columns = list(ScanFlow.to_schema().columns)
    return pd.DataFrame([blank | box for box in boxes], columns=columns)


@dataclass(frozen=True)
class Census:
    """Counts scans, and their lesions and patients where all of them are known.

    Attributes:
        ids: Lesion and patient of every scan, indexed by scan.
        filled: Whether they only stand in for unknown ones.
    """

    ids: pd.DataFrame
    filled: pd.DataFrame

    @classmethod
    def of(cls, scans: ScansTable) -> "Census":
        """Take the census of a study's scans."""
        names = {"lesions": "lesion_id", "patients": "patient_id"}
        index = pd.Index(scans["scan_id"])
        ids = {name: pd.factorize(scans[column])[0] for name, column in names.items()}
        filled = {name: is_filled(scans, column).to_numpy() for name, column in names.items()}
        return cls(pd.DataFrame(ids, index=index), pd.DataFrame(filled, index=index))

    def find(self, scan_ids: "pd.Series[Any]") -> Int[np.ndarray, " scans"]:
        """Find the places of scans in the study; -1 where it has no such scan."""
        return self.ids.index.get_indexer(pd.Index(scan_ids))

    def count(self, places: Int[np.ndarray, " scans"]) -> dict[str, float | int]:
        """Count the scans at some places; NaN for lesions or patients if one of them is not known."""
        counts: dict[str, float | int] = {"scans": len(places)}
        for name in self.ids:
            known = (places >= 0).all() and not self.filled[name].to_numpy()[places].any()
            found = np.unique(self.ids[name].to_numpy()[places]).size
            counts[str(name)] = float(found) if known else np.nan
        return counts

    def count_named(self, scan_ids: "pd.Series[Any]") -> dict[str, float | int]:
        """Count a group of scans by their names."""
        return self.count(self.find(scan_ids))


def _trace_intake(
    study_facts: Mapping[str, Any],
    screening: ScreeningTable,
    scans: ScansTable,
    *,
    census: Census,
) -> Iterator[dict[str, Any]]:
    """Count what was found, what its reader and screening left out, and what was kept."""
    read = study_facts["read"]
    left_out = {why: n for why, n in study_facts["left_out"].items() if why != DROPPED}
    dropped = read["scans"] - len(scans)
    if dropped < 0:
        raise ValueError(
            f"the study holds {len(scans)} scans, but only {read['scans']} were read: scans and study_facts are of "
            "different runs; take both from one run"
        )
    unknown = dict.fromkeys(("lesions", "patients"), np.nan)
    whole = {"scans": read["scans"], **{name: _known(read.get(name)) for name in unknown}}
    yield {
        "box": "found",
        **(unknown if left_out else whole),
        "scans": whole["scans"] + sum(left_out.values()),
    }
    for why, number in left_out.items():
        yield {"box": "not_usable", "reason": why, "scans": number, **unknown}
    yield {"box": "screened", **whole}
    for why, number in _count_dropped(screening, scans, dropped=dropped).items():
        yield {"box": "dropped", "reason": why, "scans": number, **unknown}
    yield {"box": "kept"} | census.count_named(scans["scan_id"])
    told = screening[screening["scan_id"].isin(scans["scan_id"])]
    alike = told[told["check"].isin(KEPT_TOGETHER)]
    for box, found in (("warned", told), ("alike", alike)):
        yield {"box": box} | census.count_named(found["scan_id"].drop_duplicates())


def _known(number: int | None) -> float:
    return np.nan if number is None else float(number)


def _count_dropped(screening: ScreeningTable, scans: ScansTable, *, dropped: int) -> dict[str, int]:
    """Count every dropped scan under its first error."""
    errors = screening[
        (screening["severity"] == "error") & ~screening["scan_id"].isin(scans["scan_id"])
    ]
    by_check = errors.drop_duplicates("scan_id")["check"].value_counts(sort=False)
    counts = {str(check): int(number) for check, number in by_check.items()}
    if sum(counts.values()) != dropped:  # told by no finding: screening is of another run
        return {"not told": dropped} if dropped else {}
    return counts


def _trace_partitions(splits: SplitsTable, *, census: Census) -> Iterator[dict[str, Any]]:
    """Count every partition of every fold, and the scans that a fold leaves out."""
    for fold, found in splits.groupby("fold"):
        for partition in PARTITIONS:
            inside = found.loc[found["partition"] == partition, "scan_id"]
            box = {"box": partition, "fold": fold, "partition": partition}
            yield box | census.count_named(inside)
        outside = np.setdiff1d(np.arange(len(census.ids)), census.find(found["scan_id"]))
        if outside.size:
            yield {"box": "in_no_partition", "fold": fold} | census.count(outside)


def _list_members(splits: SplitsTable, census: Census) -> dict[tuple[int, str], np.ndarray]:
    """List the places of the scans of every fold and partition."""
    return {
        (int(fold), partition): census.find(splits.loc[inside, "scan_id"])
        for fold in splits["fold"].unique()
        for partition in PARTITIONS
        if (inside := (splits["fold"] == fold) & (splits["partition"] == partition)).any()
    }


def _trace_calls(decided: pd.DataFrame, *, census: Census) -> Iterator[dict[str, Any]]:
    """Count the calls of one run in one partition, right and wrong."""
    called, malignant = decided["called"], decided["label"] == "malignant"
    groups = {
        "decided": called | ~called,
        "called_malignant": called,
        "true_positive": called & malignant,
        "false_positive": called & ~malignant,
        "called_benign": ~called,
        "true_negative": ~called & ~malignant,
        "false_negative": ~called & malignant,
    }
    for box, inside in groups.items():
        yield {"box": box} | census.count(decided["place"].to_numpy()[inside])


def _trace_reliance(
    decided: pd.DataFrame, asked: np.ndarray, *, census: Census
) -> Iterator[dict[str, Any]]:
    """Count the scans that a network was asked about again without some of their regions."""
    inside = np.isin(decided["place"], asked)
    if inside.any():
        yield {"box": "asked"} | census.count(decided["place"].to_numpy()[inside])
        yield {"box": "not_asked"} | census.count(decided["place"].to_numpy()[~inside])


def _list_maps(extreme_points: ExtremePointsTable, census: Census) -> pd.DataFrame:
    """List every map with the place of its scan, and whether none of its extremes lies anywhere."""
    nowhere = extreme_points.assign(silent=extreme_points["region"] == "none")
    nowhere = nowhere.assign(place=census.find(nowhere["scan_id"]))
    maps = nowhere.groupby(["method", "run", "place"], sort=False)["silent"]
    return maps.all().reset_index()


def _trace_maps(
    decided: pd.DataFrame, maps: pd.DataFrame, *, census: Census
) -> Iterator[dict[str, Any]]:
    """Count, per method, the maps that point, those that are constant, and scans without one."""
    drawn = maps[maps["place"].isin(decided["place"])]
    for method, found in drawn.groupby("method", sort=False):
        groups = {
            "pointing": found.loc[~found["silent"], "place"],
            "silent": found.loc[found["silent"], "place"],
            "without_map": decided.loc[~decided["place"].isin(found["place"]), "place"],
        }
        for box, places in groups.items():
            yield {"box": box, "method": method} | census.count(places.to_numpy())


def _label(boxes: list[dict[str, Any]], key: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [{**key, **box} for box in boxes]
