"""Echogenic foci: a few bright dots, like calcifications, confined to one place."""

import numpy as np
from scipy import ndimage

from sonolens.arrays import Mask
from sonolens.ultrasound.mass import PIXEL_MM
from sonolens.ultrasound.pulse_echo import Field

FOCI_SITES = ("mass", "peritumoral", "below", "elsewhere")
"""Where foci may lie: in the mass, up to 5 mm outside, deeper in its columns, or nowhere near it."""

RING_MM = 5.0
CLEARANCE_MM = 0.9
"""Foci keep this far from the border of their site, because the beam smears them."""
RADII_MM = (0.10, 0.22)
"""Smallest and largest standard deviation of a focus, which is round and fades outwards."""
STRENGTH = 60.0
"""Echo of a focus over that of glandular tissue."""
REACH_MM = 0.6
"""A focus is cut off here."""


def find_site(mask: Mask, *, site: str) -> Mask:
    """Find the pixels in which foci may lie, clear of the site's border.

    Raises:
        ValueError: If the site is unknown, or has no room on this scan.
    """
    outside_mm = ndimage.distance_transform_edt(~mask) * PIXEL_MM
    rows = np.arange(len(mask))[:, None]
    deepest = np.where(mask.any(axis=0), len(mask) - 1 - mask[::-1].argmax(axis=0), len(mask))
    below = (rows > deepest[None, :]) & (outside_mm > RING_MM)
    sites = {
        "mass": mask,
        "peritumoral": ~mask & (outside_mm <= RING_MM),
        "below": below,
        "elsewhere": ~below & (outside_mm > RING_MM),
    }
    if site not in sites:
        raise ValueError(f"foci site {site!r} is unknown; choose from {', '.join(FOCI_SITES)}")
    framed = np.pad(sites[site], 1)  # the edge of the scan is a border too
    clear = ndimage.distance_transform_edt(framed)[1:-1, 1:-1] * PIXEL_MM > CLEARANCE_MM
    if not clear.any():
        raise ValueError(f"site {site!r} has no room for foci on this scan; use a deeper field")
    return np.asarray(clear)


def add_foci(
    rng: np.random.Generator,
    scatterers: Field,
    mask: Mask,
    *,
    count: int,
    site: str,
    samples_per_row: int,
) -> Field:
    """Place bright dots among the scatterers.

    They are added after attenuation, so that they are seen in a shadow too.

    Args:
        rng: Source of their places.
        scatterers: Echo strengths on the simulation grid.
        mask: The mass on the pixel grid.
        count: How many foci; with 0 the scatterers come back unchanged.
        site: A name from `FOCI_SITES`.
        samples_per_row: Simulation samples per pixel of depth.
    """
    if count == 0:
        return scatterers
    places = np.argwhere(find_site(mask, site=site))
    bright = scatterers.copy()
    reach = round(REACH_MM / PIXEL_MM)
    samples = np.arange(-reach * samples_per_row, (reach + 1) * samples_per_row)
    down_mm = samples * PIXEL_MM / samples_per_row
    across_mm = np.arange(-reach, reach + 1) * PIXEL_MM
    for row, col in places[rng.choice(len(places), size=count, replace=False)]:
        square = 2 * rng.uniform(*RADII_MM) ** 2
        profile = np.exp(-(down_mm[:, None] ** 2 + across_mm**2) / square)
        noise = rng.standard_normal(profile.shape)
        top = row * samples_per_row
        bright[top + samples[0] : top + samples[-1] + 1, col - reach : col + reach + 1] += (
            STRENGTH * profile * noise
        )
    return bright
