"""Maps, networks, predictions and scans that do not belong together are refused in one line."""

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from torch import nn

from sonolens.datasets.seals import SEAL
from sonolens.models import rebuild_network
from sonolens.pipelines.explainability import maps

RUN = "tiny-full-seed0-fold0"


@pytest.fixture
def copy(finished: Any, project_at: Callable[..., Any], tmp_path: Path) -> Any:
    """A copy of the finished run to spoil, without seals, which would tell that it is not what was saved."""
    no_seals = shutil.ignore_patterns(f"*{SEAL}")
    shutil.copytree(finished.data_root, tmp_path / "data", ignore=no_seals)
    return project_at(tmp_path / "data")


def refusal(project: Any, node: str, **params: Any) -> str:
    """What a user is told who runs one node of the explainability pipeline."""
    with pytest.raises(Exception) as refused:  # noqa: PT011 - the caller looks at what is said
        project.run("explainability", node_names=(node,), params=params)
    said = str(refused.value)
    assert "\n" not in said
    return said


def file_of(project: Any, name: str) -> Path:
    (file,) = project.data_root.rglob(f"{name}/*/{name}")
    return file


def collection_of(project: Any, name: str) -> Path:
    (manifest,) = project.data_root.rglob(f"{name}/*/manifest.json")
    return manifest.parent


def change_table(project: Any, name: str, change: Callable[[pd.DataFrame], pd.DataFrame]) -> None:
    file = file_of(project, name)
    change(pd.read_csv(file)).to_csv(file, index=False)


def change_maps(project: Any, change: Callable[[np.ndarray], np.ndarray]) -> None:
    folder = collection_of(project, "saliency_maps")
    manifest = json.loads((folder / "manifest.json").read_text())
    for file in folder.rglob("*.npy"):
        np.save(file, change(np.load(file)))
        item = file.relative_to(folder).with_suffix("").as_posix()
        manifest["items"][item]["sha256"] = hashlib.sha256(file.read_bytes()).hexdigest()
    (folder / "manifest.json").write_text(json.dumps(manifest))


def rename_run(project: Any, collection: str, new: str) -> None:
    folder = collection_of(project, collection)
    manifest = json.loads((folder / "manifest.json").read_text())
    items = {name.replace(RUN, new): entry for name, entry in manifest["items"].items()}
    (folder / "manifest.json").write_text(json.dumps(manifest | {"items": items}))
    for path in list(folder.rglob(f"{RUN}*")):
        path.rename(path.with_name(path.name.replace(RUN, new)))


def spoilt(saliency: np.ndarray, value: float) -> np.ndarray:
    changed = saliency.copy()
    changed[2, 1] = value
    return changed


@pytest.mark.parametrize(
    ("node", "value"),
    [
        ("locate_extreme_points", np.nan),
        ("locate_mean_extremes", np.inf),
        ("score_localization", np.nan),
        ("compare_methods", -np.inf),
        ("score_faithfulness", np.nan),
    ],
)
def test_an_undefined_value_in_a_map_is_refused_with_method_run_and_scan(
    copy: Any, node: str, value: float
) -> None:
    change_maps(copy, lambda saliency: spoilt(saliency, value))

    said = refusal(copy, node)

    assert f"the saliency map of method cam, run '{RUN}', scan 'phantom_0" in said
    assert "holds 1 infinite or undefined values" in said
    assert "draw the maps again with kedro run --pipelines explainability" in said


@pytest.mark.parametrize("node", ["score_localization", "compare_methods", "score_faithfulness"])
def test_predictions_of_a_run_without_maps_are_refused(copy: Any, node: str) -> None:
    rename_run(copy, "saliency_maps", "tiny-full-seed1-fold0")

    said = refusal(copy, node)

    assert f"there is no saliency map of method cam, run '{RUN}', scan 'phantom_0" in said
    assert "maps and predictions come from different runs" in said


def test_maps_of_a_run_without_predictions_are_refused(copy: Any) -> None:
    rename_run(copy, "saliency_maps", "tiny-full-seed1-fold0")

    said = refusal(copy, "locate_mean_extremes")

    assert "run 'tiny-full-seed1-fold0' has saliency maps but no prediction" in said
    assert "draw the maps again" in said


@pytest.mark.parametrize("node", ["score_faithfulness", "check_sanity"])
def test_predictions_of_a_run_without_weights_are_refused(copy: Any, node: str) -> None:
    rename_run(copy, "model_weights", "tiny-full-seed1-fold0")

    said = refusal(copy, node)

    assert f"run '{RUN}' has predictions but no weights" in said
    assert "run the training pipeline again" in said


def test_weights_of_a_run_without_predictions_are_refused(copy: Any) -> None:
    rename_run(copy, "model_weights", "tiny-full-seed1-fold0")

    said = refusal(copy, "draw_saliency_maps")

    assert "run 'tiny-full-seed1-fold0' has weights but no prediction for scan" in said
    assert "run the training pipeline again" in said


@pytest.mark.parametrize("node", ["draw_saliency_maps", "score_faithfulness", "check_sanity"])
def test_predictions_of_another_fit_of_the_same_name_are_refused_whatever_the_method(
    copy: Any, node: str
) -> None:
    for name in ("predictions.csv", "decisions.csv", "explained_decisions.csv"):
        change_table(copy, name, lambda table: table.assign(logit=table["logit"] + 0.5))

    said = refusal(copy, node, explanation={"methods": ["random"]})

    assert f"the weights of run '{RUN}' give scan 'phantom_0" in said
    assert "but its prediction says" in said
    assert "weights and predictions come from different fits" in said


@pytest.mark.parametrize("node", ["compare_methods", "score_faithfulness"])
def test_maps_of_another_fit_of_the_same_name_are_refused(copy: Any, node: str) -> None:
    change_maps(copy, lambda saliency: 500 * saliency)

    said = refusal(copy, node)

    assert f"the cam map of run '{RUN}', scan 'phantom_0" in said
    assert "maps and predictions come from different fits, so draw the maps again" in said


@pytest.mark.parametrize("node", ["draw_saliency_maps", "score_faithfulness", "check_sanity"])
def test_a_network_fitted_on_scans_of_another_size_is_refused(copy: Any, node: str) -> None:
    file = file_of(copy, "model_inputs.npy")
    np.save(file, np.load(file)[:, 16:80, 16:80])

    said = refusal(copy, node)

    assert "the tiny was fitted on scans framed at 96 px, but these are framed at 64 px" in said
    assert "frame them at 96 px or fit it anew" in said


def test_a_network_without_pooling_and_one_linear_output_is_refused_for_cam(
    copy: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def with_deep_head(weights: Any) -> Any:
        network = rebuild_network(weights)
        network.head = nn.Sequential(nn.Linear(16, 4), nn.ReLU(), nn.Linear(4, 1))
        return network.eval()

    monkeypatch.setattr(maps, "rebuild_network", with_deep_head)

    said = refusal(copy, "draw_saliency_maps")

    assert "network tiny does not end in global average pooling and one linear output" in said
    assert "its head is a Sequential" in said
    assert "grad_cam for any" in said


@pytest.mark.parametrize("column", ["spacing_row_mm", "spacing_col_mm"])
def test_one_scan_without_spacing_is_named_where_millimetres_are_asked_for(
    copy: Any, column: str
) -> None:
    lost = file_of(copy, "scans.csv")
    named = pd.read_csv(lost)["scan_id"].iloc[3]
    for name in ("scans.csv", "explained_scans.csv"):
        change_table(
            copy,
            name,
            lambda table: table.assign(**{column: table[column].where(table["scan_id"] != named)}),
        )
    relative = {"ring": {"mode": "relative"}}

    ring = refusal(copy, "draw_region_masks")
    depth = refusal(copy, "draw_region_masks", regions=relative | {"below": {"max_depth_mm": 10.0}})
    tolerance = [
        refusal(copy, node, evaluation={"tolerance_mm": 2.0})
        for node in ("measure_region_shares", "score_pointing_game")
    ]
    copy.run("explainability", node_names=("draw_region_masks",), params={"regions": relative})

    lacks = f"scan {named!r} has no pixel spacing, so "
    assert f"{lacks}a ring of 0-5 mm cannot be drawn on it" in ring
    assert "or set ring.mode: relative" in ring
    assert f"{lacks}below.max_depth_mm 10 cannot be measured on it" in depth
    for said in tolerance:
        assert f"{lacks}evaluation.tolerance_mm 2 cannot be measured on it" in said
        assert "or set evaluation.tolerance_mm: 0" in said
