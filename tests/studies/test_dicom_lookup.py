"""Look-up tables of DICOM, as they are stored and as they are applied."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.dataset import Dataset

from sonolens.studies.dicom_lookup import read_lookup, read_palette


@given(
    entries=st.lists(st.integers(0, 4095), min_size=1, max_size=40),
    first=st.integers(-30, 30),
    stored=st.lists(st.integers(-100, 100), min_size=1),
    is_little=st.booleans(),
)
def test_every_way_to_store_a_table_gives_the_same(
    entries: list[int], first: int, stored: list[int], is_little: bool
) -> None:
    data = np.array(entries, dtype="<u2" if is_little else ">u2").tobytes()
    expected = [entries[min(max(value - first, 0), len(entries) - 1)] for value in stored]

    for each in (data, entries):
        table = read_lookup([len(entries), first, 12], each, is_little_endian=is_little)
        assert table.apply(np.array(stored)).tolist() == expected


@pytest.mark.parametrize(("is_little", "data"), [(True, [1, 2, 3, 0]), (False, [2, 1, 0, 3])])
def test_entries_of_8_bits_may_share_a_word(is_little: bool, data: list[int]) -> None:
    table = read_lookup([3, 0, 8], bytes(data), is_little_endian=is_little)

    assert table.outputs.tolist() == [1, 2, 3]


def test_a_table_of_65536_entries_says_0() -> None:
    table = read_lookup([0, 0, 16], np.arange(65536).tolist(), is_little_endian=True)

    assert table.apply(np.array([65535])).tolist() == [65535]


@pytest.mark.parametrize("descriptor", [None, [4, 0], [4, 0, 8], [3, 0, 17]])
def test_a_table_that_does_not_fit_its_descriptor_is_refused(descriptor: list[int] | None) -> None:
    with pytest.raises(ValueError, match=r"its look-up table"):
        read_lookup(descriptor, [1, 2, 3], is_little_endian=True)


@pytest.mark.parametrize(("bits", "scale"), [(16, 256), (16, 1), (8, 1)])
def test_a_palette_has_8_bits_however_it_is_announced(bits: int, scale: int) -> None:
    file = Dataset()
    for place, name in enumerate(("Red", "Green", "Blue")):
        entries = scale * (np.arange(4) + 10 * place)
        setattr(file, f"{name}PaletteColorLookupTableDescriptor", [4, 5, bits])
        file.add_new(f"{name}PaletteColorLookupTableData", "OW", entries.astype("<u2").tobytes())

    colours, first = read_palette(file, is_little_endian=True)

    assert first == 5
    assert colours.tolist() == [[level, 10 + level, 20 + level] for level in range(4)]


def test_a_palette_in_segments_is_unfolded() -> None:
    file = Dataset()
    file.set_original_encoding(is_implicit_vr=False, is_little_endian=True, character_encoding="")
    for name in ("Red", "Green", "Blue"):
        setattr(file, f"{name}PaletteColorLookupTableDescriptor", [256, 0, 16])
        # one entry of 0, then a line up to 255 << 8
        words = np.array([0, 1, 0, 1, 255, 255 << 8], dtype="<u2")
        file.add_new(f"Segmented{name}PaletteColorLookupTableData", "OW", words.tobytes())

    colours, _ = read_palette(file, is_little_endian=True)

    assert np.abs(colours[:, 0].astype(int) - np.arange(256)).max() <= 1
    assert (colours[0, 0], colours[255, 0]) == (0, 255)


def test_palettes_of_unlike_length_are_refused() -> None:
    file = Dataset()
    for name, count in (("Red", 4), ("Green", 4), ("Blue", 3)):
        setattr(file, f"{name}PaletteColorLookupTableDescriptor", [count, 0, 8])
        file.add_new(f"{name}PaletteColorLookupTableData", "OW", bytes(2 * count))

    with pytest.raises(ValueError, match="red, green and blue differ"):
        read_palette(file, is_little_endian=True)
