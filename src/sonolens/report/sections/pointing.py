"""The pointing game: Tab. 2 with chance and nulls beside it, and the whole table."""

from collections.abc import Collection
from typing import Any

from sonolens.figures.published import POINTING_HITS
from sonolens.report.numerals import percent
from sonolens.report.paper_tables import REGION_TITLES, look_up_nulls
from sonolens.report.pictures import Caption
from sonolens.report.runs import describe_scoring, name_runs
from sonolens.report.section import Section, Tables
from sonolens.tables.pointing import PointingGameTable


def _tell(tables: Tables) -> dict[str, Any]:
    runs = name_runs(tables["training_runs"])
    return {
        **runs,
        **describe_scoring(tables["pointing_game"]),
        "pointing_game": tables["pointing_game"].to_dict(orient="records"),
        "table_2": tables["table_2"].to_dict(orient="records"),
        **_tell_shared(tables["pointing_game"], flattered=runs["flattered"]),
        "nulls": look_up_nulls(tables["pointing_game"]),
        "published": {
            REGION_TITLES[region]: percent(rate) for region, rate in POINTING_HITS.items()
        },
    }


def _tell_shared(pointing_game: PointingGameTable, *, flattered: Collection[str]) -> dict[str, Any]:
    """Tell apart what rows differ in and what they share: how the ring was drawn, the method, the run.

    A run whose test scans chose for it stands in every row, so that the mark is never far.
    """
    values = {name: pointing_game[name].unique() for name in ("ring", "method", "run")}
    varied = [
        name
        for name, found in values.items()
        if len(found) > 1 or (name == "run" and found[0] in flattered)
    ]
    alike = [str(found[0]) for name, found in values.items() if name not in varied]
    return {
        "varied": varied,
        "shared": f" ({', '.join(alike)})" if alike else "",
    }


SECTION = Section(
    "pointing",
    "Pointing game",
    "pointing.html",
    folded=False,
    needs=("pointing_game", "table_2", "training_runs"),
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
