"""The point-spread of a scan, read from speckle that was smeared by a known one."""

import numpy as np
import pytest
from scipy import ndimage

from sonolens.ultrasound import compress_envelope
from sonolens.ultrasound.plants import measure_point_spread


def speckle(axial_px: float, lateral_px: float) -> np.ndarray:
    """Fully developed speckle: scatterers of random phase, smeared by a Gaussian."""
    rng = np.random.default_rng(0)
    parts = [
        ndimage.gaussian_filter(rng.standard_normal((360, 300)), (axial_px, lateral_px))
        for _ in range(2)
    ]
    envelope = np.hypot(*parts).astype(np.float32)
    return compress_envelope(envelope, dynamic_range_db=60.0, reference=10 * float(envelope.mean()))


@pytest.mark.parametrize("widths", [(1.5, 3.0), (1.5, 5.0), (2.5, 4.0)])
def test_speckle_tells_how_wide_a_point_is_smeared(widths: tuple[float, float]) -> None:
    found = measure_point_spread(speckle(*widths), dynamic_range_db=60.0)

    # The narrower patches are asked, so that layers of tissue do not widen it: a tenth low on speckle alone.
    assert (found.axial_px, found.lateral_px) == pytest.approx(widths, rel=0.16)


def test_layers_of_tissue_that_go_on_and_on_widen_it_by_little() -> None:
    plain = speckle(1.5, 3.0)
    layers = 20 * np.sin(np.arange(360) / 9)[:, None]
    found = measure_point_spread(
        np.clip(plain + layers, 0, 255).astype(np.uint8), dynamic_range_db=60.0
    )

    assert found.lateral_px < 3.6


def test_a_black_scan_has_no_speckle_and_a_point_is_a_point() -> None:
    found = measure_point_spread(np.zeros((100, 100), dtype=np.uint8), dynamic_range_db=60.0)

    assert (found.axial_px, found.lateral_px) == (0.5, 0.5)
