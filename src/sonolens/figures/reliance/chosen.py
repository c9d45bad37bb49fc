"""Whether what one region adds to the logit tells labels better than the logit: the choice, its test, and a null."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sonolens.evaluation.classification import EVEN
from sonolens.figures.panels import INKS, explain_panels, frame, open_panels
from sonolens.figures.reliance.regions import FILL_NAMES, PLACEBO_NAMES, REGION_NAMES
from sonolens.figures.style import FAINT, HAIRLINE, INK, MUTED, PAGE, SMALL_PT, in_house_style
from sonolens.tables.reliance import ChosenRegionsTable
from sonolens.tables.vocabulary import RELIANCE_NULLS

WIDTH_IN, ROW_IN, WORDS_IN = 8.6, 0.34, 2.1


@in_house_style
def draw_chosen_regions(chosen_regions: ChosenRegionsTable) -> Figure:
    """Draw a row per run and choice: the AUC of the region chosen, of the whole logit, and of a choice among placebos."""
    own = chosen_regions[chosen_regions["null"] == "none"].reset_index(drop=True)
    nulls = [null for null in RELIANCE_NULLS if (chosen_regions["null"] == null).any()]
    placebo = chosen_regions[chosen_regions["null"] == (nulls[0] if nulls else "")]
    partition = own["partition"].iloc[0]
    figure = open_panels(
        f"Can one region be read instead of the whole scan? {partition.capitalize()} partition",
        size_in=(WIDTH_IN, WORDS_IN + ROW_IN * len(own)),
    )
    axes = figure.subplots()
    axes.axvline(EVEN, color=HAIRLINE, linewidth=1.2, zorder=0, gid="chance")
    for place, row in own.iterrows():
        beside = placebo[(placebo["run"] == row["run"]) & (placebo["among"] == row["among"])]
        _draw_row(axes, row, beside, float(str(place)))
    several = len(set(own["run"])) > 1
    axes.set_yticks(range(len(own)), [_name(row, several) for _, row in own.iterrows()])
    axes.set_ylim(len(own) - 0.5, -0.5)
    axes.set_xlim(0, 1)
    frame(axes, xlabel="AUC", ylabel="")
    axes.tick_params(axis="y", length=0, labelsize=SMALL_PT)
    explain_panels(figure, _explain(own, nulls))
    return figure


def _draw_row(axes: Axes, row: pd.Series, placebo: pd.DataFrame, place: float) -> None:
    axes.plot([row["ci_low"], row["ci_high"]], [place, place], color=INK, linewidth=1.2, zorder=2)
    marks = {
        "placebo": (placebo["auc"].mean(), "o", PAGE, MUTED),
        "validation": (row["validation_auc"], "|", FAINT, FAINT),
        "whole": (row["whole_auc"], "D", INKS[2], INKS[2]),
        "chosen": (row["auc"], "o", INK, INK),
    }
    for name, (value, marker, face, edge) in marks.items():
        axes.plot(
            value, place, marker, mfc=face, mec=edge, ms=6, zorder=3, gid=f"{name}-{place:.0f}"
        )


def _name(row: pd.Series, several: bool) -> str:
    fill = "any fill" if row["among"] == "all" else FILL_NAMES[row["among"]]
    chosen = REGION_NAMES.get(row["region"], "no region")
    return f"{row['run'] + ', ' if several else ''}{fill}: {chosen}"


def _explain(own: ChosenRegionsTable, nulls: list[str]) -> str:
    null = (
        f"Ring: a choice made likewise among {PLACEBO_NAMES[nulls[0]]}."
        if nulls
        else "There was no placebo to choose among."
    )
    first = own.iloc[0]
    return (
        f"Dot: the AUC of what the region adds to the logit, which of all regions did best on {first['n_validation']} validation "
        f"scans (tick: its AUC there, which choosing flatters), with the {first['confidence']:.0%} interval on {first['n']} other "
        f"scans. Diamond: the whole logit of the same scans. {null} Grey: chance."
    )
