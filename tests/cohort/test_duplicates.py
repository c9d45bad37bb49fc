"""Duplicates: found after re-saving, never made up between strangers or two views of a lesion."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from scipy import ndimage

from sonolens.cohort import Fingerprint, group_duplicates, take_fingerprint
from sonolens.cohort.duplicates import THUMBNAIL_SIDE, find_near_pairs
from sonolens.studies.busbra import read_busbra
from sonolens.studies.picture import read_scan

MIN_CORRELATION = 0.9


def speckle(seed: int, *, rows: int = 160, cols: int = 200) -> np.ndarray:
    """Blobs of a few pixels that grow darker with depth."""
    noise = ndimage.gaussian_filter(np.random.default_rng(seed).random((rows, cols)), 4)
    noise = (noise - noise.min()) / np.ptp(noise)
    return (noise * np.linspace(220, 90, rows)[:, None] + 15).astype(np.uint8)


def likeness(first: np.ndarray, second: np.ndarray) -> float:
    return float(take_fingerprint(first).texture @ take_fingerprint(second).texture)


def resized(scan: np.ndarray, cols: int, rows: int) -> np.ndarray:
    return np.asarray(Image.fromarray(scan).resize((cols, rows), Image.Resampling.BICUBIC))


def as_jpeg(scan: np.ndarray) -> np.ndarray:
    file = io.BytesIO()
    Image.fromarray(scan).save(file, "JPEG", quality=50)
    return np.asarray(Image.open(file))


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
    ],
)
def test_the_same_scan_saved_another_way_is_near_identical(change) -> None:
    assert likeness(speckle(0), change(speckle(0))) > MIN_CORRELATION


def test_strangers_with_the_same_depth_gain_are_not_alike() -> None:
    assert abs(likeness(speckle(0), speckle(1))) < 0.5


def test_a_mirrored_scan_is_another_scan() -> None:
    assert likeness(speckle(0), speckle(0)[:, ::-1]) < 0.5


def test_a_negative_is_unlike_its_scan() -> None:
    assert likeness(speckle(0), 255 - speckle(0)) < -MIN_CORRELATION


def test_a_texture_has_mean_zero_and_length_one() -> None:
    texture = take_fingerprint(speckle(0)).texture

    assert texture.shape == (THUMBNAIL_SIDE**2,)
    assert texture.dtype == np.float32
    assert float(texture.sum()) == pytest.approx(0, abs=1e-4)
    assert float(np.linalg.norm(texture)) == pytest.approx(1, abs=1e-6)


def test_flat_scans_are_alike_only_if_they_are_identical() -> None:
    flat = {level: take_fingerprint(np.full((40, 60), level, dtype=np.uint8)) for level in (90, 91)}

    found = group_duplicates({"a": flat[90], "b": flat[91], "c": flat[90]}, min_correlation=0.9)

    assert not flat[90].texture.any()
    assert found["scan_id"].tolist() == ["a", "c"]


def test_the_hash_knows_the_shape_and_not_the_memory_order() -> None:
    scan = np.arange(12, dtype=np.uint8).reshape(3, 4)

    assert take_fingerprint(scan).pixels != take_fingerprint(scan.reshape(4, 3)).pixels
    assert take_fingerprint(scan).pixels == take_fingerprint(np.asfortranarray(scan)).pixels
    other = scan.copy()
    other[2, 3] += 1
    assert take_fingerprint(scan).pixels != take_fingerprint(other).pixels


def on_circle(*degrees: float) -> np.ndarray:
    """Unit vectors whose dot products are cosines known by hand."""
    angle = np.radians(degrees)
    return np.column_stack([np.cos(angle), np.sin(angle)]).astype(np.float32)


def test_pairs_are_those_at_least_as_alike_as_asked() -> None:
    pairs, correlation = find_near_pairs(on_circle(0, 61, 90, 1), min_correlation=0.5)

    assert pairs.tolist() == [[0, 3], [1, 2], [1, 3]]
    np.testing.assert_allclose(correlation, np.cos(np.radians([1, 29, 60])), atol=1e-6)


def test_blocks_find_the_pairs_that_one_large_product_finds(monkeypatch) -> None:
    textures = on_circle(*np.random.default_rng(0).uniform(0, 360, 50))
    expected = np.argwhere(np.triu(textures @ textures.T >= 0.9, k=1)).tolist()

    monkeypatch.setattr("sonolens.cohort.duplicates.COMPARED_AT_ONCE", 7)
    pairs, _ = find_near_pairs(textures, min_correlation=0.9)

    assert sorted(pairs.tolist()) == expected
    assert len(expected) > 10


def fingerprints(**marks: tuple[str, float]) -> dict[str, Fingerprint]:
    """Fingerprints by name from (hash, angle in degrees)."""
    return {
        name: Fingerprint(pixels, on_circle(angle)[0]) for name, (pixels, angle) in marks.items()
    }


def test_a_chain_of_alike_scans_is_one_group_named_after_its_first_scan() -> None:
    chain = fingerprints(d=("1", 0), x=("2", 120), c=("3", 20), b=("4", 38))

    found = group_duplicates(chain, min_correlation=np.cos(np.radians(21)))

    assert found["scan_id"].tolist() == ["d", "c", "b"]
    assert found["group"].tolist() == ["b", "b", "b"]
    assert found["closest"].tolist() == ["c", "b", "c"]
    assert found["correlation"].tolist() == pytest.approx(np.cos(np.radians([20, 18, 18])))
    assert not found["identical"].any()


def test_copies_and_their_near_relatives_are_one_group() -> None:
    family = fingerprints(c=("same", 0), a=("same", 0), n=("near", 10), z=("far", 90))

    found = group_duplicates(family, min_correlation=0.9).set_index("scan_id")

    assert found["group"].to_dict() == {"c": "a", "a": "a", "n": "a"}
    assert found["identical"].to_dict() == {"c": True, "a": True, "n": False}
    assert found["closest"].to_dict() == {"c": "a", "a": "c", "n": "a"}
    assert found.loc["c", "correlation"] == 1


def test_no_scan_and_no_duplicate_give_an_empty_table() -> None:
    for none in ({}, fingerprints(a=("1", 0)), fingerprints(a=("1", 0), b=("2", 90))):
        found = group_duplicates(none, min_correlation=0.9)

        assert list(found) == ["scan_id", "group", "closest", "correlation", "identical"]
        assert found.empty


@pytest.mark.parametrize("min_correlation", [0.0, -0.5, 1.01])
def test_a_threshold_that_means_nothing_is_refused(min_correlation: float) -> None:
    with pytest.raises(ValueError, match=r"min_correlation .* above 0 and at most 1"):
        group_duplicates({}, min_correlation=min_correlation)


@pytest.mark.real_scans
def test_busi_holds_one_identical_pair_and_five_near_ones(real_scans: Path) -> None:
    files = [
        file
        for file in (real_scans / "Dataset_BUSI_with_GT").rglob("*.png")
        if "_mask" not in file.name
    ]
    taken = {file.stem: take_fingerprint(read_scan(file)) for file in sorted(files)}

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
def test_two_views_of_a_lesion_and_strangers_are_far_from_the_threshold(real_scans: Path) -> None:
    study = read_busbra(str(real_scans / "BUSBRA"))
    taken = {scan_id: take_fingerprint(read()) for scan_id, read in study.images.items()}
    textures = np.stack([taken[scan_id].texture for scan_id in study.scans["scan_id"]])
    pairs, correlation = find_near_pairs(textures, min_correlation=0.01)
    lesion = study.scans["lesion_id"].to_numpy()
    same_lesion = lesion[pairs[:, 0]] == lesion[pairs[:, 1]]

    assert correlation[same_lesion].max() < 0.75
    assert correlation[~same_lesion].max() < 0.75
    assert group_duplicates(taken, min_correlation=MIN_CORRELATION).empty
