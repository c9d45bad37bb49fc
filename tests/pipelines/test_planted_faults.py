"""A fault in the pointing game or in reliance turns the table of planted evidence wrong, so the table vouches for both.

Nothing is fitted: on real phantoms the maps are made by hand. Each has its maximum where the evidence lies
and its minimum elsewhere; in every study one scan is missed by the network, and its map points away. A scan that is
asked about is bright where the evidence lies, and the network answers how bright a picture is.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any
from unittest.mock import Mock

import numpy as np
import pandas as pd
import pytest

from sonolens.evaluation import classification, reliance
from sonolens.evaluation.experiments import planted as planted_scores
from sonolens.evaluation.pointing import (
    extreme_points,
    map_permutation,
    pointing_game,
    read_regions_at,
    region_lookup,
    scored_maps,
)
from sonolens.evaluation.reliance import asking, scores
from sonolens.pipelines.collections import MapId
from sonolens.pipelines.explainability.points import locate_extreme_points
from sonolens.pipelines.planted_evidence.evidence import (
    measure_planted_shares,
    score_planted_evidence,
)
from sonolens.pipelines.planted_evidence.planting import draw_planted_regions, split_planted_scans
from sonolens.pipelines.planted_evidence.studies import PLANTS
from sonolens.regions import REGIONS
from sonolens.removal import FillSources, coalitions, divide_scan, find_tissue, move_regions
from sonolens.tables.planted import PlantedEvidence, PlantedScans, PlantedShares
from sonolens.tables.pointing import ExtremePoints
from sonolens.tables.reliance import CoalitionLogits, RegionReliance
from sonolens.ultrasound import cell_centres

CELLS = (48, 48)
BRIGHT, DARK = 200, 60
ASKED = 4
"""Scans of every study that reliance is asked of; the first is the missed one."""

DRAWS = 20
"""No law is about an interval, and a p-value is only asked whether it is 1."""

Fault = Callable[[pytest.MonkeyPatch], None]
FAULTS: dict[str, Fault] = {}
FAULTS_OF_RELIANCE: dict[str, Fault] = {}


@dataclass
class Chain:
    """What the pipeline makes before it scores, and the chance that was counted by hand."""

    params: dict[str, Any]
    scans: pd.DataFrame
    regions: dict[str, Callable[[], np.ndarray]]
    maps: dict[str, Callable[[], np.ndarray]]
    evidence: dict[str, np.ndarray]
    chance: dict[str, float]

    def score_maps(self) -> pd.DataFrame:
        """The rows of maps, from points that are located anew."""
        table = self._score(self.locate(), self.measure_shares(), self.shared_out)
        return table.query("method == 'by_hand'")

    def score_reliance(self) -> pd.DataFrame:
        """The rows of reliance, from logits that are asked anew."""
        table = self._score(self.located, self.shares, self.share_out())
        return table.query("method != 'by_hand'")

    @cached_property
    def located(self) -> pd.DataFrame:
        return self.locate()

    @cached_property
    def shares(self) -> pd.DataFrame:
        return self.measure_shares()

    @cached_property
    def shared_out(self) -> pd.DataFrame:
        """What rows of maps are scored beside and do not look at: of one study is enough."""
        shared_out = self.share_out()
        return shared_out[shared_out["run"] == shared_out["run"].iloc[0]]

    def locate(self) -> pd.DataFrame:
        points = locate_extreme_points(
            self.maps, self.regions, self.scans, self.params["regions"], self.params["explanation"]
        )
        return ExtremePoints.validate(points)

    def share_out(self) -> pd.DataFrame:
        return RegionReliance.validate(reliance.share_out_logits(self.ask()))

    def measure_shares(self) -> pd.DataFrame:
        shares = measure_planted_shares(
            self.maps, self.regions, self.scans, self.params["evaluation"]
        )
        return PlantedShares.validate(shares)

    def _score(
        self, points: pd.DataFrame, shares: pd.DataFrame, shared_out: pd.DataFrame
    ) -> pd.DataFrame:
        few = {"permutations": DRAWS, "resamples": DRAWS}
        table = score_planted_evidence(
            points,
            shares,
            shared_out,
            self.regions,
            decide(self.scans, self.missed()),
            runs(),
            self.scans,
            self.params["evaluation"].model_copy(update=few),
        )
        return PlantedEvidence.validate(table)

    def ask(self) -> pd.DataFrame:
        """Ask how bright a scan is without each of its regions, and without their placebos."""
        tables = []
        for cue, of_study in explained(self.scans).groupby("cue", sort=False):
            for scan_id in of_study["scan_id"].head(ASKED):
                table = reliance.ask_coalitions(
                    lambda pictures: pictures.mean(axis=(1, 2)),
                    put_question(self.evidence[scan_id], self.regions[scan_id]()),
                    fills=("mean", "blurred"),
                )
                tables.append(table.assign(run=f"{cue}-by-hand", scan_id=scan_id))
        return CoalitionLogits.validate(pd.concat(tables, ignore_index=True))

    def missed(self) -> set[str]:
        """The first malignant test scan of every study."""
        return set(explained(self.scans).groupby("cue")["scan_id"].first())


def explained(scans: pd.DataFrame) -> pd.DataFrame:
    return scans.query("partition == 'test' and label == 'malignant'")


def runs() -> pd.DataFrame:
    facts = {"network": "local", "output_stride": 8, "seed": 0, "protocol": "rigorous"}
    facts |= {"receptive_field_px": 14.0}
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


def put_question(inside: np.ndarray, region_map: np.ndarray) -> reliance.Question:
    """A scan that is bright where the evidence lies, its regions, and the same shapes moved aside."""
    own = divide_scan(region_map, size_px=CELLS[0], feather_px=0.5)
    partitions = {"none": own}
    if (moved := move_regions(region_map)) is not None:
        partitions["moved"] = divide_scan(moved, size_px=CELLS[0], feather_px=0.5)
    scan = np.where(inside, BRIGHT, DARK).astype(np.uint8)
    nobody = np.zeros((0, *CELLS), dtype=np.uint8)
    return reliance.Question(scan, partitions, FillSources(find_tissue(own), nobody, seed=0))


@pytest.fixture(scope="module")
def chain(project_at: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> Chain:
    with project_at(tmp_path_factory.mktemp("faults")).session() as session:
        context = session.load_context()
        params, study = dict(context.params), context.catalog.load("study")
    enough = {"cues": tuple(PLANTS), "masses": 12}
    planted = params["planted_evidence"].model_copy(update=enough)
    scans = PlantedScans.validate(split_planted_scans(lambda: study, planted, params["regions"]))
    drawn = draw_planted_regions(scans, lambda: study, planted, params["regions"])
    regions = {
        scan_id: partial(np.asarray, picture) for pairs in drawn for scan_id, picture in pairs
    }
    chain = Chain(params, scans, regions, maps={}, evidence={}, chance={})
    for cue, of_study in explained(scans).groupby("cue"):
        shares = []
        for scan_id in of_study["scan_id"]:
            region_map = regions[scan_id]()
            names = read_regions_at(region_map, cell_centres(CELLS, on=region_map.shape))
            inside = np.isin(names, PLANTS[cue].regions).reshape(CELLS)
            missed = scan_id in chain.missed()
            name = str(MapId("by_hand", f"{cue}-by-hand", scan_id))
            chain.maps[name] = partial(draw, inside, missed=missed)
            chain.evidence[scan_id] = inside
            shares += [] if missed else [inside.mean()]
        chain.chance[str(cue)] = float(np.mean(shares))
    assert len(chain.located) > 0  # before any fault is planted
    assert len(chain.shares) > 0
    assert len(chain.shared_out) > 0
    return chain


def broken_laws(table: pd.DataFrame, chance: dict[str, float]) -> set[str]:
    """Name the laws that the rows of maps break, whatever the phantoms look like."""
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


def broken_laws_of_reliance(table: pd.DataFrame) -> set[str]:
    """Name the laws that the rows of reliance break, whatever the phantoms look like."""
    there = table[table["region"] == "planted"]
    laws = {
        "all calls hang on the planted region": (there["rate"] == 1).all(),
        "and none elsewhere": (table.loc[~table["planted"], "rate"] == 0).all(),
        "fewer on its placebo": there["chance"].mean() < 1 / 2,
        "fills agree": (table["n_silent"] == 0).all(),
    }
    return {law for law, holds in laws.items() if not holds}


def fault(name: str, *, of: dict[str, Fault] = FAULTS) -> Callable[[Fault], Fault]:
    def known(plant: Fault) -> Fault:
        of[name] = plant
        return plant

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


@fault("mass and below are mixed up", of=FAULTS_OF_RELIANCE)
def swap_players(monkeypatch: pytest.MonkeyPatch) -> None:
    swapped = REGIONS | {"mass": REGIONS["below"], "below": REGIONS["mass"]}
    monkeypatch.setattr(coalitions, "REGIONS", swapped)


@fault("coalitions are numbered from the other end", of=FAULTS_OF_RELIANCE)
def reverse_players(monkeypatch: pytest.MonkeyPatch) -> None:
    right = asking.list_coalitions
    monkeypatch.setattr(asking, "list_coalitions", lambda players: right(players)[:, ::-1])


@fault("what speaks for benign is counted for malignant", of=FAULTS_OF_RELIANCE)
def turn_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    right = scores.find_most_relied_on
    monkeypatch.setattr(
        scores, "find_most_relied_on", lambda values, called: right(values, ~called)
    )


@fault("a region and its placebo are mixed up", of=FAULTS_OF_RELIANCE)
def swap_placebos(monkeypatch: pytest.MonkeyPatch) -> None:
    right = planted_scores.compare_with_placebo
    monkeypatch.setattr(
        planted_scores,
        "compare_with_placebo",
        lambda own, placebo, *args, **kwargs: right(placebo, own, *args, **kwargs),
    )


@fault("the fill is shown and the scan is left out", of=FAULTS_OF_RELIANCE)
def show_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    right = asking.show_coalition
    monkeypatch.setattr(
        asking, "show_coalition", lambda scan, fill, shown: right(fill, scan, shown)
    )


def test_maps_that_point_at_the_evidence_score_all_of_it_and_nothing_elsewhere(
    chain: Chain,
) -> None:
    table = chain.score_maps()

    assert set(table["cue"]) == set(PLANTS)
    # One scan of every cue is called benign.
    counts = explained(chain.scans)["cue"].value_counts() - 1
    assert (table["n"] == table["cue"].map(counts)).all()
    assert not broken_laws(table, chain.chance)


def test_calls_hang_on_the_evidence_and_on_nothing_elsewhere(chain: Chain) -> None:
    table = chain.score_reliance()

    assert set(table["method"]) == {"reliance", "reliance_mean", "reliance_blurred"}
    assert not broken_laws_of_reliance(table)


@pytest.mark.parametrize("name", FAULTS_OF_RELIANCE)
def test_a_fault_in_reliance_breaks_a_law_of_the_planted_table(
    name: str, chain: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    FAULTS_OF_RELIANCE[name](monkeypatch)

    assert broken_laws_of_reliance(chain.score_reliance())


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_in_the_game_breaks_a_law_of_the_planted_table(
    name: str, chain: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    FAULTS[name](monkeypatch)

    assert broken_laws(chain.score_maps(), chain.chance)


def test_points_named_on_other_regions_than_those_read_are_refused(
    chain: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    swapped = REGIONS | {"mass": REGIONS["below"], "below": REGIONS["mass"]}
    monkeypatch.setattr(region_lookup, "REGIONS", swapped)

    with pytest.raises(ValueError, match="its region mask says otherwise"):
        chain.score_maps()


def test_a_p_value_is_that_of_the_maxima(chain: Chain, monkeypatch: pytest.MonkeyPatch) -> None:
    before = chain.score_maps().query("region == 'planted'")["p_value"]
    right = map_permutation.pair_points
    monkeypatch.setattr(
        map_permutation, "pair_points", lambda maxima, minima, called: right(minima, maxima, called)
    )

    assert (before < 1).any()
    # No minimum ever lies where the evidence is, on its own scan.
    assert (chain.score_maps().query("region == 'planted'")["p_value"] == 1).all()
