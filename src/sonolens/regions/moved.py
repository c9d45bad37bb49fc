"""Contours as another reader might have drawn them: moved along their normals, neighbouring points together."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from scipy import ndimage

from sonolens.arrays import DistanceMap, Mask
from sonolens.regions.distance import check_spacing
from sonolens.regions.mass import fill_mass

WAVES = 40
"""Cosines that make up a movement; their sum is nearly normal."""

FARTHEST_SD = 4.0
"""Pixels farther from the contour than so many standard deviations stay what they are."""


@dataclass(frozen=True, eq=False)
class Contour:
    """How far every pixel centre is from the contour of a mass.

    Attributes:
        signed_mm: Millimetres, negative inside.
        spacing_mm: Height and width of a pixel.
    """

    signed_mm: DistanceMap
    spacing_mm: tuple[float, float]

    def move(self, *, sd_mm: float, scale_mm: float, rng: np.random.Generator) -> Mask:
        """Draw the mass anew, its contour moved in or out by a smooth random distance.

        The distance is normal with a standard deviation of `sd_mm` at every point, and points `scale_mm` apart
        along the contour have a correlation of `exp(-1/2)`.

        Args:
            sd_mm: 0 leaves the mass as it is.
            scale_mm: A length far above the mass grows or shrinks it evenly.
            rng: What is drawn from.

        Returns:
            True inside; at least the pixel that lay deepest.
        """
        moved: Mask = self.signed_mm <= 0
        band = np.abs(self.signed_mm) <= FARTHEST_SD * sd_mm
        field = _draw_waves(moved.shape, self.spacing_mm, scale_mm=scale_mm, rng=rng)
        moved[band] = (self.signed_mm <= sd_mm * field)[band]
        moved.ravel()[self.signed_mm.argmin()] = True
        return moved


def measure_contour(mask: Mask, *, spacing_mm: tuple[float, float]) -> Contour:
    """Measure how far every pixel centre is from the contour, which runs between pixels.

    Raises:
        ValueError: If the mask is empty or a spacing is no length.

    Examples:
        >>> measure_contour(np.array([[False, True, True]]), spacing_mm=(1.0, 1.0)).signed_mm
        array([[ 0.5, -0.5, -1.5]])
    """
    check_spacing(spacing_mm)
    mass = fill_mass(mask)
    outside, inside = (
        ndimage.distance_transform_edt(side, sampling=spacing_mm) for side in (~mass, mass)
    )
    half_mm = min(spacing_mm) / 2
    signed = np.where(mass, half_mm - inside, outside - half_mm)
    return Contour(signed_mm=signed, spacing_mm=spacing_mm)


def _draw_waves(
    shape: tuple[int, int],
    spacing_mm: tuple[float, float],
    *,
    scale_mm: float,
    rng: np.random.Generator,
) -> Float[np.ndarray, "rows cols"]:
    """Draw a smooth random field of variance 1: random Fourier features of a Gaussian covariance."""
    waves = rng.normal(scale=1 / scale_mm, size=(2, WAVES))
    phases = rng.uniform(0, 2 * np.pi, WAVES)
    # Heights are drawn too, so that even one wave is not bounded.
    heights = rng.normal(size=WAVES) * np.sqrt(2 / WAVES)
    down, across = (
        np.outer(np.arange(side) * pixel_mm, along)
        for side, pixel_mm, along in zip(shape, spacing_mm, waves, strict=True)
    )
    down += phases
    # cos(a + b), by which the waves of all pixels come from those of the rows and of the columns.
    return (heights * np.cos(down)) @ np.cos(across).T - (heights * np.sin(down)) @ np.sin(across).T
