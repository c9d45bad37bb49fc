"""Other people's maps are played as the pipeline plays its own: the same maps, the same numbers."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from sonolens import game, pointing_game
from sonolens.pipelines.collections import MapId

ROW = ["region", "rule", "subset", "label"]
PRIORS = ["centre_prior", "location_prior", "beyond_location_prior"]
COUNTED = ["n", "hits", "rate", "chance", "enrichment", *PRIORS, "n_silent", "n_empty"]
SURE = ["ci_low", "ci_high", "p_value", "p_adjusted", "permutations", "confidence"]
SURE += [f"{name}_{limit}" for name in PRIORS[1:] for limit in ("low", "high")]


@pytest.fixture(scope="module")
def stored(results: Any) -> pd.DataFrame:
    """The pipeline's own rows of one method and run."""
    table = results.load("pointing_game")
    return table[(table["method"] == "cam") & (table["run"] == table["run"].iloc[0])]


@pytest.fixture(scope="module")
def given(finished: Any, results: Any, stored: pd.DataFrame) -> dict[str, Any]:
    """What a stranger would know of the same maps, as plain arrays in the order of the scans' names."""
    decisions = results.load("decisions").query("run == @stored['run'].iloc[0]")
    tested = decisions[decisions["partition"] == "test"].sort_values("scan_id")
    trained = decisions.loc[decisions["partition"] == "train", "scan_id"]
    spacing = results.load("scans").set_index("scan_id")[["spacing_row_mm", "spacing_col_mm"]]
    maps, masks = results.load("saliency_maps"), results.load("raw_masks")
    named = {"method": "cam", "run": stored["run"].iloc[0]}
    return {
        "maps": [maps[str(MapId(**named, scan_id=scan_id))]() for scan_id in tested["scan_id"]],
        "masks": [np.asarray(masks[scan_id]()) for scan_id in tested["scan_id"]],
        "spacing_mm": spacing.loc[[*tested["scan_id"], *trained]],
        "malignant": tested["label"] == "malignant",
        "called": tested["called"],
        "patient_ids": tested["patient_id"],
        "training_maps": [maps[str(MapId(**named, scan_id=scan_id))]() for scan_id in trained],
        "training_masks": [np.asarray(masks[scan_id]()) for scan_id in trained],
    }


def test_counts_and_blind_scores_are_the_pipelines(
    given: dict[str, Any], stored: pd.DataFrame
) -> None:
    played = pointing_game(**given)

    assert stored["n"].max() > 1
    assert stored[PRIORS].notna().any().all()
    same_rows(played, stored, columns=COUNTED)


def test_intervals_and_p_values_are_the_pipelines(
    given: dict[str, Any],
    stored: pd.DataFrame,
    results: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    chosen = results.load("params:evaluation")
    monkeypatch.setattr(game, "PERMUTATIONS", chosen.permutations)
    monkeypatch.setattr(game, "BOOTSTRAP", chosen.bootstrap)
    played = pointing_game(**given)

    assert (stored["p_value"] < 1).any()
    same_rows(played, stored, columns=[*COUNTED, *SURE, "ring", "tolerance_mm"])


def same_rows(played: pd.DataFrame, stored: pd.DataFrame, *, columns: list[str]) -> None:
    """Compare to the bit."""
    found, expected = (table.set_index(ROW)[columns].sort_index() for table in (played, stored))
    pd.testing.assert_frame_equal(found, expected, check_exact=True, check_dtype=False)
