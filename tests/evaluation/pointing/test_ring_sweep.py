"""The pointing game with several rings: hand-counted on pixels that are not square, and its laws."""

from functools import partial

import numpy as np
import pandas as pd
import pytest

from sonolens.evaluation.classification import decide_scans
from sonolens.evaluation.pointing import (
    look_up_regions,
    measure_region_shares,
    name_regions,
    score_pointing_game,
    score_ring,
)
from sonolens.evaluation.statistics import Bootstrap
from sonolens.regions import Below, RegionRule, Ring
from sonolens.tables.pointing import MeanMapExtremes
from sonolens.ultrasound import to_shares

BOOTSTRAP = Bootstrap(resamples=100, confidence=0.95, seed=0)
KEY = ["region", "rule", "subset", "label"]
SILENT = (np.nan, np.nan)


class Study:
    """Scans of one size with a mask and two points each; every pixel is a cell of their maps."""

    def __init__(self, *, spacing_mm):
        self.spacing = dict(zip(("spacing_row_mm", "spacing_col_mm"), spacing_mm, strict=True))
        self.masks, self.points, self.predictions = {}, [], []

    def add(self, mask, *, max_at, min_at, label="malignant", called="malignant"):
        scan_id = f"s{len(self.masks):03d}"
        key = {"method": "cam", "run": "net", "scan_id": scan_id}
        self.masks[scan_id] = mask
        for extreme, at in (("max", max_at), ("min", min_at)):
            ((down, across),) = to_shares(np.array([at], float), mask.shape)
            place = {"row_px": at[0], "col_px": at[1], "row_share": down, "col_share": across}
            found = {"extreme": extreme, "value": 1.0, "share": 1.0, "distance_to_mass_mm": np.nan}
            # What other rings made of the point: nobody may rely on it.
            stale = {"region": "none" if np.isnan(at[0]) else "other", "ring": "0-99 mm"}
            self.points.append(key | place | found | stale)
        told = {"lesion_id": scan_id, "label": label, "partition": "test", "logit": 0.0}
        probability = 0.7 if called == "malignant" else 0.3
        self.predictions.append(key | told | {"probability": probability})

    def draw(self, outer_mm, *, exclude_ring=True):
        """The region maps of one ring, as readers."""
        rule = RegionRule(
            ring=Ring(mode="millimetres", inner_mm=0.0, outer_mm=outer_mm, outer_radii=0.5),
            below=Below(lateral_trim=0.0, max_depth_mm=None, exclude_ring=exclude_ring),
        )
        maps = {
            scan_id: rule.partition(mask, spacing_mm=tuple(self.spacing.values()), scan_id=scan_id)
            for scan_id, mask in self.masks.items()
        }
        return {scan_id: partial(np.copy, drawn) for scan_id, drawn in maps.items()}

    def tables(self, region_maps):
        key = {"method": "cam", "run": "net"}
        shares = [
            key | {"scan_id": scan_id} | share
            for scan_id, read in region_maps.items()
            for share in measure_region_shares(
                read(), read().shape, spacing_mm=tuple(self.spacing.values())
            )
        ]
        scans = pd.DataFrame(
            [{"scan_id": each, "patient_id": each} | self.spacing for each in self.masks]
        )
        threshold = {"run": "net", "level": "scan", "rule": "closest_to_corner", "threshold": 0.5}
        predictions = pd.DataFrame(self.predictions).drop(columns="method")
        decisions = decide_scans(predictions, scans, pd.DataFrame([threshold]))
        return pd.DataFrame(self.points), pd.DataFrame(shares), decisions, scans

    def score(self, outer_mm, *, exclude_ring=True):
        region_maps = self.draw(outer_mm, exclude_ring=exclude_ring)
        points, shares, decisions, scans = self.tables(region_maps)
        renamed = name_regions(points, region_maps, ring=f"0-{outer_mm:g} mm")
        game = score_ring(
            renamed,
            shares,
            decisions,
            mean_extremes=MeanMapExtremes.empty(),
            lookup=look_up_regions(renamed, MeanMapExtremes.empty(), scans, region_maps),
            partition="test",
            bootstrap=BOOTSTRAP,
        )
        return game.set_index(KEY).sort_index()


def speck() -> np.ndarray:
    """A mass of one pixel in row 2 and column 2 of 7 x 5."""
    mask = np.zeros((7, 5), dtype=bool)
    mask[2, 2] = True
    return mask


def random_study() -> Study:
    rng = np.random.default_rng(4)
    study = Study(spacing_mm=(0.4, 0.7))
    rows, cols = np.mgrid[:40, :50]
    for number in range(60):
        centre, radii = rng.uniform(10, 30, 2), rng.uniform(3, 9, 2)
        mask = ((rows - centre[0]) / radii[0]) ** 2 + ((cols - centre[1]) / radii[1]) ** 2 <= 1
        ends = rng.integers(0, (40, 50), size=(2, 2)).astype(float).tolist()
        calls = [("benign", "malignant")[place] for place in rng.integers(2, size=2)]
        max_at = SILENT if number == 7 else ends[0]
        min_at = SILENT if number == 7 else ends[1]
        study.add(mask, max_at=max_at, min_at=min_at, label=calls[0], called=calls[1])
    return study


@pytest.fixture(scope="module")
def widened() -> list[pd.DataFrame]:
    study = random_study()
    return [study.score(outer_mm) for outer_mm in (0.8, 2.0, 3.5, 5.0, 8.0)]


def hits_of(swept: list[pd.DataFrame], region: str) -> np.ndarray:
    """Hits per ring and rule, subset and label."""
    return np.stack([game.loc[region, "hits"].to_numpy() for game in swept])


def test_hits_and_chance_are_those_counted_by_hand_on_pixels_of_1_by_3_mm() -> None:
    study = Study(spacing_mm=(1.0, 3.0))
    # 2 mm below the mass, 3 mm beside it, 3 mm and 4 mm below it.
    for point in ((4.0, 2.0), (2.0, 3.0), (5.0, 2.0), (6.0, 2.0)):
        study.add(speck(), max_at=point, min_at=(0.0, 0.0))

    swept = {
        mm: study.score(mm).xs(("decision", "all", "both"), level=(1, 2, 3))
        for mm in (1.0, 2.0, 3.0, 4.0)
    }

    rates = {region: [swept[mm].at[region, "rate"] for mm in swept] for region in swept[1.0].index}
    assert rates["mass"] == [0, 0, 0, 0]
    assert rates["peritumoral"] == [0, 0.25, 0.75, 1]
    assert rates["below"][:3] == [0.75, 0.5, 0.25]
    assert rates["any"] == [0.75, 0.75, 1, 1]
    # The widest ring reaches the end of the scan and leaves nothing below it.
    assert np.isnan(rates["below"][3])
    assert [swept[mm].at["below", "n"] for mm in swept] == [4, 4, 4, 0]
    assert [swept[mm].at["below", "n_empty"] for mm in swept] == [0, 0, 0, 4]
    chances = {region: [35 * swept[mm].at[region, "chance"] for mm in swept] for region in rates}
    assert chances["mass"] == pytest.approx([1, 1, 1, 1])
    assert chances["peritumoral"] == pytest.approx([2, 4, 7, 16])
    assert chances["below"][:3] == pytest.approx([3, 2, 1])
    assert chances["any"] == pytest.approx([6, 7, 9, 17])


def test_a_ring_of_the_width_already_played_scores_the_same_to_the_last_bit() -> None:
    study = random_study()
    region_maps = study.draw(5.0)
    points, shares, decisions, scans = study.tables(region_maps)
    there = name_regions(points, region_maps, ring="0-5 mm")
    lookup = look_up_regions(there, MeanMapExtremes.empty(), scans, region_maps)

    game = score_pointing_game(
        there,
        shares,
        decisions,
        mean_extremes=MeanMapExtremes.empty(),
        lookup=lookup,
        partition="test",
        permutations=20,
        bootstrap=BOOTSTRAP,
    ).set_index(KEY)

    swept = study.score(5.0)
    assert len(swept) == 4 * 2 * 2 * 3
    assert set(swept.index.get_level_values("subset")) == {"correct", "all"}
    shared = game.loc[swept.index, swept.columns]
    pd.testing.assert_frame_equal(swept, shared, check_exact=True)
    assert set(game.columns) - set(swept.columns) == {
        "p_value",
        "p_low",
        "p_high",
        "p_adjusted",
        "permutations",
    }


@pytest.mark.parametrize("region", ["peritumoral", "any"])
def test_a_wider_ring_never_loses_a_hit_of_its_own_or_of_any(
    widened: list[pd.DataFrame], region: str
) -> None:
    hits = hits_of(widened, region)

    assert (np.diff(hits, axis=0) >= 0).all()
    assert (hits[-1] > hits[0]).any()


def test_hits_of_the_mass_know_no_ring(widened: list[pd.DataFrame]) -> None:
    hits = hits_of(widened, "mass")

    assert (hits == hits[0]).all()
    assert hits.any()


def test_what_the_ring_takes_is_lost_below(widened: list[pd.DataFrame]) -> None:
    hits = hits_of(widened, "below")

    assert (np.diff(hits, axis=0) <= 0).all()
    assert (hits[-1] < hits[0]).any()


def test_below_keeps_its_hits_where_it_does_not_exclude_the_ring() -> None:
    study = random_study()
    swept = [study.score(outer_mm, exclude_ring=False) for outer_mm in (0.8, 3.5, 8.0)]

    below = hits_of(swept, "below")
    assert (below == below[0]).all()
    assert below.any()
    assert (np.diff(hits_of(swept, "any"), axis=0) >= 0).all()
    assert (np.diff(hits_of(swept, "peritumoral"), axis=0) >= 0).all()


def test_chance_follows_the_ring_as_hits_do(widened: list[pd.DataFrame]) -> None:
    rows = [game.xs(("decision", "all", "both"), level=(1, 2, 3)) for game in widened]

    assert (np.diff([each.at["peritumoral", "chance"] for each in rows]) > 0).all()
    assert (np.diff([each.at["below", "chance"] for each in rows]) < 0).all()
    assert len({each.at["mass", "chance"] for each in rows}) == 1


def test_points_are_named_anew_and_the_given_table_is_left_alone() -> None:
    study = Study(spacing_mm=(1.0, 3.0))
    study.add(speck(), max_at=(4.0, 2.0), min_at=(2.0, 2.0))
    study.add(speck(), max_at=SILENT, min_at=SILENT)
    region_maps = study.draw(2.0)
    points = pd.DataFrame(study.points)
    before = points.copy()

    named = name_regions(points.iloc[::-1], region_maps, ring="0-2 mm")

    # From the last row to the first: the silent map, then minimum and maximum of the other.
    assert named["region"].tolist() == ["none", "none", "mass", "peritumoral"]
    assert set(named["ring"]) == {"0-2 mm"}
    pd.testing.assert_frame_equal(points, before)


def test_a_constant_map_is_silent_for_every_ring(widened: list[pd.DataFrame]) -> None:
    for game in widened:
        row = game.loc[("mass", "decision", "all", "both")]
        assert (row["n"], row["n_silent"], row["n_empty"]) == (59, 1, 0)
