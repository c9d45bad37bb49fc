"""A score of one run with its interval, or the mean of several runs from their least to their largest."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import pandas as pd

from sonolens.report.numerals import (
    NOTHING,
    difference_with_interval,
    p_value,
    percent,
    percent_with_interval,
    score_with_interval,
    span,
)

Scale: TypeAlias = Callable[..., str]
"""Prints a value and the limits of its interval, where there are any."""


@dataclass(frozen=True)
class ReportCell:
    """A cell: the number in sight, in small print what it must be read beside, and the filters that list its cases."""

    text: str
    small: tuple[str, ...] = ()
    query: str = ""


UNREAD = ReportCell(NOTHING)


share: Scale = percent_with_interval
score: Scale = score_with_interval
difference: Scale = difference_with_interval


def share_difference(value: float, low: float = math.nan, high: float = math.nan) -> str:
    """Print a difference of shares in percentage points.

    >>> share_difference(-0.1, -0.25, 0.05)
    '−10 [−25, +5] points'
    """
    return difference_with_interval(100 * value, 100 * low, 100 * high, digits=0).in_unit("points")


def length(value: float, low: float = math.nan, high: float = math.nan) -> str:
    """Print a length in millimetres."""
    return score_with_interval(value, low, high, digits=1).in_unit("mm")


def read_over_runs(
    rows: pd.DataFrame,
    *,
    scale: Scale,
    value: str,
    limits: tuple[str, ...] = ("ci_low", "ci_high"),
    beside: Mapping[str, str] | None = None,
) -> ReportCell:
    """Read a score of one run, or of several.

    Args:
        rows: One row per run.
        scale: How the score is printed.
        value: Column of the score; runs where it is NaN are left out.
        limits: Columns of its interval; none for a score that has no interval of its own.
        beside: Further columns of the same scale by the words that stand before them.

    Returns:
        One run: value and interval. Several: their mean, and in small print the least and the largest,
        which are no interval. `n` and what stands `beside` follow.
    """
    known = rows.dropna(subset=value)
    if known.empty:
        return UNREAD
    small = []
    if len(rows) > 1:
        least, largest = scale(known[value].min()), scale(known[value].max())
        small.append(f"{_runs(known, rows)}: {least} to {largest}")
    if len(known) == 1:
        text = scale(*(float(known[name].iloc[0]) for name in (value, *limits)))
    else:
        text = scale(float(known[value].mean()))
    small.append(f"n = {span(known['n'].tolist(), digits=6)}")
    small += [
        f"{words} {scale(float(known[name].mean()))}"
        for words, name in (beside or {}).items()
        if known[name].notna().any()
    ]
    return ReportCell(text, tuple(small))


def read_p_values(rows: pd.DataFrame) -> str:
    """Write the adjusted p of one run, or in how many of several runs it lies below 1 - confidence.

    >>> read_p_values(pd.DataFrame({"p_adjusted": [0.012, 0.3], "confidence": 0.95}))
    'p (adjusted) below 5 % in 1 of 2 runs'
    """
    known = rows.dropna(subset="p_adjusted")
    if known.empty:
        return ""
    if len(rows) == 1:
        return f"p (adjusted) {p_value(float(known['p_adjusted'].iloc[0]))}"
    below = int((known["confidence"] < 1 - known["p_adjusted"]).sum())
    level = percent(1 - float(known["confidence"].iloc[0]))
    return f"p (adjusted) below {level} in {below} of {len(known)} runs"


def _runs(known: pd.DataFrame, rows: pd.DataFrame) -> str:
    return f"{len(rows)} runs" if len(known) == len(rows) else f"{len(known)} of {len(rows)} runs"
