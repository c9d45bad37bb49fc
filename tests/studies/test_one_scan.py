import numpy as np
import pytest
from made_dicom import TISSUE, scan, screen
from PIL import Image

from sonolens.studies import find_mask_of, find_scans, list_header_words, read_one


def save(path, pixels):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path)
    return path


def test_a_dicom_file_is_cut_to_its_tissue_and_tells_its_spacing(tmp_path):
    scan().save_as(tmp_path / "a", enforce_file_format=True)
    found = read_one(tmp_path / "a")

    assert (found.scan == TISSUE).all()
    assert found.spacing_mm == pytest.approx((0.06, 0.08))
    assert (found.spacing_from, found.device) == ("header", "ACME Echo 9")


def test_a_spacing_that_is_given_takes_the_place_of_the_header(tmp_path):
    scan().save_as(tmp_path / "a.dcm", enforce_file_format=True)
    found = read_one(tmp_path / "a.dcm", spacing_mm=(0.1, 0.2))

    assert (found.spacing_mm, found.spacing_from) == ((0.1, 0.2), "given")
    assert found.header_mm == pytest.approx((0.06, 0.08))


def test_the_mask_of_a_dicom_file_is_cut_as_the_file_is(tmp_path):
    scan().save_as(tmp_path / "a.dcm", enforce_file_format=True)
    mask = np.zeros(screen().shape, dtype=np.uint8)
    mask[10:20, 30:40] = 255
    found = read_one(tmp_path / "a.dcm", mask=save(tmp_path / "m.png", mask))

    assert found.mask is not None
    assert found.mask.shape == found.scan.shape
    assert found.mask.sum() == 100


def test_one_of_several_frames_must_be_named(tmp_path):
    frames = np.stack([screen(), screen()[::-1]])
    file = scan(NumberOfFrames=2, PixelData=frames.tobytes())
    file.save_as(tmp_path / "clip.dcm", enforce_file_format=True)

    with pytest.raises(ValueError, match="holds 2 frames"):
        read_one(tmp_path / "clip.dcm")
    with pytest.raises(ValueError, match="frame 3 is none of the 2"):
        read_one(tmp_path / "clip.dcm", frame=3)
    assert (read_one(tmp_path / "clip.dcm", frame=1).scan == TISSUE).all()


def test_the_scans_of_a_folder_are_its_pictures_without_masks_and_hidden_files(tmp_path):
    for name in ("b.png", "a/x (1).tif", "a/x (1)_mask.tif", "a/x (1)_mask_1.tif", ".b.png"):
        save(tmp_path / name, screen())
    (tmp_path / "labels.csv").write_text("file,label\n")
    (tmp_path / "odd.jpg").write_bytes(b"")
    scan().save_as(tmp_path / "IM0001", enforce_file_format=True)
    found = [str(each.relative_to(tmp_path)) for each in find_scans(tmp_path)]

    assert found == ["IM0001", "a/x (1).tif", "b.png", "odd.jpg"]


def test_a_mask_bears_the_name_of_its_scan_and_is_the_only_one(tmp_path):
    scan_file = tmp_path / "x.png"
    masks = [tmp_path / "m" / name for name in ("y.png", "x_mask.png")]

    assert find_mask_of(scan_file, masks) == masks[1]
    assert find_mask_of(tmp_path / "z.png", masks) is None
    with pytest.raises(ValueError, match="2 masks"):
        find_mask_of(scan_file, [*masks, tmp_path / "m" / "x.bmp"])


def test_words_of_a_header_are_listed_but_not_what_pixels_are(tmp_path):
    scan().save_as(tmp_path / "a.dcm", enforce_file_format=True)
    words = list_header_words(tmp_path / "a.dcm")

    assert {"Kowalska^Anna", "PL-44017", "19700203", "ACME"} <= words
    assert not {"MONOCHROME2", "60"} & words
    assert list_header_words(save(tmp_path / "b.png", screen())) == set()
