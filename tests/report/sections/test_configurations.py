import pandas as pd
import pytest
from tiny_scores import (
    NAN,
    comparison_row,
    comparison_table,
    configuration_rows,
    optimism_row,
    optimism_table,
)

from sonolens.report.sections.configurations import (
    describe_optimism,
    has_epoch_choice,
    list_comparisons,
    list_configuration_scores,
    list_optimism,
    span_optimism,
)


def test_a_configuration_has_its_mean_and_spread_beside_the_pooled_score() -> None:
    score = list_configuration_scores(configuration_rows())[0]

    assert (score.metric, score.level, score.rule) == ("AUC", "scan", "")
    assert score.over_runs == "0.871 ± 0.015"
    assert score.pooled == "0.863 [0.821, 0.901]"
    assert (score.chance, score.n, score.runs) == ("0.50", 1875, 5)


def test_a_single_run_has_no_spread() -> None:
    score = list_configuration_scores(configuration_rows(runs=1, sd=NAN))[0]

    assert score.over_runs == "0.871"
    assert not score.spread_known


def test_the_papers_metrics_at_its_rule_are_the_headlines() -> None:
    scores = list_configuration_scores(configuration_rows())

    headlines = [(s.level, s.metric, s.rule) for s in scores if s.headline]
    assert headlines == [
        (level, metric, rule)
        for level in ("scan", "lesion")
        for metric, rule in (
            ("AUC", ""),
            ("Accuracy", "closest to corner"),
            ("Sensitivity", "closest to corner"),
            ("Specificity", "closest to corner"),
        )
    ]
    assert len(scores) == 2 * (2 + 5 * 4)


def test_configurations_stand_below_each_other_metric_by_metric() -> None:
    both = pd.concat([configuration_rows("b"), configuration_rows("a")])

    first = list_configuration_scores(both)[:4]

    assert [(s.metric, s.configuration) for s in first] == [
        ("AUC", "b"), ("AUC", "a"), ("Accuracy", "b"), ("Accuracy", "a"),
    ]  # fmt: skip


def test_a_comparison_tells_which_auc_is_whose_and_both_p_values() -> None:
    (pair,) = list_comparisons(comparison_table(comparison_row()))

    assert (pair.first, pair.first_auc) == ("tiny-full", "0.871")
    assert (pair.second, pair.second_auc) == ("tiny-drs", "0.840")
    assert pair.difference == "+0.031 [−0.004, +0.066]"
    assert (pair.p_value, pair.p_adjusted) == ("0.012", "0.037")
    assert pair.test == "patients resampled"


@pytest.mark.parametrize(("adjusted", "differs"), [(0.049, True), (0.05, False), (0.9, False)])
def test_a_pair_differs_by_its_adjusted_p(adjusted: float, differs: bool) -> None:
    (pair,) = list_comparisons(comparison_table(comparison_row(p_value=0.001, p_adjusted=adjusted)))

    assert pair.differs == differs


def test_optimism_puts_the_rigorous_score_first_and_the_larger_choice_above() -> None:
    rows = list_optimism(
        optimism_table(
            optimism_row(level="lesion"),
            optimism_row(),
            optimism_row(source="epoch_and_threshold", metric="specificity"),
            optimism_row(source="epoch_and_threshold", metric="auc"),
        )
    )

    assert [(row.level, row.source, row.metric) for row in rows] == [
        ("scan", "epoch and threshold", "AUC"),
        ("scan", "epoch and threshold", "Specificity"),
        ("scan", "threshold alone", "Accuracy"),
        ("lesion", "threshold alone", "Accuracy"),
    ]
    assert (rows[0].rigorous, rows[0].paper) == ("0.800", "0.821")
    assert rows[0].optimism == "+0.021 [−0.010, +0.050]"


def test_the_optimism_of_many_runs_is_spanned() -> None:
    table = optimism_table(
        *(
            optimism_row(run=f"r{place}", optimism=value, ci_low=low)
            for place, (value, low) in enumerate([(-0.02, -0.1), (0.01, 0.0), (0.05, 0.01)])
        ),
        optimism_row(run="r9", optimism=NAN, ci_low=NAN, ci_high=NAN),
    )

    (row,) = span_optimism(table)

    assert (row.runs, row.least, row.median, row.largest) == (3, "−0.020", "+0.010", "+0.050")
    assert row.above_zero == 1


def test_nothing_is_said_of_an_optimism_that_is_not_there() -> None:
    assert describe_optimism(optimism_table(), level="scan") == ""
    assert list_optimism(optimism_table()) == []
    assert span_optimism(optimism_table()) == []
    assert list_comparisons(comparison_table()) == []
    assert list_configuration_scores(configuration_rows().iloc[:0]) == []


def test_the_choice_of_the_epoch_is_known_only_from_the_papers_protocol() -> None:
    assert not has_epoch_choice(optimism_table(optimism_row()))
    assert has_epoch_choice(optimism_table(optimism_row(source="epoch_and_threshold")))
