"""Guidance in the flow: whose masks are read, what a fit is told, and how its runs are named."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import yaml
from PIL import Image
from pydantic import ValidationError

from sonolens.pipelines.parameters import InferenceParameters, RegionsParameters
from sonolens.pipelines.training.fits import GridFits
from sonolens.pipelines.training.grid import PlannedFit, plan_fits
from sonolens.pipelines.training.guidance import NOT_GUIDED, frame_guidance
from sonolens.pipelines.training.parameters import TrainingParameters
from sonolens.regions import REGIONS

BASE = Path(__file__).parents[2] / "conf" / "base"
GROUPS = {
    name: group
    for file in BASE.glob("parameters_*.yml")
    for name, group in yaml.safe_load(file.read_text()).items()
}
REGIONS_RULE = RegionsParameters(**GROUPS["regions"])
SCANS = pd.DataFrame(
    {
        "scan_id": ["a", "b", "c", "d"],
        "patient_id": ["a", "b", "c", "d"],
        "lesion_id": ["a", "b", "c", "d"],
        "label": ["benign", "malignant", "benign", "malignant"],
        "spacing_row_mm": 0.5,
        "spacing_col_mm": 0.5,
    }
)
SPLITS = pd.DataFrame(
    {
        "fold": 0,
        "scan_id": ["a", "b", "c", "d"],
        "partition": ["train", "train", "validation", "test"],
    }
)
SIDE = 64
INPUTS = np.zeros((4, SIDE, SIDE), dtype=np.uint8)
MASK = np.zeros((SIDE, SIDE), dtype=bool)
MASK[20:30, 24:40] = True
BURNT = np.zeros((SIDE, SIDE), dtype=np.uint8)
BURNT[2:6, 2:10] = 1


class NoCheckpoints:
    """Nothing is fitted here."""

    def slot(self, name):
        raise AssertionError(f"checkpoint {name} was asked for")


NO_CHECKPOINTS = NoCheckpoints()
INFERENCE = InferenceParameters(**GROUPS["inference"])


def training(**changes):
    return TrainingParameters(**GROUPS["training"] | {"networks": "tiny"} | changes)


def unreadable():
    raise AssertionError("the mask of a scan that nobody learns from was opened")


def pictures(picture, *, readable="ab"):
    return {
        scan_id: (lambda: Image.fromarray(picture)) if scan_id in readable else unreadable
        for scan_id in "abcd"
    }


def framed(**changes):
    return frame_guidance(
        pictures(MASK),
        pictures(BURNT),
        SCANS,
        SPLITS,
        INPUTS,
        training(**changes),
        REGIONS_RULE,
    )


def test_masks_of_scans_that_nobody_learns_from_are_never_opened():
    masks = framed(guidances="none regions annotations")

    assert masks.shape == (8, SIDE, SIDE)
    assert (masks[[2, 3, 6, 7]] == 0).all()
    assert (masks[0] == masks[1]).all()


def test_what_is_out_of_bounds_is_what_the_regions_and_the_annotations_say():
    regions, annotations = framed(guidances="none regions annotations")[[0, 4]]

    drawn = REGIONS_RULE.partition(MASK, spacing_mm=(0.5, 0.5), scan_id="a", annotations=BURNT)
    inside = np.isin(drawn, [REGIONS[name] for name in ("mass", "peritumoral", "below")])
    assert (regions == np.where(inside, 0, 255)).all()
    assert (annotations == np.where(BURNT, 255, 0)).all()


def test_a_pixel_on_an_edge_is_out_of_bounds_in_part_as_its_scan_is_squashed():
    small = frame_guidance(
        pictures(MASK),
        pictures(BURNT),
        SCANS,
        SPLITS,
        INPUTS[:, :32, :32],
        training(guidances="annotations"),
        REGIONS_RULE,
    )

    # Four by eight pixels of a square twice as large; bilinear averaging spreads over the edge.
    assert small[0].sum() == pytest.approx(255 * 4 * 8 / 4, rel=0.02)


def test_without_guidance_nothing_is_read():
    nobody = pictures(MASK, readable="")

    masks = frame_guidance(nobody, nobody, SCANS, SPLITS, INPUTS, training(), REGIONS_RULE)

    assert masks is NOT_GUIDED


def test_guidance_that_says_nothing_is_told(caplog):
    frame_guidance(
        pictures(MASK),
        pictures(np.zeros_like(BURNT)),
        SCANS,
        SPLITS,
        INPUTS,
        training(guidances="none annotations"),
        REGIONS_RULE,
    )

    assert "by annotations: nothing is out of bounds" in caplog.text


@pytest.mark.parametrize(
    ("guidance", "blank", "rows"),
    [("regions", False, [0, 1]), ("annotations", False, [4, 5]), ("annotations", True, [4, 5])],
)
def test_a_fit_is_told_of_its_own_training_scans(guidance, blank, rows):
    masks = np.arange(8, dtype=np.uint8)[:, None, None].repeat(SIDE, 1).repeat(SIDE, 2)
    grid = GridFits(
        SCANS,
        SPLITS,
        np.concatenate([INPUTS, INPUTS]),
        masks,
        NO_CHECKPOINTS,
        training(guidances="regions none annotations", guidance_weight=3.0),
        INFERENCE,
    )
    planned = PlannedFit("tiny", "full", None, seed=0, fold=0, blank=blank, guidance=guidance)

    told = grid.guide(planned, grid.partitions(planned)["train"])

    assert told.out_of_bounds.read(slice(None))[:, 0, 0].tolist() == rows
    assert list(told.out_of_bounds.scan_ids) == ["a", "b"]
    assert told.weight == 3.0
    alone = PlannedFit("tiny", "full", None, seed=0, fold=0)
    assert grid.guide(alone, grid.partitions(alone)["train"]) is None


def test_an_own_network_without_places_is_refused_before_any_fit(monkeypatch):
    asked = training(guidances="none regions", own_networks={"mine": "json:loads"}, networks="mine")
    grid = GridFits(SCANS, SPLITS, INPUTS, NOT_GUIDED, NO_CHECKPOINTS, asked, INFERENCE)
    started = SimpleNamespace(has_maps=False)
    monkeypatch.setattr(GridFits, "start", lambda _grid, _planned: started)
    plans = plan_fits(asked, folds=[0])

    with pytest.raises(ValueError, match="network mine pools by itself"):
        grid.refuse_without_places(plans)
    grid.refuse_without_places([each for each in plans if each.guidance == "none"])
    started.has_maps = True
    grid.refuse_without_places(plans)


def test_masks_of_another_grid_are_refused():
    asked = training(guidances="regions")
    grid = GridFits(SCANS, SPLITS, INPUTS, NOT_GUIDED, NO_CHECKPOINTS, asked, INFERENCE)
    planned = PlannedFit("tiny", "full", None, seed=0, fold=0, guidance="regions")

    with pytest.raises(ValueError, match="hold 0 pictures, but 1 guidances of 4 scans"):
        grid.guide(planned, grid.partitions(planned)["train"])


def test_guidance_is_an_axis_and_runs_by_labels_alone_keep_their_names():
    plain = [each.run("rigorous") for each in plan_fits(training(), folds=[0])]
    both = plan_fits(training(guidances="none regions", protocol="paper"), folds=[0])

    assert plain == ["tiny-full-seed0-fold0"]
    assert [each.run("paper") for each in both] == [
        "tiny-full-paper-seed0-fold0",
        "tiny-full-guided-regions-paper-seed0-fold0",
    ]
    assert training(guidances="none regions").unguided().guided == ()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [({"guidances": "masses"}, "'masses' is unknown"), ({"guidance_weight": 0}, "greater than 0")],
)
def test_what_cannot_guide_is_refused(wrong, said):
    with pytest.raises(ValidationError, match=said):
        training(**wrong)
