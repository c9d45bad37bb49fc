"""A scan of the user's as a canvas: what is known of it, and how decibels become its grey levels."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from scipy import ndimage

from sonolens.arrays import Mask, Scan
from sonolens.ultrasound.bmode import WHITE

Decibels = Float[np.ndarray, "rows cols"]


@dataclass(frozen=True, eq=False)
class Canvas:
    """One scan to plant in.

    A scan that was stored is grey levels, and how its scanner made them of echoes is not stored with it. It is taken as
    `sonolens.ultrasound.compress_envelope` would have made it: grey levels grow with the logarithm of the echo, black
    lies `dynamic_range_db` below white. A scanner's own curve bends; there a plant is as strong in grey levels as told
    and in decibels only about so.

    Attributes:
        scan: Grey levels on the native grid.
        mass: True inside the mass.
        site: Where the plant may change the scan, or, for marks, where it may be put.
        spacing_mm: Height and width of a pixel.
        dynamic_range_db: What lies this far below white is black.

    Raises:
        ValueError: If the grids differ, the site is empty, a size is not above 0.
    """

    scan: Scan
    mass: Mask
    site: Mask
    spacing_mm: tuple[float, float]
    dynamic_range_db: float

    def __post_init__(self) -> None:
        if not self.scan.shape == self.mass.shape == self.site.shape:
            raise ValueError(
                f"scan, mass and site have {self.scan.shape}, {self.mass.shape} and {self.site.shape} pixels; draw them "
                "on one grid"
            )
        if not self.site.any():
            raise ValueError(
                "the site is empty, so nothing can be planted in it; leave the scan out"
            )
        if not min(*self.spacing_mm, self.dynamic_range_db) > 0:
            raise ValueError(
                f"pixels of {self.spacing_mm} mm and a dynamic range of {self.dynamic_range_db} dB must be above 0"
            )

    @property
    def grey_per_db(self) -> float:
        """Grey levels from one decibel to the next."""
        return WHITE / self.dynamic_range_db

    def amplitudes(self) -> Float[np.ndarray, "rows cols"]:
        """Undo the compression: the echo of every pixel, white being 1; black is the floor, not silence."""
        return 10 ** ((self.scan / WHITE - 1) * self.dynamic_range_db / 20)

    def brighten(self, change_db: Decibels | float) -> Scan:
        """Make every pixel of the site louder by so many decibels, or softer, and leave all others.

        What falls below black is black, what rises above white is white: as on the scanner's screen.
        """
        grey = np.clip(np.rint(self.scan + change_db * self.grey_per_db), 0, WHITE)
        return np.where(self.site, grey, self.scan).astype(np.uint8)

    def add_echoes(self, amplitudes: Float[np.ndarray, "rows cols"]) -> Scan:
        """Add echoes to those of the site's pixels, power to power, because their phases are not stored."""
        louder = np.hypot(self.amplitudes(), amplitudes)
        return self.brighten(20 * np.log10(louder / self.amplitudes()))

    def fade(self, width_mm: float) -> Float[np.ndarray, "rows cols"]:
        """Weigh the site's pixels: 1 inside, falling to its border over a width, 0 outside."""
        framed = np.pad(self.site, 1)  # the edge of the scan is a border too
        inside = ndimage.distance_transform_edt(framed, sampling=self.spacing_mm)[1:-1, 1:-1]
        return np.minimum(np.asarray(inside) / width_mm, 1.0)
