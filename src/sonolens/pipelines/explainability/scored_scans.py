"""Which scans of a run are scored, and which few of them a costly check looks at."""

import numpy as np

from sonolens.tables.training import DecisionsTable


def scored_scans(decisions: DecisionsTable, *, partition: str) -> dict[str, list[str]]:
    """List the scans of one partition of every run, in alphabetical order.

    Raises:
        ValueError: If no run has a scan in the partition.
    """
    scored = list_scans(decisions, partition=partition)
    if not scored:
        raise ValueError(
            f"no decision is of the {partition} partition; choose another evaluation.partition "
            "or split the study anew"
        )
    return scored


def list_scans(decisions: DecisionsTable, *, partition: str) -> dict[str, list[str]]:
    """List the same; of a network from another study there may be none."""
    of_runs = decisions.loc[decisions["partition"] == partition].groupby("run", sort=False)
    return {str(run): sorted(scans) for run, scans in of_runs["scan_id"]}


def draw_some(scan_ids: list[str], *, at_most: int | None, seed: int) -> list[str]:
    """Draw scans without replacement, and keep their order.

    Args:
        scan_ids: What is drawn from; runs that share it share the draw.
        at_most: How many; None, or as many as there are, takes all.
        seed: Seed of the draw.

    Examples:
        >>> draw_some(["a", "b"], at_most=None, seed=0)
        ['a', 'b']
        >>> len(draw_some(["a", "b", "c"], at_most=2, seed=0))
        2
    """
    if at_most is None or at_most >= len(scan_ids):
        return scan_ids
    drawn = np.random.default_rng(seed).choice(len(scan_ids), size=at_most, replace=False)
    return [scan_ids[place] for place in np.sort(drawn)]
