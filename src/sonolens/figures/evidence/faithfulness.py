"""Faithfulness: how fast a call falls when the map's strongest cells go, and rises when they come."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sonolens.figures import method_grid as grid
from sonolens.figures.style import in_house_style
from sonolens.tables.evidence import FaithfulnessCurveTable, FaithfulnessScoresTable
from sonolens.tables.vocabulary import FAITHFULNESS_TESTS

STROKES = {
    ("insertion", "map"): grid.Stroke("insertion, strongest cells first", "#0f6b5c"),
    ("insertion", "random"): grid.Stroke("insertion, random order", "#0f6b5c", grid.DOTTED),
    ("deletion", "map"): grid.Stroke("deletion, strongest cells first", "#8a5a00"),
    ("deletion", "random"): grid.Stroke("deletion, random order", "#8a5a00", grid.DOTTED),
}


@in_house_style
def draw_faithfulness(
    faithfulness_curve: FaithfulnessCurveTable, faithfulness_scores: FaithfulnessScoresTable
) -> Figure:
    """Draw how probable the call is against the share of the scan changed, one panel per method.

    Below each name stands what the map gains over the random order, with its interval. Several runs
    are averaged; their shade is from the least to the largest.
    """
    games = dict(list(faithfulness_curve.groupby("method", sort=False)))
    figure, panels = grid.open_grid(
        [str(name) for name in games],
        title=f"Faithfulness, {faithfulness_scores['partition'].iloc[0]} partition",
        legend=_explain(faithfulness_curve, faithfulness_scores),
        strokes=list(STROKES.values()),
        notes=[
            _note(faithfulness_scores[faithfulness_scores["method"] == name], game)
            for name, game in games.items()
        ],
    )
    for method, axes in panels.items():
        _draw_panel(axes, games[method], method=method)
        axes.set(xlim=(0, 1), ylim=(0, 1))
        axes.set_xticks(np.linspace(0, 1, 5), [f"{100 * x:.0f}" for x in np.linspace(0, 1, 5)])
    grid.label_grid(
        panels.values(), xlabel="scan changed, %", ylabel="mean probability of the call"
    )
    return figure


def _draw_panel(axes: Axes, game: pd.DataFrame, *, method: str) -> None:
    for (test, order), stroke in STROKES.items():
        curves = game[(game["test"] == test) & (game["order"] == order)]
        trace = grid.trace_runs(curves, x="share", value="mean", limits=None)
        grid.draw_trace(axes, trace, stroke, gid=f"{test}-{order}-{method}")


def _note(scores: pd.DataFrame, game: pd.DataFrame) -> str:
    """Write the gains of both tests, and how many scans were changed."""
    gains = [_gain(scores[scores["test"] == test], test) for test in FAITHFULNESS_TESTS]
    return "\n".join([*gains, grid.span_counts(game["n"])])


def _gain(scores: pd.DataFrame, test: str) -> str:
    """Write one run's gain with its interval, or the mean with the least and largest run."""
    if scores.empty:
        return f"{test}: not scored"
    limits = (scores["ci_low"].iloc[0], scores["ci_high"].iloc[0])
    if len(scores) > 1:
        limits = (scores["gain"].min(), scores["gain"].max())
    told = "" if np.isnan(limits[0]) else f" [{limits[0]:+.2f}, {limits[1]:+.2f}]"
    return f"{test} {scores['gain'].mean():+.2f}{told}".replace("-", "−")


def _explain(
    faithfulness_curve: FaithfulnessCurveTable, faithfulness_scores: FaithfulnessScoresTable
) -> str:
    runs = faithfulness_curve["run"].nunique()
    confidence = faithfulness_scores["confidence"].iloc[0]
    brackets = f"{confidence:.0%} interval" if runs == 1 else "the least and the largest run"
    shade = grid.explain_shade(runs, interval="Lines: means over the scans.")
    return (
        "The further a solid line lies from the dotted one of its colour, insertion above and deletion below, "
        "the better the map knows what its network needs. A deleted cell shows the fill "
        f"{', '.join(faithfulness_scores['fill'].unique())}. Numbers: area gained over the random order, in "
        f"brackets {brackets}. {shade}"
    )
