"""Duplicates: found when pixels moved, never made up between strangers or two views of a lesion."""

import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from scipy import ndimage

from sonolens.cohort import Fingerprint, group_duplicates, take_fingerprint
from sonolens.cohort.duplicates import MIN_KINSHIP, find_alike_pairs
from sonolens.cohort.fingerprints import cut_plain_border, rank_texture
from sonolens.parallel import in_parallel
from sonolens.studies.busbra import read_busbra
from sonolens.studies.phantoms import read_phantoms
from sonolens.studies.picture import read_scan

MIN_CORRELATION = 0.9


def speckle(seed: int, *, rows: int = 160, cols: int = 200) -> np.ndarray:
    """Blobs of a few pixels that grow darker with depth."""
    noise = ndimage.gaussian_filter(np.random.default_rng(seed).random((rows, cols)), 2.5)
    noise = (noise - noise.min()) / np.ptp(noise)
    return (noise * np.linspace(220, 90, rows)[:, None] + 15).astype(np.uint8)


STRANGERS = [take_fingerprint(speckle(seed)) for seed in range(1, 12)]


def likeness(first: np.ndarray, second: np.ndarray) -> float:
    """Correlation of two scans among strangers; 0 if they were not even compared."""
    taken = [take_fingerprint(first), take_fingerprint(second), *STRANGERS]
    pairs, correlation = find_alike_pairs(taken, min_correlation=0.01)
    return dict(zip(map(tuple, pairs.tolist()), correlation, strict=True)).get((0, 1), 0.0)


def resized(scan: np.ndarray, cols: int, rows: int) -> np.ndarray:
    return np.asarray(Image.fromarray(scan).resize((cols, rows), Image.Resampling.BICUBIC))


def as_jpeg(scan: np.ndarray) -> np.ndarray:
    file = io.BytesIO()
    Image.fromarray(scan).save(file, "JPEG", quality=50)
    return np.asarray(Image.open(file))


def turned(scan: np.ndarray, degrees: float) -> np.ndarray:
    return ndimage.rotate(scan, degrees, reshape=False, order=1)


def with_callipers(scan: np.ndarray) -> np.ndarray:
    marked = scan.copy()
    for row, col in ((50, 60), (50, 130), (100, 95)):
        marked[row - 4 : row + 5, col] = 255
        marked[row, col - 4 : col + 5] = 255
    return marked


def with_label(scan: np.ndarray) -> np.ndarray:
    """A burnt-in label: few cells of the thumbnail, but by far the brightest."""
    labelled = scan // 4
    labelled[8:12, 20:34] = 255
    return labelled


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(with_label, id="darker with a label burnt in"),
        pytest.param(lambda scan: resized(scan, 100, 80), id="half the size"),
        pytest.param(lambda scan: resized(scan, 256, 256), id="squashed to a square"),
        pytest.param(lambda scan: np.clip(scan + 30.0, 0, 255).astype(np.uint8), id="brighter"),
        pytest.param(lambda scan: (255 * (scan / 255) ** 0.6).astype(np.uint8), id="other gamma"),
        pytest.param(as_jpeg, id="saved as JPEG"),
        pytest.param(with_callipers, id="callipers added"),
        pytest.param(lambda scan: scan[:, ::-1], id="mirrored"),
        pytest.param(lambda scan: scan[::-1], id="upside down"),
        pytest.param(lambda scan: 255 - scan, id="negative"),
        pytest.param(lambda scan: as_jpeg(np.pad(scan, 16)), id="black border, as JPEG"),
        pytest.param(lambda scan: np.pad(scan[9:], ((0, 9), (0, 0))), id="shifted up"),
        pytest.param(lambda scan: turned(scan, 5), id="turned by 5 degrees"),
        pytest.param(lambda scan: turned(scan[8:-8, 10:-10][:, ::-1], -3), id="three at once"),
    ],
)
def test_the_same_scan_saved_another_way_is_the_same(change) -> None:
    assert likeness(speckle(0), change(speckle(0))) > MIN_CORRELATION


CROPS = st.tuples(*[st.floats(0, 0.1)] * 4)


@settings(max_examples=20, deadline=None)
@given(
    crop=CROPS,
    degrees=st.floats(-3, 3),
    turns=st.tuples(st.booleans(), st.booleans()),
    border=st.tuples(st.sampled_from([0, 5, 20]), st.sampled_from([0, 128, 255])),
    gain=st.floats(0.5, 1.0),
)
def test_a_moved_copy_is_the_same_scan(crop, degrees, turns, border, gain) -> None:
    scan = speckle(0)
    mirrored, negative = turns
    top, bottom, left, right = (
        round(share * side) for share, side in zip(crop, (160, 160, 200, 200), strict=True)
    )
    moved = scan[top : 160 - bottom, left : 200 - right] * gain
    moved = turned(moved.astype(np.uint8), degrees)
    moved = moved[:, ::-1] if mirrored else moved
    moved = 255 - moved if negative else moved
    moved = np.pad(moved, border[0], constant_values=border[1])

    assert likeness(scan, moved) > MIN_CORRELATION
    assert likeness(moved, scan) == pytest.approx(likeness(scan, moved), abs=1e-6)


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(100, 10**6), mirrored=st.booleans())
def test_strangers_with_the_same_depth_gain_are_not_alike(seed: int, mirrored: bool) -> None:
    assert likeness(speckle(0), speckle(seed)[:, :: -1 if mirrored else 1]) < MIN_KINSHIP


def test_phantoms_of_two_views_two_masses_and_two_patients_are_not_alike() -> None:
    study = read_phantoms(
        masses=8,
        malignant_share=0.5,
        cues=["margin", "interior"],
        least_look=0.4,
        foci_site="mass",
        seed=0,
    )
    taken = [take_fingerprint(read()) for read in study.images.values()]

    _, correlation = find_alike_pairs(taken, min_correlation=0.01)

    assert correlation.max() < MIN_KINSHIP


@pytest.mark.parametrize("grey", [0, 255, 90])
def test_a_plain_border_is_cut_off_with_specks_on_it(grey: int) -> None:
    framed = np.pad(speckle(0), ((7, 12), (0, 30)), constant_values=grey)
    framed[2, 5] = 180

    np.testing.assert_array_equal(cut_plain_border(framed), speckle(0))


def test_a_plain_scan_has_no_border() -> None:
    plain = np.full((40, 60), 90, dtype=np.uint8)

    assert cut_plain_border(plain).shape == (40, 60)


def test_flat_scans_are_alike_only_if_they_are_identical() -> None:
    flat = {level: take_fingerprint(np.full((40, 60), level, dtype=np.uint8)) for level in (90, 91)}

    found = group_duplicates({"a": flat[90], "b": flat[91], "c": flat[90]}, min_correlation=0.9)

    assert not rank_texture(flat[90].thumbnail).any()
    assert found["scan_id"].tolist() == ["a", "c"]


def test_the_hash_knows_the_shape_and_not_the_memory_order() -> None:
    scan = np.arange(12, dtype=np.uint8).reshape(3, 4)

    assert take_fingerprint(scan).pixels != take_fingerprint(scan.reshape(4, 3)).pixels
    assert take_fingerprint(scan).pixels == take_fingerprint(np.asfortranarray(scan)).pixels
    other = scan.copy()
    other[2, 3] += 1
    assert take_fingerprint(scan).pixels != take_fingerprint(other).pixels


def test_blocks_find_the_pairs_that_one_large_product_finds(monkeypatch) -> None:
    taken = [take_fingerprint(speckle(seed % 15)[seed // 5 :]) for seed in range(30)]
    whole, expected = find_alike_pairs(taken, min_correlation=0.5)

    monkeypatch.setattr("sonolens.cohort.candidates.COMPARED_AT_ONCE", 7)
    monkeypatch.setattr("sonolens.cohort.registration.COMPARED_AT_ONCE", 4)
    pairs, correlation = find_alike_pairs(taken, min_correlation=0.5)

    assert pairs.tolist() == whole.tolist()
    assert len(pairs) == 15
    np.testing.assert_allclose(correlation, expected, atol=1e-5)


def chain(**shares: float) -> dict[str, Fingerprint]:
    """Scans that share one texture by more or less, beside one of their own."""
    taken = {}
    for place, (name, share) in enumerate(shares.items()):
        mixed = share * speckle(50).astype(float) + np.sqrt(1 - share**2) * speckle(60 + place)
        taken[name] = Fingerprint(name, take_fingerprint((mixed / 2).astype(np.uint8)).thumbnail)
    return taken


def test_a_group_is_what_must_stay_together_and_same_scan_what_is_one_scan() -> None:
    family = chain(d=1.0, x=0.0, c=0.99, b=0.75)

    found = group_duplicates(family, min_correlation=MIN_CORRELATION)

    assert found["scan_id"].tolist() == ["d", "c", "b"]
    assert found["group"].tolist() == ["b", "b", "b"]
    assert found["same_scan"].tolist() == ["c", "c", "b"]
    assert found["closest"].tolist()[:2] == ["c", "d"]
    assert found["same"].tolist() == [True, True, False]
    assert not found["identical"].any()


@settings(max_examples=10, deadline=None)
@given(order=st.permutations("dxcb"))
def test_the_order_of_the_scans_does_not_matter(order: list[str]) -> None:
    family = chain(d=1.0, x=0.0, c=0.99, b=0.75)
    expected = group_duplicates(family, min_correlation=MIN_CORRELATION).set_index("scan_id")

    shuffled = {name: family[name] for name in order}
    found = group_duplicates(shuffled, min_correlation=MIN_CORRELATION)

    assert found["scan_id"].tolist() == [name for name in order if name != "x"]
    assert found.set_index("scan_id").loc[expected.index].equals(expected)


def test_copies_and_their_near_relatives_are_one_group() -> None:
    family = chain(c=1.0, n=0.99, z=0.0)
    family["a"] = family["c"]

    found = group_duplicates(family, min_correlation=0.9).set_index("scan_id")

    assert found["group"].to_dict() == {"c": "a", "n": "a", "a": "a"}
    assert found["identical"].to_dict() == {"c": True, "n": False, "a": True}
    assert found["closest"].to_dict() == {"c": "a", "n": "a", "a": "c"}
    assert found.loc["c", "correlation"] == 1


def test_no_scan_and_no_duplicate_give_an_empty_table() -> None:
    for none in ({}, chain(a=1.0), chain(a=1.0, b=0.0)):
        found = group_duplicates(none, min_correlation=0.9)

        assert list(found)[:4] == ["scan_id", "group", "same_scan", "closest"]
        assert found.empty


@pytest.mark.parametrize("threshold", [0.0, -0.5, 1.01])
@pytest.mark.parametrize("name", ["min_correlation", "min_kinship"])
def test_a_threshold_that_means_nothing_is_refused(name: str, threshold: float) -> None:
    thresholds = {"min_correlation": 0.9, "min_kinship": 0.7} | {name: threshold}

    with pytest.raises(ValueError, match=rf"{name} .* above 0 and at most 1"):
        group_duplicates({}, **thresholds)


@pytest.mark.real_scans
def test_busi_holds_one_identical_pair_and_five_near_ones(real_scans: Path) -> None:
    files = [
        file
        for file in (real_scans / "Dataset_BUSI_with_GT").rglob("*.png")
        if "_mask" not in file.name
    ]
    names = [file.stem for file in sorted(files)]
    fingerprints = in_parallel(lambda file: take_fingerprint(read_scan(file)), sorted(files))
    taken = dict(zip(names, fingerprints, strict=True))

    found = group_duplicates(taken, min_correlation=MIN_CORRELATION)

    identical = found[found["identical"]]
    assert identical["scan_id"].tolist() == ["benign (433)", "malignant (145)"]
    assert set(identical["group"]) == {"benign (433)"}
    near = found[~found["identical"]].groupby("group")["scan_id"].agg(sorted)
    assert near.to_dict() == {
        "benign (1)": ["benign (1)", "benign (318)"],
        "benign (135)": ["benign (135)", "benign (58)"],
        "benign (153)": ["benign (153)", "benign (25)"],
        "benign (199)": ["benign (199)", "benign (248)"],
        "benign (321)": ["benign (321)", "benign (4)"],
    }


@pytest.mark.real_scans
def test_busbra_holds_one_mass_under_two_patients_and_no_other_stranger(real_scans: Path) -> None:
    study = read_busbra(str(real_scans / "BUSBRA"))
    names = study.scans["scan_id"].tolist()
    lesion = study.scans["lesion_id"].to_numpy()
    fingerprints = list(in_parallel(lambda name: take_fingerprint(study.images[name]()), names))
    pairs, correlation = find_alike_pairs(fingerprints, min_correlation=0.01)

    same_lesion = lesion[pairs[:, 0]] == lesion[pairs[:, 1]]
    twins = correlation[~same_lesion] >= MIN_KINSHIP
    found = [{names[place] for place in pair} for pair in pairs[~same_lesion][twins].tolist()]
    assert found == [{"bus_0056-l", "bus_0091-l"}, {"bus_0056-r", "bus_0091-r"}]
    assert correlation[~same_lesion][~twins].max() < 0.65
    assert correlation[same_lesion].max() < 0.8
