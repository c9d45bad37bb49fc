"""The rules of the pointing game: which of a map's two extremes must lie in a region."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float

from sonolens.evaluation.pointing.scored_maps import RegionValues, ScoredMaps

RuleValues = Float[np.ndarray, "scans regions rules"]


def apply_rules(
    maps: ScoredMaps, at_max: RegionValues, at_min: RegionValues, *, rules: Sequence[str]
) -> RuleValues:
    """Return what each rule makes of the shares that a map's maxima and minima have in a region.

    Args:
        maps: Tells which scans are called malignant.
        at_max: Share of each map's maxima inside.
        at_min: Share of its minima inside.
        rules: Names in `sonolens.tables.vocabulary.POINTING_RULES`, in the order of the last axis.
    """
    values = {
        "either": 1 - (1 - at_max) * (1 - at_min),
        "max": at_max,
        "min": at_min,
        "decision": np.where(maps.called[:, None], at_max, at_min),
    }
    chosen: RuleValues = np.stack([values[rule] for rule in rules], axis=2)
    return chosen
