"""Region views: what is drawn of each scan, who is fitted to it, and what they answer to one another."""

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

from sonolens.evaluation import reliance as hanging
from sonolens.evaluation.statistics import Bootstrap
from sonolens.models.fitting import launch
from sonolens.pipelines.explainability.parameters import RelianceParameters
from sonolens.pipelines.region_views.parameters import RegionViewsParameters
from sonolens.pipelines.region_views.viewing import draw_views
from sonolens.regions import REGIONS
from sonolens.tables.views import ViewRuns
from sonolens.tables.vocabulary import REGION_VIEWS

PROJECT = Path(__file__).parents[2]
BASE = PROJECT / "conf" / "base"
GROUPS: dict[str, Any] = {
    name: group
    for file in BASE.glob("parameters_*.yml")
    for name, group in yaml.safe_load(file.read_text()).items()
}
RELIANCE = RelianceParameters(**GROUPS["reliance"])
VIEWS = RegionViewsParameters(views=REGION_VIEWS, fill="tissue")
SIDE = 48
REGION_MAP = np.zeros((SIDE, SIDE), dtype=np.uint8)
REGION_MAP[10:34, 10:38] = REGIONS["peritumoral"]
REGION_MAP[34:, 16:32] = REGIONS["below"]
REGION_MAP[16:28, 16:32] = REGIONS["mass"]
SIZE, LEARNT = 120, slice(0, 40)
SCANS = pd.DataFrame(
    {
        "scan_id": [f"s{number:03d}" for number in range(SIZE)],
        "patient_id": [f"p{number:03d}" for number in range(SIZE)],
        "lesion_id": [f"l{number:03d}" for number in range(SIZE)],
        "label": ["benign", "malignant"] * (SIZE // 2),
    }
)


def masks(region_map: np.ndarray = REGION_MAP) -> dict[str, Callable[[], Image.Image]]:
    return {scan_id: lambda: Image.fromarray(region_map) for scan_id in SCANS["scan_id"]}


@pytest.fixture(scope="module")
def scans_with_a_bright_mass() -> np.ndarray:
    """Speckle; malignant scans have a brighter mass, and nothing else."""
    rng = np.random.default_rng(0)
    stack = rng.rayleigh(40, (len(SCANS), SIDE, SIDE))
    malignant = (SCANS["label"] == "malignant").to_numpy()
    stack[malignant] += 80 * (REGIONS["mass"] == REGION_MAP)
    return np.clip(stack, 0, 255).astype(np.uint8)


@pytest.fixture(scope="module")
def views(scans_with_a_bright_mass: np.ndarray) -> dict[str, np.ndarray]:
    return draw_views(scans_with_a_bright_mass, masks(), SCANS, VIEWS, RELIANCE)


def test_whole_scans_are_the_model_inputs_to_the_byte(
    scans_with_a_bright_mass: np.ndarray, views: dict[str, np.ndarray]
) -> None:
    assert list(views) == list(REGION_VIEWS)
    assert views["whole"].dtype == np.uint8
    assert (views["whole"] == scans_with_a_bright_mass).all()


def test_without_the_mass_two_scans_that_differ_in_it_alone_are_one_to_the_byte(
    scans_with_a_bright_mass: np.ndarray, views: dict[str, np.ndarray]
) -> None:
    dark = np.where(REGIONS["mass"] == REGION_MAP, 0, scans_with_a_bright_mass)

    darkened = draw_views(dark.astype(np.uint8), masks(), SCANS, VIEWS, RELIANCE)

    assert (darkened["without_mass"] == views["without_mass"]).all()
    assert (darkened["below_alone"] == views["below_alone"]).all()
    assert (darkened["mass_alone"] != views["mass_alone"]).any()


def test_a_cue_in_the_mass_alone_is_told_by_none_who_never_saw_the_mass(
    views: dict[str, np.ndarray],
) -> None:
    shown = {view: views[view] for view in ("whole", "without_mass", "mass_alone")}
    judges = {view: fit_judge(stack[LEARNT]) for view, stack in shown.items()}
    answers = [
        SCANS.drop(columns="patient_id").assign(
            run="r",
            partition=np.where(np.arange(len(SCANS)) < LEARNT.stop, "train", "test"),
            trained_on=trained_on,
            asked_of=asked_of,
            logit=judge(stack),
        )
        for trained_on, judge in judges.items()
        for asked_of, stack in shown.items()
    ]

    table = hanging.score_view_matrix(
        pd.concat(answers),
        pd.DataFrame([dict.fromkeys(ViewRuns.to_schema().columns, "r")]),
        SCANS,
        regions_of=dict.fromkeys(SCANS["scan_id"], ("mass", "other")),
        partition="test",
        bootstrap=Bootstrap(resamples=200, confidence=0.95, seed=0),
    ).set_index(["trained_on", "asked_of"])

    for seeing in ("whole", "mass_alone"):
        assert table.loc[seeing, "auc"][["whole", "mass_alone"]].tolist() == [1, 1]
        blind = table.loc[(seeing, "without_mass")]
        assert blind["ci_low"] < 0.5 < blind["ci_high"]
        assert blind["difference_high"] < 0
    never = table.loc[("without_mass", "without_mass")]
    assert never["ci_low"] < 0.5 < never["ci_high"]


def fit_judge(shown: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    """A network of one layer: the scan along the difference of the class means of what it was shown."""
    malignant = (SCANS["label"] == "malignant").to_numpy()[: len(shown)]
    apart = shown[malignant].mean(axis=0) - shown[~malignant].mean(axis=0)
    return lambda asked: (asked * apart).mean(axis=(1, 2))


def test_a_stack_of_all_scans_twice_is_drawn_twice(
    scans_with_a_bright_mass: np.ndarray, views: dict[str, np.ndarray]
) -> None:
    twice = np.concatenate([scans_with_a_bright_mass[:2], scans_with_a_bright_mass[:2]])

    drawn = draw_views(twice, masks(), SCANS.iloc[:2], VIEWS, RELIANCE)

    for view, stack in drawn.items():
        assert (stack[:2] == stack[2:]).all()
        assert (stack[:2] == views[view][:2]).all()


def test_a_stack_of_other_scans_is_refused(scans_with_a_bright_mass: np.ndarray) -> None:
    with pytest.raises(ValueError, match="hold 120 framed scans but scans lists 119"):
        draw_views(scans_with_a_bright_mass, masks(), SCANS.iloc[1:], VIEWS, RELIANCE)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"views": "without_mass mass_alone"}, "lacks whole"),
        ({"views": "whole without_skin"}, "'without_skin' is unknown"),
        ({"fill": "donor"}, "choose from mean, blurred, tissue, shuffled"),
    ],
)
def test_what_cannot_be_shown_is_refused(wrong: dict[str, str], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        RegionViewsParameters(**{**GROUPS["region_views"], **wrong})


def test_a_study_is_fitted_to_what_it_lacks_and_what_it_has_is_taken_up(
    finished: Any, project_at: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(finished.data_root, tmp_path / "data")
    project, fitted = project_at(tmp_path / "data"), []
    run_fit = launch.run_fit

    def count(*args: Any, **kwargs: Any) -> Any:
        fitted.append(1)
        return run_fit(*args, **kwargs)

    monkeypatch.setattr(launch, "run_fit", count)
    project.run("region_views", params={"training": {"labels": ["given", "shuffled"]}})

    assert len(fitted) == 3  # whole scans with their own labels were fitted to in training
    catalog = project.catalog
    matrix, answers = catalog.load("view_matrix"), catalog.load("view_logits")
    (own,) = catalog.load("training_runs")["run"]
    runs = {own, own.replace("-seed", "-shuffled-seed")}
    assert set(matrix["run"]) == runs
    assert len(matrix) == 2 * 2 * len(runs)
    assert set(catalog.load("view_weights")) == {
        f"{view}/{run}" for view in ("whole", "without_mass") for run in runs
    }
    whole = "run == @own and trained_on == 'whole' and asked_of == 'whole'"
    again = answers.query(whole).set_index("scan_id")["logit"]
    before = catalog.load("predictions").set_index("scan_id")["logit"]
    assert again.to_numpy() == pytest.approx(before.loc[again.index].to_numpy(), rel=1e-5)
    metrics = catalog.load("classification_metrics").query(
        "partition == 'test' and level == 'scan' and stratum == 'all' and metric == 'auc'"
    )
    assert matrix.query(whole)["auc"].tolist() == pytest.approx(metrics["value"].tolist())
