"""Sanity: how alike a map stays while its network forgets what it learned."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sonolens.figures import method_grid as grid
from sonolens.figures.style import HAIRLINE, in_house_style
from sonolens.tables.evidence import SanityChecksTable

STROKES = {
    "rank_correlation": grid.Stroke("rank correlation", "#0f6b5c"),
    "absolute_rank_correlation": grid.Stroke(
        "rank correlation without sign", "#7b3fa0", grid.DASHED
    ),
    "ssim": grid.Stroke("structural similarity (SSIM)", "#8a5a00", grid.DOTTED),
}


@in_house_style
def draw_sanity(sanity_checks: SanityChecksTable) -> Figure:
    """Draw how alike the maps stay against the parts of the network drawn anew, one panel per method.

    Several runs are averaged; their shade is from the least to the largest. Networks of more parts
    have a line of their own, since a depth means something else in each.
    """
    parts = sanity_checks.groupby(["method", "run"])["depth"].transform("max")
    games = dict(list(sanity_checks.assign(parts=parts).groupby("method", sort=False)))
    figure, panels = grid.open_grid(
        [str(name) for name in games],
        title=f"Sanity, {sanity_checks['partition'].iloc[0]} partition",
        legend=_explain(sanity_checks, kinds=parts.nunique()),
        strokes=list(STROKES.values()),
        notes=[grid.span_counts(game["n"]) for game in games.values()],
    )
    for method, axes in panels.items():
        _draw_panel(axes, games[method], method=method)
        axes.set(xlim=(0, parts.max()), ylim=(-1, 1))
        axes.set_xticks(range(int(parts.max()) + 1))
    grid.label_grid(panels.values(), xlabel="parts drawn anew", ylabel="likeness")
    return figure


def _draw_panel(axes: Axes, game: pd.DataFrame, *, method: str) -> None:
    axes.axhline(0, color=HAIRLINE, linewidth=1.2, gid=f"nothing-{method}")
    for measure, stroke in STROKES.items():
        for parts, curves in game[game["measure"] == measure].groupby("parts"):
            trace = grid.trace_runs(curves, x="depth", value="mean", limits=("ci_low", "ci_high"))
            grid.draw_trace(axes, trace, stroke, gid=f"{measure}-{parts}-{method}")


def _explain(sanity_checks: SanityChecksTable, *, kinds: int) -> str:
    shade = grid.explain_shade(
        sanity_checks["run"].nunique(),
        interval=f"Shaded: {sanity_checks['confidence'].iloc[0]:.0%} intervals.",
    )
    apart = (
        " Networks with the same number of parts share a line, which ends where nothing learned is left."
        if kinds > 1
        else ""
    )
    return (
        "1: the map stays as it was; 0: it has nothing in common with what it was. From left to right more of "
        "the network is drawn anew, the output first and at the right end all of it. A map that follows the "
        f"network falls to about 0. {shade}{apart}"
    )
