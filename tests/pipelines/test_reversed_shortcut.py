"""The reversed shortcut: who bears marks, what networks are shown, and that guidance knows of training scans alone."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml
from PIL import Image
from pydantic import ValidationError

from sonolens.pipelines.parameters import FramingParameters, RegionsParameters
from sonolens.pipelines.reversed_shortcut.marking import (
    choose_marks,
    frame_marked_guidance,
    frame_marked_scans,
)
from sonolens.pipelines.reversed_shortcut.parameters import ReversedShortcutParameters
from sonolens.tables.shortcuts import CalliperMarks

BASE = Path(__file__).parents[2] / "conf" / "base"
GROUPS: dict[str, Any] = {
    name: group
    for file in BASE.glob("parameters_*.yml")
    for name, group in yaml.safe_load(file.read_text()).items()
}
REGIONS = RegionsParameters(**GROUPS["regions"])
FRAMING = FramingParameters(size_px=64, annotations="keep")
SIDE, SIZE = 128, 40
MASK = np.zeros((SIDE, SIDE), dtype=bool)
MASK[50:70, 60:90] = True
IDS = [f"s{number:02d}" for number in range(SIZE)]
SCANS = pd.DataFrame(
    {
        "scan_id": IDS,
        "patient_id": IDS,
        "lesion_id": IDS,
        "label": ["benign", "malignant"] * (SIZE // 2),
        "spacing_row_mm": 0.3,
        "spacing_col_mm": 0.3,
    }
)
SPLITS = pd.DataFrame(
    {"fold": 0, "scan_id": IDS, "partition": ["train"] * 20 + ["validation"] * 10 + ["test"] * 10}
)


def asked(**changes: Any) -> ReversedShortcutParameters:
    return ReversedShortcutParameters(**GROUPS["reversed_shortcut"] | changes)


def pictures(picture: np.ndarray) -> dict[str, Callable[[], Image.Image]]:
    return {scan_id: lambda: Image.fromarray(picture) for scan_id in IDS}


GREY = pictures(np.full((SIDE, SIDE), 60, dtype=np.uint8))
MASKS = pictures(MASK)
CLEAN = pictures(np.zeros((SIDE, SIDE), dtype=np.uint8))


@pytest.fixture(scope="module")
def marks() -> pd.DataFrame:
    return CalliperMarks.validate(choose_marks(MASKS, CLEAN, SCANS, REGIONS, asked()))


def test_most_malignant_scans_bear_marks_as_learnt_and_as_many_benign_ones_reversed(
    marks: pd.DataFrame,
) -> None:
    malignant = (SCANS["label"] == "malignant").to_numpy()
    for _, of_place in marks.groupby("place"):
        learnt, turned = of_place["as_trained"].to_numpy(), of_place["reversed"].to_numpy()
        assert not learnt[~malignant].any()
        assert not turned[malignant].any()
        assert 0.6 < learnt[malignant].mean() < 1
        assert 0.6 < turned[~malignant].mean() < 1


def test_marks_lie_at_the_mass_or_outside_all_regions(marks: pd.DataFrame) -> None:
    drawn = REGIONS.partition(MASK, spacing_mm=(0.3, 0.3), scan_id="s00")
    for row in marks.to_dict(orient="records"):
        for one in ("first", "second"):
            place = (row[f"{one}_row"], row[f"{one}_col"])
            assert (drawn[place] == 1) == (row["place"] == "edge")
            assert (drawn[place] == 0) == (row["place"] == "aside")


def test_only_scans_that_bear_marks_are_changed(marks: pd.DataFrame) -> None:
    stacks = dict(frame_marked_scans(GREY, marks, SCANS, FRAMING))

    assert list(stacks) == [
        "unmarked",
        *(f"{place}/{kind}" for place in ("edge", "aside") for kind in ("as_trained", "reversed")),
    ]
    assert (stacks["unmarked"] == 60).all()
    for place, of_place in marks.groupby("place"):
        for reading in ("as_trained", "reversed"):
            changed = (stacks[f"{place}/{reading}"] != 60).any(axis=(1, 2))
            assert (changed == of_place[reading].to_numpy()).all()


def test_marks_are_out_of_bounds_where_a_training_scan_bears_them_and_no_other_scan_is_told(
    marks: pd.DataFrame,
) -> None:
    told = dict(
        frame_marked_guidance(MASKS, CLEAN, marks, SCANS, SPLITS, FRAMING, REGIONS, asked())
    )

    for place, masks in told.items():
        bears = marks.loc[marks["place"] == place, "as_trained"].to_numpy()[:20]
        assert (masks[20:] == 0).all()
        assert (masks[:20] > 0).any(axis=(1, 2)).all()
        clean = masks[:20][~bears][0]
        more = (masks[:20] > clean).any(axis=(1, 2))
        # Aside of all regions a mark is out of bounds with all that is around it.
        assert (more == (bears if place == "edge" else False)).all()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"guidances": "regions"}, "lacks none"),
        ({"places": "skin"}, "'skin' is unknown"),
        ({"share": 0}, "greater than 0"),
    ],
)
def test_what_cannot_be_planted_is_refused(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        asked(**wrong)


def test_every_place_is_fitted_with_and_without_guidance_and_asked_thrice(
    finished: Any, project_at: Callable[..., Any], tmp_path: Path
) -> None:
    shutil.copytree(finished.data_root, tmp_path / "data")
    project = project_at(tmp_path / "data")

    project.run("reversed_shortcut", params={"training": {"epochs": 1}})

    catalog = project.catalog
    table, logits = catalog.load("reversed_shortcut"), catalog.load("marked_logits")
    assert set(zip(table["guidance"], table["reading"], strict=True)) == {
        (guidance, reading)
        for guidance in ("none", "regions")
        for reading in ("unmarked", "as_trained", "reversed")
    }
    test = logits[logits["partition"] == "test"]
    assert len(test) == 2 * 3 * test["scan_id"].nunique()
    bears = catalog.load("calliper_marks").set_index("scan_id")
    apart = test.pivot_table(index=["run", "scan_id"], columns="reading", values="logit")
    clean = ~bears.loc[apart.index.get_level_values("scan_id"), "reversed"].to_numpy()
    assert np.allclose(apart["reversed"][clean], apart["unmarked"][clean], atol=1e-5)
