import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.ndimage import binary_dilation

from sonolens.regions import REGIONS, Below, RegionRule, Ring, distance_to_mass_mm, fill_mass

LETTERS = ".mpb"  # other, mass, peritumoral, below: the codes of REGIONS


def mass_of(rows: str) -> np.ndarray:
    return np.array([[letter == "m" for letter in row] for row in rows.split()])


def drawn(regions: np.ndarray) -> str:
    return " ".join("".join(LETTERS[code] for code in row) for row in regions)


def partition(mask: np.ndarray, **changes) -> np.ndarray:
    """Pixels of one millimetre and a ring of one millimetre unless told otherwise."""
    told = {
        "spacing_row_mm": 1.0,
        "spacing_col_mm": 1.0,
        "ring_inner_mm": 0.0,
        "ring_outer_mm": 1.0,
    }
    told |= {"below_lateral_trim": 0.0, "below_max_depth_mm": None, "below_exclude_ring": True}
    told |= changes
    rule = RegionRule(
        ring={"mode": "millimetres", "outer_radii": 0.5}
        | {name: told[f"ring_{name}"] for name in ("inner_mm", "outer_mm")},
        below={name: told[f"below_{name}"] for name in Below.model_fields},
    )
    spacing_mm = (told["spacing_row_mm"], told["spacing_col_mm"])
    return rule.partition(mask, spacing_mm=spacing_mm, scan_id="s7")


def disk(radius: int) -> np.ndarray:
    reach = np.arange(-radius, radius + 1)
    return reach[:, None] ** 2 + reach**2 <= radius**2


def speckled_mask(seed: int) -> np.ndarray:
    mask = np.random.default_rng(seed).random((11, 14)) < 0.08
    mask[6, 5] = True
    return mask


def test_every_region_has_its_own_code():
    assert REGIONS == {"other": 0, "mass": 1, "peritumoral": 2, "below": 3, "annotation": 4}


def test_a_mass_with_its_ring_and_what_lies_below():
    picture = "...... ..mm.. ..mm.. ...... ...... ......"

    regions = partition(mass_of(picture))

    assert drawn(regions) == "..pp.. .pmmp. .pmmp. ..pp.. ..bb.. ..bb.."


def test_below_starts_under_the_deepest_mass_pixel_of_each_column():
    picture = ".mmm. .m.m. .m... ..... ....."

    regions = partition(mass_of(picture), ring_outer_mm=0.5)

    assert drawn(regions) == ".mmm. .mbm. .mbb. .bbb. .bbb."


def test_a_column_between_two_pieces_belongs_to_neither():
    picture = "..... m...m ..... ....."

    regions = partition(mass_of(picture), ring_outer_mm=0.5)

    assert drawn(regions) == "..... m...m b...b b...b"


def test_the_ring_of_two_pieces_is_the_union_of_their_rings():
    picture = "....... .m...m. ......."

    assert drawn(partition(mass_of(picture))) == ".p...p. pmp.pmp .p...p."


def test_a_hole_is_mass():
    picture = "..... .mmm. .m.m. .mmm. ....."

    regions = partition(mass_of(picture))

    assert drawn(regions) == ".ppp. pmmmp pmmmp pmmmp .ppp."


def test_regions_end_with_the_field_of_view():
    assert drawn(partition(mass_of("mm.. .... ...."))) == "mmp. pp.. bb.."
    assert drawn(partition(mass_of(".... ...m"))) == "...p ..pm"


def test_a_mass_that_fills_the_field_leaves_no_other_region():
    assert (partition(np.ones((4, 6), dtype=bool)) == REGIONS["mass"]).all()


def test_the_ring_stops_at_five_millimetres():
    mask = mass_of("m" + "." * 60)

    regions = partition(mask, spacing_col_mm=0.1, ring_outer_mm=5.0)

    assert drawn(regions) == "m" + "p" * 50 + "." * 10


def test_a_pixel_at_exactly_the_ring_width_belongs_to_the_ring_however_it_rounds():
    assert 3 * 0.1 > 0.3
    mask = mass_of("m.....")

    up_to = partition(mask, spacing_col_mm=0.1, ring_outer_mm=0.3)
    beyond = partition(mask, spacing_col_mm=0.1, ring_inner_mm=0.3, ring_outer_mm=0.5)

    assert drawn(up_to) == "mppp.."
    assert drawn(beyond) == "m...pp"


def test_a_ring_may_start_away_from_the_mass_and_leaves_the_gap_to_others():
    mask = mass_of(".... .m.. .... .... .... ....")

    regions = partition(mask, ring_inner_mm=1.0, ring_outer_mm=2.0)

    assert drawn(regions) == "p.p. .m.p pbp. .p.. .b.. .b.."


def test_rings_that_share_a_border_share_no_pixel():
    mask = mass_of("m" + "." * 60)
    inner = partition(mask, spacing_col_mm=0.1, ring_outer_mm=3.0)
    outer = partition(mask, spacing_col_mm=0.1, ring_inner_mm=3.0, ring_outer_mm=5.0)

    assert drawn(outer) == "m" + "." * 30 + "p" * 20 + "." * 10
    assert not ((inner == REGIONS["peritumoral"]) & (outer == REGIONS["peritumoral"])).any()


def test_without_exclusion_the_region_below_takes_the_ring_under_the_mass():
    picture = "...... ..mm.. ...... ......"

    regions = partition(mass_of(picture), below_exclude_ring=False)

    assert drawn(regions) == "..pp.. .pmmp. ..bb.. ..bb.."


def test_trimming_cuts_whole_columns_from_both_sides_of_the_mass():
    mask = mass_of("..mmmmmmm ......... .........")

    regions = partition(mask, ring_outer_mm=0.5, below_lateral_trim=0.3)

    # Three tenths of seven columns are 2.1: two whole columns go on each side.
    assert drawn(regions) == "..mmmmmmm ....bbb.. ....bbb.."


def test_trimming_29_of_100_columns_cuts_29_however_it_rounds():
    assert 0.29 * 100 < 29
    mask = np.zeros((2, 100), dtype=bool)
    mask[0] = True

    regions = partition(mask, ring_outer_mm=0.5, below_lateral_trim=0.29)

    assert drawn(regions[1:]) == "." * 29 + "b" * 42 + "." * 29


def test_depth_is_counted_from_the_deepest_mass_pixel_of_the_column():
    mask = mass_of("mm m. .. .. .. ..")

    regions = partition(
        mask, spacing_row_mm=0.1, spacing_col_mm=9.0, ring_outer_mm=0.05, below_max_depth_mm=0.3
    )

    assert drawn(regions) == "mm mb bb bb b. .."


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    row_mm=st.floats(0.05, 2),
    col_mm=st.floats(0.05, 2),
    inner_mm=st.floats(0, 1),
    width_mm=st.floats(0.01, 4),
)
def test_the_ring_equals_the_distance_to_every_mass_pixel(seed, row_mm, col_mm, inner_mm, width_mm):
    mask = speckled_mask(seed)
    mass = np.argwhere(fill_mass(mask)) * (row_mm, col_mm)
    pixels = np.argwhere(np.ones_like(mask)) * (row_mm, col_mm)
    distance = np.linalg.norm(pixels[:, None] - mass[None], axis=2).min(axis=1).reshape(mask.shape)
    outer_mm = inner_mm + width_mm

    regions = partition(
        mask,
        spacing_row_mm=row_mm,
        spacing_col_mm=col_mm,
        ring_inner_mm=inner_mm,
        ring_outer_mm=outer_mm,
    )

    slack = 1 + 1e-9
    expected = (distance > inner_mm * slack) & (distance <= outer_mm * slack) & ~fill_mass(mask)
    np.testing.assert_array_equal(regions == REGIONS["peritumoral"], expected)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), exclude=st.booleans(), trim=st.sampled_from([0.0, 0.2]))
def test_the_regions_cover_the_field_and_the_mass_comes_first(seed, exclude, trim):
    mask = speckled_mask(seed)

    regions = partition(
        mask, ring_outer_mm=2.0, below_exclude_ring=exclude, below_lateral_trim=trim
    )

    assert sum((regions == code).sum() for code in REGIONS.values()) == mask.size
    np.testing.assert_array_equal(regions == REGIONS["mass"], fill_mass(mask))


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_only_the_ratio_of_ring_to_pixel_matters(seed):
    mask = speckled_mask(seed)
    small = partition(mask, spacing_row_mm=0.3, spacing_col_mm=0.2, ring_outer_mm=0.9)
    large = partition(mask, spacing_row_mm=0.6, spacing_col_mm=0.4, ring_outer_mm=1.8)

    np.testing.assert_array_equal(small, large)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), trim=st.sampled_from([0.0, 1 / 6, 0.4]))
def test_a_mirrored_scan_has_mirrored_regions(seed, trim):
    mask = speckled_mask(seed)

    mirrored = partition(mask[:, ::-1], below_lateral_trim=trim)

    np.testing.assert_array_equal(mirrored, partition(mask, below_lateral_trim=trim)[:, ::-1])


def test_a_scan_upside_down_has_something_else_below():
    mask = mass_of("..... .mmm. ..... ..... .....")

    flipped = partition(mask[::-1])

    assert (flipped[::-1] != partition(mask)).any()
    np.testing.assert_array_equal(flipped[::-1] == 2, partition(mask) == 2)


@pytest.mark.parametrize("radius", [1, 4, 7])
def test_a_ring_of_square_pixels_is_a_dilation_with_a_disk(radius):
    mask = np.zeros((40, 50), dtype=bool)
    mask[15:22, 20:31] = True
    mask[12:15, 24] = True

    regions = partition(mask, ring_outer_mm=float(radius))

    ring = binary_dilation(mask, disk(radius)) & ~mask
    np.testing.assert_array_equal(regions == REGIONS["peritumoral"], ring)


def test_the_cropped_ring_equals_the_one_from_the_whole_distance_map():
    mask = np.zeros((120, 90), dtype=bool)
    mask[40:60, 30:55] = True
    distance = distance_to_mass_mm(mask, spacing_mm=(0.07, 0.11))

    regions = partition(mask, spacing_row_mm=0.07, spacing_col_mm=0.11, ring_outer_mm=2.0)

    expected = (distance > 0) & (distance <= 2.0)
    np.testing.assert_array_equal(regions == REGIONS["peritumoral"], expected)


def test_partitioning_leaves_the_mask_alone():
    mask = mass_of("mmm m.m mmm")
    before = mask.copy()

    partition(mask)

    np.testing.assert_array_equal(mask, before)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"ring_inner_mm": 2.0}, "ring from 2.0 to 1.0 mm is no ring"),
        ({"ring_inner_mm": 1.0}, "is no ring"),
        ({"ring_inner_mm": -1.0}, r"ring\.inner_mm\n.*greater than or equal to 0"),
        ({"ring_outer_mm": np.nan}, r"ring\.outer_mm\n.*a finite number"),
        ({"ring_outer_mm": np.inf}, r"ring\.outer_mm\n.*a finite number"),
        ({"spacing_row_mm": 0.0}, "spacing_row_mm is 0.0.*scans table or set ring.mode: relative"),
        (
            {"spacing_col_mm": np.nan},
            "'s7' has no pixel spacing.*spacing_col_mm.*ring.mode: relative",
        ),
        ({"below_lateral_trim": 0.5}, r"below\.lateral_trim\n.*less than 0.5"),
        ({"below_lateral_trim": -0.1}, r"below\.lateral_trim\n.*greater than or equal to 0"),
        ({"below_max_depth_mm": 0.0}, r"below\.max_depth_mm\n.*greater than 0"),
    ],
)
def test_a_parameter_out_of_range_is_refused_by_name(changes, message):
    with pytest.raises(ValueError, match=message):
        partition(mass_of("m.."), **changes)


def test_an_empty_mask_has_no_regions():
    with pytest.raises(ValueError, match="drop normal scans"):
        partition(np.zeros((3, 3), dtype=bool))


def test_annotations_belong_to_no_tissue_and_all_codes_partition_the_scan() -> None:
    mask = np.zeros((60, 80), dtype=bool)
    mask[20:30, 30:50] = True
    marked = np.zeros(mask.shape, dtype=np.uint8)
    marked[25:55, 40:44] = 1  # a stroke over mass, ring and below
    marked[:5] = 4
    rule = RegionRule(
        ring=Ring(mode="millimetres", inner_mm=0.0, outer_mm=5.0, outer_radii=0.5),
        below=Below(lateral_trim=0.0, max_depth_mm=None, exclude_ring=True),
    )

    bare = rule.partition(mask, spacing_mm=(1.0, 1.0), scan_id="s")
    regions = rule.partition(mask, spacing_mm=(1.0, 1.0), scan_id="s", annotations=marked)

    np.testing.assert_array_equal(regions == REGIONS["annotation"], marked > 0)
    np.testing.assert_array_equal(regions[marked == 0], bare[marked == 0])
    assert sum((regions == code).sum() for code in REGIONS.values()) == mask.size


def test_annotations_of_another_size_are_refused() -> None:
    mask = np.ones((6, 8), dtype=bool)
    rule = RegionRule(
        ring=Ring(mode="millimetres", inner_mm=0.0, outer_mm=5.0, outer_radii=0.5),
        below=Below(lateral_trim=0.0, max_depth_mm=None, exclude_ring=True),
    )

    with pytest.raises(ValueError, match=r"of scan 's' have 5 x 8 pixels but its mask 6 x 8;"):
        rule.partition(
            mask, spacing_mm=(1.0, 1.0), scan_id="s", annotations=np.zeros((5, 8), dtype=np.uint8)
        )
