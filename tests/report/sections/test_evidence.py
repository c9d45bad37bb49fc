"""One row per method says what its maps are worth, and what each number must be read beside."""

import pandas as pd
from test_page_classification import section
from tiny_cases import cases_table
from tiny_evidence import (
    abstention_table,
    faithfulness_table,
    localization_table,
    sanity_table,
)
from tiny_run import NOTHING_COUNTED, pointing_table
from tiny_scores import NAN, RUN, training_runs_table

from sonolens.report.case_links import CaseLinks
from sonolens.report.cells import ReportCell, read_over_runs, read_p_values, score, share
from sonolens.report.sections.evidence import (
    COLUMNS,
    REPEATABILITY,
    describe_completeness,
    list_worth,
    list_worth_by_configuration,
)
from sonolens.tables.evidence import Repeatability

RUNS = ("net-a-seed0", "net-a-seed1", "net-b-seed0")
METHODS = ("random", "cam", "grad_cam", "occlusion")
REPEATED = pd.DataFrame(
    {
        "configuration": "tiny-full",
        "method": "cam",
        "varied": "seed",
        "measure": ["rank_correlation", "ssim"],
        "pairs": 3,
        "n": 8,
        "mean": [0.7, 0.6],
        "stranger": [0.2, 0.1],
        "above_stranger": [0.5, 0.5],
        "ci_low": [0.41, 0.42],
        "ci_high": [0.61, 0.62],
        "n_left_out": 0,
        "partition": "test",
        "confidence": 0.95,
    }
)


def tables_of(
    methods: tuple[str, ...] = ("cam",), runs: tuple[str, ...] = ("r",)
) -> dict[str, pd.DataFrame]:
    games = [
        pointing_table(method=method, run=run, rate=0.6 + place / 10)
        for method in methods
        for place, run in enumerate(runs)
    ]
    decided = [game.assign(rule="decision", rate=0.5, p_adjusted=0.4) for game in games]
    return {
        "pointing_game": pd.concat([*decided, *games]),
        "localization_scores": localization_table(methods, runs),
        "faithfulness_scores": faithfulness_table(methods, runs),
        "sanity_checks": sanity_table(methods, runs),
    }


def readings(tables: dict[str, pd.DataFrame], method: str = "cam") -> dict[str, ReportCell]:
    (row,) = [row for row in list_worth(tables) if row.method == method]
    return dict(zip(COLUMNS, row.readings, strict=True))


def test_one_run_shows_every_number_with_its_interval_number_and_chance() -> None:
    found = readings(tables_of())

    assert found["Hits, maximum or minimum"] == ReportCell(
        "60 % [60, 90]", ("n = 4", "chance 50 %", "fixed places 70 %", "p (adjusted) 0.036")
    )
    assert found["Hits, extreme for the call"].text == "50 % [60, 90]"
    assert found["Hits, extreme for the call"].small[-1] == "p (adjusted) 0.400"
    assert found["Evidence in the mass"] == ReportCell(
        "31 % [28, 34]", ("n = 4", "chance 12 %", "mean mask 15 %")
    )
    assert found["Evidence in any region"] == ReportCell(
        "77 % [69, 85]", ("n = 4", "chance 52 %", "mean mask 55 %")
    )
    assert found["Average precision"] == ReportCell(
        "0.43 [0.39, 0.47]", ("n = 4", "chance 0.21", "mean mask 0.24")
    )
    assert found["Distance to the mass"] == ReportCell(
        "4.2 [3.8, 4.7] mm", ("n = 4", "chance 9.2 mm", "mean mask 9.2 mm")
    )
    assert found["Gain by insertion"] == ReportCell("+0.113 [+0.063, +0.163]", ("n = 12",))
    assert found["Gain by deletion"].text == "+0.021 [−0.029, +0.071]"


def test_sanity_is_read_where_nothing_learned_is_left_with_and_without_sign() -> None:
    found = readings(tables_of())["Likeness without learning"]

    assert found == ReportCell("0.07 [−0.05, 1.00]", ("n = 12", "without sign 0.19 [−0.05, 1.00]"))


def test_each_run_is_read_at_its_own_last_depth() -> None:
    tables = tables_of(runs=("r", "s"))
    deeper = pd.concat([sanity_table(runs=["r"]), sanity_table(runs=["s"], parts=4)])

    found = readings(tables | {"sanity_checks": deeper})

    assert found["Likeness without learning"].text == "0.07"
    assert found["Likeness without learning"].small[0] == "2 runs: 0.07 to 0.07"


def test_several_runs_are_averaged_without_an_interval_and_p_is_counted() -> None:
    tables = tables_of(runs=RUNS)
    game = tables["pointing_game"]
    game.loc[game["run"] == RUNS[2], "p_adjusted"] = 0.051

    found = readings(tables)["Hits, maximum or minimum"]

    assert found.text == "70 %"
    assert found.small[0] == "3 runs: 60 % to 80 %"
    assert found.small[-1] == "p (adjusted) below 5 % in 2 of 3 runs"


def test_know_nothings_come_last_and_doubles_of_cam_are_marked() -> None:
    rows = list_worth(tables_of(METHODS))

    assert [(row.method, row.kind) for row in rows] == [
        ("cam", ""),
        ("grad_cam", "CAM by construction"),
        ("occlusion", ""),
        ("random", "knows nothing"),
    ]


def test_the_maps_of_one_method_are_not_read_into_another_row() -> None:
    tables = tables_of(("cam", "random"))
    table = tables["localization_scores"]
    table.loc[table["method"] == "random", "mean"] = 0.05

    assert readings(tables)["Evidence in the mass"].text.startswith("31 %")
    assert readings(tables, "random")["Evidence in the mass"].text.startswith("5 %")


def test_configurations_are_told_apart_only_where_there_are_several() -> None:
    tables = tables_of(runs=RUNS)
    runs = training_runs_table(run=list(RUNS), configuration=["a", "a", "b"], seed=[0, 1, 0])

    rows = list_worth_by_configuration(tables | {"training_runs": runs})

    assert [(row.configuration, row.runs, row.readings[0].text) for row in rows] == [
        ("a", 2, "65 %"),
        ("b", 1, "80 % [60, 90]"),
    ]
    alone = runs.assign(configuration="a")
    assert list_worth_by_configuration(tables | {"training_runs": alone}) == []


def test_where_nothing_was_scored_there_is_a_dash() -> None:
    nothing = pd.DataFrame({"value": [NAN], "ci_low": NAN, "ci_high": NAN, "n": 0})

    assert read_over_runs(nothing, scale=share, value="value") == ReportCell("–")


def test_runs_without_a_score_are_left_out_and_said_to_be() -> None:
    rows = pd.DataFrame({"value": [0.2, NAN, 0.4], "ci_low": NAN, "ci_high": NAN, "n": [5, 0, 7]})

    assert read_over_runs(rows, scale=score, value="value") == ReportCell(
        "0.30", ("2 of 3 runs: 0.20 to 0.40", "n = 5 to 7")
    )


def test_a_p_that_equals_its_level_is_not_below_it() -> None:
    rows = pd.DataFrame({"p_adjusted": [0.05, 0.049], "confidence": 0.95})

    assert read_p_values(rows) == "p (adjusted) below 5 % in 1 of 2 runs"
    assert read_p_values(rows.assign(p_adjusted=NAN)) == ""


def test_the_page_says_what_is_tested_often_and_where_the_floor_is() -> None:
    text = section("evidence")

    assert "p is adjusted (Holm) for the regions and labels of one method" in text
    assert "among many rows some will lie below 5 % by chance alone" in text
    assert "No such map was drawn here" in text
    assert "n = 4 chance 50 % fixed places 70 % p (adjusted) 0.036" in text
    assert "it is no second witness" not in text


def test_the_page_marks_the_floor_and_the_doubles_of_cam_where_these_were_drawn() -> None:
    methods = ("cam", "grad_cam", "random")
    text = section(
        "evidence",
        pointing_game=pd.concat([pointing_table(method=method) for method in methods]),
        localization_scores=localization_table(methods),
        abstention_scores=abstention_table(methods),
        faithfulness_scores=faithfulness_table(methods),
        sanity_checks=sanity_table(methods),
    )

    assert "These rows come last" in text
    assert "it is no second witness" in text
    assert "No such map was drawn here" not in text


def test_nothing_scored_leaves_no_missing_value_on_the_page() -> None:
    none = dict.fromkeys(
        ("mean", "ci_low", "ci_high", "chance", "ceiling", "mean_mask", "beyond_mean_mask"), NAN
    )
    text = section(
        "evidence",
        pointing_game=pointing_table(**NOTHING_COUNTED),
        localization_scores=localization_table(n=0, **none),
        sanity_checks=sanity_table(n=0, mean=NAN, ci_low=NAN, ci_high=NAN),
    )

    assert "nan" not in text.lower().split()
    assert "cam – 1 – – – – – – +0.113" in text


def test_the_pointing_tables_have_columns_for_what_stands_against_a_rate() -> None:
    columns = "Enrichment Fixed places Beyond fixed places Mean map p (adjusted)"

    assert section("pointing").count(columns) == 2


def test_the_pointing_tables_show_fixed_places_the_mean_map_and_p_of_their_row() -> None:
    game = pointing_table()
    game.loc[game["region"] == "mass", ["centre_prior", "p_adjusted"]] = (0.31, 0.0004)

    text = section("pointing", pointing_game=game)

    assert (
        "Breast mass region 4 75 % [60, 90] 50 % 1.5 70 % [58, 81] +5 [−6, +17] 31 % < 0.001 34 %"
        in text
    )
    assert (
        "At least one of the three 4 75 % [60, 90] 50 % 1.5 70 % [58, 81] +5 [−6, +17] 55 % 0.036 71 %"
        in text
    )
    assert (
        "mass either correct both 4 3 75 % [60, 90] 50 % 1.5 70 % [58, 81] +5 [−6, +17] 31 % < 0.001 0 0"
        in text
    )


def test_a_cell_of_repeatability_has_the_same_scan_strangers_and_what_lies_above_them() -> None:
    (row,) = REPEATABILITY.tell({"repeatability": Repeatability.validate(REPEATED)})["rows"]

    assert row["names"] == ("tiny-full", "cam", "seed")
    ssim, ranks = row["cells"]
    assert ssim.text == "0.60"
    assert ranks.text == "0.70"
    assert ssim.small == ("n = 8", "strangers 0.10", "above them +0.500 [+0.420, +0.620]")


def test_networks_fitted_once_have_no_row() -> None:
    assert REPEATABILITY.tell({"repeatability": Repeatability.empty()})["rows"] == []


def test_maps_that_do_not_add_up_are_counted_and_those_that_do_are_told_too() -> None:
    gaps = pd.DataFrame(
        {"method": "integrated_gradients", "run": RUN, "scan_id": list("abc"), "logit": 1.0}
    ).assign(baseline_logit=0.0, gap=[0.01, 0.05, 0.123])

    assert describe_completeness(gaps.iloc[:0]) == ""
    assert "0 of 2 maps" in describe_completeness(gaps.iloc[:2])
    wide = describe_completeness(gaps)
    assert "1 of 3 maps" in wide
    assert "at most by 12 %" in wide
    assert "too coarse" in wide


def test_of_one_run_hits_lead_to_their_cases_and_of_several_nowhere() -> None:
    known = cases_table(run="r", correct=True, outcome="true negative", label="benign")
    links = CaseLinks(pd.concat([known.assign(scan_id=f"s{number}") for number in range(30)]))
    one = tables_of()
    for name in ("pointing_game", "localization_scores"):
        one[name] = one[name].assign(n=60, **{"hits": 45.0} if "hits" in one[name] else {})
    (row,) = list_worth(one, links=links)
    found = dict(zip(COLUMNS, row.readings, strict=True))

    assert (
        found["Hits, maximum or minimum"].query
        == "method=cam&run=r&rule=either&correct=true&hit=reached"
    )
    assert found["Average precision"].query == "method=cam&run=r&correct=true"
    assert found["Gain by insertion"].query == ""
    (several,) = list_worth(tables_of(runs=RUNS), links=links)
    assert {cell.query for cell in several.readings} == {""}
