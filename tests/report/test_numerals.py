"""Numbers as the page prints them; the usual cases are the examples of the functions."""

import pytest

from sonolens.report.numerals import percent_with_range, score_with_range, span

NAN = float("nan")


@pytest.mark.parametrize("tell", [percent_with_range, score_with_range])
def test_a_mean_that_nobody_knows_has_no_range(tell) -> None:
    assert tell(NAN, 0.1, 0.9) == "–"


def test_a_span_leaves_out_what_is_not_known() -> None:
    assert span([NAN, 4.0, 8.0]) == "4 to 8"
    assert span([NAN]) == "–"
