"""Abstention: how often the kept decisions are wrong when the others are suspended."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sonolens.figures import method_grid as grid
from sonolens.figures.style import HAIRLINE, MUTED, in_house_style
from sonolens.tables.evidence import AbstentionCurveTable, AbstentionScoresTable

STROKES = {
    "map": grid.Stroke("suspended by the map", "#0f6b5c"),
    "certainty": grid.Stroke("by certainty", "#8a5a00", grid.DASHED),
    "random": grid.Stroke("at random", MUTED, grid.DOTTED),
}


@in_house_style
def draw_abstention(
    abstention_curve: AbstentionCurveTable, abstention_scores: AbstentionScoresTable
) -> Figure:
    """Draw the error rate of the kept decisions against the share kept, one panel per method.

    The horizontal line is the error rate with nothing suspended, the vertical one the share of
    decisions whose map points at a relevant region. Several runs are averaged; their shade is from
    the least to the largest.
    """
    games = dict(list(abstention_curve.groupby("method", sort=False)))
    kept = abstention_scores[abstention_scores["suspended_by"] == "map"]
    coverages = kept.groupby("method")["coverage"].mean()
    figure, panels = grid.open_grid(
        [str(name) for name in games],
        title=f"Suspending decisions, {abstention_curve['partition'].iloc[0]} partition",
        legend=_explain(abstention_curve, abstention_scores),
        strokes=list(STROKES.values()),
        notes=[grid.span_counts(game["n"]) for game in games.values()],
    )
    for method, axes in panels.items():
        _draw_panel(axes, games[method], method=method, coverage=float(coverages[method]))
    several = len(abstention_curve["run"].unique()) > 1
    top = abstention_curve["risk" if several else "ci_high"].max()
    for axes in panels.values():
        axes.set(xlim=(0, 1), ylim=(0, max(0.1, min(1.0, 1.05 * top))))
        axes.set_xticks(np.linspace(0, 1, 5), [f"{100 * x:.0f}" for x in np.linspace(0, 1, 5)])
    grid.label_grid(panels.values(), xlabel="decisions kept, %", ylabel="share wrong of the kept")
    return figure


def _draw_panel(axes: Axes, game: pd.DataFrame, *, method: str, coverage: float) -> None:
    nothing_suspended = float(game.loc[np.isclose(game["coverage"], 1.0), "risk"].mean())
    axes.axhline(nothing_suspended, color=HAIRLINE, linewidth=1.2, gid=f"all-{method}")
    axes.axvline(coverage, color=HAIRLINE, linewidth=1.2, gid=f"coverage-{method}")
    for strategy, stroke in STROKES.items():
        curves = game[game["suspended_by"] == strategy]
        trace = grid.trace_runs(curves, x="coverage", value="risk", limits=("ci_low", "ci_high"))
        grid.draw_trace(axes, trace, stroke, gid=f"{strategy}-{method}")


def _explain(
    abstention_curve: AbstentionCurveTable, abstention_scores: AbstentionScoresTable
) -> str:
    shade = grid.explain_shade(
        abstention_curve["run"].nunique(),
        interval=f"Shaded: {abstention_curve['confidence'].iloc[0]:.0%} intervals.",
    )
    return (
        "Lower is better. Grey lines: the error rate with nothing suspended, and the share of decisions "
        f"whose map points at {', '.join(abstention_scores['relevant'].unique())}. {shade}"
    )
