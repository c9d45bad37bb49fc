"""Breast-mass phantoms: scans made by pulse-echo physics whose truth is known exactly.

A phantom carries three physical cues - the outline of the mass, the sound it lets through, its
inner texture - and a local one, echogenic foci whose place is chosen. Cues that are named carry the
label; a cue that is not named is drawn from one distribution for both labels.
"""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from sonolens.arrays import Mask, Scan
from sonolens.tables.vocabulary import VIEWS
from sonolens.ultrasound.bmode import compress_envelope, detect_envelope, resample_envelope
from sonolens.ultrasound.foci import FOCI_SITES, add_foci
from sonolens.ultrasound.mass import PIXEL_MM, Section, draw_section
from sonolens.ultrasound.pulse_echo import (
    LINE_MM,
    SAMPLE_MM,
    Field,
    attenuate,
    draw_scatterers,
    receive,
)
from sonolens.ultrasound.tissue import Echogenicity, draw_tissue, smooth_noise

CUES = ("margin", "posterior", "interior", "foci")
"""What may carry a phantom's label."""

WIDTH_MM = 38.0
DYNAMIC_RANGE_DB = 60.0
WHITE_ABOVE_GLAND = 100.0
"""Amplitude shown white, over the root mean square echo of glandular tissue."""
NOISE = 0.012
"""Electronic noise over the echo of glandular tissue: what a deep shadow falls to."""
SUSPICIOUS = 0.5
"""From here on an appearance looks malignant to a reader."""
NOTICED_DB = 2.5
"""One-way loss through a mass, above or below average tissue, from which on a reader notes what lies below."""
SPECKLE_REDUCTION_PX = (2, 5)
"""Rows and columns over which the scanner averages the envelope, so that speckle looks as it does."""
SAMPLES_PER_ROW = round(PIXEL_MM / SAMPLE_MM)


@dataclass(frozen=True)
class MassPlan:
    """One mass and the tissue around it, before a scan plane is chosen.

    Attributes:
        seed: Seed of tissue, outline and speckle.
        field_depth_mm: Depth of the field of view.
        depth_mm: Depth of the mass's centre.
        half_height_mm: Semi-axis along depth, the same in both planes.
        half_widths_mm: Semi-axes across, longitudinal then transverse.
        laterals_mm: Lateral position of the centre, longitudinal then transverse.
        margin: 0 smooth oval, 1 angular and spiculated with an echogenic halo.
        posterior: 0 enhancement, 1 shadow.
        interior: 0 nearly isoechoic and even, 1 markedly hypoechoic and uneven.
        foci: How many echogenic foci.
        foci_site: Where they lie.
        gain_db: The scanner's gain.
    """

    seed: int
    field_depth_mm: float
    depth_mm: float
    half_height_mm: float
    half_widths_mm: tuple[float, float]
    laterals_mm: tuple[float, float]
    margin: float
    posterior: float
    interior: float
    foci: int
    foci_site: str
    gain_db: float

    @property
    def birads(self) -> str:
        """BI-RADS category by how many features look suspicious, never by the label.

        Returns:
            3 with none, then 4a, 4b, 4c, and 5 with four; foci count as one.
        """
        looks = [self.margin, self.posterior, self.interior, float(self.foci > 0)]
        return ("3", "4a", "4b", "4c", "5")[sum(look > SUSPICIOUS for look in looks)]

    @property
    def through_mass_db(self) -> float:
        """What the sound loses one way over the whole height of the mass, above average tissue, in dB.

        It is 0 at a look of 0.48.
        """
        return -5.0 + 15.0 * self.posterior**1.5

    @property
    def descriptors(self) -> dict[str, str]:
        """What a reader would note of the mass, by how strong each cue is, never by the label."""
        loss = self.through_mass_db
        below = "shadowing" if loss > NOTICED_DB else "enhancement" if loss < -NOTICED_DB else "no"
        return {
            "posterior": below,
            "margin": "spiculated" if self.margin > SUSPICIOUS else "circumscribed",
            "interior": "hypoechoic" if self.interior > SUSPICIOUS else "isoechoic",
            "foci": "yes" if self.foci else "no",
        }


@dataclass(frozen=True)
class Phantom:
    """One scan of a mass: its plan and the plane, ``longitudinal`` or ``transverse``."""

    plan: MassPlan
    view: str


def plan_mass(
    rng: np.random.Generator,
    *,
    malignant: bool,
    cues: Collection[str],
    least_look: float,
    foci_site: str,
) -> MassPlan:
    """Draw a mass.

    Every draw is made whatever the label and the cues, so a phantom without cues does not depend on
    its label at all.

    Args:
        rng: Source of the draws.
        malignant: The label.
        cues: Names from `CUES` that carry the label.
        least_look: In 0..1. A cue that carries the label looks at least this malignant, or this benign: at 0 it
            tells nothing, at 0.4 the labels share the middle fifth of all looks, from 0.5 on nothing.
        foci_site: A name from `FOCI_SITES`: where foci lie if they are a cue.

    Raises:
        ValueError: If a cue or the site is unknown, or no look is left.
    """
    unknown = sorted(set(cues) - set(CUES))
    if unknown:
        raise ValueError(f"phantom cue {unknown[0]!r} is unknown; choose from {', '.join(CUES)}")
    if foci_site not in FOCI_SITES:
        raise ValueError(f"foci site {foci_site!r} is unknown; choose from {', '.join(FOCI_SITES)}")
    if not 0 <= least_look <= 1:
        raise ValueError(f"least_look is {least_look}, but looks lie between 0 and 1")
    looks = dict(zip(CUES, rng.uniform(size=len(CUES)), strict=True))
    looks |= {
        cue: (1 - least_look) * looks[cue] + (least_look if malignant else 0.0)
        for cue in CUES
        if cue in cues
    }
    field_depth_mm = float(rng.uniform(32, 38))
    half_height_mm = float(rng.uniform(3.0, 5.0))
    half_widths_mm = tuple(half_height_mm * rng.uniform(1.1, 1.7, size=2))
    count = int(rng.integers(4, 8))
    return MassPlan(
        seed=int(rng.integers(2**31)),
        field_depth_mm=field_depth_mm,
        depth_mm=field_depth_mm * float(rng.uniform(0.34, 0.5)),
        half_height_mm=half_height_mm,
        half_widths_mm=(float(half_widths_mm[0]), float(half_widths_mm[1])),
        laterals_mm=(float(rng.uniform(13, 25)), float(rng.uniform(13, 25))),
        margin=looks["margin"],
        posterior=looks["posterior"],
        interior=looks["interior"],
        foci=count if "foci" in cues and malignant else 0,
        foci_site=foci_site,
        gain_db=float(rng.uniform(-3, 3)),
    )


def draw_mask(phantom: Phantom) -> Mask:
    """Draw the exact outline of a phantom's mass, filled."""
    plan, view = phantom.plan, VIEWS.index(phantom.view)
    section = Section(
        depth_mm=plan.depth_mm,
        lateral_mm=plan.laterals_mm[view],
        half_height_mm=plan.half_height_mm,
        half_width_mm=plan.half_widths_mm[view],
        irregularity=plan.margin,
        seed=plan.seed + view,
    )
    return draw_section(
        section, rows=round(plan.field_depth_mm / PIXEL_MM), cols=round(WIDTH_MM / PIXEL_MM)
    )


def draw_scan(phantom: Phantom) -> Scan:
    """Scan a phantom: scatter, attenuate, receive, detect, compress. Same phantom, same bytes."""
    plan, mask = phantom.plan, draw_mask(phantom)
    place = VIEWS.index(phantom.view)
    # Foci have dice of their own: with and without them, everything else is the same.
    rng, foci_rng = (np.random.default_rng([plan.seed, place, use]) for use in (0, 1))
    body = _draw_body(rng, plan, mask)
    scatterers = draw_scatterers(rng, _on_samples(body.diffuse))
    scatterers[::SAMPLES_PER_ROW] += body.specular  # an interface is thinner than a sample
    scatterers = attenuate(scatterers, _on_samples(body.excess_db_per_cm))
    scatterers = add_foci(
        foci_rng,
        scatterers,
        mask,
        count=plan.foci,
        site=plan.foci_site,
        samples_per_row=SAMPLES_PER_ROW,
    )
    echoes = receive(scatterers)
    echoes += NOISE * rng.standard_normal(echoes.shape, dtype=np.float32)
    envelope = resample_envelope(
        detect_envelope(echoes), row_mm=SAMPLE_MM, col_mm=LINE_MM, to_mm=PIXEL_MM
    )
    return compress_envelope(
        ndimage.uniform_filter(envelope, SPECKLE_REDUCTION_PX),
        dynamic_range_db=DYNAMIC_RANGE_DB,
        reference=WHITE_ABOVE_GLAND * 10 ** (-plan.gain_db / 20),
    )


@dataclass(frozen=True)
class _Body:
    """What the sound meets: tissue with the mass in it, on the pixel grid."""

    diffuse: Echogenicity
    specular: Echogenicity
    excess_db_per_cm: Echogenicity


def _draw_body(rng: np.random.Generator, plan: MassPlan, mask: Mask) -> _Body:
    """Put the mass into the tissue: its texture, its more or less sharp edge, its attenuation."""
    tissue = draw_tissue(rng, rows=mask.shape[0], cols=mask.shape[1])
    texture = smooth_noise(rng, rows=mask.shape[0], cols=mask.shape[1], cell_mm=(1.2, 1.8))
    solid = mask.astype(np.float32)
    weight = ndimage.gaussian_filter(solid, (0.1 + 0.3 * plan.margin) / PIXEL_MM, truncate=2.5)
    halo = plan.margin * ndimage.uniform_filter(solid, round(4.5 / PIXEL_MM)) * (1 - solid)
    inside = 0.5 * 10 ** (-0.5 * plan.interior) * np.exp((0.08 + 0.8 * plan.interior) * texture)
    diffuse = (tissue.diffuse * (1 + 1.5 * halo) + 1.5 * halo) * (1 - weight) + inside * weight
    return _Body(
        diffuse=diffuse.astype(np.float32),
        specular=tissue.specular * (1 - weight),
        excess_db_per_cm=weight * np.float32(plan.through_mass_db / (0.2 * plan.half_height_mm)),
    )


def _on_samples(field: Echogenicity) -> Field:
    """Carry a field from pixels to the finer samples of the simulation along depth."""
    return np.repeat(field, SAMPLES_PER_ROW, axis=0)
