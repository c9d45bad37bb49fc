"""Fixed places, chosen on the training masks: what knowing where masses usually lie would hit."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, UInt8

from sonolens.evaluation.pointing.region_lookup import regions_of_bits
from sonolens.evaluation.pointing.rules import RuleValues
from sonolens.tables.vocabulary import Unions

DECIMALS = 12
"""Shares of places that tie add up to 1 so far; what is hit by all of them is hit."""

FixedBits = UInt8[np.ndarray, "scans places"]


@dataclass(frozen=True)
class LocationPrior:
    """The places that hit most training scans; those that tie share.

    Attributes:
        regions: The regions that play.
        one: How much of the best place each place is, per region; adds up to 1.
        two: The same of pairs of places, the first before the second.
    """

    regions: Unions
    one: Float[np.ndarray, "regions places"]
    two: Float[np.ndarray, "regions places places"]

    def play(self, fixed_bits: FixedBits, *, rules: Sequence[str]) -> RuleValues:
        """Return what the places hit on other scans: the pair under ``either``, else the one.

        Args:
            fixed_bits: The regions under every place of every scan; see `RegionLookup`.
            rules: Names in `sonolens.tables.vocabulary.POINTING_RULES`, in the order of the last axis.
        """
        inside = _inside(fixed_bits, self.regions).astype(float)
        hit_by_one = np.einsum("rsp,rp->sr", inside, self.one)
        # Of a pair hits the first, or the second, less what both do.
        of_either = self.two.sum(axis=1) + self.two.sum(axis=2)
        both = np.einsum("rsp,rsp->sr", inside @ self.two, inside)
        hit_by_two = np.einsum("rsp,rp->sr", inside, of_either) - both
        hits: RuleValues = np.stack(
            [hit_by_two if rule == "either" else hit_by_one for rule in rules], axis=2
        )
        return hits.clip(0.0, 1.0).round(DECIMALS)


def choose_places(fixed_bits: FixedBits, *, regions: Unions) -> LocationPrior:
    """Choose, for every region, the place and the pair of places that hit most training scans.

    All places are tried, and all pairs: `h_i + h_j - h_ij` scans are hit by at least one of two. Labels
    are not asked. Places that hit equally many share, as tied extremes of a map do, so that no order of
    theirs decides.

    Args:
        fixed_bits: The regions under at least two places of every training scan; see `RegionLookup`.
        regions: The regions that play.

    Raises:
        ValueError: If there is no training scan.

    Examples:
        On three scans the mass lies at the left, left and right.

        >>> bits = np.array([[1, 0, 0], [1, 0, 0], [0, 0, 1]], dtype=np.uint8)
        >>> prior = choose_places(bits, regions={"mass": ["mass"]})
        >>> prior.one
        array([[1., 0., 0.]])
        >>> np.argwhere(prior.two[0])
        array([[0, 2]])
    """
    if not len(fixed_bits):
        raise ValueError("there is no training scan to choose places on; read their regions too")
    ones, twos = [], []
    for inside in _inside(fixed_bits, regions).astype(
        np.float32
    ):  # counts up to 16 million are exact
        both = inside.T @ inside
        alone = both.diagonal()
        first, second = np.triu_indices(len(both), k=1)
        at_least_one = np.zeros_like(both)
        at_least_one[first, second] = (alone[:, None] + alone - both)[first, second]
        allowed = np.zeros(both.shape, dtype=bool)
        allowed[first, second] = True
        ones.append(_share_best(alone, np.ones(alone.shape, dtype=bool)))
        twos.append(_share_best(at_least_one, allowed))
    return LocationPrior(regions=regions, one=np.stack(ones), two=np.stack(twos))


def _share_best(
    hits: Float[np.ndarray, "..."], allowed: Bool[np.ndarray, "..."]
) -> Float[np.ndarray, "..."]:
    best = allowed & (hits == hits[allowed].max())
    return best / best.sum()


def _inside(fixed_bits: FixedBits, regions: Unions) -> Bool[np.ndarray, "regions scans places"]:
    return np.moveaxis(regions_of_bits(regions)[fixed_bits], -1, 0)
