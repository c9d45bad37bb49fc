"""Which maps, networks and predictions belong together, and a refusal of those that do not.

Kedro's world keeps one run's versions together. Versions asked for by hand, and files changed by hand, get
past it; what comes from another fit is found out here, by its names and by its logits.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from jaxtyping import Float

from sonolens.arrays import SaliencyMap, SaliencyStack
from sonolens.models import NetworkWeights
from sonolens.pipelines.collections import MapId, Networks, SaliencyMaps
from sonolens.tables.training import DecisionsTable

REDRAW = "draw the maps again with kedro run --pipelines explainability"
REFIT = "take both from one run, or run the training pipeline again"


def read_map(saliency_maps: SaliencyMaps, map_id: MapId) -> SaliencyMap:
    """Read one map.

    Raises:
        ValueError: There is no such map, or it holds infinite or undefined values.
    """
    named = f"method {map_id.method}, run {map_id.run!r}, scan {map_id.scan_id!r}"
    if str(map_id) not in saliency_maps:
        raise ValueError(
            f"there is no saliency map of {named}; maps and predictions come from different runs, "
            f"so {REDRAW}"
        )
    saliency = saliency_maps[str(map_id)]()
    broken = int(np.count_nonzero(~np.isfinite(saliency)))
    if broken:
        raise ValueError(
            f"the saliency map of {named} holds {broken} infinite or undefined values, so it ranks "
            f"no place above another; {REDRAW}"
        )
    return saliency


def stack_maps(
    saliency_maps: SaliencyMaps,
    decided: pd.DataFrame,
    *,
    methods: Sequence[str],
    tolerance: float,
) -> dict[str, SaliencyStack]:
    """Read the maps that methods drew of one run, each in the order of the decided scans.

    Args:
        saliency_maps: All maps.
        decided: From `decisions_of`.
        methods: Names of the methods.
        tolerance: As for `check_maps_follow`.

    Raises:
        ValueError: As for `read_map` and, if ``cam`` is among the methods, `check_maps_follow`.
    """
    run = str(decided["run"].iloc[0])
    stacks = {
        method: np.stack(
            [read_map(saliency_maps, MapId(method, run, scan_id)) for scan_id in decided.index]
        )
        for method in methods
    }
    if "cam" in stacks:
        check_maps_follow(stacks["cam"], decided["logit"], run=run, tolerance=tolerance)
    return stacks


def decisions_of(decisions: DecisionsTable, *, run: str, scan_ids: Sequence[str]) -> pd.DataFrame:
    """Return the decisions of one run on some scans, indexed by scan in the order given."""
    return decisions[decisions["run"] == run].set_index("scan_id").loc[list(scan_ids)]


def read_weights(model_weights: Networks, run: str) -> NetworkWeights:
    """Load the weights of one run.

    Raises:
        ValueError: There are none.
    """
    if run not in model_weights:
        raise ValueError(
            f"run {run!r} has predictions but no weights; weights and predictions come from "
            f"different runs, so {REFIT}"
        )
    return model_weights[run]()


def check_logits(
    answered: Float[np.ndarray, " scans"],
    stored: "pd.Series[float]",
    *,
    run: str,
    tolerance: float,
) -> None:
    """Refuse a network that does not answer as its predictions say.

    Args:
        answered: The network's logit of every scan.
        stored: The logits of its predictions, indexed by scan, in the same order.
        run: Name of the network's run.
        tolerance: Largest difference that passes, of a logit beyond 1 the share; another batch or
            device rounds otherwise.

    Raises:
        ValueError: Two logits are further apart; the first such scan is named.
    """
    said = stored.to_numpy(dtype=float)
    apart = np.abs(answered - said)
    off = np.flatnonzero(~(apart <= tolerance * np.maximum(1.0, np.abs(said))))
    if len(off):
        first = int(off[0])
        raise ValueError(
            f"the weights of run {run!r} give scan {stored.index[first]!r} the logit "
            f"{answered[first]:.6g}, but its prediction says {stored.iloc[first]:.6g}; weights and "
            f"predictions come from different fits, so {REFIT}"
        )


def check_maps_follow(
    maps: SaliencyStack, stored: "pd.Series[float]", *, run: str, tolerance: float
) -> None:
    """Refuse class activation maps that belong to another fit than the logits.

    ``mean(map) + bias`` is the logit, so what logits have beyond their maps' means is the same for all
    scans of a run, the bias, whatever it is. One scan alone shows nothing.

    Args:
        maps: Class activation maps.
        stored: The logits of the run's predictions, indexed by scan, in the same order.
        run: Name of the run.
        tolerance: Largest ``|mean(map) + bias - logit|`` that passes, of logits beyond 1 the share.

    Raises:
        ValueError: No bias fits all scans; the one furthest off is named.
    """
    said = stored.to_numpy(dtype=float)
    allowed = tolerance * max(1.0, float(np.abs(said).max(initial=0.0)))
    beyond = said - maps.mean(axis=(1, 2), dtype=np.float64)
    apart = np.abs(beyond - np.median(beyond))
    if not np.ptp(beyond) <= 2 * allowed:
        worst = int(apart.argmax())
        raise ValueError(
            f"the cam map of run {run!r}, scan {stored.index[worst]!r}, is {apart[worst]:.2g} away "
            f"from its logit where {allowed:.2g} is allowed; maps and predictions come from "
            f"different fits, so {REDRAW}"
        )
