"""What is wrong with a scan's content or with the drawing of its mass, and the number that gave it away."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from sonolens.cohort.drawn_mass import DrawnMass
from sonolens.cohort.finding import Finding
from sonolens.cohort.inspection import ScanFacts

LEVEL_SHARE = 0.95
"""A scan of one grey level but for this; real scans have at most 0.3 of their pixels about one level."""

FEWEST_LEVELS = 8
"""A scan of fewer grey levels is a drawing or empty; real scans have 70 and more."""

WHOLE_FIELD = 0.8
"""More of the field is no mass: an ellipse that touches all four sides covers 0.785."""

LARGE = 0.5
"""More of the field is told; in three published sets masses cover 0.35 at most."""

BORDER = 0.6
"""A large mask that covers so much of the border is white on the background; real ones cover 0.02."""

SMALLEST_PX = 25
SMALLEST_SHARE = 1e-4
"""A mass of fewer pixels, or of less of the picture, is a slip of the pen; real ones have 500 px."""

SMALLEST_MM = 1.0
"""What is shorter cannot be told from speckle."""

THIN = 0.5
"""A mass that fills less of its convex hull; the most ragged one in three published sets fills 0.65."""

NARROW = 0.12
"""A mass that is nowhere wider, of its length, is a line; the flattest in three published sets has 0.25."""

AROUND = 0.75
"""A thin drawing that lies so far around its middle is an outline that is not closed; a half moon is not."""

FEWEST_SCANS = 5
"""Most of fewer scans says nothing of a study."""


def judge_content(facts: ScanFacts) -> Iterator[Finding]:
    """Judge whether a scan shows anything, and pass on what its readers remarked."""
    if facts.level_share >= LEVEL_SHARE or facts.grey_levels < FEWEST_LEVELS:
        message = (
            f"scan has no content: {facts.level_share:.1%} of its pixels have about the same grey level, "
            f"{facts.grey_levels} levels make up nearly all; export it again or leave it out"
        )
        yield Finding(facts.scan_id, "no_content", f"{facts.level_share:.1%}", message)
    said = defaultdict(list)
    for remark in facts.remarks:
        said[remark.check].append(remark)
    for check, remarks in said.items():  # a mass may be drawn in several files
        values, messages = ([said[place] for said in remarks] for place in (1, 2))
        yield Finding(facts.scan_id, check, ", ".join(values), "; ".join(messages))


def judge_drawing(facts: ScanFacts, *, spacing_mm: tuple[float, float]) -> Iterator[Finding]:
    """Judge the drawing of a mass by itself."""
    mass = facts.mass
    if mass is None:
        return
    yield from _judge_coverage(facts.scan_id, mass)
    yield from _judge_size(facts, mass, spacing_mm)
    yield from _judge_thinness(facts.scan_id, mass)
    if mass.dust_px:
        message = (
            f"mask has {mass.dust_px} stray px in {mass.dust_pieces} pieces beside a mass of "
            f"{mass.area_px:,} px; they are left out of it"
        )
        yield Finding(facts.scan_id, "stray_pixels", f"{mass.dust_px} px", message)


def judge_company(facts: Sequence[ScanFacts], *, alike: Mapping[str, str]) -> Iterator[Finding]:
    """Judge the drawings of a study beside each other.

    Args:
        facts: Of every scan, in the order of the study.
        alike: The group of every scan that has a duplicate.
    """
    drawn = {fact.scan_id: fact.mass for fact in facts if fact.mass is not None}
    yield from _judge_same_masks(drawn, alike=alike)
    echoes = {scan_id: mass.echo for scan_id, mass in drawn.items() if not np.isnan(mass.echo)}
    bright = [scan_id for scan_id, echo in echoes.items() if echo > 0]
    if len(echoes) >= FEWEST_SCANS and len(bright) > len(echoes) / 2:
        told = f"{len(bright)} of {len(echoes)}"
        message = (
            f"masses are brighter inside than around them in {told} scans (here by {echoes[bright[0]]:.1f} grey "
            "levels), and most breast masses are darker; see whether the scans are negatives or the masks others'"
        )
        yield Finding(bright[0], "bright_masses", told, message)


def _judge_coverage(scan_id: str, mass: DrawnMass) -> Iterator[Finding]:
    share, border = mass.field_share, mass.border_share
    told = f"mask covers {share:.1%} of the field and {border:.1%} of the picture's border"
    if share > WHOLE_FIELD or (share > LARGE and border > BORDER):
        message = (
            f"{told}, so it is all white or white on the background; save the mass white on black, or "
            "say mask_value 0 in the manifest"
        )
        yield Finding(scan_id, "inverted_mask", f"{share:.1%}", message)
    elif share > LARGE:
        message = f"{told}; see whether it is the mass alone"
        yield Finding(scan_id, "large_mask", f"{share:.1%}", message)


def _judge_size(
    facts: ScanFacts, mass: DrawnMass, spacing_mm: tuple[float, float]
) -> Iterator[Finding]:
    length_mm = max(extent * side for extent, side in zip(mass.extent_px, spacing_mm, strict=True))
    fewest_px = max(SMALLEST_PX, SMALLEST_SHARE * np.prod(facts.mask_size_px))
    if mass.area_px < fewest_px or length_mm < SMALLEST_MM:
        size = f"{mass.area_px} px" + ("" if np.isnan(length_mm) else f", {length_mm:.2g} mm")
        message = (
            f"mask is {size} in all, less than {fewest_px:.0f} px or {SMALLEST_MM:g} mm, so it shows no mass; "
            "draw the mass, or correct the spacing"
        )
        yield Finding(facts.scan_id, "tiny_mask", size, message)


def _judge_thinness(scan_id: str, mass: DrawnMass) -> Iterator[Finding]:
    if mass.hull_share < THIN and AROUND <= mass.around_share < 1:
        message = (
            f"mask fills {mass.hull_share:.1%} of its convex hull and lies around its middle in "
            f"{mass.around_share:.0%} of directions, so it is an outline that is not closed; fill the mass"
        )
        yield Finding(scan_id, "open_outline", f"{mass.hull_share:.1%}", message)
    elif mass.piece_share < THIN or mass.width_share < NARROW:
        message = (
            f"mask fills {mass.piece_share:.1%} of its convex hull and is nowhere wider than "
            f"{mass.width_share:.1%} of its length, thin for a mass; see whether it is filled"
        )
        yield Finding(
            scan_id, "thin_mask", f"{min(mass.piece_share, mass.width_share):.1%}", message
        )


def _judge_same_masks(
    drawn: Mapping[str, DrawnMass], *, alike: Mapping[str, str]
) -> Iterator[Finding]:
    """Name the scans that are not alike and have the same drawing."""
    sharing = defaultdict(list)
    for scan_id, mass in drawn.items():
        sharing[mass.pixels].append(scan_id)
    for scan_ids in sharing.values():
        for scan_id in scan_ids:
            others = [
                other
                for other in scan_ids
                if alike.get(other, other) != alike.get(scan_id, scan_id)
            ]
            if others:
                message = (
                    f"mask is the same drawing, {drawn[scan_id].area_px:,} px, as that of {others[0]!r}, but the "
                    "scans are not alike; see whose mass it is"
                )
                yield Finding(scan_id, "same_mask", others[0], message)
