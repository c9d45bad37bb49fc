"""What the map adds: the answer is no unless a difference stands after adjustment."""

from tiny_evidence import gain_table

from sonolens.report.sections.abstention_gain import answer_gain, list_gains


def test_what_these_scans_cannot_tell_is_a_no() -> None:
    assert answer_gain(gain_table()).startswith("No: ")
    assert "in 0 of 4 comparisons and worse ones in 0" in answer_gain(gain_table())


def test_a_harm_is_no_gain() -> None:
    assert answer_gain(gain_table(p_adjusted=0.01, difference=-0.04)).startswith("No: ")


def test_a_difference_that_stands_is_a_yes() -> None:
    assert answer_gain(gain_table(p_adjusted=0.01)).startswith("Yes: ")


def test_maps_that_know_nothing_are_not_asked() -> None:
    assert answer_gain(gain_table(methods=("random",), p_adjusted=0.01)) == "No map could be asked."


def test_a_row_has_both_scores_and_what_the_map_adds() -> None:
    first, _ = list_gains(gain_table())

    assert (first["names"][0], first["names"][2]) == ("cam", "10 %")
    assert [cell.text for cell in first["cells"]] == [
        "84 %",
        "+4 [−6, +16] points",
        "0.84",
        "+0.040 [−0.060, +0.160]",
    ]
    assert "alone 80 %" in first["cells"][0].small
    assert "p (adjusted) 0.800" in first["cells"][1].small
