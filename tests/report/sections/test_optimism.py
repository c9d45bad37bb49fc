from tiny_scores import NAN, optimism_row, optimism_table

from sonolens.report.sections.optimism import (
    describe_optimism,
    has_epoch_choice,
    list_optimism,
    span_optimism,
)


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


def test_the_choice_of_the_epoch_is_known_only_from_the_papers_protocol() -> None:
    assert not has_epoch_choice(optimism_table(optimism_row()))
    assert has_epoch_choice(optimism_table(optimism_row(source="epoch_and_threshold")))
