"""Plants in the scans of a study, small: what is planted, who bears it, and what the tables hold."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

from sonolens.evaluation.experiments.doses import Dose, list_doses
from sonolens.pipelines.planted_evidence.parameters import PlantedEvidenceParameters
from sonolens.pipelines.planted_evidence.planting import explained_scans
from sonolens.pipelines.planted_evidence.tissue import Tissue, list_planted
from sonolens.pipelines.planted_evidence.tissue_plants import TISSUE_PLANTS
from sonolens.regions import REGIONS
from sonolens.ultrasound import Framing

ON_STUDY = {"planted_evidence": {"canvas": "study"}}
NONE, ALL = Dose("foci_mass", share=0.0), Dose("foci_mass")


@pytest.fixture(scope="module")
def scans(experimented: Any) -> pd.DataFrame:
    return experimented.catalog.load("planted_scans")


@pytest.fixture(scope="module")
def tissue(experimented: Any) -> Tissue:
    with experimented.session(**ON_STUDY) as session:
        context = session.load_context()
    study = context.catalog.load("study")
    return Tissue(study, context.params["planted_evidence"], context.params["regions"])


def test_every_dose_shows_the_same_scans_with_the_same_labels_in_the_same_partitions(
    scans: pd.DataFrame,
) -> None:
    doses = list_doses(["foci_mass", "text", "disc_4mm"], shares=[0.0, 1.0], strengths=[1.0])
    assert list(dict.fromkeys(scans["cue"])) == [dose.cue for dose in doses]

    told = [
        [
            cue_rows["scan_id"].str.removeprefix(f"{cue}-").tolist(),
            *map(tuple, (cue_rows["label"], cue_rows["partition"])),
        ]
        for cue, cue_rows in scans.groupby("cue")
    ]
    assert all(each == told[0] for each in told)


def test_labels_are_dealt_within_the_true_classes(scans: pd.DataFrame) -> None:
    lesions = scans[scans["cue"] == ALL.cue].drop_duplicates("lesion_id")
    counts = lesions.groupby("true_label")["label"].agg(
        lambda labels: abs((labels == "malignant").sum() - (labels == "benign").sum())
    )

    assert set(lesions["true_label"]) == {"benign", "malignant"}
    assert (counts <= 1).all()


def test_networks_see_the_plant_in_those_that_bear_it_and_every_other_scan_as_it_was(
    experimented: Any, scans: pd.DataFrame, tissue: Tissue
) -> None:
    inputs = experimented.catalog.load("planted_inputs")
    of_all = scans[scans["cue"] == ALL.cue].reset_index(drop=True)
    none, full = inputs[NONE.cue](), inputs[ALL.cue]()
    changed = (none != full).any(axis=(1, 2))

    assert (changed == of_all["bears"]).all()
    assert (of_all["bears"] == (of_all["label"] == "malignant")).all()
    own = tissue.study.images[of_all["scan_id"][0].removeprefix(f"{ALL.cue}-")]()
    assert (none[0] == Framing.of(own, size_px=none.shape[1]).frame_scan(own)).all()


def test_at_none_the_scans_that_would_bear_it_are_explained_and_else_those_that_do(
    experimented: Any, scans: pd.DataFrame
) -> None:
    explained = dict(explained_scans(scans))

    assert not scans.loc[scans["cue"] == NONE.cue, "bears"].any()
    assert len(explained[NONE.cue]) == len(explained[ALL.cue]) > 0
    half = scans.assign(bears=scans["bears"] & scans["scan_id"].str.endswith("longitudinal"))
    assert explained_scans_of(half, ALL.cue).str.endswith("longitudinal").all()
    assert set(experimented.catalog.load("planted_points")["scan_id"]) == {
        scan_id for rows in explained.values() for scan_id in rows["scan_id"]
    }


def explained_scans_of(scans: pd.DataFrame, cue: str) -> "pd.Series[str]":
    return dict(explained_scans(scans))[cue]["scan_id"]


def test_a_mark_is_a_region_of_its_own_and_other_plants_lie_in_the_regions_that_there_are(
    experimented: Any, scans: pd.DataFrame
) -> None:
    drawn = experimented.catalog.load("planted_regions")
    codes = {
        plant: {
            int(code)
            for scan_id in explained_scans_of(scans, Dose(plant).cue)
            for code in np.unique(np.asarray(drawn[scan_id]()))
        }
        for plant in ("foci_mass", "text")
    }

    assert REGIONS["annotation"] in codes["text"]
    assert REGIONS["annotation"] not in codes["foci_mass"]
    evidence = experimented.catalog.load("planted_evidence")
    held = evidence[evidence["planted"]].groupby("cue")["region"].unique().map(set)
    assert held[Dose("text").cue] == {"annotation", "planted"}
    assert held[ALL.cue] == {"mass", "planted"}


@pytest.mark.parametrize("plant", TISSUE_PLANTS)
def test_a_plant_lies_in_its_region_and_nowhere_else(plant: str, tissue: Tissue) -> None:
    scan_id = tissue.study.scans["scan_id"].iloc[0]
    shown = tissue.study.scans.head(2).assign(bears=[True, False], label=["malignant", "benign"])
    study = tissue.show(Dose(plant), shown)
    before, after = tissue.study.images[scan_id](), study.images[scan_id]()
    region_map = tissue.regions.partition(
        study.masks[scan_id](),
        spacing_mm=(0.075, 0.075),
        scan_id=scan_id,
        annotations=study.annotations[scan_id]().astype(np.uint8),
    )

    assert set(region_map[before != after]) == {
        REGIONS[region] for region in TISSUE_PLANTS[plant].regions
    }


def test_a_study_without_room_is_refused(tissue: Tissue) -> None:
    few = tissue.study.scans.head(8)
    narrow = Tissue(
        type(tissue.study)(
            name="few",
            scans=few.assign(label=["benign", "malignant"] * 4),
            images=tissue.study.images,
            masks=tissue.study.masks,
            description="few",
        ),
        tissue.planted,
        tissue.regions,
    )

    with pytest.raises(
        ValueError, match="only 4 masses of study 'few' can carry foci_mass, text, disc_4mm"
    ):
        list_planted(narrow)


def test_power_has_a_row_per_dose_and_method_and_limits_one_per_method(experimented: Any) -> None:
    evidence = experimented.catalog.load("planted_evidence")
    power = experimented.catalog.load("detection_power")
    limits = experimented.catalog.load("detection_limits")

    methods = set(evidence["method"])
    assert len(power) == 6 * len(methods)
    assert len(limits) == 3 * len(methods)
    assert (limits["fits_at_none"] == 1).all()
    assert set(power["share"]) == {0.0, 1.0}


def test_where_a_mark_is_planted_shapes_moved_aside_are_no_placebo(experimented: Any) -> None:
    evidence = experimented.catalog.load("planted_evidence")
    relied = evidence[evidence["method"].str.startswith("reliance") & (evidence["n"] > 0)]

    limits = experimented.catalog.load("detection_limits")
    of_reliance = limits[limits["method"].str.startswith("reliance")].set_index("plant")

    assert relied.loc[relied["cue"].str.startswith("text"), "chance"].isna().all()
    assert (of_reliance.loc["text", "asked"] == 0).all()


def test_discs_alone_have_a_place_on_the_resolution_curve(experimented: Any) -> None:
    curve = experimented.catalog.load("resolution_curve")
    evidence = experimented.catalog.load("planted_evidence")
    drawn = {name for name in evidence["method"] if not name.startswith("reliance")}

    assert set(curve["plant"]) == {"disc_4mm"}
    assert set(curve["method"]) == drawn
    assert curve.groupby("method")["share"].agg(set).map(sorted).tolist() == [[0.0, 1.0]] * len(
        drawn
    )
    assert curve["diameter_per_cell"].to_numpy() == pytest.approx(4.0 / curve["cell_mm"])
    # The cells of tiny, 16 pixels of 112, are wider than the disc: some lie between all centres.
    assert (curve["chance"] <= curve["ceiling"]).all()
    assert "How small may it be?" in experimented.catalog.load("detection_power_page")


def test_a_disc_lies_at_one_place_in_all_doses_and_anywhere_on_different_scans(
    tissue: Tissue,
) -> None:
    shown = tissue.study.scans.head(6).assign(bears=True)
    places = []
    for name in ("disc_1mm", "disc_8mm"):
        study = tissue.show(Dose(name), shown)
        masks = [study.annotations[scan_id]() for scan_id in shown["scan_id"]]
        places.append([np.argwhere(mask).mean(axis=0) / mask.shape for mask in masks])
    small, large = np.array(places)

    assert np.abs(small - large).max() < 0.15  # a larger one keeps farther from the edge
    assert np.ptp(small, axis=0).min() > 0.2


def test_the_page_says_what_could_have_been_found(experimented: Any) -> None:
    page = experimented.catalog.load("detection_power_page")

    assert "What could these explanations have found?" in page
    assert "foci mass, tiny" in page


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"shares": "0.125"}, "0.125 is no whole percent"),
        ({"plants": "shadows"}, "'shadows' is unknown; choose from"),
        ({"networks": "mobilenet_v2"}, "recipes has none for mobilenet_v2"),
        ({"plants": "disc_5mm"}, "'disc_5mm' is unknown; choose from"),
    ],
)
def test_doses_that_cannot_be_planted_are_refused(
    changes: dict[str, str], message: str, tissue: Tissue
) -> None:
    known = tissue.planted.model_dump()

    with pytest.raises(ValidationError, match=message):
        PlantedEvidenceParameters(**known | {"study_canvas": known["study_canvas"] | changes})


def test_a_stride_that_a_fitted_network_lacks_is_refused_by_the_group_that_asks(
    tissue: Tissue,
) -> None:
    known = tissue.planted.model_dump()

    with pytest.raises(
        ValidationError,
        match=r"tiny has no output stride 32; set planted_evidence\.output_strides to",
    ):
        PlantedEvidenceParameters(**known | {"output_strides": "own 32"})
