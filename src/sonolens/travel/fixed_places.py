"""The fixed places of the pointing game: what knowing where masses of the training study lie would hit elsewhere."""

from collections.abc import Sequence

import numpy as np

from sonolens.evaluation.pointing import FIXED_GRID, LocationPrior
from sonolens.tables.vocabulary import Unions
from sonolens.travel.card import FixedPlaces


def tell_places(prior: LocationPrior, *, tolerance_mm: float) -> tuple[FixedPlaces, ...]:
    """Tell the places that were chosen on training masks.

    Args:
        prior: The places, of `FIXED_GRID`.
        tolerance_mm: A place as near as this to a region counted as inside.
    """
    chosen = zip(prior.regions, prior.one.tolist(), prior.two.tolist(), strict=True)
    return tuple(
        FixedPlaces(
            region=region, grid=FIXED_GRID, tolerance_mm=tolerance_mm, one=one, two=tuple(two)
        )
        for region, one, two in chosen
    )


def take_places(told: Sequence[FixedPlaces], *, regions: Unions) -> LocationPrior:
    """Make the places of a card playable on another study's scans.

    Args:
        told: From a card.
        regions: The regions that play there.

    Raises:
        ValueError: A region has no place, or places were counted on another grid than this version's.
    """
    known = {place.region: place for place in told}
    lacking = [region for region in regions if region not in known]
    if lacking:
        raise ValueError(
            f"no place was chosen for {lacking[0]}; places were chosen for {', '.join(known) or 'no region'}"
        )
    chosen = [known[region] for region in regions]
    on_grid = FIXED_GRID[0] * FIXED_GRID[1]
    for place in chosen:
        if place.grid != FIXED_GRID or max(place.one, *place.two) >= on_grid:
            raise ValueError(
                f"the place of {place.region} lies on a grid of {place.grid[0]} x {place.grid[1]}, and this version "
                f"plays on {FIXED_GRID[0]} x {FIXED_GRID[1]}; export the network with this version"
            )
    return LocationPrior(
        regions=regions,
        one=np.array([place.one for place in chosen], dtype=int),
        two=np.array([place.two for place in chosen], dtype=int),
    )
