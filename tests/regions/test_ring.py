import numpy as np
import pytest

from sonolens.regions import REGIONS, Below, RegionRule, Ring, distance_to_mass_mm

CONF = {"mode": "millimetres", "inner_mm": 0.0, "outer_mm": 5.0, "outer_radii": 0.5}
MILLIMETRES = Ring(**CONF)
RELATIVE = Ring(**CONF | {"mode": "relative"})


def disk_mask(radius_px: float) -> np.ndarray:
    rows, cols = np.mgrid[:81, :101]
    return (rows - 40) ** 2 + (cols - 50) ** 2 <= radius_px**2


def draw(
    ring: Ring, mask: np.ndarray, row_mm: float, col_mm: float, *, max_depth_mm: float | None = None
) -> np.ndarray:
    below = Below(lateral_trim=0.0, max_depth_mm=max_depth_mm, exclude_ring=True)
    rule = RegionRule(ring=ring, below=below)
    return rule.partition(mask, spacing_mm=(row_mm, col_mm), scan_id="s7")


def test_a_ring_says_how_it_was_measured():
    assert MILLIMETRES.label == "0-5 mm"
    assert RELATIVE.label == "relative: 0-0.5 mass radii"
    narrow = Ring(mode="millimetres", inner_mm=0.5, outer_mm=2.25, outer_radii=1.0)
    assert narrow.label == "0.5-2.25 mm"


def test_a_ring_in_millimetres_is_drawn_as_it_stands():
    mask = disk_mask(20)

    regions = draw(MILLIMETRES, mask, 0.4, 0.3)

    distance = distance_to_mass_mm(mask, spacing_mm=(0.4, 0.3))
    expected = (distance > 0) & (distance <= 5.0)
    np.testing.assert_array_equal(regions == REGIONS["peritumoral"], expected)


def test_a_ring_in_millimetres_needs_the_spacing_of_its_scan():
    with pytest.raises(ValueError, match=r"scan 's7'.*spacing_row_mm and .*ring\.mode: relative"):
        draw(MILLIMETRES, disk_mask(20), 0.1, np.nan)


def test_a_relative_ring_is_half_as_wide_as_the_equivalent_radius():
    mask = disk_mask(20)
    radius_px = np.sqrt(mask.sum() / np.pi)
    distance = distance_to_mass_mm(mask, spacing_mm=(1.0, 1.0))

    regions = draw(RELATIVE, mask, np.nan, np.nan)

    expected = (distance > 0) & (distance <= 0.5 * radius_px)
    np.testing.assert_array_equal(regions == REGIONS["peritumoral"], expected)


def test_a_relative_ring_of_square_pixels_ignores_their_size():
    mask = disk_mask(20)

    np.testing.assert_array_equal(
        draw(RELATIVE, mask, np.nan, np.nan), draw(RELATIVE, mask, 0.07, 0.07)
    )


def test_a_relative_ring_respects_pixels_known_not_to_be_square():
    mask = disk_mask(20)
    radius_mm = np.sqrt(mask.sum() * 0.2 * 0.1 / np.pi)
    distance = distance_to_mass_mm(mask, spacing_mm=(0.2, 0.1))

    regions = draw(RELATIVE, mask, 0.2, 0.1)

    expected = (distance > 0) & (distance <= 0.5 * radius_mm)
    np.testing.assert_array_equal(regions == REGIONS["peritumoral"], expected)


def test_a_hole_counts_to_the_size_of_the_mass():
    mask = disk_mask(20)
    hollow = mask.copy()
    hollow[30:50, 40:60] = False

    np.testing.assert_array_equal(
        draw(RELATIVE, hollow, np.nan, np.nan), draw(RELATIVE, mask, np.nan, np.nan)
    )


def test_a_depth_in_millimetres_needs_spacing_even_with_a_relative_ring():
    with pytest.raises(ValueError, match=r"scan 's7'.*below\.max_depth_mm 20.*null"):
        draw(RELATIVE, disk_mask(20), np.nan, np.nan, max_depth_mm=20.0)


def test_a_depth_in_millimetres_is_kept_with_a_relative_ring():
    regions = draw(RELATIVE, disk_mask(10), 0.5, 0.5, max_depth_mm=10.0)

    below = np.flatnonzero((regions == REGIONS["below"])[:, 50])
    # The mass ends at row 50, the ring is five rows wide, and 10 mm are twenty rows.
    assert (below.min(), below.max()) == (56, 70)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"mode": "pixels"}, "mode\n.*'millimetres' or 'relative'"),
        ({"outer_mm": 0.0}, "outer_mm\n.*greater than 0"),
        ({"inner_mm": 6.0}, "ring from 6.0 to 5.0 mm is no ring"),
        ({"mode": "relative", "outer_radii": 0.0}, "outer_radii\n.*greater than 0"),
        ({"mode": "relative", "inner_mm": 1.0}, "ring.inner_mm is 1.*set ring.inner_mm: 0"),
    ],
)
def test_a_ring_that_cannot_be_is_refused(options, message):
    with pytest.raises(ValueError, match=message):
        Ring(**CONF | options)


def test_a_relative_ring_grows_in_the_proportion_of_its_millimetres():
    # From 4 to 10 mm is 2.5 times as far, whatever the radii.
    relative = Ring(**CONF | {"mode": "relative", "outer_mm": 4.0, "outer_radii": 0.25})

    wider = relative.widened(10.0)

    assert (wider.outer_mm, wider.outer_radii) == (10.0, 0.625)
    assert wider.label == "relative: 0-0.625 mass radii"
    narrower = Ring(**CONF | {"inner_mm": 0.5, "outer_mm": 4.0}).widened(2.0)
    assert narrower.label == "0.5-2 mm"
