"""DICOM folders: what is tissue, how large a pixel is, whose mask it is, and who must stay unnamed."""

import hashlib
import hmac
import io
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from made_dicom import (
    COLS,
    ROWS,
    SECRET,
    TISSUE,
    X0,
    X1,
    Y0,
    Y1,
    make_folder,
    read,
    region,
    save,
    scan,
    screen,
    segmentation,
    whole_mask,
    write_labels,
)
from PIL import Image
from pydicom import dcmread
from pydicom.data import get_testdata_file
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate
from pydicom.sequence import Sequence
from pydicom.uid import JPEG2000, JPEG2000Lossless, JPEGBaseline8Bit, RLELossless

from sonolens.studies.dicom import read_dicom
from sonolens.tables import cohort


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two scans with masks, a table and, outside the folder, a secret."""
    return make_folder(tmp_path)


def test_scan_and_mask_are_cut_to_the_tissue_pixel_by_pixel(folder: Path) -> None:
    study = read(folder)

    np.testing.assert_array_equal(study.image("first"), TISSUE)
    np.testing.assert_array_equal(study.masks["first"](), whole_mask()[Y0 : Y1 + 1, X0 : X1 + 1])


def test_spacing_is_in_millimetres_and_rows_are_the_y_direction(folder: Path) -> None:
    scans = read(folder).scans

    assert scans["spacing_row_mm"].tolist() == pytest.approx([0.06, 0.06])
    assert scans["spacing_col_mm"].tolist() == pytest.approx([0.08, 0.08])
    cohort.Scans.validate(scans)


@pytest.mark.parametrize("units", [0, 4, 5])
def test_a_direction_that_is_not_in_centimetres_has_no_spacing(folder: Path, units: int) -> None:
    save(
        scan(SequenceOfUltrasoundRegions=Sequence([region(PhysicalUnitsXDirection=units)])),
        folder / "first.dcm",
    )

    first = read(folder).scans.iloc[0]

    assert first["spacing_row_mm"] == pytest.approx(0.06)
    assert np.isnan(first["spacing_col_mm"])


def test_a_direction_that_runs_backwards_has_a_positive_spacing(folder: Path) -> None:
    save(
        scan(SequenceOfUltrasoundRegions=Sequence([region(PhysicalDeltaX=-0.008)])),
        folder / "first.dcm",
    )

    assert read(folder).scans["spacing_col_mm"].iloc[0] == pytest.approx(0.08)


def test_pixel_spacing_is_never_taken_for_the_region(folder: Path) -> None:
    save(scan(PixelSpacing=[1.0, 1.0]), folder / "first.dcm")

    assert read(folder).scans["spacing_row_mm"].iloc[0] == pytest.approx(0.06)


def test_no_patient_leaves_the_header(folder: Path) -> None:
    study = read(folder)
    told = study.scans.to_csv() + repr(study.scans.attrs) + study.description

    for secret in ("Kowalska", "Anna", "PL-44017", "44017", "19700203", SECRET.decode()):
        assert secret not in told
    expected = hmac.new(SECRET, b"PL-44017", hashlib.sha256).hexdigest()[:12]
    assert study.scans["patient_id"].tolist() == [expected] * 2


def test_another_secret_gives_other_patients(folder: Path) -> None:
    before = read(folder).scans["patient_id"]
    (folder.parent / "patients.key").write_bytes(b"quite another secret")

    assert not read(folder).scans["patient_id"].isin(before).any()


def test_ids_of_the_table_are_used_as_they_are(folder: Path) -> None:
    write_labels(
        folder,
        patient_id=["007", "007"],
        lesion_id=["L1", "L1"],
        label=["Malignant", "malignant "],
        birads=["4A", ""],
        view=["transverse", "longitudinal"],
    )
    save(scan(), folder / "third.dcm")
    Image.fromarray(whole_mask()).save(folder / "third_mask.png")
    with (folder / "labels.csv").open("a") as table:
        table.write("third.dcm,benign,8,L2,5,\n")

    scans = read(folder).scans

    assert scans["patient_id"].tolist() == ["007", "007", "8"]
    assert scans["lesion_id"].tolist() == ["L1", "L1", "L2"]
    assert scans["birads"].tolist()[::2] == ["4a", "5"]
    assert scans["view"].tolist()[:2] == ["transverse", "longitudinal"]
    assert scans.isna().sum()[["birads", "view"]].tolist() == [1, 1]
    assert scans["device"].tolist() == ["ACME Echo 9"] * 3
    cohort.Scans.validate(scans)


def test_without_lesions_every_scan_shows_its_own(folder: Path) -> None:
    assert read(folder).scans["lesion_id"].tolist() == ["first", "second"]


def test_patients_named_for_some_files_only_are_refused(folder: Path) -> None:
    write_labels(folder, patient_id=["7", ""])

    with pytest.raises(
        ValueError, match=r"row 3: has no patient_id, but 1 rows of 2 .*; give all of"
    ):
        read(folder)


def test_a_file_without_a_patient_is_refused_by_name(folder: Path) -> None:
    save(scan(PatientID=""), folder / "second.dcm")

    with pytest.raises(ValueError, match=r"'second.dcm' has no PatientID.* give patient_id"):
        read(folder)


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"NumberOfFrames": 12}, "holds 12 frames; save the one"),
        ({"PhotometricInterpretation": "HSV"}, "is HSV of 8 bits"),
        ({"BitsStored": 12, "BitsAllocated": 16}, "is MONOCHROME2 of 12 bits"),
        ({"regions": [region(), region(RegionDataType=2)]}, "shows colour flow; export"),
        ({"regions": [region(RegionSpatialFormat=3, RegionDataType=3)]}, "pulsed-wave Doppler"),
        ({"regions": [region(), region()]}, "has 2 two-dimensional tissue regions"),
        ({"regions": [region(RegionSpatialFormat=2)]}, "has 0 two-dimensional tissue regions"),
        ({"regions": []}, "has 0 two-dimensional tissue regions .*BurnedInAnnotation NO"),
        ({"regions": [region(RegionLocationMaxX1=81)]}, "columns 10 to 81 in a picture of 60 x 80"),
        ({"Rows": None}, "lacks Rows"),
    ],
)
def test_what_is_not_one_scan_of_tissue_is_refused_by_name(
    folder: Path, change: dict[str, Any], refusal: str
) -> None:
    if "regions" in change:
        change = {"SequenceOfUltrasoundRegions": Sequence(change["regions"])}
    save(scan(**change), folder / "first.dcm")

    with pytest.raises(ValueError, match=f"DICOM file 'first.dcm' .*{refusal}"):
        read(folder).image("first")


def test_a_trace_beside_the_tissue_does_no_harm(folder: Path) -> None:
    trace = region(RegionSpatialFormat=4, RegionDataType=10, RegionLocationMinY0=56)
    save(scan(SequenceOfUltrasoundRegions=Sequence([trace, region()])), folder / "first.dcm")

    np.testing.assert_array_equal(read(folder).image("first"), TISSUE)


def test_a_picture_without_regions_counts_whole_if_nothing_is_burned_in(folder: Path) -> None:
    save(
        scan(SequenceOfUltrasoundRegions=Sequence([]), BurnedInAnnotation="NO"),
        folder / "first.dcm",
    )

    study = read(folder)

    np.testing.assert_array_equal(study.image("first"), screen())
    assert study.scans["spacing_row_mm"].isna().tolist() == [True, False]


def test_run_length_encoding_loses_nothing(folder: Path) -> None:
    file = scan()
    file.compress(RLELossless)
    save(file, folder / "first.dcm")

    np.testing.assert_array_equal(read(folder).image("first"), TISSUE)


@pytest.mark.parametrize(
    ("syntax", "options", "tolerance"),
    [
        (JPEGBaseline8Bit, {"format": "JPEG", "quality": 95}, 6),
        (JPEG2000Lossless, {"format": "JPEG2000", "irreversible": False, "no_jp2": True}, 0),
        (JPEG2000, {"format": "JPEG2000", "irreversible": True, "no_jp2": True}, 3),
    ],
)
def test_jpeg_files_are_decoded(
    folder: Path, syntax: str, options: dict[str, Any], tolerance: int
) -> None:
    smooth = np.add.outer(np.arange(ROWS), np.arange(COLS)).astype(np.uint8)
    stream = io.BytesIO()
    Image.fromarray(smooth).save(stream, **options)
    file = scan(smooth)
    file.PixelData = encapsulate([stream.getvalue()])
    file["PixelData"].VR = "OB"
    file.file_meta.TransferSyntaxUID = syntax
    save(file, folder / "first.dcm")

    grey = read(folder).image("first").astype(int)

    assert np.abs(grey - smooth[Y0 : Y1 + 1, X0 : X1 + 1]).max() <= tolerance


def test_in_monochrome1_the_largest_value_is_black(folder: Path) -> None:
    save(scan(PhotometricInterpretation="MONOCHROME1"), folder / "first.dcm")

    np.testing.assert_array_equal(read(folder).image("first"), 255 - TISSUE)


@pytest.mark.parametrize("photometry", ["RGB", "YBR_FULL"])
def test_grey_stored_as_colour_keeps_its_levels(folder: Path, photometry: str) -> None:
    grey = screen()
    neutral = np.full_like(grey, 128)  # no blue and no red beyond the grey
    channels = [grey] * 3 if photometry == "RGB" else [grey, neutral, neutral]
    save(scan(np.dstack(channels), PhotometricInterpretation=photometry), folder / "first.dcm")

    np.testing.assert_array_equal(read(folder).image("first"), TISSUE)


def test_green_is_brighter_than_blue(folder: Path) -> None:
    colours = np.zeros((ROWS, COLS, 3), dtype=np.uint8)
    colours[:, :40, 1] = colours[:, 40:, 2] = 200
    save(scan(colours), folder / "first.dcm")

    grey = read(folder).image("first")

    assert (grey[0, 0], grey[0, -1]) == (117, 23)  # 0.587 and 0.114 of 200


@pytest.mark.parametrize("name", ["drawing.dcm", "first_mask.dcm"])
def test_a_segmentation_is_found_by_what_it_refers_to(folder: Path, name: str) -> None:
    first, second = (dcmread(folder / f"{scan_id}.dcm") for scan_id in ("first", "second"))
    (folder / "first_mask.png").unlink()
    save(segmentation(second.SOPInstanceUID, first.SOPInstanceUID), folder / name)
    (folder / "second_mask.png").unlink()

    study = read(folder)

    shifted = np.roll(whole_mask(), 1, axis=1)  # the frame of the first scan comes second
    np.testing.assert_array_equal(study.masks["first"](), shifted[Y0 : Y1 + 1, X0 : X1 + 1])
    np.testing.assert_array_equal(study.masks["second"](), whole_mask()[Y0 : Y1 + 1, X0 : X1 + 1])
    assert study.left_out == {}


def test_a_segmentation_without_references_is_found_by_its_name(folder: Path) -> None:
    (folder / "first_mask.png").unlink()
    save(segmentation(), folder / "first_mask.dcm")

    assert read(folder).masks["first"]().sum() == whole_mask().sum()


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        (
            {"SegmentSequence": Sequence([Dataset(), Dataset()])},
            "BINARY segmentation of 2 segments",
        ),
        ({"SegmentationType": "FRACTIONAL"}, "is a FRACTIONAL segmentation"),
        ({"references": ["1.2.3"]}, "was drawn on another picture"),
        ({"mask": whole_mask()[:56]}, "is 56 x 80 pixels but its picture is 60 x 80"),
    ],
)
def test_a_segmentation_that_is_not_one_mass_is_refused_by_name(
    folder: Path, change: dict[str, Any], refusal: str
) -> None:
    (folder / "first_mask.png").unlink()
    references = change.pop("references", [])
    save(segmentation(*references, **change), folder / "first_mask.dcm")

    with pytest.raises(ValueError, match=f"first_mask.dcm' .*{refusal}"):
        read(folder).masks["first"]()


def test_a_mask_of_another_size_is_refused_before_it_is_cut(folder: Path) -> None:
    Image.fromarray(whole_mask()[Y0 : Y1 + 1, X0 : X1 + 1]).save(folder / "first_mask.png")

    with pytest.raises(ValueError, match=r"'first_mask.png' is 50 x 60 .* the whole DICOM picture"):
        read(folder).image("first")


def test_a_scan_without_a_mask_is_named(folder: Path) -> None:
    (folder / "second_mask.png").unlink()

    with pytest.raises(FileNotFoundError, match=r"'second.dcm' has no mask: neither 'second_mask"):
        read(folder)


def test_two_masks_of_one_scan_are_named(folder: Path) -> None:
    save(segmentation(dcmread(folder / "first.dcm").SOPInstanceUID), folder / "other.dcm")

    with pytest.raises(ValueError, match=r"several masks, 'first_mask.png' and 'other.dcm'; keep"):
        read(folder)


def test_files_that_the_table_does_not_list_are_counted(folder: Path) -> None:
    save(scan(), folder / "more" / "third.DCM")

    assert read(folder).left_out == {"not in labels.csv": 1}


def test_files_may_lie_in_subfolders_and_have_no_ending(folder: Path) -> None:
    save(scan(), folder / "left" / "1.2.840.7")
    Image.fromarray(whole_mask()).save(folder / "left" / "1.2.840.7_mask.png")
    write_labels(folder, file=["left/1.2.840.7", "second.dcm"])

    study = read(folder)

    assert study.scans["scan_id"].tolist() == ["1.2.840.7", "second"]
    np.testing.assert_array_equal(study.image("1.2.840.7"), TISSUE)


@pytest.mark.parametrize(
    ("columns", "error", "refusal"),
    [
        (
            {"file": ["first.dcm", "x.dcm"]},
            FileNotFoundError,
            r"row 3: lists 'x.dcm' but .* add the file",
        ),
        ({"file": ["first.dcm", "a/first.dcm"]}, ValueError, "names 'first' twice"),
        ({"file": ["first.dcm", ""]}, ValueError, "labels.csv row 3: has no file"),
        ({"birads": ["4a", "IVb"]}, ValueError, "row 3: birads 'IVb' is unknown; choose from 2"),
        ({"view": ["", "oblique"]}, ValueError, "row 3: view 'oblique' is unknown"),
        ({"lesion_id": ["1", "1"]}, ValueError, "row 3: lesion '1' has the label 'malignant'"),
        ({"lesion_id": ["1", "01"]}, ValueError, "row 3: lesion_id '01' differs from '1' in row 2"),
        ({"patient_id": ["N.A.", "7"]}, ValueError, "row 2: patient_id 'N.A.' names nobody"),
        ({"Subject": ["1", "2"]}, ValueError, "'Subject', which is most likely patient_id"),
        ({"label": ["benign", "borderline"]}, ValueError, "row 3: label 'borderline' is unknown"),
    ],
)
def test_a_wrong_table_is_refused_with_the_remedy(
    folder: Path, columns: dict[str, list[str]], error: type[Exception], refusal: str
) -> None:
    write_labels(folder, **columns)

    with pytest.raises(error, match=refusal):
        read(folder)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_the_table_is_read_as_a_manifest_is(folder: Path, separator: str, encoding: str) -> None:
    (folder / "sub").mkdir()
    for name in ("second.dcm", "second_mask.png"):
        (folder / name).rename(folder / "sub" / name)
    text = "File,Label,BI-RADS\nfirst.dcm,0,4A\nsub\\second.dcm,1,n/a\n".replace(",", separator)
    (folder / "labels.csv").write_text(text, encoding=encoding)

    scans = read(folder).scans

    assert scans["scan_id"].tolist() == ["first", "second"]
    assert scans["label"].tolist() == ["benign", "malignant"]
    assert scans["birads"].iloc[0] == "4a"
    assert scans["birads"].isna().tolist() == [False, True]


def test_a_table_in_another_encoding_is_named(folder: Path) -> None:
    (folder / "labels.csv").write_text("file,label,note\na,0,\u00e4\n", encoding="latin-1")

    with pytest.raises(ValueError, match=r"labels.csv row 2: is no UTF-8 text .*CSV UTF-8"):
        read(folder)


def test_two_spellings_of_a_patient_in_headers_are_refused_without_telling_them(
    folder: Path,
) -> None:
    save(scan(PatientID="0815-P"), folder / "first.dcm")
    save(scan(PatientID="815 p"), folder / "second.dcm")

    with pytest.raises(
        ValueError, match=r"row 3: .*'second.dcm' .* from that of 'first.dcm'"
    ) as told:
        read(folder)
    assert "815" not in str(told.value)


@pytest.mark.parametrize("word", ["anonymous", "0", "N/A"])
def test_a_header_that_names_nobody_is_refused(folder: Path, word: str) -> None:
    save(scan(PatientID=word), folder / "first.dcm")

    with pytest.raises(ValueError, match=r"'first.dcm' has no PatientID .*give patient_id"):
        read(folder)


def test_a_table_without_labels_is_refused(folder: Path) -> None:
    (folder / "labels.csv").write_text("file,diagnosis\nfirst.dcm,benign\n")

    with pytest.raises(ValueError, match="no column 'label' but file, diagnosis"):
        read(folder)


def test_the_folder_is_found_one_level_too_high_or_too_low(folder: Path) -> None:
    key = str(folder.parent / "patients.key")

    for path in (folder.parent, folder / "labels.csv"):
        assert len(read_dicom(str(path), key_file=key).scans) == 2


def test_a_folder_without_a_table_is_refused_with_the_remedy(folder: Path) -> None:
    (folder / "labels.csv").unlink()

    with pytest.raises(
        FileNotFoundError, match=r"0 tables 'labels.csv'; .* columns file and label"
    ):
        read(folder)


@pytest.mark.parametrize(
    ("secret", "error", "refusal"),
    [
        (b"short", ValueError, r"holds 5 bytes, which can be guessed; make one"),
        (None, FileNotFoundError, r"patients.key' does not exist; make one with: python"),
    ],
)
def test_a_secret_that_can_be_guessed_or_is_absent_is_refused(
    folder: Path, secret: bytes | None, error: type[Exception], refusal: str
) -> None:
    key = folder.parent / "patients.key"
    key.unlink() if secret is None else key.write_bytes(secret)

    with pytest.raises(error, match=refusal) as refused:
        read(folder)
    assert "short" not in str(refused.value)


def test_a_damaged_file_is_refused_by_name(folder: Path) -> None:
    study = read(folder)
    content = (folder / "first.dcm").read_bytes()
    (folder / "first.dcm").write_bytes(content[:-500])

    with pytest.raises(ValueError, match=r"first.dcm' cannot be decoded .* replace it"):
        study.image("first")


@pytest.mark.parametrize("columns", [{}, {"patient_id": ["a", "b"]}, {"patient_id": ["", ""]}])
def test_a_file_that_is_no_dicom_costs_one_scan_whoever_its_patient_is(
    folder: Path, columns: dict[str, list[str]]
) -> None:
    write_labels(folder, **columns)
    (folder / "first.dcm").write_bytes(b"no DICOM at all" * 20)

    study = read(folder)

    with pytest.raises(ValueError, match=r"first.dcm' is not a DICOM file"):
        study.images["first"]()
    assert study.image("second").shape == TISSUE.shape


def test_flow_costs_its_own_scan(folder: Path) -> None:
    flow = Sequence([region(), region(RegionDataType=2)])
    save(scan(SequenceOfUltrasoundRegions=flow), folder / "first.dcm")

    study = read(folder)

    for part in (study.images["first"], study.masks["first"]):
        with pytest.raises(ValueError, match=r"'first.dcm' shows colour flow; export the B-mode"):
            part()
    assert study.image("second").shape == TISSUE.shape
    assert whole_mask().shape == (ROWS, COLS)


def test_the_study_travels_to_other_processes(folder: Path) -> None:
    study = read(folder)

    travelled = pickle.loads(pickle.dumps(study))

    np.testing.assert_array_equal(travelled.image("second"), study.image("second"))


@pytest.mark.parametrize(
    "name",
    ["SC_rgb_rle.dcm", "SC_rgb_jpeg_gdcm.dcm", "SC_rgb_jpeg_dcmtk.dcm", "SC_rgb_dcmtk_+eb+cr.dcm"],
)
def test_colour_bars_written_by_others_have_their_known_luminance(folder: Path, name: str) -> None:
    file = dcmread(str(get_testdata_file(name, download=False)))
    file.SequenceOfUltrasoundRegions = Sequence(
        [
            region(
                RegionLocationMinX0=0,
                RegionLocationMinY0=0,
                RegionLocationMaxX1=99,
                RegionLocationMaxY1=99,
            )
        ]
    )
    file.save_as(folder / "first.dcm")
    mask = np.zeros((100, 100), dtype=bool)
    mask[50, 50] = True
    Image.fromarray(mask).save(folder / "first_mask.png")
    write_labels(folder, patient_id=["a", "b"])

    bars = read(folder).image("first")[5::10, 50].astype(int)

    # red, green, blue, their dim versions and greys, as documented by pydicom
    assert bars.tolist() == pytest.approx([76, 167, 150, 203, 29, 142, 0, 64, 192, 255], abs=3)


@pytest.mark.parametrize(
    ("error", "remedy"),
    [
        (RuntimeError("all plugins are missing dependencies:\n\tgdcm"), "install python-gdcm"),
        (
            RuntimeError(
                "all plugins are missing dependencies:\n\tpylibjpeg - requires pylibjpeg>=2.0 and x>=2"
            ),
            "install pylibjpeg>=2.0 and x>=2",
        ),
        (NotImplementedError("'MPEG-4' is not supported"), "save it uncompressed; .* videos"),
        (RuntimeError("all failed:\n a: does not support 12 bits"), "save it uncompressed; .*"),
        (RuntimeError("all failed:\n a: lacks bytes"), "replace it by a good copy"),
    ],
)
def test_a_compression_without_a_decoder_names_what_helps(
    folder: Path, monkeypatch: pytest.MonkeyPatch, error: Exception, remedy: str
) -> None:
    study = read(folder)

    def no_decoder(file: Dataset, index: int) -> np.ndarray:
        raise error

    monkeypatch.setattr("sonolens.studies.dicom_header.pixel_array", no_decoder)

    with pytest.raises(ValueError, match=rf"first.dcm' cannot be decoded .*; {remedy}"):
        study.image("first")
