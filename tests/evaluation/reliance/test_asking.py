"""Networks asked about every coalition: a network whose answers are known in closed form, and no picture twice."""

import numpy as np
import pandas as pd
import pytest

from sonolens.evaluation.reliance import share_out_logits
from sonolens.evaluation.reliance.asking import (
    Question,
    ask_coalitions,
    draw_named_coalitions,
    name_coalitions,
    pair_strangers,
)
from sonolens.regions import REGIONS
from sonolens.removal import FILLS, FillSources, Players, divide_scan, find_tissue, move_regions
from sonolens.tables.reliance import CoalitionLogits, RegionReliance

SIDE = 20
EVERY_FILL = tuple(FILLS)


def region_map(*, below: bool = True) -> np.ndarray:
    regions = np.zeros((SIDE, SIDE), dtype=np.uint8)
    regions[4:13, 2:10] = REGIONS["peritumoral"]
    regions[6:11, 4:8] = REGIONS["mass"]
    if below:
        regions[13:, 4:8] = REGIONS["below"]
    return regions


def put(regions: np.ndarray, *, feather_px: float = 1.0, seed: int = 0) -> Question:
    rng = np.random.default_rng(seed)
    scan = rng.integers(256, size=(SIDE, SIDE), dtype=np.uint8)
    donors = rng.integers(256, size=(2, SIDE, SIDE), dtype=np.uint8)
    own = divide_scan(regions, size_px=SIDE, feather_px=feather_px)
    partitions = {"none": own}
    if (moved := move_regions(regions)) is not None:
        partitions["moved"] = divide_scan(moved, size_px=SIDE, feather_px=feather_px)
    return Question(scan, partitions, FillSources(find_tissue(own), donors, seed=seed))


class Linear:
    """A network that adds up pixels by weights, and remembers what it was shown."""

    def __init__(self, weights: np.ndarray) -> None:
        self.weights, self.shown = weights, []

    def __call__(self, pictures: np.ndarray) -> np.ndarray:
        self.shown += [picture.tobytes() for picture in pictures]
        return np.tensordot(pictures.astype(float), self.weights, axes=2)


def draw_weights() -> np.ndarray:
    return np.random.default_rng(9).normal(size=(SIDE, SIDE)) / SIDE


def share_out(answers: pd.DataFrame) -> pd.DataFrame:
    table = CoalitionLogits.validate(answers.assign(run="r", scan_id="s"))
    return RegionReliance.validate(share_out_logits(table))


@pytest.mark.parametrize("fill", EVERY_FILL)
def test_what_a_linear_network_relies_on_is_known_in_closed_form(fill: str) -> None:
    question, weights = put(region_map()), draw_weights()
    players = question.partitions["none"]
    pictures = FILLS[fill](question.scan, players, question.sources)
    changed = question.scan.astype(float) - np.mean(pictures, axis=0, dtype=float)
    closed = (players.weights * changed * weights).sum(axis=(1, 2))

    found = share_out(ask_coalitions(Linear(weights), question, fills=[fill]))

    own = found[found["null"] == "none"].set_index("region").loc[list(players.names)]
    # Pictures are rounded to bytes: at most half a grey level each, and at random.
    for column in ("value", "necessity", "sufficiency"):
        assert own[column].to_numpy() == pytest.approx(closed, abs=0.6)
    assert np.abs(closed).max() > 5


def test_sharp_regions_of_a_linear_network_are_known_exactly() -> None:
    question, weights = put(region_map(), feather_px=0.0), draw_weights()
    added = (question.scan.astype(float) - round(float(question.scan.mean()))) * weights
    closed = {
        name: float(added[region_map() == REGIONS[name]].sum())
        for name in ("mass", "peritumoral", "below", "other")
    }

    found = share_out(ask_coalitions(Linear(weights), question, fills=["mean"]))

    own = found[found["null"] == "none"].set_index("region")["value"]
    assert own.to_dict() == pytest.approx(closed)


# What all of `other` shows is what `tissue` is drawn from, so that this fill rightly cannot take it away.
@pytest.mark.parametrize(
    ("planted", "fill"),
    [
        (planted, fill)
        for planted in ("mass", "peritumoral", "below", "other")
        for fill in ("mean", "blurred", "donor", "tissue")
        if (planted, fill) != ("other", "tissue")
    ],
)
def test_evidence_that_is_planted_in_one_region_is_found_there_and_nowhere_else(
    fill: str, planted: str
) -> None:
    question = put(region_map())
    inside = region_map() == REGIONS[planted]
    bright = np.where(inside, 250, 40).astype(np.uint8)
    scan = Question(bright, {"none": question.partitions["none"]}, question.sources)

    def count_bright(pictures: np.ndarray) -> np.ndarray:
        return (pictures[:, inside] > 200).mean(axis=1)

    found = share_out(ask_coalitions(count_bright, scan, fills=[fill])).set_index("region")

    value = found["value"]
    assert value.idxmax() == planted
    assert value[planted] >= 0.5 * (found["logit"] - found["empty_logit"]).iloc[0]


def test_no_picture_is_judged_twice() -> None:
    network = Linear(draw_weights())

    table = ask_coalitions(network, put(region_map()), fills=EVERY_FILL)

    assert len(network.shown) == len(set(network.shown))
    # The whole scan is one picture for all fills and placebos, and an empty one is the same for all placebos but
    # those of `shuffled`, which depends on the regions: 2 partitions x 6 draws x 14 coalitions, 7 empty ones, 1 whole.
    assert len(network.shown) == 2 * 6 * 14 + 7 + 1
    assert len(table) == 2 * len(EVERY_FILL) * 16
    assert table.groupby("fill")["draws"].unique().map(list).to_dict() == {
        fill: [2 if fill == "donor" else 1] for fill in EVERY_FILL
    }


def test_logits_of_several_draws_are_averaged() -> None:
    question, weights = put(region_map()), draw_weights()

    table = ask_coalitions(Linear(weights), question, fills=["donor"])

    empty = table[(table["null"] == "none") & (table["shown"] == "nothing")]["logit"].item()
    assert empty == pytest.approx(Linear(weights)(question.sources.donors).mean())


def test_coalitions_stand_in_their_order_and_the_last_shows_the_scan() -> None:
    question = put(region_map())

    table = ask_coalitions(Linear(draw_weights()), question, fills=["mean"])

    own = table[table["null"] == "none"]
    assert own["shown"].tolist() == name_coalitions(["mass", "peritumoral", "below", "other"])
    assert own["players"].unique().tolist() == ["mass+peritumoral+below+other"]
    whole = Linear(draw_weights())(question.scan[None]).item()
    assert own["logit"].iloc[-1] == pytest.approx(whole)


def test_what_is_drawn_for_a_reader_is_what_the_network_was_shown() -> None:
    question, network = put(region_map()), Linear(draw_weights())
    ask_coalitions(network, question, fills=["tissue"])

    drawn = draw_named_coalitions(question, fill="tissue")

    assert {picture.tobytes() for picture in drawn.values()} <= set(network.shown)
    assert np.array_equal(drawn["mass+peritumoral+below+other"], question.scan)


def test_a_scan_without_tissue_below_has_one_player_less() -> None:
    table = ask_coalitions(Linear(draw_weights()), put(region_map(below=False)), fills=["mean"])

    assert table[table["null"] == "none"]["players"].unique().tolist() == ["mass+peritumoral+other"]
    assert (table["null"] == "none").sum() == 8


def test_a_mask_that_fills_the_scan_has_all_of_the_logit_and_no_placebo() -> None:
    question = put(np.full((SIDE, SIDE), REGIONS["mass"], dtype=np.uint8))

    found = share_out(ask_coalitions(Linear(draw_weights()), question, fills=EVERY_FILL))

    assert (found["region"] == "mass").all()
    assert (found["null"] == "none").all()
    assert found["value"].to_numpy() == pytest.approx(
        (found["logit"] - found["empty_logit"]).to_numpy()
    )


def test_a_randomised_network_is_asked_about_the_scans_own_regions() -> None:
    question = put(region_map())

    asked = question.of("randomised")

    assert set(asked.partitions) == {"randomised"}
    assert asked.partitions["randomised"] is question.partitions["none"]
    assert question.of("none") is question


def test_turning_scan_and_regions_together_changes_nothing() -> None:
    upright = put(region_map())
    own = upright.partitions["none"]
    turned = Question(
        upright.scan.T.copy(),
        {"none": Players(own.names, own.weights.transpose(0, 2, 1).copy())},
        upright.sources,
    )
    weights = draw_weights()

    straight = ask_coalitions(Linear(weights), upright, fills=["mean", "blurred"])
    across = ask_coalitions(Linear(weights.T), turned, fills=["mean", "blurred"])

    straight = straight[straight["null"] == "none"]
    assert across["logit"].to_numpy() == pytest.approx(straight["logit"].to_numpy())


def test_a_stranger_is_of_another_patient_and_the_same_again() -> None:
    patients = pd.Series(["p1", "p1", "p2", "p3"], index=["a", "b", "c", "d"])

    pairs = pair_strangers(patients, seed=0)

    assert pair_strangers(patients, seed=0) == pairs
    for scan_id, stranger in zip(patients.index, pairs, strict=True):
        assert patients[scan_id] != patients[stranger]


def test_scans_of_one_patient_have_no_stranger() -> None:
    assert pair_strangers(pd.Series(["p", "p"], index=["a", "b"]), seed=0) == [None, None]
