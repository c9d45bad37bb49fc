"""Numbers as text: the same rounding wherever a number is printed, and a dash where there is none."""

import math

NOTHING = "–"
"""Stands where there is no number: nothing was counted, so neither 0 nor anything else is true."""


def percent(share: float) -> str:
    """Print a share between 0 and 1 in whole percent; NaN is a dash.

    >>> percent(0.335), percent(0.0), percent(float("nan"))
    ('34 %', '0 %', '–')
    """
    return NOTHING if math.isnan(share) else f"{_hundredths(share)} %"


def percent_with_interval(share: float, low: float, high: float) -> str:
    """Print a share and its interval in whole percent; an unknown interval is left out.

    >>> percent_with_interval(0.44, 0.32, 0.57)
    '44 % [32, 57]'
    """
    if math.isnan(share) or math.isnan(low) or math.isnan(high):
        return percent(share)
    return f"{percent(share)} [{_hundredths(low)}, {_hundredths(high)}]"


def score_with_interval(value: float, low: float, high: float) -> str:
    """Print a score between 0 and 1 and its interval with two digits; NaN is a dash.

    >>> score_with_interval(0.914, 0.83, 0.97)
    '0.91 [0.83, 0.97]'
    """
    if math.isnan(value):
        return NOTHING
    if math.isnan(low) or math.isnan(high):
        return f"{value:.2f}"
    return f"{value:.2f} [{low:.2f}, {high:.2f}]"


def ratio(value: float) -> str:
    """Print a ratio with one digit; NaN is a dash.

    >>> ratio(1.3333), ratio(float("nan"))
    ('1.3', '–')
    """
    return NOTHING if math.isnan(value) else f"{value:.1f}"


def amount(value: float, *, digits: int = 3) -> str:
    """Print a number with `digits` significant digits; NaN is a dash.

    >>> amount(0.94644), amount(17.0), amount(float("nan"))
    ('0.946', '17', '–')
    """
    return NOTHING if math.isnan(value) else f"{value:.{digits}g}"


def tally(hits: float) -> str:
    """Print a number of hits; tied extremes leave tenths.

    >>> tally(1234.0), tally(17.333)
    ('1234', '17.3')
    """
    return f"{hits:.1f}".removesuffix(".0")


def counted(number: int, noun: str) -> str:
    """Print a number with its noun, in the plural unless it is 1.

    >>> counted(1, "scan"), counted(0, "scan")
    ('1 scan', '0 scans')
    """
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _hundredths(share: float) -> int:
    """Round half up; the small addition undoes that 0.285 is stored a little below itself."""
    return math.floor(100 * share + 0.5 + 1e-9)
