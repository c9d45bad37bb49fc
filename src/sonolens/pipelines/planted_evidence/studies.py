"""The studies of planted evidence: phantoms whose label is carried by one known cue."""

from dataclasses import dataclass

from sonolens.studies import Study, read_phantoms
from sonolens.tables.vocabulary import REGION_NAMES, Unions


@dataclass(frozen=True)
class Plant:
    """One cue and where its evidence lies.

    Attributes:
        cue: A name in `sonolens.ultrasound.CUES`.
        regions: The regions that hold the evidence, as readers name them.
        foci_site: Where foci lie; of no matter for other cues.
    """

    cue: str
    regions: tuple[str, ...]
    foci_site: str = "mass"

    @property
    def played_regions(self) -> Unions:
        """The regions of its pointing game: the four that a scan consists of, and ``planted``."""
        return {name: (name,) for name in (*REGION_NAMES, "other")} | {"planted": self.regions}


PLANTS = {
    # The contour is the border of two regions, and the halo lies outside.
    "margin": Plant("margin", regions=("mass", "peritumoral")),
    # The ring keeps the first millimetres under the mass, which are shadowed too.
    "posterior": Plant("posterior", regions=("below",)),
    "interior": Plant("interior", regions=("mass",)),
    "foci_mass": Plant("foci", regions=("mass",), foci_site="mass"),
    "foci_peritumoral": Plant("foci", regions=("peritumoral",), foci_site="peritumoral"),
    "foci_below": Plant("foci", regions=("below",), foci_site="below"),
    "foci_elsewhere": Plant("foci", regions=("other",), foci_site="elsewhere"),
}
"""Everything that can be planted, by name.

Foci and the texture of the interior are seen where they lie and nowhere else. A shadow and an outline
leak: sound that a mass absorbs is missing within the mass already, and below it to the field's end.
"""


def plan_study(
    name: str, *, masses: int, malignant_share: float, least_look: float, seed: int
) -> Study:
    """Plan the phantoms that carry one plant; its scans are drawn when they are asked for.

    Studies of one seed show the same masses in the same tissue; only what carries the label differs.
    """
    plant = PLANTS[name]
    return read_phantoms(
        masses=masses,
        malignant_share=malignant_share,
        cues=(plant.cue,),
        least_look=least_look,
        foci_site=plant.foci_site,
        seed=seed,
    )
