"""The verdict over all yardsticks: the weakest decides, and studies that know nothing hardly ever pass."""

import numpy as np
import pandas as pd
import pytest

from sonolens.evaluation.classification import auc, bootstrap_aucs
from sonolens.evaluation.pointing import (
    ANNOTATION,
    describe_points,
    judge_maps,
    look_up_regions,
    measure_region_shares,
    score_annotation_hits,
    score_pointing_game,
    weakest,
)
from sonolens.evaluation.statistics import Bootstrap
from sonolens.evaluation.statistics.intervals import limits_of
from sonolens.tables.pointing import AnnotationHits, MeanMapExtremes, PointingGame, Verdict
from sonolens.tables.vocabulary import ANSWERS, QUESTIONS

NOT_SHOWN, CANNOT_BE_ASKED, SHOWN = ANSWERS
NAN = float("nan")
GOOD = {
    "rate": 0.8,
    "ci_low": 0.7,
    "ci_high": 0.9,
    "chance": 0.5,
    "location_prior": 0.6,
    "beyond_location_prior": 0.2,
    "beyond_location_prior_low": 0.1,
    "beyond_location_prior_high": 0.3,
    "p_adjusted": 0.01,
    "n": 40,
}
CLEAN = {"rate": 0.02, "ci_low": 0.0, "ci_high": 0.05, "chance": 0.04, "n": 40, "n_annotated": 30}
AREA = {"value": 0.8, "ci_low": 0.7, "ci_high": 0.9, "chance": 0.5, "n": 60}


def game(*rows, method="cam"):
    every = {"method": method, "run": "net", "rule": "either", "subset": "correct", "label": "both"}
    told = {"partition": "test", "confidence": 0.95}
    return pd.DataFrame([every | told | row for row in rows])


def hits_on_annotations(**values):
    named = {"method": "cam", "run": "net", "hits": 1.0, "partition": "test", "confidence": 0.95}
    return AnnotationHits.validate(pd.DataFrame([named | CLEAN | values]))


def metrics(**values):
    named = {"run": "net", "level": "scan", "partition": "test", "stratum": "all", "rule": "none"}
    return pd.DataFrame([named | {"metric": "auc", "confidence": 0.95} | AREA | values])


def judged(*regions, play=None, annotations=(), area=None):
    """Judge what is good in all, but for what is planted; without annotations where these are None."""
    table = judge_maps(
        game(GOOD | {"region": "any"} | (play or {}), *regions),
        metrics(**(area or {})),
        baselines=["random"],
        annotation_hits=None if annotations is None else hits_on_annotations(**dict(annotations)),
    )
    return Verdict.validate(table).set_index("question")


def test_what_passes_every_yardstick_is_shown():
    table = judged()

    assert table.index.tolist() == list(QUESTIONS)
    assert set(table["answer"]) == set(table["verdict"]) == {SHOWN}


@pytest.mark.parametrize(
    ("question", "planted"),
    [
        ("above_chance", {"play": {"ci_low": 0.5}}),
        ("above_location", {"play": {"beyond_location_prior_low": 0.0}}),
        ("own_scan", {"play": {"p_adjusted": 0.05}}),
        ("off_annotations", {"annotations": {"rate": 0.08, "ci_low": 0.03, "ci_high": 0.13}}),
        ("discriminates", {"area": {"ci_low": 0.5}}),
    ],
)
def test_each_yardstick_in_turn_decides_where_it_is_the_weakest(question, planted):
    table = judged(**planted)

    assert table.loc[question, "answer"] == NOT_SHOWN
    assert set(table["answer"].drop(question)) == {SHOWN}
    assert set(table["verdict"]) == {NOT_SHOWN}


@pytest.mark.parametrize(
    ("questions", "planted"),
    [
        (["above_location"], {"play": {"beyond_location_prior": NAN}}),
        (["own_scan"], {"play": {"p_adjusted": NAN}}),
        (["above_chance", "above_location", "own_scan"], {"play": {"n": 0}}),
        (["off_annotations"], {"annotations": None}),
        (["discriminates"], {"area": {"value": NAN}}),
        (["discriminates"], {"area": {"partition": "validation"}}),
    ],
)
def test_what_has_no_number_cannot_be_asked_and_is_never_taken_for_shown(questions, planted):
    table = judged(**planted)

    assert set(table.loc[questions, "answer"]) == {CANNOT_BE_ASKED}
    assert set(table["answer"].drop(questions)) == {SHOWN}
    assert set(table["verdict"]) == {CANNOT_BE_ASKED}


@pytest.mark.parametrize(
    ("answer", "counted"),
    [
        (SHOWN, {"ci_high": 0.09, "chance": 0.0}),  # seldom
        (SHOWN, {"rate": 0.3, "ci_low": 0.2, "ci_high": 0.4, "chance": 0.4}),  # less than blind
        (NOT_SHOWN, {"ci_high": 0.1, "chance": 0.0}),
        (NOT_SHOWN, {"rate": 0.3, "ci_low": 0.1, "ci_high": 0.5, "chance": 0.4}),
        (NOT_SHOWN, {"rate": 0.0, "ci_high": 0.4, "n": 5}),  # few scans show nothing
        (SHOWN, {"rate": 0.0, "ci_high": 0.4, "n": 5, "n_annotated": 0, "chance": 0.0}),
        (CANNOT_BE_ASKED, {"rate": NAN, "ci_low": NAN, "ci_high": NAN, "chance": NAN, "n": 0}),
    ],
)
def test_only_an_upper_limit_below_blind_points_or_a_tenth_shows_maps_off_annotations(
    answer, counted
):
    assert judged(annotations=counted).loc["off_annotations", "answer"] == answer


def test_fixed_places_are_asked_in_every_region_and_more_of_them_need_a_clearer_difference():
    saturated = {"beyond_location_prior": -0.2, "beyond_location_prior_low": -0.3}
    mass = GOOD | {"region": "mass", "beyond_location_prior_low": 0.02}
    clear = mass | {"beyond_location_prior_low": 0.1}

    told = judged(clear, play=saturated).loc["above_location"]
    barely = judged(mass, play=saturated).loc["above_location"]

    assert (told["answer"], told["region"], told["rule"]) == (SHOWN, "mass", "either")
    # Of two: 1.96 becomes 2.24 standard errors, to both sides.
    assert told["ci_low"] == pytest.approx(0.2 - 0.1 * 2.2414 / 1.96, abs=1e-4)
    assert told["ci_high"] == pytest.approx(0.2 + 0.1 * 2.2414 / 1.96, abs=1e-4)
    assert told["against"] == 0.0
    assert barely["answer"] == NOT_SHOWN


def test_a_difference_of_rates_is_widened_to_one_at_most_in_both_directions():
    # Of two: 0.1 becomes 0.114, which would lie beyond what two rates can be apart.
    for value, limit in ((-0.95, "ci_low"), (0.95, "ci_high")):
        apart = {f"beyond_location_prior{end}": value for end in ("", "_low", "_high")}
        apart |= {
            "beyond_location_prior_low": value - 0.1,
            "beyond_location_prior_high": value + 0.1,
        }

        told = judged(GOOD | {"region": "mass"} | apart, play=apart).loc["above_location"]

        assert told[limit] == np.sign(value)


def test_exchanged_maps_are_asked_in_every_region_for_their_p_values_are_adjusted():
    mass = GOOD | {"region": "mass", "p_adjusted": 0.02}

    told = judged(mass, play={"p_adjusted": 1.0}).loc["own_scan"]

    assert (told["answer"], told["p_value"], told["region"]) == (SHOWN, 0.02, "mass")


@pytest.mark.parametrize(
    ("question", "clear"),
    [
        ("own_scan", {"p_adjusted": 0.0001}),
        ("above_location", {"beyond_location_prior": 0.9, "beyond_location_prior_low": 0.8}),
    ],
)
@pytest.mark.parametrize("silent", [{"rule": "max"}, {"n": 0}])
def test_rows_of_another_rule_or_of_no_scan_are_not_asked(question, clear, silent):
    other = GOOD | {"region": "mass"} | clear | silent

    assert judged(other).loc[question, "region"] == "any"


def test_what_cannot_be_asked_counts_nobody_and_names_no_region():
    table = judged(
        play={"p_adjusted": NAN, "beyond_location_prior": NAN}, annotations=None, area={"run": "x"}
    )

    untold = table.loc[["own_scan", "above_location", "off_annotations", "discriminates"]]
    assert set(untold["answer"]) == {CANNOT_BE_ASKED}
    assert untold["n"].tolist() == [0, 0, 0, 0]
    assert untold[["region", "value", "against"]].isna().all(axis=None)


def test_an_answer_on_annotations_names_them_and_their_limits():
    told = judged(annotations={"n_annotated": 0, "rate": 0.5}).loc["off_annotations"]

    assert (told["region"], told["rule"], told["n"]) == ("annotation", "either", 40)
    assert (told["value"], told["ci_low"], told["ci_high"], told["against"]) == (0, 0, 0, 0.04)


def test_what_is_not_shown_weighs_more_than_what_cannot_be_asked():
    assert set(judged(annotations=None, area={"ci_low": 0.4})["verdict"]) == {NOT_SHOWN}
    assert weakest([]) == CANNOT_BE_ASKED


def test_baselines_are_marked():
    games = pd.concat([game(GOOD | {"region": "any"}, method=name) for name in ("cam", "random")])
    table = judge_maps(games, metrics(), baselines=["random"])

    assert table.groupby("method")["baseline"].all().to_dict() == {"cam": False, "random": True}


def test_maps_are_judged_in_the_order_of_the_game():
    games = pd.concat(
        [game(GOOD | {"region": "any"}, method=name) for name in ("occlusion", "cam")]
    )
    table = judge_maps(games, metrics(), baselines=[])

    assert table["method"].unique().tolist() == ["occlusion", "cam"]


def test_an_empty_game_has_no_verdict():
    empty = PointingGame.empty()

    assert Verdict.validate(judge_maps(empty, metrics(), baselines=[])).empty


# ---- whole studies through the real scores ----------------------------------------------------

GRID = (21, 21)
LEARNED, TESTED = 24, 30
UNKNOWN = (NAN, NAN)
BOOTSTRAP = Bootstrap(resamples=200, confidence=0.95, seed=0)
PERMUTATIONS = 300
"""Enough for an adjusted p below 0.05, so that a null study could pass."""


def draw_region_map(row, col):
    """A mass of 3 x 3 pixels with its ring, and what lies below it."""
    drawn = np.zeros(GRID, dtype=np.uint8)
    drawn[row + 3 :, col : col + 3] = 3
    drawn[row - 1 : row + 4, col - 1 : col + 4] = 2
    drawn[row : row + 3, col : col + 3] = 1
    return drawn


def decide(rng, *, knows):
    """Draw labels and what a network makes of them, if it knows anything; every scan is another patient's."""
    malignant = rng.random(LEARNED + TESTED) < 0.5
    logits = rng.normal(size=len(malignant)) + (2.5 * malignant - 1.25 if knows else 0)
    names = [f"s{number:02d}" for number in range(len(malignant))]
    told = {"run": "net", "scan_id": names, "patient_id": names, "logit": logits}
    told |= {"label": np.where(malignant, "malignant", "benign"), "called": logits > 0}
    partition = np.repeat(["train", "test"], [LEARNED, TESTED])
    return pd.DataFrame(told).assign(partition=partition, correct=(logits > 0) == malignant)


def measure_area(decisions):
    tested = decisions[decisions["partition"] == "test"]
    malignant, logits = (tested["label"] == "malignant").to_numpy(), tested["logit"].to_numpy()
    drawn = bootstrap_aucs(malignant, logits, tested["patient_id"], bootstrap=BOOTSTRAP)
    area = auc(malignant, logits)
    low, high = limits_of(
        area, drawn, patients=int(min(sum(malignant), sum(~malignant))), confidence=0.95
    )
    return metrics(value=area, ci_low=low, ci_high=high, n=len(tested))


def judge_study(seed, *, sites, aim, knows, annotated=False):
    """Judge a study: masses at random sites, maps that aim somewhere, a network that knows labels or not."""
    rng = np.random.default_rng(seed)
    decisions = decide(rng, knows=knows)
    corners = rng.integers(*sites, size=(len(decisions), 2))
    region_maps = {
        scan_id: draw_region_map(*corner)
        for scan_id, corner in zip(decisions["scan_id"], corners, strict=True)
    }
    if annotated:  # a line of text below all masses
        for region_map in region_maps.values():
            region_map[20, 12:] = 4
    tested = decisions.index[decisions["partition"] == "test"]
    points, shares, annotations = [], [], []
    for scan_id, corner in zip(decisions["scan_id"][tested], corners[tested], strict=True):
        key, region_map = {"method": "cam", "run": "net", "scan_id": scan_id}, region_maps[scan_id]
        for extreme in ("max", "min"):
            point = draw_point(rng, corner, aim=aim)
            described = describe_points(point, region_map, spacing_mm=UNKNOWN)
            points += [key | {"extreme": extreme, "value": 1.0} | row for row in described]
        measured = measure_region_shares(region_map, GRID, spacing_mm=UNKNOWN)
        shares += [key | row for row in measured]
        found = measure_region_shares(region_map, GRID, spacing_mm=UNKNOWN, regions=ANNOTATION)
        annotations += [key | row for row in found]
    points = pd.DataFrame(points).assign(ring="0-5 mm")
    scans = decisions[["scan_id"]].assign(spacing_row_mm=NAN, spacing_col_mm=NAN)
    readers = {scan_id: region_map.copy for scan_id, region_map in region_maps.items()}
    nowhere = MeanMapExtremes.empty()
    played = score_pointing_game(
        points,
        pd.DataFrame(shares),
        decisions,
        mean_extremes=nowhere,
        lookup=look_up_regions(points, nowhere, scans, readers, without_maps=decisions["scan_id"]),
        partition="test",
        permutations=PERMUTATIONS,
        bootstrap=BOOTSTRAP,
    )
    on = score_annotation_hits(
        points, pd.DataFrame(annotations), decisions, partition="test", bootstrap=BOOTSTRAP
    )
    area = measure_area(decisions)
    table = judge_maps(played, area, baselines=[], annotation_hits=AnnotationHits.validate(on))
    return Verdict.validate(table).set_index("question")


def draw_point(rng, corner, *, aim):
    """Draw the cell at which an extreme lies; one in four on the text where maps aim at both."""
    aimed = {
        "anywhere": ((0, 21), (0, 21)),
        "middle": ((8, 13), (8, 13)),
        "mass": tuple((low, low + 3) for low in corner),
        "text": ((20, 21), (12, 21)),
    }
    chosen = ("text" if rng.random() < 0.25 else "mass") if aim == "mass or text" else aim
    return np.array([[rng.integers(*limits) for limits in aimed[chosen]]], dtype=float)


def is_shown(seed, **planted):
    """Judge a study; the weakest decides, so its maps need not be played where its labels were not told apart."""
    area = measure_area(decide(np.random.default_rng(seed), knows=planted["knows"]))
    best = judge_maps(
        game(GOOD | {"region": "any"}), area, baselines=[], annotation_hits=hits_on_annotations()
    )
    played = set(best["verdict"]) == {SHOWN}
    return played and judge_study(seed, **planted)["verdict"].iloc[0] == SHOWN


ANYWHERE, NEAR_THE_MIDDLE = (1, 17), (8, 11)


def test_a_network_that_knows_and_looks_at_masses_wherever_they_are_is_shown():
    table = judge_study(0, sites=ANYWHERE, aim="mass", knows=True)

    assert set(table["answer"]) == {SHOWN}


def test_a_study_that_may_pass_is_played():
    assert is_shown(0, sites=ANYWHERE, aim="mass", knows=True)


def test_a_scan_without_annotations_is_asked_and_passes():
    told = judge_study(0, sites=ANYWHERE, aim="mass", knows=True).loc["off_annotations"]

    assert (told["answer"], told["value"], told["ci_high"]) == (SHOWN, 0, 0)
    assert told["n"] > 0


def test_a_network_that_knows_masses_and_reads_text_too_is_not_shown():
    planted = {"sites": ANYWHERE, "knows": True, "annotated": True}
    off = judge_study(0, aim="mass", **planted)
    reads = judge_study(0, aim="mass or text", **planted)

    assert set(off["answer"].drop("off_annotations")) == {SHOWN}
    assert reads.loc["off_annotations", "answer"] == NOT_SHOWN
    assert set(reads["answer"].drop("off_annotations")) == {SHOWN}


def test_hits_that_a_fixed_place_makes_too_are_not_shown():
    table = judge_study(0, sites=NEAR_THE_MIDDLE, aim="mass", knows=True)

    assert table.loc[["above_chance", "discriminates"], "answer"].tolist() == [SHOWN, SHOWN]
    assert table.loc["above_location", "answer"] == NOT_SHOWN
    assert table["verdict"].iloc[0] == NOT_SHOWN


def test_maps_that_prefer_the_middle_beat_blind_points_and_nothing_else():
    table = judge_study(0, sites=NEAR_THE_MIDDLE, aim="middle", knows=True)

    assert table.loc["above_chance", "answer"] == SHOWN
    assert table.loc[["above_location", "own_scan"], "answer"].tolist() == [NOT_SHOWN] * 2


def test_maps_of_a_network_that_tells_nothing_apart_are_not_shown():
    table = judge_study(0, sites=ANYWHERE, aim="mass", knows=False)

    assert table.loc["discriminates", "answer"] == NOT_SHOWN
    assert set(table["answer"].drop("discriminates")) == {SHOWN}
    assert table["verdict"].iloc[0] == NOT_SHOWN


@pytest.mark.parametrize(
    ("planted", "studies", "most"),
    [
        ({"sites": ANYWHERE, "aim": "mass", "knows": False}, 20, 4),  # labels exchanged
        ({"sites": ANYWHERE, "aim": "anywhere", "knows": False}, 15, 3),
        ({"sites": ANYWHERE, "aim": "anywhere", "knows": True}, 8, 2),
        ({"sites": NEAR_THE_MIDDLE, "aim": "middle", "knows": True}, 8, 2),
    ],
)
def test_of_many_studies_that_know_nothing_hardly_any_is_shown(planted, studies, most):
    shown = [is_shown(seed, **planted) for seed in range(studies)]

    # At 5 % more than so many would come out shown once in 180 times, or more rarely.
    assert sum(shown) <= most
