"""A fault in the pointing game turns the table of planted evidence wrong, so the table vouches for it.

Nothing is fitted: on real phantoms the maps are made by hand. Each has its maximum where the evidence lies
and its minimum elsewhere; in every study one scan is missed by the network, and its map points away.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any
from unittest.mock import Mock

import numpy as np
import pandas as pd
import pytest

from sonolens.evaluation import classification
from sonolens.evaluation.pointing import (
    extreme_points,
    map_permutation,
    pointing_game,
    read_regions_at,
    region_lookup,
    scored_maps,
)
from sonolens.pipelines.collections import MapId
from sonolens.pipelines.explainability.points import locate_extreme_points
from sonolens.pipelines.planted_evidence.evidence import (
    measure_planted_shares,
    score_planted_evidence,
)
from sonolens.pipelines.planted_evidence.phantoms import draw_planted_regions, split_planted_scans
from sonolens.pipelines.planted_evidence.studies import PLANTS
from sonolens.regions import REGIONS
from sonolens.tables.planted import PlantedEvidence, PlantedScans, PlantedShares
from sonolens.tables.pointing import ExtremePoints
from sonolens.ultrasound import cell_centres

CELLS = (48, 48)
FAULTS: dict[str, Callable[[pytest.MonkeyPatch], None]] = {}


@dataclass
class Chain:
    """What the pipeline makes before it scores, and the chance that was counted by hand."""

    params: dict[str, Any]
    scans: pd.DataFrame
    regions: dict[str, Callable[[], np.ndarray]]
    maps: dict[str, Callable[[], np.ndarray]]
    chance: dict[str, float]

    def score(self) -> pd.DataFrame:
        points = locate_extreme_points(
            self.maps, self.regions, self.scans, self.params["regions"], self.params["explanation"]
        )
        scoring = self.params["evaluation"]
        shares = measure_planted_shares(self.maps, self.regions, self.scans, scoring)
        table = score_planted_evidence(
            ExtremePoints.validate(points),
            PlantedShares.validate(shares),
            self.regions,
            decide(self.scans, self.missed()),
            runs(),
            self.scans,
            scoring,
        )
        return PlantedEvidence.validate(table)

    def missed(self) -> set[str]:
        """The first malignant test scan of every study."""
        return set(explained(self.scans).groupby("cue")["scan_id"].first())


def explained(scans: pd.DataFrame) -> pd.DataFrame:
    return scans.query("partition == 'test' and label == 'malignant'")


def runs() -> pd.DataFrame:
    facts = {"network": "local", "seed": 0, "protocol": "rigorous", "receptive_field_px": 14.0}
    return pd.DataFrame([{"run": f"{cue}-by-hand", "cue": cue} | facts for cue in PLANTS])


def decide(scans: pd.DataFrame, missed: set[str]) -> pd.DataFrame:
    """The network is right on every scan but the missed ones."""
    called = (scans["label"] == "malignant") & ~scans["scan_id"].isin(missed)
    judged = scans[["scan_id", "lesion_id", "partition", "label"]].assign(
        run=scans["cue"] + "-by-hand", logit=np.where(called, 2.0, -2.0)
    )
    predictions = pd.concat(
        classification.scale_probabilities(of_run, protocol="rigorous")
        for _, of_run in judged.groupby("run", sort=False)
    )
    chosen = classification.choose_operating_points(predictions, runs(), lesion_probability="mean")
    return classification.decide_scans(predictions.reset_index(drop=True), scans, chosen)


def draw(inside: np.ndarray, *, missed: bool) -> np.ndarray:
    """A map that is largest in the last cell inside and smallest in the first one outside."""
    saliency = np.zeros(inside.shape)
    saliency.flat[np.flatnonzero(inside)[-1]] = 1.0
    saliency.flat[np.flatnonzero(~inside)[0]] = -1.0
    return -saliency if missed else saliency


@pytest.fixture(scope="module")
def chain(project_at: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> Chain:
    with project_at(tmp_path_factory.mktemp("faults")).session() as session:
        params = dict(session.load_context().params)
    enough = {"cues": tuple(PLANTS), "masses": 24}
    planted = params["planted_evidence"].model_copy(update=enough)
    scans = PlantedScans.validate(split_planted_scans(planted))
    drawn = draw_planted_regions(scans, planted, params["regions"])
    regions = {scan_id: partial(np.asarray, picture) for scan_id, picture in drawn}
    chain = Chain(params, scans, regions, maps={}, chance={})
    for cue, of_study in explained(scans).groupby("cue"):
        shares = []
        for scan_id in of_study["scan_id"]:
            region_map = regions[scan_id]()
            names = read_regions_at(region_map, cell_centres(CELLS, on=region_map.shape))
            inside = np.isin(names, PLANTS[cue].regions).reshape(CELLS)
            missed = scan_id in chain.missed()
            name = str(MapId("by_hand", f"{cue}-by-hand", scan_id))
            chain.maps[name] = partial(draw, inside, missed=missed)
            shares += [] if missed else [inside.mean()]
        chain.chance[str(cue)] = float(np.mean(shares))
    return chain


def broken_laws(table: pd.DataFrame, chance: dict[str, float]) -> set[str]:
    """Name the laws that the table breaks, whatever the phantoms look like."""
    there = table[table["region"] == "planted"].set_index("cue")
    elsewhere = table[~table["planted"]]
    laws = {
        "all maps point at the planted region": (there["rate"] == 1).all(),
        "and none elsewhere": (elsewhere["rate"] == 0).all(),
        "chance is the region's share of the cells": np.allclose(
            there["chance"], [chance[cue] for cue in there.index], equal_nan=False
        ),
    }
    return {law for law, holds in laws.items() if not holds}


def fault(name: str) -> Callable[..., None]:
    def known(plant: Callable[[pytest.MonkeyPatch], None]) -> None:
        FAULTS[name] = plant

    return known


@fault("mass and below are mixed up")
def swap_codes(monkeypatch: pytest.MonkeyPatch) -> None:
    swapped = REGIONS | {"mass": REGIONS["below"], "below": REGIONS["mass"]}
    for module in (region_lookup, extreme_points):
        monkeypatch.setattr(module, "REGIONS", swapped)


@fault("maximum and minimum are mixed up")
def swap_extremes(monkeypatch: pytest.MonkeyPatch) -> None:
    right = pointing_game.apply_rules
    monkeypatch.setattr(
        pointing_game,
        "apply_rules",
        lambda maps, at_max, at_min, *, rules: right(maps, at_min, at_max, rules=rules),
    )


@fault("chance is that of another region")
def shift_chance(monkeypatch: pytest.MonkeyPatch) -> None:
    right = scored_maps._read_shares

    def shifted(*args: Any, **kwargs: Any) -> tuple[np.ndarray, np.ndarray]:
        cell_share, area_share = right(*args, **kwargs)
        return np.roll(cell_share, 1, axis=1), area_share

    monkeypatch.setattr(scored_maps, "_read_shares", shifted)


@fault("wrong decisions are counted as right ones")
def swap_subsets(monkeypatch: pytest.MonkeyPatch) -> None:
    right = scored_maps.mark_groups
    monkeypatch.setattr(
        scored_maps,
        "mark_groups",
        lambda decisions: right(decisions.assign(correct=~decisions["correct"])),
    )


@fault("a map is read on another scan")
def shift_scans(monkeypatch: pytest.MonkeyPatch) -> None:
    right = scored_maps.ExtremePlaces.measure_inside
    monkeypatch.setattr(
        scored_maps.ExtremePlaces,
        "measure_inside",
        lambda self, region_bits, *, regions: right(
            self, np.roll(region_bits, 1, axis=0), regions=regions
        ),
    )


@fault("rows and columns are mixed up")
def transpose_places(monkeypatch: pytest.MonkeyPatch) -> None:
    right = region_lookup.from_shares
    monkeypatch.setattr(
        region_lookup, "from_shares", lambda shares, shape: right(shares[:, ::-1], shape)
    )
    monkeypatch.setattr(scored_maps, "_check_regions", Mock())  # it would refuse them


def test_maps_that_point_at_the_evidence_score_all_of_it_and_nothing_elsewhere(
    chain: Chain,
) -> None:
    table = chain.score()

    assert set(table["cue"]) == set(PLANTS)
    assert (table["n"] == len(explained(chain.scans)) / len(PLANTS) - 1).all()
    assert not broken_laws(table, chain.chance)


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_in_the_game_breaks_a_law_of_the_planted_table(
    name: str, chain: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    FAULTS[name](monkeypatch)

    assert broken_laws(chain.score(), chain.chance)


def test_points_named_on_other_regions_than_those_read_are_refused(
    chain: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    swapped = REGIONS | {"mass": REGIONS["below"], "below": REGIONS["mass"]}
    monkeypatch.setattr(region_lookup, "REGIONS", swapped)

    with pytest.raises(ValueError, match="its region mask says otherwise"):
        chain.score()


def test_a_p_value_is_that_of_the_maxima(chain: Chain, monkeypatch: pytest.MonkeyPatch) -> None:
    before = chain.score().query("region == 'planted'")["p_value"]
    right = map_permutation.pair_points
    monkeypatch.setattr(
        map_permutation, "pair_points", lambda maxima, minima, called: right(minima, maxima, called)
    )

    assert (before < 1).any()
    # No minimum ever lies where the evidence is, on its own scan.
    assert (chain.score().query("region == 'planted'")["p_value"] == 1).all()
