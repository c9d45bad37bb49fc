"""The sections of a page on training and classification say what their tables say."""

import re
from typing import Any

import pandas as pd
import pytest
from test_page import Outline
from tiny_grid import grid_inputs
from tiny_run import run_inputs, scans_table
from tiny_scores import (
    NAN,
    RUN,
    comparison_row,
    comparison_table,
    configuration_rows,
    history_table,
    metric_rows,
    metrics_table,
    optimism_row,
    optimism_table,
    points_table,
    predictions_table,
    training_runs_table,
)

from sonolens.report import write_report


def page(**replaced: Any) -> Outline:
    return Outline(write_report(**run_inputs(**replaced)))


def section(name: str, **replaced: Any) -> str:
    """The visible text of one section."""
    html = write_report(**run_inputs(**replaced))
    start = html.index(f'<section id="{name}">')
    depth, end = 0, start
    for tag in re.finditer(r"<(/?)section\b", html[start:]):
        depth += -1 if tag[1] else 1
        if not depth:
            end = start + tag.end()
            break
    return Outline(html[start:end]).text


@pytest.fixture(scope="module")
def plain() -> Outline:
    return page()


@pytest.fixture(scope="module")
def grid() -> str:
    """The page of fifty runs."""
    inputs = grid_inputs(configurations=10, seeds=1, folds=5)
    return write_report(**inputs)


@pytest.mark.parametrize(
    ("replaced", "words"),
    [
        ({"training_runs": training_runs_table(learning_rate=0.0123)}, "0.0123"),
        ({"training_runs": training_runs_table(output_stride=8)}, "imagenet 8 0.001"),
        ({"training_runs": training_runs_table(n_learning=4711)}, "4,711 of 23,510,081"),
        ({"training_runs": training_runs_table(start="none")}, "rigorous none 16"),
        ({"training_history": history_table().assign(seconds=271.0)}, "813"),
        ({"predictions": predictions_table(temperature=2.22)}, "after 2.22"),
        ({"operating_points": points_table(threshold=0.777)}, "0.777"),
        ({"classification_metrics": metrics_table(npv=0.56)}, "0.56 [0.46, 0.61]"),
        ({"classification_metrics": metrics_table(auc_delong=0.71)}, "0.71 [0.64, 0.76]"),
        ({"classification_metrics": metrics_table(ece=0.33)}, "0.33 [0.23, 0.38]"),
        ({"configuration_metrics": configuration_rows(pooled=0.876)}, "0.876 [0.821, 0.901]"),
        ({"configuration_metrics": configuration_rows(sd=0.099)}, "0.871 ± 0.099"),
        (
            {"configuration_comparison": comparison_table(comparison_row(p_adjusted=0.2))},
            "Below 0.05 it lies in 0 of 1 row.",
        ),
        ({"protocol_optimism": optimism_table(optimism_row(paper=0.654))}, "0.654"),
    ],
)
def test_what_stands_in_a_table_stands_on_the_page(
    plain: Outline, replaced: dict[str, Any], words: str
) -> None:
    assert words in page(**replaced).text
    assert words not in plain.text


def test_the_paper_alarm_stands_above_the_answer_in_a_colour_of_its_own(plain: Outline) -> None:
    runs = training_runs_table(protocol="paper", chosen_on="test")
    html = write_report(**run_inputs(training_runs=runs))
    alarmed = Outline(html)

    (alarm,) = (a for a in alarmed.all("p") if a.get("role") == "alert")
    assert "alarm" in str(alarm["class"])
    assert html.index('role="alert"') < html.index('class="question"') < html.index('class="answer')
    assert not any(a.get("role") == "alert" for a in plain.all("p"))
    assert "--alarm: #b0141a" in html


def test_a_run_whose_epoch_the_test_scans_chose_is_marked_wherever_it_stands(
    plain: Outline,
) -> None:
    runs = training_runs_table(protocol="paper", chosen_on="test")

    marked = page(training_runs=runs)

    for name in ("classification", "operating-points", "calibration", "pointing", "training"):
        assert f"{RUN} test scans chose" in section(name, training_runs=runs), name
    assert "The test scans chose this run's epoch" in marked.text
    assert not any(a.get("class") == "flattered" for _, a in plain.elements)


def test_delongs_interval_is_called_too_narrow_where_patients_have_several_scans() -> None:
    several = scans_table(patient_id=["p0", "p1", "p2", "p3", "p4", "p4", "p6", "p7"])

    assert "4 test scans come from 3 patients" in section("classification", scans=several)
    assert "every tested patient has one scan" in section("classification")


def test_predictive_values_are_tied_to_this_studys_prevalence(plain: Outline) -> None:
    assert "PPV and NPV hold for this study's share of malignant cases only" in plain.text


def test_operating_points_show_n_and_chance_of_every_score() -> None:
    text = section("operating-points")

    assert "0.70 [0.60, 0.75] n = 3, chance 0.50" in text
    assert text.count("closest to corner") == 2
    assert text.count("Youden") == 3
    assert "flattered" not in text
    assert "flattered" in section(
        "operating-points", operating_points=points_table(chosen_on="test")
    )


def test_strata_come_with_their_warning_and_small_ones_are_marked() -> None:
    parts = [
        metric_rows("scan", 30, stratum="birads=4a"),
        metric_rows("scan", 5, stratum="birads=5", auc=NAN, specificity=NAN),
    ]
    metrics = pd.concat([metrics_table(), *parts], ignore_index=True)

    text = section("strata", classification_metrics=metrics)

    assert "Among many strata one will stand out by chance" in text
    assert "about 5 % miss the truth" in text
    assert "fewer than 20 cases, one class only" in text
    assert "BI-RADS 4a 30 0.91 [0.81, 0.96]" in text
    assert "was not scored by stratum" in section("strata")


def test_the_spread_over_runs_is_not_called_an_interval() -> None:
    text = section("configurations", configuration_metrics=configuration_rows())

    assert "± is the standard deviation over runs" in text
    assert "It is not an interval" in text
    assert "A single run has no spread" not in text
    single = [configuration_rows(name, runs=1, sd=NAN) for name in ("a", "b")]
    text = section("configurations", configuration_metrics=pd.concat(single))
    assert "A single run has no spread" in text
    assert "0.871 (no spread)" in text


def test_the_scores_of_the_only_run_are_not_told_twice() -> None:
    text = section("configurations")

    assert "its scores are those under Classification" in text
    assert "0.871" not in text
    assert "Run 1" not in text


def test_what_runs_of_one_each_share_is_told_once() -> None:
    assert "Run by run" not in section("training")
    assert "seed 0, fold 0; loss of the epoch kept on the validation scans" in section("training")


def test_pairs_are_shown_only_where_there_are_two_configurations() -> None:
    pairs = comparison_table(
        comparison_row(), comparison_row(test="delong", p_value=0.0001, p_adjusted=0.0002)
    )

    text = section("configurations", configuration_comparison=pairs)

    assert "Pair by pair" in text
    assert "+0.031 [−0.004, +0.066] 0.012 0.037" in text
    assert "DeLong 1875 0.871 0.840 +0.031 [−0.004, +0.066] < 0.001 < 0.001" in text
    assert "Below 0.05 it lies in 2 of 2 rows" in text
    assert "Pair by pair" not in section("configurations")


def test_how_to_measure_the_choice_of_the_epoch_is_told_until_it_is_measured() -> None:
    whole = optimism_table(optimism_row(), optimism_row(source="epoch_and_threshold"))

    assert "the choice of the epoch is not included" in section("optimism")
    assert "training.protocol: paper" in section("optimism")
    assert "not included" not in section("optimism", protocol_optimism=whole)
    assert "is not known here" in section("optimism", protocol_optimism=optimism_table())


def test_a_kept_epoch_that_was_the_last_is_mentioned(plain: Outline) -> None:
    assert "last one fitted" not in plain.text
    assert "in 1 of 1 run the epoch kept is the last one fitted" in section(
        "training", training_runs=training_runs_table(best_epoch=3)
    )


def test_empty_tables_leave_a_sound_page_without_missing_values() -> None:
    empty = page(
        configuration_metrics=configuration_rows().iloc[:0],
        configuration_comparison=comparison_table(),
        protocol_optimism=optimism_table(),
        predictions=predictions_table().iloc[:0],
        training_history=history_table().iloc[:0],
        operating_points=points_table().iloc[:0],
        classification_metrics=metric_rows("scan", 6, partition="train"),
    )

    assert empty.unmatched == []
    assert empty.open == []
    assert not re.search(r"\b(nan|NaN|None|inf)\b|<NA>", empty.text)


def test_metrics_that_do_not_exist_are_dashes() -> None:
    degenerate = page(
        classification_metrics=metrics_table(
            auc=NAN, auc_delong=NAN, sensitivity=NAN, ppv=NAN, brier=NAN, calibration_slope=NAN
        ),
        operating_points=points_table(threshold=float("inf")),
        configuration_metrics=configuration_rows(mean=NAN, sd=NAN, pooled=NAN, ci_low=NAN),
        protocol_optimism=optimism_table(
            optimism_row(rigorous=NAN, paper=NAN, optimism=NAN, ci_low=NAN, ci_high=NAN)
        ),
    )

    assert "∞ (nothing is called)" in degenerate.text
    assert not re.search(r"\b(nan|NaN|None|inf)\b|<NA>", degenerate.text)


def test_fifty_runs_make_a_sound_page_of_bearable_size(grid: str) -> None:
    outline = Outline(grid)

    assert outline.unmatched == []
    assert outline.open == []
    assert len(grid) < 4_000_000


def test_of_fifty_runs_only_configurations_stay_in_sight(grid: str) -> None:
    page = Outline(grid)
    text = page.text

    assert "fold4" not in page.sight
    assert len(page.sight.split()) < 4000
    for configuration in ("net0-rigorous", "net4-paper"):
        assert configuration in text
    assert "50 maps and networks answer apart. Shown: 0 of 50; not shown: 50" in text
    assert "25 of 50 runs are under the paper's protocol" in text
    assert "Optimism over runs" in text
