import pandas as pd
from tiny_run import NOTHING_COUNTED, pointing_row, pointing_table
from tiny_scores import RUN, metric_rows, metrics_table

from sonolens.report import tabulate_classification, tabulate_pointing_game
from sonolens.tables import shown


def test_table_1_shows_the_test_partition_scans_before_lesions() -> None:
    table = shown.PaperTable1.validate(tabulate_classification(metrics_table()))

    assert table["level"].tolist() == ["scan", "lesion"]
    assert table["n"].tolist() == [6, 4]
    assert table["run"].unique().tolist() == [RUN]


def test_a_cell_of_table_1_is_a_score_with_its_interval() -> None:
    row = tabulate_classification(metrics_table()).iloc[0]

    assert row["auc"] == "0.91 [0.81, 0.96]"
    assert row["accuracy"] == "0.80 [0.70, 0.85]"
    assert row["sensitivity"] == "0.70 [0.60, 0.75]"
    assert row["specificity"] == "0.90 [0.80, 0.95]"


def test_a_metric_that_does_not_exist_is_a_dash_not_a_zero() -> None:
    table = tabulate_classification(metrics_table(auc=float("nan")))

    assert shown.PaperTable1.validate(table)["auc"].tolist() == ["–", "–"]


def test_strata_stay_out_of_table_1() -> None:
    metrics = pd.concat(
        [metrics_table(), metric_rows("scan", 2, auc=0.1).assign(stratum="birads 3")]
    )

    assert tabulate_classification(metrics).equals(tabulate_classification(metrics_table()))


def test_table_1_counts_calls_at_the_point_closest_to_the_corner() -> None:
    rules = metrics_table()
    alone = rules[rules["rule"].isin(["none", "closest_to_corner"])]

    for order in (rules, rules[::-1]):
        table = tabulate_classification(order)
        assert table["sensitivity"].tolist() == ["0.70 [0.60, 0.75]"] * 2
        assert table.equals(tabulate_classification(alone))


def test_table_1_of_no_test_scans_is_empty_and_valid() -> None:
    table = tabulate_classification(metric_rows("scan", 6, partition="train"))

    assert shown.PaperTable1.validate(table).empty


def test_table_2_names_the_regions_as_the_paper_in_its_order() -> None:
    table = shown.PaperTable2.validate(tabulate_pointing_game(pointing_table()))

    assert table["region"].tolist() == [
        "Breast mass region",
        "Peritumoral region (boundary region)",
        "Region below the breast mass",
        "At least one of the three",
    ]


def test_a_row_of_table_2_has_rate_interval_chance_and_enrichment() -> None:
    table = tabulate_pointing_game(
        pointing_table(
            rate=0.44, ci_low=0.32, ci_high=0.57, chance=0.33, enrichment=4 / 3, n=50, hits=22.0
        )
    )

    row = table.iloc[0]
    assert row[["hits", "chance", "enrichment", "ring"]].tolist() == [
        "44 % [32, 57]",
        "33 %",
        "1.3",
        "0-5 mm",
    ]
    assert row["n"] == 50


def test_table_2_counts_correct_scans_of_both_labels_under_the_papers_rule() -> None:
    others = pd.DataFrame(
        [
            pointing_row("mass", subset="wrong", rate=0.1),
            pointing_row("mass", rule="max", rate=0.2),
            pointing_row("mass", label="benign", rate=0.3),
        ]
    )

    table = tabulate_pointing_game(pd.concat([others, pointing_table()], ignore_index=True))

    assert table.equals(tabulate_pointing_game(pointing_table()))


def test_where_nothing_was_counted_table_2_has_dashes() -> None:
    table = shown.PaperTable2.validate(tabulate_pointing_game(pointing_table(**NOTHING_COUNTED)))

    assert (table[["hits", "chance", "enrichment"]] == "–").all(axis=None)
    assert (table["n"] == 0).all()


def test_a_rate_of_zero_that_was_counted_stays_a_zero() -> None:
    table = tabulate_pointing_game(pointing_table(rate=0.0, hits=0.0, ci_low=0.0, ci_high=0.4))

    assert table["hits"].iloc[0] == "0 % [0, 40]"


def test_runs_keep_their_order_in_table_2() -> None:
    games = pd.concat([pointing_table(run="b"), pointing_table(run="a")], ignore_index=True)

    assert tabulate_pointing_game(games)["run"].tolist() == ["b"] * 4 + ["a"] * 4


def test_tables_leave_what_they_were_made_from_alone() -> None:
    metrics, games = metrics_table(), pointing_table()

    tabulate_classification(metrics)
    tabulate_pointing_game(games)

    pd.testing.assert_frame_equal(metrics, metrics_table())
    pd.testing.assert_frame_equal(games, pointing_table())
