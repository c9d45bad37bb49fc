"""Readers written down by hand: two who read eight scans, and a network that points half as often as they do."""

from typing import Any

import pandas as pd

from sonolens.tables import readers
from sonolens.tables.vocabulary import READER_MEASURES, RELIANCE_REGIONS

RUN = "tiny-full-seed0-fold0"


def no_readers() -> dict[str, pd.DataFrame]:
    """The tables of a study that nobody else read."""
    return {
        "readings": readers.Readings.empty(),
        "reader_agreement": readers.ReaderAgreement.empty(),
        "reader_pointing": readers.ReaderPointing.empty(),
        "reader_comparison": readers.ReaderComparison.empty(),
        "reader_birads": readers.ReaderBirads.empty(),
    }


def reader_tables(first: str = "A", second: str = "B") -> dict[str, pd.DataFrame]:
    """The tables of a study that two others read."""
    beside = [
        comparison_row(reader=first, against="study"),
        comparison_row(reader=first, against=first, reader_value=None, difference=None),
        comparison_row(reader=first, against="study", measure="distance_mm", network=3.0),
    ]
    agreement = [
        {"first": one, "second": other, "measure": measure}
        for one, other in (("study", first), ("study", second), (first, second))
        for measure in READER_MEASURES
    ]
    pointing = [{"reader": first, "region": region} for region in RELIANCE_REGIONS]
    return no_readers() | {
        "readings": readers_told(first, second),
        "reader_agreement": readers.ReaderAgreement.validate(
            pd.DataFrame(agreement).assign(
                n=8, n_left_out=1, value=0.8, ci_low=0.7, ci_high=0.9, confidence=0.95
            )
        ),
        "reader_pointing": readers.ReaderPointing.validate(
            pd.DataFrame(pointing).assign(
                n=8, hits=6, rate=0.75, ci_low=0.5, ci_high=0.9, chance=0.1, n_left_out=0
            ).assign(confidence=0.95)
        ),
        "reader_comparison": comparison(*beside),
    }  # fmt: skip


def readers_told(first: str, second: str) -> pd.DataFrame:
    rows = [
        {"reading_id": f"r{place}", "scan_id": f"s{place}", "reader": reader, "left_out": reason}
        for place, (reader, reason) in enumerate(
            [(first, None), (first, None), (second, None), (second, f"{second} is odd")]
        )
    ]
    told = {"drawn": False, "point_row_px": 1.0, "point_col_px": 1.0, "birads": "4a"}
    table = pd.DataFrame(rows).assign(**told, confidence="3", seconds=9.0)
    return readers.Readings.validate(table)


def comparison_row(**values: Any) -> dict[str, Any]:
    return {
        "method": "cam",
        "run": RUN,
        "rule": "decision",
        "reader": "A",
        "against": "study",
        "measure": "hit",
        "n": 8,
        "n_left_out": 0,
        "network": 0.4,
        "network_low": 0.2,
        "network_high": 0.7,
        "reader_value": 0.8,
        "reader_low": 0.6,
        "reader_high": 0.95,
        "chance": 0.1,
        "difference": -0.4,
        "difference_low": -0.6,
        "difference_high": -0.1,
        "partition": "test",
        "confidence": 0.95,
    } | values


def comparison(*rows: dict[str, Any]) -> pd.DataFrame:
    return readers.ReaderComparison.validate(pd.DataFrame(list(rows)))
