import math

import pandas as pd
from tiny_cases import cases_table
from tiny_run import scans_table, splits_table
from tiny_scores import metric_rows, metrics_table, points_table

from sonolens.report import tabulate_classification
from sonolens.report.case_links import CaseLinks
from sonolens.report.numerals import Printed
from sonolens.report.scores import read_test_scores
from sonolens.report.sections.classification import (
    RULES,
    count_clustering,
    list_areas,
    list_calls,
    recall_numbers,
)
from sonolens.tables.vocabulary import OPERATING_RULES

NO_LINKS = CaseLinks(cases_table())


def stratified(n: int = 30, **values: float) -> pd.DataFrame:
    part = metric_rows("scan", n, stratum="birads=4a", **values)
    return pd.concat([part, metrics_table()], ignore_index=True)


def test_the_two_intervals_of_an_auc_stand_under_their_own_names() -> None:
    scan, lesion = list_areas(read_test_scores(metrics_table(auc_delong=0.9)))

    assert (scan.level, scan.resampled.n, lesion.level, lesion.resampled.n) == (
        "scan",
        6,
        "lesion",
        4,
    )
    assert scan.resampled.text == "0.91 [0.81, 0.96]"
    assert scan.delong.text == "0.90 [0.83, 0.95]"
    assert scan.resampled.chance == "0.50"


def test_an_area_leaves_out_strata_and_other_partitions() -> None:
    metrics = stratified(auc=0.1)
    metrics.loc[metrics["partition"] == "train", "value"] = 0.2

    assert list_areas(read_test_scores(metrics)) == list_areas(read_test_scores(metrics_table()))


def test_every_rule_has_the_scores_of_its_own_calls() -> None:
    calls = list_calls(points_table(), read_test_scores(metrics_table()), NO_LINKS)

    scan = [call for call in calls if call.level == "scan"]
    assert [call.rule for call in scan] == [RULES[rule] for rule in OPERATING_RULES]
    assert [call.threshold for call in scan] == ["0.432", "0.4", "0.3", "0.2"]
    assert [call.scores["sensitivity"].text[:4] for call in scan] == [
        "0.70",
        "0.66",
        "0.62",
        "0.58",
    ]
    assert [call.level for call in calls] == ["scan"] * 4 + ["lesion"] * 4


def test_each_call_metric_stands_under_its_own_name() -> None:
    call = list_calls(points_table(), read_test_scores(metrics_table()), NO_LINKS)[0]

    assert {name: score.text[:4] for name, score in call.scores.items()} == {
        "accuracy": "0.80",
        "sensitivity": "0.70",
        "specificity": "0.90",
        "ppv": "0.85",
        "npv": "0.75",
    }
    assert call.scores["ppv"].n == 3


def test_a_threshold_that_calls_nothing_says_so_and_one_without_scores_has_dashes() -> None:
    call = list_calls(
        points_table(run="other", threshold=math.inf), read_test_scores(metrics_table()), NO_LINKS
    )[0]

    assert call.threshold == "∞ (nothing is called)"
    assert call.scores["ppv"].text == "–"


def test_tested_scans_and_patients_are_counted_over_all_folds() -> None:
    scans = scans_table(patient_id=["p0", "p1", "p2", "p3", "p4", "p4", "p6", "p7"])
    splits = splits_table(scans)

    counted = count_clustering(scans, splits)
    twice = count_clustering(scans, pd.concat([splits, splits.assign(fold=1)]))

    assert (counted.scans, counted.patients) == (4, 3)
    assert twice == counted


def test_table_1_knows_the_numbers_that_its_cells_were_printed_from() -> None:
    metrics = metrics_table()
    scores = read_test_scores(metrics)
    table = tabulate_classification(metrics)
    changed = table.assign(auc="0.50 [0.40, 0.60]")

    (row, *_), (other, *_) = recall_numbers(table, scores), recall_numbers(changed, scores)

    assert row == table.to_dict(orient="records")[0]
    assert isinstance(row["auc"], Printed)
    assert f"{row['auc'].value:.2f} [{row['auc'].low:.2f}, {row['auc'].high:.2f}]" == row["auc"]
    assert isinstance(row["sensitivity"], Printed)
    # What the table says counts: no number is put to a text that it did not give.
    assert other["auc"] == "0.50 [0.40, 0.60]"
    assert not isinstance(other["auc"], Printed)
