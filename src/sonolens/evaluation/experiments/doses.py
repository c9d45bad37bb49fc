"""Doses: how many masses of the positive class bear a plant, and how strong it is; each is a cue of its own."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

NAMED = re.compile(r"(?P<plant>\w+)_share(?P<share>\d{3})_strength(?P<strength>\d{3})")
PERCENT = 100


@dataclass(frozen=True)
class Dose:
    """One plant, its share and its strength.

    Attributes:
        plant: Its name.
        share: Share of the masses of the positive class that bear it; 0 is the null, in which nothing tells the label.
        strength: How strong it is, 1 being plain to see.
    """

    plant: str
    share: float = 1.0
    strength: float = 1.0

    @property
    def cue(self) -> str:
        """What the dose is called where a cue is named, in whole percent.

        Examples:
            >>> Dose("shadow", share=0.25).cue
            'shadow_share025_strength100'
        """
        share, strength = round(PERCENT * self.share), round(PERCENT * self.strength)
        return f"{self.plant}_share{share:03d}_strength{strength:03d}"

    @classmethod
    def parse(cls, cue: str) -> "Dose":
        """Read a dose from its name; a cue of phantoms is borne in full by all.

        Examples:
            >>> Dose.parse("shadow_share025_strength100")
            Dose(plant='shadow', share=0.25, strength=1.0)
            >>> Dose.parse("margin")
            Dose(plant='margin', share=1.0, strength=1.0)
        """
        named = NAMED.fullmatch(cue)
        if named is None:
            return cls(cue)
        share, strength = (int(named[axis]) / PERCENT for axis in ("share", "strength"))
        return cls(named["plant"], share=share, strength=strength)


def list_doses(
    plants: Sequence[str], *, shares: Sequence[float], strengths: Sequence[float]
) -> list[Dose]:
    """List the doses of every plant: each share at full strength, then each strength borne by all.

    Examples:
        >>> [dose.cue for dose in list_doses(["halo"], shares=[0.0, 1.0], strengths=[0.5, 1.0])]
        ['halo_share000_strength100', 'halo_share100_strength100', 'halo_share100_strength050']
    """
    return [
        dose
        for plant in plants
        for dose in dict.fromkeys(
            [
                *(Dose(plant, share=share) for share in shares),
                *(Dose(plant, strength=strength) for strength in strengths),
            ]
        )
    ]


def with_doses(planted_evidence: pd.DataFrame) -> pd.DataFrame:
    """Set out the dose of every row that names a `cue` in the columns `plant`, `share` and `strength`."""
    doses = planted_evidence["cue"].map(Dose.parse)
    axes = ("plant", "share", "strength")
    return planted_evidence.assign(
        **{axis: [getattr(dose, axis) for dose in doses] for axis in axes}
    )
