"""How to read the numbers, with the sizes of this run's regions and map cells."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from sonolens.evaluation.pointing import FIXED_GRID
from sonolens.report.numerals import amount
from sonolens.report.runs import name_rows
from sonolens.report.section import Section, Tables
from sonolens.tables.pointing import RegionSharesTable

UNKNOWN = "unknown"
NAMED = {"region": "Region", "method": "Method", "run": "Run"}


@dataclass(frozen=True)
class CellSize:
    """How large one cell of a method's map is on the native grid, as text with its unit."""

    method: str
    run: str
    size: str


def average_shares(region_shares: RegionSharesTable) -> list[dict[str, Any]]:
    """Average, per method, run and region, the share of the scan and of the cells that it covers."""
    means = region_shares.groupby(["method", "run", "region"], sort=False)[
        ["area_share", "cell_share"]
    ].mean()
    return [{str(k): v for k, v in row.items()} for row in means.reset_index().to_dict("records")]


def measure_cells(region_shares: RegionSharesTable) -> list[CellSize]:
    """Say how large a cell of each method's map is: the median over scans, depth times width.

    Scans without a pixel size count as unknown; if all are, so is the cell.
    """
    sizes = region_shares.groupby(["method", "run"], sort=False)[
        ["cell_row_mm", "cell_col_mm"]
    ].median()
    return [
        CellSize(
            method=row["method"],
            run=row["run"],
            size=UNKNOWN
            if pd.isna(row["cell_row_mm"]) or pd.isna(row["cell_col_mm"])
            else f"{amount(row['cell_row_mm'], digits=2)} × {amount(row['cell_col_mm'], digits=2)} mm",
        )
        for row in sizes.reset_index().to_dict(orient="records")
    ]


def _tell(tables: Tables) -> dict[str, Any]:
    shares = average_shares(tables["region_shares"])
    return {
        "rings": sorted(tables["pointing_game"]["ring"].unique()),
        "shares": shares,
        "names": name_rows(shares, NAMED, kept=("region",)),
        "fixed_grid": " x ".join(map(str, FIXED_GRID)),
        "cells": measure_cells(tables["region_shares"]),
    }


SECTION = Section(
    "reading",
    "How to read it",
    "reading.html",
    needs=("pointing_game", "region_shares"),
    tell=_tell,
)
