"""From the logits of coalitions to what every region adds: Shapley values, necessity, sufficiency, interactions."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from sonolens.evaluation.evidence.averages import average_over_scans
from sonolens.evaluation.reliance import game
from sonolens.evaluation.reliance.asking import JOINED_BY, name_coalitions
from sonolens.evaluation.statistics.intervals import Bootstrap
from sonolens.tables.reliance import CoalitionLogitsTable, RegionInteractions, RegionReliance
from sonolens.tables.training import DecisionsTable
from sonolens.tables.vocabulary import COUNTED_LABELS

GAME = ["run", "scan_id", "null", "fill"]
"""What tells one game from another."""


def share_out_logits(coalition_logits: CoalitionLogitsTable) -> pd.DataFrame:
    """Share out every logit among the regions of its scan.

    Returns:
        A `RegionReliance` table, scans in their order.

    Raises:
        ValueError: If a coalition of a scan has no logit.
    """
    tables = []
    for names, games, answers in _games(coalition_logits):
        sums = {
            "value": game.shapley_values(answers),
            "necessity": game.necessity(answers),
            "sufficiency": game.sufficiency(answers),
        }
        every = games.loc[games.index.repeat(len(names))].reset_index(drop=True)
        tables.append(
            every.assign(
                region=np.tile(names, len(games)),
                **{name: of_regions.ravel() for name, of_regions in sums.items()},
                logit=np.repeat(answers[:, -1], len(names)),
                empty_logit=np.repeat(answers[:, 0], len(names)),
            )
        )
    if not tables:
        return RegionReliance.empty()
    return pd.concat(tables, ignore_index=True)


def summarise_interactions(
    coalition_logits: CoalitionLogitsTable,
    decisions: DecisionsTable,
    *,
    partition: str,
    bootstrap: Bootstrap,
) -> pd.DataFrame:
    """Average over scans what every two regions of a scan's own add together beyond what they add apart.

    Args:
        partition: Whose scans count.

    Returns:
        A `RegionInteractions` table.
    """
    own = coalition_logits[coalition_logits["null"] == "none"]
    tables = [
        games.assign(first=names[one], second=names[other], value=values)
        for names, games, answers in _games(own)
        if len(names) > 1
        for (one, other), values in game.interactions(answers).items()
    ]
    if not tables:
        return RegionInteractions.empty()
    together = pd.concat(tables, ignore_index=True).merge(
        decisions[["run", "scan_id", "label"]], on=["run", "scan_id"]
    )
    means = [
        average_over_scans(
            together if label == "both" else together[together["label"] == label],
            decisions,
            by=["run", "fill", "first", "second"],
            partition=partition,
            bootstrap=bootstrap,
        ).assign(label=label)
        for label in COUNTED_LABELS
        if label == "both" or (together["label"] == label).any()
    ]
    return pd.concat(means, ignore_index=True)


def _games(
    coalition_logits: CoalitionLogitsTable,
) -> Iterator[tuple[list[str], pd.DataFrame, game.Answers]]:
    """Yield regions, games and the logits of all coalitions, for all games of the same regions at once."""
    for players, rows in coalition_logits.groupby("players", sort=False):
        names = str(players).split(JOINED_BY)
        order = {shown: number for number, shown in enumerate(name_coalitions(names))}
        wide = rows.assign(number=rows["shown"].map(order)).pivot_table(
            index=GAME, columns="number", values="logit", aggfunc="first"
        )
        games = rows[GAME].drop_duplicates().reset_index(drop=True)
        answers = wide.reindex(columns=range(len(order))).loc[pd.MultiIndex.from_frame(games)]
        if answers.isna().to_numpy().any():
            lost = games[answers.isna().any(axis=1).to_numpy()].iloc[0]
            raise ValueError(
                f"scan {lost['scan_id']!r} lacks the logit of a coalition of {players} by fill "
                f"{lost['fill']}; ask the network again"
            )
        yield names, games, answers.to_numpy(dtype=float)
