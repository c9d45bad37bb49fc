"""Planted evidence, small: the laws of its table."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from kedro.framework.startup import bootstrap_project
from kedro.io import DatasetError
from pydantic import ValidationError

from sonolens.models.fitting import launch
from sonolens.pipeline_registry import ASKED_FOR, register_pipelines
from sonolens.pipelines.planted_evidence.parameters import PlantedEvidenceParameters
from sonolens.pipelines.planted_evidence.studies import PLANTS, plan_study
from sonolens.regions import REGIONS, Below, RegionRule, Ring
from sonolens.ultrasound.foci import find_site

PROJECT = Path(__file__).parents[2]

REGION_RULE = RegionRule(
    ring=Ring(mode="millimetres", inner_mm=0.0, outer_mm=5.0, outer_radii=0.5),
    below=Below(lateral_trim=0.0, max_depth_mm=None, exclude_ring=True),
)
FOUR = ["mass", "peritumoral", "below", "other"]
NO_STUDY = {"study": {"path": "no/such/folder"}}
RELIANCE = ["reliance", "reliance_donor", "reliance_mean", "reliance_tissue"]


@pytest.fixture(scope="module")
def planted(project_at: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> Any:
    project = project_at(tmp_path_factory.mktemp("planted"))
    project.run("planted_evidence", params=NO_STUDY)
    return project


@pytest.fixture(scope="module")
def evidence(planted: Any) -> pd.DataFrame:
    return planted.catalog.load("planted_evidence")


def test_the_default_run_leaves_out_what_is_asked_for_by_name() -> None:
    bootstrap_project(PROJECT)
    pipelines = register_pipelines()
    default = {node.name for node in pipelines.pop("__default__").nodes}
    others = {name: {node.name for node in found.nodes} for name, found in pipelines.items()}

    # A pipeline that is asked for may borrow stations of others, but none of its own is run unasked.
    assert default == set().union(*(others[name] for name in others.keys() - ASKED_FOR))
    assert all(others[name] - default for name in ASKED_FOR)


def test_phantoms_need_no_study_and_its_scans_as_a_canvas_need_it(planted: Any) -> None:
    assert len(planted.catalog.load("planted_scans"))  # although the study of that run lies nowhere
    with pytest.raises(DatasetError, match="no/such/folder' does not exist"):
        planted.run(
            "planted_evidence",
            params={**NO_STUDY, "planted_evidence": {"canvas": "study"}},
            to_nodes=["split_planted_scans"],
        )


def test_every_network_is_explained_on_every_cue_by_its_own_methods(
    evidence: pd.DataFrame,
) -> None:
    found = evidence.groupby(["network", "cue"])["method"].unique().map(sorted).to_dict()

    local = sorted(["cam", "centre_prior", "random", *RELIANCE])
    tiny = sorted(["cam", "eigen_cam", *RELIANCE])
    assert found == {
        ("local", "interior"): local,
        ("local", "foci_below"): local,
        ("tiny", "interior"): tiny,
        ("tiny", "foci_below"): tiny,
    }


def test_the_four_regions_are_the_whole_scan_and_rates_lie_in_their_intervals(
    evidence: pd.DataFrame,
) -> None:
    counted = evidence[(evidence["n"] > 0) & ~evidence["method"].isin(RELIANCE)]
    parts = counted[counted["region"].isin(FOUR)].groupby(["cue", "network", "method"])

    assert len(counted)
    for column in ("rate", "chance"):
        assert parts[column].sum().to_numpy() == pytest.approx(1), column
    assert counted["hits"].to_numpy() == pytest.approx((counted["rate"] * counted["n"]).to_numpy())
    assert counted["rate"].between(counted["ci_low"] - 1e-9, counted["ci_high"] + 1e-9).all()


def test_a_call_hangs_most_on_one_region_at_most_and_on_none_where_fills_differ(
    evidence: pd.DataFrame,
) -> None:
    counted = evidence[(evidence["n"] > 0) & evidence["method"].isin(RELIANCE)]
    parts = counted[counted["region"].isin(FOUR)].groupby(["cue", "network", "method"])

    assert len(counted)
    assert (parts["hits"].sum() <= parts["n"].max() - parts["n_silent"].max() + 1e-9).all()
    assert counted["rate"].between(counted["ci_low"] - 1e-9, counted["ci_high"] + 1e-9).all()
    assert counted[["cell_row_mm", "cell_col_mm"]].isna().all(axis=None)
    by_one_fill = counted["method"] != "reliance"
    assert (counted.loc[by_one_fill, "n_silent"] == 0).all()


def test_evidence_is_planted_where_the_study_says(evidence: pd.DataFrame) -> None:
    planted = evidence[evidence["planted"]].groupby("cue")["region"].unique().map(set).to_dict()

    assert planted == {"interior": {"mass", "planted"}, "foci_below": {"below", "planted"}}


def test_cells_and_receptive_field_stand_beside_every_rate(evidence: pd.DataFrame) -> None:
    cam = evidence[evidence["method"] == "cam"].set_index("network")

    # 96 framed pixels lie on a field of view that is 38 mm wide: 12 cells, and 6.
    assert cam.loc["local", "cell_col_mm"].to_numpy() == pytest.approx(38 / 12, rel=0.01)
    assert cam.loc["tiny", "cell_col_mm"].to_numpy() == pytest.approx(38 / 6, rel=0.01)
    assert (cam.loc["local", "receptive_field_px"] == 14).all()
    assert (cam.loc["tiny", "receptive_field_px"] == 31).all()


def test_a_method_that_always_points_at_one_place_scores_what_it_would_on_other_scans(
    evidence: pd.DataFrame,
) -> None:
    prior = evidence.query("method == 'centre_prior' and n > 0")

    assert (prior["p_value"] == 1).all()
    assert prior["hits"].gt(0).any()


def test_only_malignant_test_scans_are_explained(planted: Any) -> None:
    scans = planted.catalog.load("planted_scans")
    malignant = set(scans.query("partition == 'test' and label == 'malignant'")["scan_id"])

    for table in ("planted_points", "planted_shares"):
        assert set(planted.catalog.load(table)["scan_id"]) == malignant
    assert set(planted.catalog.load("planted_regions")) == malignant
    asked = planted.catalog.load("planted_coalitions")
    assert set(asked["scan_id"]) <= malignant
    assert set(asked["run"]) == set(planted.catalog.load("planted_runs")["run"])


def test_what_a_study_has_bears_the_name_of_its_cue(planted: Any) -> None:
    decisions = planted.catalog.load("planted_decisions")
    scans = planted.catalog.load("planted_scans").set_index("scan_id")
    runs = planted.catalog.load("planted_runs").set_index("run")

    assert len(decisions) == 2 * len(scans)  # two networks each
    assert (decisions["scan_id"].map(scans["cue"]) == decisions["run"].map(runs["cue"])).all()
    assert all(run.startswith(f"{cue}-") for run, cue in runs["cue"].items())
    assert all(scan_id.startswith(f"{cue}-") for scan_id, cue in scans["cue"].items())


def test_a_repeated_run_fits_nothing(planted: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: Any, **kwargs: Any) -> None:
        raise AssertionError("fitted again")

    monkeypatch.setattr(launch, "run_fit", refuse)
    before = planted.catalog.load("planted_evidence")

    planted.run("planted_evidence", from_nodes=["train_planted_networks"])

    pd.testing.assert_frame_equal(planted.catalog.load("planted_evidence"), before)


@pytest.mark.parametrize("name", [name for name in PLANTS if name.startswith("foci")])
def test_foci_lie_in_the_region_that_is_called_planted(name: str) -> None:
    study = plan_study(name, masses=6, malignant_share=0.5, least_look=0.4, seed=1)
    (region,) = PLANTS[name].regions
    for read_mask in study.masks.values():
        mask = read_mask()
        partition = REGION_RULE.partition(mask, spacing_mm=(0.075, 0.075), scan_id="s1")
        site = find_site(mask, site=PLANTS[name].foci_site)
        assert set(partition[site]) == {REGIONS[region]}


def test_a_network_without_a_recipe_is_refused(planted: Any) -> None:
    with planted.session() as session:
        known = session.load_context().params["planted_evidence"].model_dump()

    with pytest.raises(ValidationError, match="recipes has none for resnet50"):
        PlantedEvidenceParameters(**{**known, "networks": ["local", "resnet50"]})
