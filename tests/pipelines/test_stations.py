"""Stations run alone: maps are scored again, or on other regions, without being drawn again."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

SCORED = ("region_shares", "extreme_points", "mean_map_extremes", "pointing_game", "ring_sweep")
KEPT = ("model_weights", "saliency_maps", "decisions", "localization_scores", "report")


@pytest.fixture
def copy(finished: Any, project_at: Callable[..., Any], tmp_path: Path) -> Any:
    """A copy of the finished run to add versions to."""
    shutil.copytree(finished.data_root, tmp_path / "data")
    return project_at(tmp_path / "data")


def versions_of(project: Any, names: tuple[str, ...]) -> dict[str, list[str]]:
    return {name: project.catalog[name].list_versions(full_path=False) for name in names}


def test_the_pointing_game_is_scored_again_without_drawing_a_map(copy: Any) -> None:
    kept = versions_of(copy, (*KEPT, "region_masks"))
    ((first,),) = versions_of(copy, ("pointing_game",)).values()

    copy.run(namespaces=["pointing"])

    assert versions_of(copy, (*KEPT, "region_masks")) == kept
    for name in SCORED:
        dataset = copy.catalog[name]
        (again,) = set(dataset.list_versions(full_path=False)) - {first}
        pd.testing.assert_frame_equal(
            dataset.read_version(again), dataset.read_version(first), check_exact=True
        )


def test_another_ring_is_drawn_and_scored_without_drawing_a_map(copy: Any) -> None:
    kept = versions_of(copy, KEPT)
    before = copy.catalog.load("pointing_game")

    copy.run(namespaces=["regions", "pointing"], params={"regions": {"ring": {"outer_mm": 3.0}}})

    assert versions_of(copy, KEPT) == kept
    game = copy.catalog.load("pointing_game")
    assert set(game["ring"]) == {"0-3 mm"}
    smaller = [
        table.query("region == 'peritumoral' and rule == 'max' and subset == 'all'")["chance"]
        for table in (game, before)
    ]
    assert (smaller[0].to_numpy() < smaller[1].to_numpy()).all()
