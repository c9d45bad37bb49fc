"""Which cases a network may be sure of: conformal sets, whether they keep their promise, what they spare and miss."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from sonolens.figures.classification.conformal import LEVEL, TAXONOMIES
from sonolens.report.cells import UNREAD, ReportCell, Scale, share, share_difference
from sonolens.report.numerals import NOTHING, counted, p_value, percent, percent_with_interval
from sonolens.report.pictures import Caption
from sonolens.report.runs import confidence_of, name_rows, name_runs
from sonolens.report.section import Section, Tables
from sonolens.report.sections.strata import name_stratum
from sonolens.tables.conformal import ConformalScoresTable
from sonolens.tables.vocabulary import LABELS

COLUMNS = (
    "Coverage",
    "Coverage, benign",
    "Coverage, malignant",
    "Both labels",
    "Neither",
    "Biopsies spared",
    "Cancers missed",
    "Spared beyond missed",
)
"""Titles of the readings of `ConformalReading`, in their order."""

WHOLE = "all"
BY_LABEL = "label"


@dataclass(frozen=True)
class ConformalReading:
    """The sets of one run's test lesions by one taxonomy and alpha, or of one BI-RADS group; `cells` are titled by `COLUMNS`."""

    run: str
    apart: str
    alpha: str
    calibrated: int
    cells: tuple[ReportCell, ...]


def list_sets(conformal_scores: ConformalScoresTable) -> list[ConformalReading]:
    """List what the sets of every run's test lesions are worth, by what was calibrated apart and how often they may miss."""
    listed = []
    for (run, taxonomy, alpha), rows in _of_lesions(conformal_scores):
        whole = _look_up(rows, WHOLE, "coverage")
        asked = [("coverage", name) for name in (WHOLE, *LABELS)]
        asked += [("both", WHOLE), ("empty", WHOLE)]
        asked += [("only_benign", label) for label in LABELS]
        cells = [_read(_look_up(rows, stratum, measure)) for measure, stratum in asked]
        cells.append(_read(_look_up(rows, WHOLE, "spared_beyond_missed"), scale=share_difference))
        listed.append(
            ConformalReading(
                run, TAXONOMIES[taxonomy], percent(alpha), int(whole["n_calibrated"]), tuple(cells)
            )
        )
    return listed


def list_birads(conformal_scores: ConformalScoresTable) -> list[ConformalReading]:
    """List the coverage, the sets of both labels and those of benign alone of every run and BI-RADS group, at the first alpha."""
    listed = []
    first = conformal_scores[conformal_scores["alpha"] == conformal_scores["alpha"].head(1).max()]
    for (run, taxonomy, alpha), rows in _of_lesions(first):
        if taxonomy != "birads":
            continue
        for stratum in rows["stratum"].unique():
            if not str(stratum).startswith("birads="):
                continue
            cells = [_look_up(rows, stratum, name) for name in ("coverage", "both", "only_benign")]
            behind = 0 if cells[0]["n_fell_back"] else int(cells[0]["n_calibrated"])
            listed.append(
                ConformalReading(
                    run, name_stratum(stratum), percent(alpha), behind, tuple(map(_read, cells))
                )
            )
    return listed


def tell_sets(conformal_scores: ConformalScoresTable) -> list[str]:
    """Tell in words, for every alpha, what the sets that are calibrated by label would spare and miss; empty for several runs."""
    if len(conformal_scores["run"].unique()) != 1:
        return []
    return [
        _put_in_words(rows, alpha)
        for (_, taxonomy, alpha), rows in _of_lesions(conformal_scores)
        if taxonomy == BY_LABEL
    ]


def _of_lesions(
    conformal_scores: pd.DataFrame,
) -> Iterator[tuple[tuple[str, str, float], pd.DataFrame]]:
    lesions = conformal_scores[conformal_scores["level"] == LEVEL]
    for (run, taxonomy, alpha), rows in lesions.groupby(["run", "taxonomy", "alpha"], sort=False):
        yield (str(run), str(taxonomy), float(str(alpha))), rows


def _look_up(rows: pd.DataFrame, stratum: str, measure: str) -> "pd.Series[Any]":
    return rows[(rows["stratum"] == stratum) & (rows["measure"] == measure)].iloc[0]


def _read(row: "pd.Series[Any]", *, scale: Scale = share) -> ReportCell:
    """Print a score with its count, and what chance or the promise gives."""
    if pd.isna(row["value"]):
        return UNREAD
    small = [f"{row['count']} of {row['n']}"]
    if row["measure"] == "coverage" and pd.notna(row["chance"]):
        within = percent_with_interval(row["chance"], row["chance_low"], row["chance_high"])
        small += [f"promised {within}", f"p {p_value(row['p_value'])}"]
    elif row["measure"] == "spared_beyond_missed":
        small = [f"n = {row['n']}", "blind 0", f"p {p_value(row['p_value'])}"]
    elif pd.notna(row["chance"]):
        small.append(f"blind {percent(row['chance'])}")
    return ReportCell(scale(row["value"], row["ci_low"], row["ci_high"]), tuple(small))


def _put_in_words(rows: pd.DataFrame, alpha: float) -> str:
    spared, missed = (_look_up(rows, label, "only_benign") for label in LABELS)
    both = _look_up(rows, WHOLE, "both")
    if both["count"] == both["n"]:
        return (
            f"Missing {percent(alpha)} at most, every set holds both labels: the network is sure of none of "
            f"{counted(int(both['n']), 'test lesion')}."
        )
    cancers = "cancer" if missed["n"] == 1 else "cancers"
    interval = (
        NOTHING if pd.isna(spared["value"]) else share(*spared[["value", "ci_low", "ci_high"]])
    )
    return (
        f"Missing {percent(alpha)} of either label at most, {spared['count']} of {spared['n']} benign test lesions ({interval}) are "
        f"benign for sure, and so are {missed['count']} of {missed['n']} {cancers}; {both['count']} of {both['n']} are left open."
    )


def _tell(tables: Tables) -> dict[str, Any]:
    scores = tables["conformal_scores"]
    runs, sets, by_birads = (
        name_runs(tables["training_runs"]),
        list_sets(scores),
        list_birads(scores),
    )
    named = {"run": "Run", "apart": "Calibrated", "alpha": "May miss"}
    category = {"apart": "Category", "run": "Run", "alpha": "May miss"}
    told = {"kept": ("apart",), "flattered": runs["flattered"]}
    return {
        **runs,
        "scored_confidence": confidence_of(scores),
        "columns": COLUMNS,
        "sets": sets,
        "names": name_rows(sets, named, **told),
        "birads_sets": by_birads,
        "birads_names": name_rows(by_birads, category, **told),
        "sets_in_words": tell_sets(scores),
    }


SECTION = Section(
    "conformal",
    "Conformal sets",
    "conformal.html",
    heading="Of which cases may the network be sure?",
    needs=("conformal_scores", "training_runs"),
    figures=(
        Caption(
            name="conformal_figure",
            title="Conformal sets",
            text="What the sets of test lesions hold. Blue in a benign row would spare a biopsy, in a malignant row it would miss a cancer; "
            "grey is left to the reader.",
            alt="Bars of the share of benign and of malignant lesions whose set holds one label, both, or none.",
        ),
    ),
    tell=_tell,
)
