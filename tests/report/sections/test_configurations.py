import pandas as pd
import pytest
from tiny_scores import (
    NAN,
    comparison_row,
    comparison_table,
    configuration_rows,
)

from sonolens.report.sections.configurations import (
    list_comparisons,
    list_configuration_scores,
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


def test_nothing_is_listed_where_nothing_was_scored() -> None:
    assert list_comparisons(comparison_table()) == []
    assert list_configuration_scores(configuration_rows().iloc[:0]) == []
