"""A study's own annotations stand before those that are found; what cannot be used costs itself alone."""

from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from sonolens.cohort import read_and_inspect
from sonolens.cohort.screening import SEVERITY
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


def spoil(folder: Path, how: str) -> str:
    """Spoil the given annotations; return what the finding must say of them."""
    marks = folder / "marks.png"
    if how == "unreadable":
        marks.write_bytes(b"no picture")
        return "cannot be read"
    drawn = np.zeros((30, 80), dtype=bool)
    drawn[10:] = True
    Image.fromarray(drawn).save(marks)
    return "are 30 x 80 pixels but the scan 60 x 80"


@pytest.mark.parametrize("how", ["unreadable", "another size"])
def test_annotations_that_cannot_be_used_cost_themselves_and_are_told(
    tmp_path: Path, how: str
) -> None:
    study = read_manifest(str(write_study(tmp_path, marks=np.zeros((60, 80), dtype=bool))))
    told = spoil(tmp_path, how)
    pictures = {
        scan_id: lambda read=read: Image.fromarray(read()) for scan_id, read in study.images.items()
    }

    facts = [
        read_and_inspect(
            scan_id,
            read_image=study.images[scan_id],
            read_mask=study.masks[scan_id],
            read_annotations=partial(study.read_annotations, scan_id),
        )
        for scan_id in study.scans["scan_id"]
    ]
    found = dict(find_annotations(study, study.scans, pictures))

    ((remark,), nothing) = (fact.remarks for fact in facts)
    assert remark.check == "unusable_annotations"
    assert told in remark.message
    assert "marks.png" in remark.message
    assert not nothing
    assert SEVERITY[remark.check] == "warning"
    assert not np.asarray(found["a"]).any()  # found by the program, which sees none here
