"""The page says whether the maps would have helped to abstain, and against what."""

import pandas as pd
import pytest
from test_page_classification import section
from tiny_cases import cases_table
from tiny_evidence import abstention_table
from tiny_scores import NAN

from sonolens.report.case_links import CaseLinks
from sonolens.report.cells import ReportCell
from sonolens.report.sections.abstention import (
    Abstention,
    judge_difference,
    list_abstentions,
    tally_abstentions,
)


def only(table: pd.DataFrame) -> Abstention:
    (row,) = list_abstentions(table, CaseLinks(cases_table()))
    return row


def test_one_run_is_told_with_shares_intervals_and_the_decisions_kept() -> None:
    row = only(abstention_table())

    assert row.kept == ReportCell("38 %", ("3 of 8",))
    assert row.by_map == ReportCell("20 % [10, 30]", ("n = 3",))
    assert row.by_certainty == ReportCell("25 % [15, 35]", ("n = 3",))
    assert row.at_random == ReportCell("40 % [30, 50]", ("n = 3",))
    assert row.less_certainty == ReportCell("−5 [−22, +12] points", ("n = 3",))
    assert row.less_random == ReportCell("−20 [−31, −8] points", ("n = 3",))
    assert row.area == ReportCell(
        "0.23 [0.10, 0.30]", ("n = 8", "by certainty 0.28", "at random 0.43")
    )


def test_the_words_say_what_is_beaten_and_what_cannot_be_told_apart() -> None:
    sentences = only(abstention_table()).sentences

    assert sentences == (
        "The map points at the mass, the ring, the region below for 3 of 8 test decisions.",
        "Were the others suspended, 20 % [10, 30] of those kept would be wrong; of as many kept by certainty "
        "25 % [15, 35], of as many kept at random 40 % [30, 50].",
        "That is fewer errors than suspending as many at random: the interval of the difference lies below 0.",
        "These scans cannot tell it from suspending the least certain ones instead: the interval of the "
        "difference includes 0.",
    )


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [
        (-0.2, -0.1, "fewer"),
        (-0.2, 0.0, "unclear"),
        (-0.1, 0.1, "unclear"),
        (0.0, 0.2, "unclear"),
        (0.1, 0.2, "more"),
        (NAN, NAN, "unknown"),
    ],
)
def test_a_difference_that_touches_zero_is_no_difference(
    low: float, high: float, verdict: str
) -> None:
    assert judge_difference(low, high) == verdict


def test_a_map_that_points_nowhere_keeps_nothing() -> None:
    table = abstention_table(n_kept=0, coverage=0.0)
    table.loc[table["measure"] == "risk", ["value", "ci_low", "ci_high", "difference"]] = NAN

    row = only(table)

    assert row.by_map.text == "–"
    assert row.sentences[-1] == "Nothing would be kept, so there is no error rate to compare."


def test_several_runs_are_averaged_and_not_told_in_words() -> None:
    table = abstention_table(runs=("r", "s"))
    table.loc[(table["run"] == "s") & (table["suspended_by"] == "map"), "value"] += 0.2

    row = only(table)

    assert row.runs == 2
    assert row.sentences == ()
    assert row.by_map == ReportCell("30 %", ("2 runs: 20 % to 40 %", "n = 3"))
    assert row.kept == ReportCell("38 %", ("2 runs: 38 % to 38 %", "n = 8"))


def test_the_tally_counts_no_know_nothing_and_no_map_twice() -> None:
    table = abstention_table(("random", "cam", "grad_cam", "eigen_cam"))
    worse = (table["method"] == "eigen_cam") & (table["suspended_by"] == "certainty")
    table.loc[worse, ["difference_low", "difference_high"]] = (0.1, 0.2)

    assert tally_abstentions(table) == (
        "Suspending by the map left fewer errors than suspending as many at random in 2 of 2, more in 0; "
        "fewer errors than suspending the least certain ones instead in 0 of 2, more in 1."
    )
    told = {
        row.method for row in list_abstentions(table, CaseLinks(cases_table())) if row.sentences
    }
    assert told == {"cam", "eigen_cam"}


def test_maps_that_see_no_network_alone_are_no_answer() -> None:
    assert "Only maps that see no network" in tally_abstentions(abstention_table(("random",)))


def test_the_section_says_against_what_and_what_not_to_conclude() -> None:
    text = section("abstention")

    assert "points at nothing relevant (the mass, the ring, the region below)" in text
    assert "fewer errors than suspending as many at random in 1 of 1" in text
    assert "cam – 1 38 % 3 of 8 20 % [10, 30] n = 3" in text
    assert "What not to conclude" in text
