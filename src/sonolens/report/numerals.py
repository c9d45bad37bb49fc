"""Numbers as text: the same rounding wherever a number is printed, and a dash where there is none."""

import math
from collections.abc import Callable, Collection

NOTHING = "–"
"""Stands where there is no number: nothing was counted, so neither 0 nor anything else is true."""

SMALLEST_P = 0.001


class Printed(str):
    """The text of a number that still knows the number, so that a table can be taken away as data.

    Attributes:
        value: The number in the unit that the text has: 23.2 of ``23 %``. NaN: there is none.
        low: Lower limit of its interval, in the same unit; NaN where it has none.
        high: Upper limit.
        unit: What the text names behind the number, or leaves to the head of its column.

    Joined with other text it is text like any other.
    """

    value: float
    low: float
    high: float
    unit: str

    def __new__(
        cls,
        text: str,
        *,
        value: float = math.nan,
        low: float = math.nan,
        high: float = math.nan,
        unit: str = "",
    ) -> "Printed":
        """Take the text as it is."""
        made = super().__new__(cls, text)
        made.value, made.low, made.high, made.unit = value, low, high, unit
        return made

    def in_unit(self, unit: str) -> "Printed":
        """Write a unit behind the number; a dash stays alone.

        >>> Printed("3.5", value=3.512).in_unit("mm")
        '3.5 mm'
        """
        if math.isnan(self.value):
            return self
        return Printed(f"{self} {unit}", value=self.value, low=self.low, high=self.high, unit=unit)


def percent(share: float) -> Printed:
    """Print a share between 0 and 1 in whole percent; NaN is a dash.

    >>> percent(0.335), percent(0.0), percent(float("nan"))
    ('34 %', '0 %', '–')
    """
    if math.isnan(share):
        return Printed(NOTHING)
    return Printed(f"{_hundredths(share)} %", value=100 * share, unit="%")


def percent_with_interval(share: float, low: float = math.nan, high: float = math.nan) -> Printed:
    """Print a share and its interval in whole percent; an unknown interval is left out.

    >>> percent_with_interval(0.44, 0.32, 0.57)
    '44 % [32, 57]'
    """
    if math.isnan(share) or math.isnan(low) or math.isnan(high):
        return percent(share)
    text = f"{percent(share)} [{_hundredths(low)}, {_hundredths(high)}]"
    return Printed(text, value=100 * share, low=100 * low, high=100 * high, unit="%")


def score_with_interval(
    value: float, low: float = math.nan, high: float = math.nan, *, digits: int = 2
) -> Printed:
    """Print a score and its interval with so many decimals; NaN is a dash.

    >>> score_with_interval(0.914, 0.83, 0.97), score_with_interval(-0.2, -0.31, 0.1)
    ('0.91 [0.83, 0.97]', '−0.20 [−0.31, 0.10]')
    """
    return _with_limits(_fixed, value, low, high, digits=digits)


def difference_with_interval(
    value: float, low: float = math.nan, high: float = math.nan, *, digits: int = 3
) -> Printed:
    """Print a difference of scores with its sign, and its interval; NaN is a dash.

    >>> difference_with_interval(0.021, -0.0104, 0.05)
    '+0.021 [−0.010, +0.050]'
    """
    return _with_limits(_signed, value, low, high, digits=digits)


def points_with_interval(share: float, low: float = math.nan, high: float = math.nan) -> Printed:
    """Print a difference of shares in whole percentage points with its sign, and its interval; NaN is a dash.

    >>> points_with_interval(-0.182, -0.25, 0.004)
    '−18 [−25, 0]'
    """
    printed = difference_with_interval(100 * share, 100 * low, 100 * high, digits=0)
    printed.unit = "points"
    return printed


def percent_with_range(mean: float, least: float, largest: float) -> str:
    """Print a mean share, and in round brackets the least and the largest of several, which are no interval.

    >>> percent_with_range(0.68, 0.55, 0.8)
    '68 % (55 to 80)'
    """
    if math.isnan(mean):
        return NOTHING
    return f"{percent(mean)} ({_hundredths(least)} to {_hundredths(largest)})"


def score_with_range(mean: float, least: float, largest: float, *, digits: int = 2) -> str:
    """Print a mean score, and in round brackets the least and the largest of several.

    >>> score_with_range(0.88, 0.81, 0.93)
    '0.88 (0.81 to 0.93)'
    """
    if math.isnan(mean):
        return NOTHING
    return f"{_fixed(mean, digits)} ({_fixed(least, digits)} to {_fixed(largest, digits)})"


def score_with_spread(mean: float, spread: float, *, digits: int = 3) -> str:
    """Print a mean and what its runs spread by, as the paper prints its scores; NaN is a dash.

    >>> score_with_spread(0.887, 0.015), score_with_spread(0.887, float("nan"))
    ('0.887 ± 0.015', '0.887')
    """
    text = NOTHING if math.isnan(mean) else _fixed(mean, digits)
    return text if math.isnan(mean) or math.isnan(spread) else f"{text} ± {_fixed(spread, digits)}"


def p_value(value: float) -> Printed:
    """Print a p-value; below 0.001 its size no longer matters.

    >>> p_value(0.0341), p_value(0.0004), p_value(1.0)
    ('0.034', '< 0.001', '1.000')
    """
    if math.isnan(value):
        return Printed(NOTHING)
    return Printed("< 0.001" if value < SMALLEST_P else f"{value:.3f}", value=value)


def part_of(part: int, whole: int) -> str:
    """Print how many of a large number, and the share in percent with three digits.

    >>> part_of(17153, 23510081)
    '17,153 of 23,510,081 (0.073 %)'
    """
    return f"{part:,} of {whole:,} ({100 * part / whole:.3g} %)"


def span(numbers: Collection[float | int], *, digits: int = 3) -> str:
    """Print the least and the largest of several numbers, or the one that they all are.

    >>> span([4, 12, 8]), span([0.5, 0.5]), span([])
    ('4 to 12', '0.5', '–')
    """
    known = [float(number) for number in numbers if not math.isnan(number)]
    if not known:
        return NOTHING
    least, largest = amount(min(known), digits=digits), amount(max(known), digits=digits)
    return least if least == largest else f"{least} to {largest}"


def ratio(value: float) -> Printed:
    """Print a ratio with one digit; NaN is a dash.

    >>> ratio(1.3333), ratio(float("nan"))
    ('1.3', '–')
    """
    return Printed(NOTHING if math.isnan(value) else f"{value:.1f}", value=value)


def amount(value: float, *, digits: int = 3) -> Printed:
    """Print a number with `digits` significant digits; NaN is a dash.

    >>> amount(0.94644), amount(17.0), amount(float("nan"))
    ('0.946', '17', '–')
    """
    return Printed(NOTHING if math.isnan(value) else f"{value:.{digits}g}", value=value)


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


def _with_limits(
    printed: Callable[[float, int], str], value: float, low: float, high: float, *, digits: int
) -> Printed:
    if math.isnan(value):
        return Printed(NOTHING)
    if math.isnan(low) or math.isnan(high):
        return Printed(printed(value, digits), value=value)
    text = f"{printed(value, digits)} [{printed(low, digits)}, {printed(high, digits)}]"
    return Printed(text, value=value, low=low, high=high)


def _fixed(value: float, digits: int) -> str:
    """Print with a true minus sign, and never a minus before a zero."""
    text = f"{abs(value):.{digits}f}"
    return f"−{text}" if value < 0 and float(text) else text


def _signed(value: float, digits: int) -> str:
    text = _fixed(value, digits)
    return text if text.startswith("−") or not float(text) else f"+{text}"
