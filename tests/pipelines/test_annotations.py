"""A study's own annotations stand before those that are found, and a scan of another size is refused."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from sonolens.pipelines.data_processing.intake import find_annotations
from sonolens.studies.manifest import read_manifest


def write_study(folder: Path, *, marks: np.ndarray) -> Path:
    rng = np.random.default_rng(0)
    mask = np.zeros((60, 80), dtype=bool)
    mask[20:30, 30:50] = True
    rows = ["image,mask,label,annotations"]
    for name, label, own in (("a", "benign", "marks.png"), ("b", "malignant", "")):
        scan = rng.integers(60, 90, size=mask.shape, dtype=np.uint8)
        Image.fromarray(scan).save(folder / f"{name}.png")
        Image.fromarray(mask).save(folder / f"{name}_mask.png")
        rows.append(f"{name}.png,{name}_mask.png,{label},{own}")
    Image.fromarray(marks).save(folder / "marks.png")
    (folder / "manifest.csv").write_text("\n".join(rows))
    return folder


def test_given_annotations_replace_those_that_would_be_found(tmp_path: Path) -> None:
    marks = np.zeros((60, 80), dtype=bool)
    marks[50:, 10:20] = True
    study = read_manifest(str(write_study(tmp_path, marks=marks)))
    pictures = {
        scan_id: lambda read=read: Image.fromarray(read()) for scan_id, read in study.images.items()
    }

    found = dict(find_annotations(study, study.scans, pictures))

    np.testing.assert_array_equal(np.asarray(found["a"]), 5 * marks)
    assert not np.asarray(found["b"]).any()


def test_given_annotations_of_another_size_are_refused_with_their_scan(tmp_path: Path) -> None:
    marks = np.zeros((30, 80), dtype=bool)
    marks[10:] = True
    study = read_manifest(str(write_study(tmp_path, marks=marks)))
    pictures = {
        scan_id: lambda read=read: Image.fromarray(read()) for scan_id, read in study.images.items()
    }

    with pytest.raises(ValueError, match="annotations of scan 'a' are 30 x 80 pixels"):
        list(find_annotations(study, study.scans, pictures))
