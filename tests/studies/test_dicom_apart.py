"""GDCM decodes in a process of its own: what ends that process ends no other."""

from pathlib import Path

import gdcm
import made_dicom
import numpy as np
import pytest
from hostile_files import by_gdcm

from sonolens.studies import StudyFileError
from sonolens.studies.dicom_apart import decode_apart
from sonolens.studies.dicom_header import read_pixels

SYNTAXES = [gdcm.TransferSyntax.JPEGLosslessProcess14_1, gdcm.TransferSyntax.JPEGLSLossless]


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_what_gdcm_alone_knows_is_decoded_to_the_last_level(tmp_path: Path, syntax: int) -> None:
    (tmp_path / "scan.dcm").write_bytes(by_gdcm(syntax))

    for frame in (1, None):
        _, pixels = read_pixels(tmp_path / "scan.dcm", frame=frame)
        np.testing.assert_array_equal(pixels, made_dicom.screen())


def test_a_file_over_which_the_decoder_ends_is_refused_and_the_next_one_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "scan.dcm").write_bytes(by_gdcm(SYNTAXES[0]))
    monkeypatch.setattr("sonolens.studies.dicom_apart._ask", lambda *_: (None, b""))

    with pytest.raises(StudyFileError, match=r"scan.dcm' cannot be decoded .*decoder broke off"):
        read_pixels(tmp_path / "scan.dcm")
    monkeypatch.undo()
    assert read_pixels(tmp_path / "scan.dcm")[1].shape == made_dicom.screen().shape


def test_what_gdcm_refuses_is_told(tmp_path: Path) -> None:
    (tmp_path / "scan.dcm").write_bytes(b"no picture")

    with pytest.raises(RuntimeError, match=r"."):
        decode_apart(str(tmp_path / "scan.dcm"), 0)
