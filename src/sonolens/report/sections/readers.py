"""Other readers: how far they agree, and the network on their scale."""

from typing import Any

import pandas as pd

from sonolens.report.cells import (
    UNREAD,
    ReportCell,
    Scale,
    length,
    read_over_runs,
    score,
    share,
    share_difference,
)
from sonolens.report.methods import baselines_last
from sonolens.report.numerals import counted, difference_with_interval
from sonolens.report.pictures import Caption
from sonolens.report.section import Section, Tables
from sonolens.report.sections.birads_comparison import list_comparisons
from sonolens.tables.readers import (
    ReaderAgreementTable,
    ReaderComparisonTable,
    ReaderPointingTable,
    ReadingsTable,
)
from sonolens.tables.vocabulary import (
    POINT_MEASURES,
    READER_MEASURES,
    READER_RULES,
    RELIANCE_REGIONS,
    STUDY_READER,
)

MEASURE_WORDS: dict[str, tuple[str, Scale]] = dict(
    zip(
        READER_MEASURES,
        (
            ("Dice", score),
            ("Between centres", length),
            ("Between outlines", length),
            ("Between points", length),
            ("Points in the same region", share),
            ("Kappa of BI-RADS", score),
            ("Same BI-RADS", share),
        ),
        strict=True,
    )
)
"""Title and scale of every measure of agreement."""

HIT, DISTANCE, APART = POINT_MEASURES
DECISION = READER_RULES[0]
MOST_TOLD = 5
"""So many reasons of readings that were left out stand on the page; the table has all."""


def count_readings(readings: ReadingsTable) -> str:
    """Say how many readings of whom there are, and how many were left out."""
    if readings.empty:
        return "The study tells of no other reader, so there is nobody to hold it or the network against."
    usable = readings[readings["left_out"].isna()]
    by_reader = [
        f"{reader} {counted(len(rows), 'scan')}" for reader, rows in usable.groupby("reader")
    ]
    left_out = len(readings) - len(usable)
    told = f"{counted(len(readings), 'reading')}: {', '.join(by_reader) or 'none that can be used'}"
    return f"{told}; {left_out} left out." if left_out else f"{told}."


def list_reasons(readings: ReadingsTable) -> list[str]:
    """List why readings were left out, the first few."""
    reasons = readings["left_out"].dropna().astype(str).tolist()
    more = [f"and {len(reasons) - MOST_TOLD} more"] if len(reasons) > MOST_TOLD else []
    return reasons[:MOST_TOLD] + more


def list_agreement(reader_agreement: ReaderAgreementTable) -> list[dict[str, Any]]:
    """List for every two readers what they share; the study's own drawings are one of them."""
    rows = []
    for (first, second), pair in reader_agreement.groupby(["first", "second"], sort=False):
        of_measure = {str(row["measure"]): row for row in pair.to_dict("records")}
        cells = [
            _read_agreement(of_measure.get(measure), scale)
            for measure, (_, scale) in MEASURE_WORDS.items()
        ]
        rows.append({"names": (_name(str(first)), _name(str(second))), "cells": cells})
    return rows


def list_points(reader_pointing: ReaderPointingTable) -> list[dict[str, Any]]:
    """List reader by reader the share of points in every region."""
    return [
        {
            "names": (reader,),
            "cells": [
                read_over_runs(
                    rows[rows["region"] == region],
                    scale=share,
                    value="rate",
                    beside={"chance": "chance"},
                )
                for region in RELIANCE_REGIONS
            ],
        }
        for reader, rows in reader_pointing.groupby("reader", sort=False)
    ]


def list_beside(reader_comparison: ReaderComparisonTable) -> list[dict[str, Any]]:
    """List method by method the extreme for the call beside every reader's point, against every drawing and point."""
    chosen = reader_comparison[reader_comparison["rule"] == DECISION]
    rows = []
    for method in baselines_last(str(name) for name in chosen["method"].unique()):
        of_method = chosen[chosen["method"] == method]
        for (reader, against), found in of_method.groupby(["reader", "against"], sort=False):
            of_measure = {name: found[found["measure"] == name] for name in POINT_MEASURES}
            cells = [
                *_read_sides(of_measure[HIT], share, share_difference),
                *_read_sides(of_measure[DISTANCE], length, _length_difference),
                _read(of_measure[APART], length, "network"),
            ]
            rows.append({"names": (method, reader, _name(str(against))), "cells": cells})
    return rows


def _name(reader: str) -> str:
    return "the study" if reader == STUDY_READER else reader


def _read_agreement(row: dict[Any, Any] | None, scale: Scale) -> ReportCell:
    if row is None or pd.isna(row["value"]):
        return UNREAD
    left_out = f", {row['n_left_out']} left out" if row["n_left_out"] else ""
    text = scale(row["value"], row["ci_low"], row["ci_high"])
    return ReportCell(text, (f"n = {row['n']}{left_out}",))


def _read_sides(rows: pd.DataFrame, scale: Scale, of_difference: Scale) -> list[ReportCell]:
    return [
        _read(rows, scale, "network"),
        read_over_runs(
            rows, scale=scale, value="reader_value", limits=("reader_low", "reader_high")
        ),
        read_over_runs(
            rows,
            scale=of_difference,
            value="difference",
            limits=("difference_low", "difference_high"),
        ),
    ]


def _read(rows: pd.DataFrame, scale: Scale, value: str) -> ReportCell:
    limits = (f"{value}_low", f"{value}_high")
    return read_over_runs(
        rows, scale=scale, value=value, limits=limits, beside={"chance": "chance"}
    )


def _length_difference(value: float, low: float = float("nan"), high: float = float("nan")) -> str:
    return difference_with_interval(value, low, high, digits=1).in_unit("mm")


def _tell(tables: Tables) -> dict[str, Any]:
    return {
        "readers_told": count_readings(tables["readings"]),
        "reasons": list_reasons(tables["readings"]),
        "agreement_columns": [words for words, _ in MEASURE_WORDS.values()],
        "agreement": list_agreement(tables["reader_agreement"]),
        "points_columns": RELIANCE_REGIONS,
        "points": list_points(tables["reader_pointing"]),
        "beside_columns": (
            *("Network in the mass", "Reader in the mass", "Network − reader"),
            *("Network to the mass", "Reader to the mass", "Network − reader"),
            "Network to the reader's point",
        ),
        "beside": list_beside(tables["reader_comparison"]),
        "categories": [
            row | {"names": (reader, *row["names"])}
            for reader, rows in tables["reader_birads"].groupby("reader", sort=False)
            for row in list_comparisons(rows)
        ],
    }


SECTION = Section(
    "readers",
    "Beside other readers",
    "readers.html",
    needs=(
        "readings",
        "reader_agreement",
        "reader_pointing",
        "reader_comparison",
        "reader_birads",
    ),
    figures=(
        Caption(
            name="readers_figure",
            drawn_from="reader_comparison",
            intervals=True,
            title="Networks beside readers",
            text="How often the extreme that argues for the call, and a reader's point, lie in the mass as the study or a reader "
            "drew it.",
            alt="Dot plot of the shares of network and reader with intervals, beside what blind points score.",
        ),
    ),
    tell=_tell,
)
