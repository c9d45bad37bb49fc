"""The pointing game: Tab. 2 with chance and nulls beside it, and the whole table."""

from typing import Any

from sonolens.figures.published import POINTING_HITS, counted_by_paper
from sonolens.report.case_links import CaseLink, CaseLinks
from sonolens.report.numerals import percent, percent_with_interval
from sonolens.report.paper_tables import REGION_TITLES, look_up_nulls
from sonolens.report.pictures import Caption
from sonolens.report.runs import describe_scoring, name_rows, name_runs
from sonolens.report.section import Section, Tables
from sonolens.tables.pointing import PointingGameTable

MAPPED = {"region": "Region", "ring": "Ring", "method": "Method", "run": "Run"}
"""What names the rows of both tables."""


def _tell(tables: Tables) -> dict[str, Any]:
    runs = name_runs(tables["training_runs"])
    links = CaseLinks(tables["cases"])
    game = tables["pointing_game"].to_dict(orient="records")
    return {
        **runs,
        **describe_scoring(tables["pointing_game"]),
        "pointing_game": [row | {"cases": links.show_game(row)} for row in game],
        "cases_of": _link_table_2(tables["pointing_game"], links),
        "table_2": tables["table_2"].to_dict(orient="records"),
        "mapped": name_rows(game, MAPPED, kept=("region",), flattered=runs["flattered"]),
        "nulls": look_up_nulls(tables["pointing_game"]),
        "published": {
            REGION_TITLES[region]: percent(rate) for region, rate in POINTING_HITS.items()
        },
    }


def _link_table_2(
    pointing_game: PointingGameTable, links: CaseLinks
) -> dict[tuple[str, str, str], dict[str, CaseLink]]:
    """Link the counts of Tab. 2 to their cases, by method, run and region's title."""
    return {
        (row["method"], row["run"], REGION_TITLES[row["region"]]): links.show_game(
            row, text=percent_with_interval(row["rate"], row["ci_low"], row["ci_high"])
        )
        for row in counted_by_paper(pointing_game).to_dict(orient="records")
    }


SECTION = Section(
    "pointing",
    "Pointing game",
    "pointing.html",
    folded=False,
    needs=("pointing_game", "table_2", "training_runs", "cases"),
    figures=(
        Caption(
            name="pointing_game_figure",
            intervals=True,
            title="Hits against chance",
            text="How often an extreme lay in each region, with intervals, beside what blind points score.",
            alt="Chart of the hit rate per region with its interval, beside the chance level.",
        ),
    ),
    tell=_tell,
)
