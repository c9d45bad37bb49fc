"""Fixed places, chosen on the training masks: what knowing where masses usually lie would hit."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Int, UInt8

from sonolens.evaluation.pointing.region_lookup import regions_of_bits
from sonolens.evaluation.pointing.rules import RuleValues
from sonolens.tables.vocabulary import Unions

FixedBits = UInt8[np.ndarray, "scans places"]


@dataclass(frozen=True)
class LocationPrior:
    """The places that hit most training scans, by their numbers.

    Attributes:
        regions: The regions that play.
        one: The best place for each region.
        two: The best pair.
    """

    regions: Unions
    one: Int[np.ndarray, " regions"]
    two: Int[np.ndarray, "regions 2"]

    def play(self, fixed_bits: FixedBits, *, rules: Sequence[str]) -> RuleValues:
        """Return 1 where the places hit a region of another scan, else 0: the pair under ``either``, else the one.

        Args:
            fixed_bits: The regions under every place of every scan; see `RegionLookup`.
            rules: Names in `sonolens.tables.vocabulary.POINTING_RULES`, in the order of the last axis.
        """
        inside = _inside(fixed_bits, self.regions)
        of_region = np.arange(len(self.regions))
        hit_by_one = inside[of_region, :, self.one].T
        hit_by_two = inside[of_region[:, None], :, self.two].any(axis=1).T
        hits: RuleValues = np.stack(
            [hit_by_two if rule == "either" else hit_by_one for rule in rules], axis=2
        ).astype(float)
        return hits


def choose_places(fixed_bits: FixedBits, *, regions: Unions) -> LocationPrior:
    """Choose, for every region, the place and the pair of places that hit most training scans.

    All places are tried, and all pairs: `h_i + h_j - h_ij` scans are hit by at least one of two. Labels
    are not asked. Of pairs that tie, those remain whose places hit most alone; of what still ties, the middle
    one in reading order, which lies within the places that tie rather than at their edge.

    Args:
        fixed_bits: The regions under at least two places of every training scan; see `RegionLookup`.
        regions: The regions that play.

    Raises:
        ValueError: If there is no training scan.

    Examples:
        On three scans the mass lies at the left, left and right.

        >>> bits = np.array([[1, 0, 0], [1, 0, 0], [0, 0, 1]], dtype=np.uint8)
        >>> prior = choose_places(bits, regions={"mass": ["mass"]})
        >>> prior.one, prior.two
        (array([0]), array([[0, 2]]))
    """
    if not len(fixed_bits):
        raise ValueError("there is no training scan to choose places on; read their regions too")
    one, two = [], []
    # Counts up to 16 million are exact.
    for inside in _inside(fixed_bits, regions).astype(np.float32):
        both = inside.T @ inside
        alone = both.diagonal()
        first, second = np.triu_indices(len(both), k=1)
        of_each = alone[first] + alone[second]
        best = _best(of_each - both[first, second], then=of_each)
        one.append(_best(alone, then=alone))
        two.append([first[best], second[best]])
    return LocationPrior(regions=regions, one=np.array(one), two=np.array(two))


def _best(hits: np.ndarray, *, then: np.ndarray) -> int:
    """Return the number of the most hits, of ties that of the most in `then`, of these the middle one."""
    tied = np.flatnonzero(hits == hits.max())
    tied = tied[then[tied] == then[tied].max()]
    return int(tied[len(tied) // 2])


def _inside(fixed_bits: FixedBits, regions: Unions) -> Bool[np.ndarray, "regions scans places"]:
    return np.moveaxis(regions_of_bits(regions)[fixed_bits], -1, 0)
