import itertools

import numpy as np
import pandas as pd
import pytest

from sonolens.evaluation.classification import decide_scans
from sonolens.evaluation.pointing import (
    look_up_regions,
    measure_region_shares,
    read_regions_at,
    score_pointing_game,
)
from sonolens.evaluation.statistics import Bootstrap, wilson_interval
from sonolens.tables.pointing import ExtremePoints, MeanMapExtremes, PointingGame, RegionShares

SETTINGS = {
    "partition": "test",
    "permutations": 50,
    "bootstrap": Bootstrap(resamples=200, confidence=0.95, seed=0),
}
CELL_SHARES = {"mass": 0.2, "peritumoral": 0.3, "below": 0.1}
STRIPES = np.array([[0, 1, 2, 3]], dtype=np.uint8)
"""A scan whose regions are four stripes, so that a name says where a point lies."""

MAPS = [("cam", "net"), ("cam", "other"), ("grad_cam", "net")]
PLACE_OF = {"other": 0.125, "mass": 0.375, "peritumoral": 0.625, "below": 0.875, "none": np.nan}
NO_SPACING = {"spacing_row_mm": np.nan, "spacing_col_mm": np.nan}


class Study:
    """Tables of one method and run, filled scan by scan; each scan is a patient of its own."""

    def __init__(self, *, method="cam", run="net"):
        self.map = {"method": method, "run": run}
        self.points, self.shares, self.predictions, self.scans = [], [], [], []

    def add(
        self,
        *,
        label="malignant",
        called="malignant",
        max_in=("mass",),
        min_in=("other",),
        cell_shares=CELL_SHARES,
        without=(),
        partition="test",
        patient=None,
    ):
        scan_id = f"s{len(self.scans)}"
        key = self.map | {"scan_id": scan_id}
        for extreme, places in (("max", max_in), ("min", min_in)):
            for place in places:
                point = {"extreme": extreme, "value": 1.0, "share": 1 / len(places)}
                pixel = {"row_px": np.nan, "col_px": np.nan, "distance_to_mass_mm": np.nan}
                where = {"row_share": 0.5, "col_share": PLACE_OF[place], "region": place}
                self.points.append(key | point | pixel | where | {"ring": "0-5 mm"})
        for region, cells in ({"any": sum(cell_shares.values())} | cell_shares).items():
            area = 0.0 if region in without else 0.25
            size = {"cell_row_mm": np.nan, "cell_col_mm": np.nan, "tolerance_mm": 0.0}
            share = {"region": region, "area_share": area, "cell_share": cells}
            self.shares.append(key | share | size)
        probability = 0.7 if called == "malignant" else 0.3
        told = {"lesion_id": scan_id, "label": label, "partition": partition, "logit": 0.0}
        run = {"run": self.map["run"], "scan_id": scan_id}
        self.predictions.append(run | told | {"probability": probability})
        self.scans.append({"scan_id": scan_id, "patient_id": patient or scan_id} | NO_SPACING)
        return self

    def tables(self) -> list[pd.DataFrame]:
        points, shares = pd.DataFrame(self.points), pd.DataFrame(self.shares)
        ExtremePoints.validate(points)
        RegionShares.validate(shares)
        rule = {"rule": "closest_to_corner", "chosen_on": "validation"}
        threshold = {"run": self.map["run"], "level": "scan", "threshold": 0.5} | rule
        thresholds = [threshold, threshold | {"level": "lesion", "threshold": 0.9}]
        scans = pd.DataFrame(self.scans)
        decisions = decide_scans(pd.DataFrame(self.predictions), scans, pd.DataFrame(thresholds))
        return [points, shares, decisions, scans]

    def score(self, **mean) -> pd.DataFrame:
        table = play(self.tables(), mean=mean_extremes(self.map, **mean))
        PointingGame.validate(table)
        return table.set_index(["region", "rule", "subset", "label"]).sort_index()


def mean_extremes(which=None, max_in=(), min_in=()) -> pd.DataFrame:
    """Where a mean map points, by the stripe."""
    rows = [
        (which or {})
        | {"extreme": extreme, "row_share": 0.5, "col_share": PLACE_OF[place]}
        | {"share": 1 / len(places), "n_maps": 3}
        for extreme, places in (("max", max_in), ("min", min_in))
        for place in places
    ]
    columns = ["method", "run", "extreme", "row_share", "col_share", "share", "n_maps"]
    table = pd.DataFrame(rows, columns=columns).astype({"row_share": float, "col_share": float})
    return MeanMapExtremes.validate(table)


def play(tables, *, region_maps=None, mean=None, **settings) -> pd.DataFrame:
    points, shares, decisions, scans = tables
    mean = mean_extremes() if mean is None else mean
    stripes = dict.fromkeys(points["scan_id"], lambda: STRIPES)
    lookup = look_up_regions(points, mean, scans, region_maps or stripes)
    return score_pointing_game(
        points, shares, decisions, mean_extremes=mean, lookup=lookup, **SETTINGS | settings
    )


def rates(study: Study, rule: str, subset: str = "all", label: str = "both") -> dict[str, float]:
    regions = ("mass", "peritumoral", "below", "any")
    scored = study.score()
    return {region: scored.loc[(region, rule, subset, label), "rate"] for region in regions}


def test_each_rule_asks_its_own_extreme():
    study = Study().add(max_in=["mass"], min_in=["below"])

    assert rates(study, "max") == {"mass": 1, "peritumoral": 0, "below": 0, "any": 1}
    assert rates(study, "min") == {"mass": 0, "peritumoral": 0, "below": 1, "any": 1}
    assert rates(study, "either") == {"mass": 1, "peritumoral": 0, "below": 1, "any": 1}


@pytest.mark.parametrize(("called", "hit"), [("malignant", "mass"), ("benign", "below")])
def test_the_decision_is_argued_by_its_own_extreme(called, hit):
    study = Study().add(label="malignant", called=called, max_in=["mass"], min_in=["below"])

    asked = rates(study, "decision")

    assert asked == {"mass": 0, "peritumoral": 0, "below": 0, "any": 1} | {hit: 1}


def test_tied_extremes_score_the_share_inside():
    study = Study().add(max_in=["mass", "mass", "below", "other"], min_in=["mass", "other"])

    assert rates(study, "max") == {"mass": 0.5, "peritumoral": 0, "below": 0.25, "any": 0.75}
    # One minus the chance that neither a drawn maximum nor a drawn minimum is inside.
    assert rates(study, "either")["mass"] == 1 - 0.5 * 0.5
    assert rates(study, "either")["any"] == 1 - 0.25 * 0.5


def test_two_extremes_in_two_regions_are_one_hit_of_any():
    study = Study().add(max_in=["mass"], min_in=["below"]).add(max_in=["other"])
    row = study.score().loc[("any", "either", "all", "both")]

    assert (row["hits"], row["n"], row["rate"]) == (1, 2, 0.5)


def test_subsets_and_labels_follow_the_frozen_scan_level_threshold():
    study = Study()
    study.add(label="malignant", called="malignant", max_in=["mass"])
    study.add(label="malignant", called="benign", max_in=["below"])
    study.add(label="benign", called="malignant", max_in=["other"])
    study.add(label="benign", called="malignant", max_in=["mass"])
    study.add(label="benign", called="benign", max_in=["peritumoral"])
    scored = study.score()

    counted = {
        (subset, label): scored.loc[("mass", "max", subset, label), ["hits", "n"]].tolist()
        for subset, label in itertools.product(
            ("correct", "wrong", "all"), ("benign", "malignant", "both")
        )
    }

    assert counted == {
        ("correct", "benign"): [0, 1],
        ("correct", "malignant"): [1, 1],
        ("correct", "both"): [1, 2],
        ("wrong", "benign"): [1, 2],
        ("wrong", "malignant"): [0, 1],
        ("wrong", "both"): [1, 3],
        ("all", "benign"): [1, 3],
        ("all", "malignant"): [1, 2],
        ("all", "both"): [2, 5],
    }


def test_chance_is_the_mean_share_of_cells_of_the_counted_scans():
    small = {"mass": 0.1, "peritumoral": 0.2, "below": 0.0}
    study = Study().add(max_in=["mass"]).add(max_in=["other"], cell_shares=small)
    scored = study.score()

    for rule in ("max", "min", "decision"):
        assert scored.loc[("mass", rule, "all", "both"), "chance"] == pytest.approx(0.15)
        assert scored.loc[("any", rule, "all", "both"), "chance"] == pytest.approx(0.45)
    # Mean of 1 - 0.8^2 and 1 - 0.9^2, not 1 - 0.85^2.
    either = scored.loc[("mass", "either", "all", "both")]
    assert either["chance"] == pytest.approx((0.36 + 0.19) / 2)
    assert either["enrichment"] == pytest.approx(0.5 / 0.275)


def test_pointing_at_every_cell_in_turn_scores_chance_exactly():
    rng = np.random.default_rng(2)
    region_map = rng.integers(0, 4, size=(30, 40)).astype(np.uint8)
    centres = np.argwhere(np.ones((4, 5))) * (30 / 4, 40 / 5) + (3.25, 3.5)
    cell_shares = {
        share["region"]: share["cell_share"]
        for share in measure_region_shares(region_map, (4, 5), spacing_mm=(np.nan, np.nan))
    }
    places = read_regions_at(region_map, centres)
    study = Study()
    for highest, lowest in itertools.product(places, places):
        study.add(max_in=[highest], min_in=[lowest], cell_shares=cell_shares)

    scored = study.score()

    both = scored[(scored.index.get_level_values("label") == "both")]
    all_scans = both[both.index.get_level_values("subset") == "all"]
    np.testing.assert_allclose(all_scans["rate"], all_scans["chance"])
    np.testing.assert_allclose(all_scans["enrichment"], 1)


def test_a_constant_map_and_an_empty_region_are_counted_apart():
    study = Study().add(max_in=["mass"])
    study.add(max_in=["none"], min_in=["none"], without=["below"])
    study.add(max_in=["mass"], without=["below"]).add(without=["below"], label="benign")
    scored = study.score()

    counted = ["n", "n_silent", "n_empty"]
    assert scored.loc[("below", "max", "all", "both"), counted].tolist() == [1, 1, 2]
    assert scored.loc[("mass", "max", "all", "both"), counted].tolist() == [3, 1, 0]
    assert scored.loc[("any", "max", "all", "both"), counted].tolist() == [3, 1, 0]
    assert scored.loc[("below", "max", "wrong", "benign"), counted].tolist() == [0, 0, 1]


def test_an_empty_region_does_not_dilute_the_chance():
    study = Study().add()
    study.add(cell_shares=CELL_SHARES | {"below": 0.0}, without=["below"])

    scored = study.score().loc[("below", "max", "all", "both")]

    assert scored["chance"] == pytest.approx(0.1)


def test_a_row_that_counts_nothing_stays_without_a_rate():
    row = Study().add(label="benign", called="benign").score().loc[("mass", "max", "wrong", "both")]

    assert (row["n"], row["hits"]) == (0, 0)
    assert row[["rate", "ci_low", "ci_high", "chance", "enrichment"]].isna().all()


def test_a_region_between_all_cells_has_chance_nought_and_no_enrichment():
    study = Study().add(cell_shares=CELL_SHARES | {"peritumoral": 0.0})

    row = study.score().loc[("peritumoral", "max", "all", "both")]

    assert (row["n"], row["chance"]) == (1, 0)
    assert np.isnan(row["enrichment"])


def test_a_rate_of_one_has_wilsons_interval_over_patients():
    study = Study()
    for patient in ("p", "p", "q", "q", "r"):
        study.add(max_in=["mass"], patient=patient)

    row = study.score().loc[("mass", "max", "all", "both")]

    assert row["rate"] == 1
    assert (row["ci_low"], row["ci_high"]) == wilson_interval(3, 3, confidence=0.95)


def test_the_interval_encloses_the_rate():
    study = Study()
    for index in range(60):
        study.add(max_in=["mass" if index % 3 == 0 else "other"])

    row = study.score().loc[("mass", "max", "all", "both")]

    assert row["rate"] == pytest.approx(1 / 3)
    assert 0.18 < row["ci_low"] < 0.27
    assert 0.4 < row["ci_high"] < 0.49


def test_only_scans_of_the_partition_play():
    study = Study().add(max_in=["mass"]).add(max_in=["other"], partition="train")

    assert study.score().loc[("mass", "max", "all", "both"), ["n", "rate"]].tolist() == [1, 1]


def test_methods_and_runs_are_scored_apart_and_in_full():
    first, second = Study().add(max_in=["mass"]), Study(method="grad_cam").add(max_in=["other"])
    third = Study(run="net2").add(max_in=["below"], called="benign")
    tables = [
        pd.concat(parts, ignore_index=True)
        for parts in zip(first.tables(), second.tables(), third.tables(), strict=True)
    ]
    tables[2:] = [table.drop_duplicates() for table in tables[2:]]

    table = play(tables)

    PointingGame.validate(table)
    assert len(table) == 3 * 4 * 4 * 3 * 3
    mass = table.query("region == 'mass' and rule == 'max' and subset == 'all' and label == 'both'")
    assert mass.set_index(["method", "run"])["rate"].to_dict() == {
        ("cam", "net"): 1,
        ("grad_cam", "net"): 0,
        ("cam", "net2"): 0,
    }
    wrong = table.query("region == 'mass' and rule == 'max' and subset == 'wrong'")
    assert wrong[wrong["label"] == "both"]["n"].tolist() == [0, 0, 1]


def test_the_order_of_rows_in_the_tables_does_not_matter():
    study = Study()
    for index in range(12):
        study.add(
            max_in=[("mass", "below", "other")[index % 3]],
            called=("malignant", "benign")[index % 2],
            cell_shares={"mass": index / 20, "peritumoral": 0.1, "below": 0.2},
        )
    tables = study.tables()
    shuffled = [table.sample(frac=1, random_state=1) for table in tables]

    pd.testing.assert_frame_equal(play(tables), play(shuffled))


def test_the_ring_is_carried_into_the_table():
    assert set(Study().add().score()["ring"]) == {"0-5 mm"}


def test_shares_of_maps_without_extreme_points_are_left_alone():
    tables = Study().add().tables()
    unasked = tables[1].assign(method="grad_cam", cell_share=0.9, area_share=0.0)
    tables[1] = pd.concat([tables[1], unasked])

    table = play(tables)

    row = table.query("region == 'mass' and rule == 'max' and subset == 'all'").iloc[-1]
    assert (row["chance"], row["n_empty"]) == (0.2, 0)


def test_rings_of_two_kinds_share_no_table():
    tables = Study().add().add().tables()
    tables[0]["ring"] = ["0-5 mm", "0-5 mm", "0-2 mm", "0-2 mm"]
    with pytest.raises(ValueError, match=r"2 kinds of ring \('0-5 mm', '0-2 mm'\)"):
        play(tables)


def test_tables_that_do_not_fit_together_are_refused():
    points, shares, decisions, scans = Study().add().add().tables()
    cases = [
        (
            (points, shares[:-1], decisions, scans),
            "'s1', method 'cam', run 'net', has .*no region shares",
        ),
        ((points, shares, decisions[:1], scans), "'s1'.*no prediction of run 'net'"),
        (
            (points[:-1], shares, decisions, scans),
            "min of scan 's1', method 'cam', run 'net', has .*add up to 1",
        ),
        (
            (
                points.assign(region=[*points["region"][:-1], "margin"]),
                shares,
                decisions,
                scans,
            ),
            "region 'margin' is unknown; choose from mass",
        ),
        (
            (points.assign(region="below"), shares, decisions, scans),
            "scan 's0', method 'cam', run 'net', is said to lie in 'below', but its region mask says otherwise",
        ),
        (
            (points, shares.assign(method="grad_cam"), decisions, scans),
            "'s0', method 'cam', run 'net', has .*no region shares",
        ),
        (
            (points, shares.assign(tolerance_mm=2.0), decisions, scans),
            "region shares allow 2 mm of tolerance, the regions were read with 0 mm",
        ),
    ]
    for tables, message in cases:
        with pytest.raises(ValueError, match=message):
            play(tables)


def test_a_point_outside_every_region_is_not_taken_for_one_inside():
    tables = Study().add(max_in=["mass"]).tables()
    with pytest.raises(ValueError, match="said to lie in 'other', but its region mask"):
        play([tables[0].assign(region="other"), *tables[1:]])


def test_the_scan_is_named_whose_point_lies_in_another_region_than_told():
    tables = Study().add().add(max_in=["below"]).add().tables()
    tables[0]["region"] = tables[0]["region"].replace("below", "peritumoral")

    with pytest.raises(ValueError, match=r"extreme of scan 's1'.*said to lie in 'peritumoral'"):
        play(tables)


def test_a_partition_without_maps_is_refused():
    with pytest.raises(ValueError, match="no scan of the test partition has extreme points"):
        Study().add(partition="train").score()


def test_the_centre_prior_lays_the_extremes_of_the_mean_map_on_every_scan():
    study = Study().add(called="malignant").add(called="benign").add(called="benign")

    scored = study.score(max_in=["mass", "below"], min_in=["below"]).xs(
        ("all", "both"), level=(2, 3)
    )

    prior = scored["centre_prior"]
    assert prior.loc["mass"].to_dict() == {
        "max": 0.5,
        "min": 0,
        "either": 0.5,
        "decision": pytest.approx(0.5 / 3),
    }
    assert prior.loc["below"].to_dict() == {
        "max": 0.5,
        "min": 1,
        "either": 1,
        "decision": pytest.approx((0.5 + 1 + 1) / 3),
    }
    assert (prior.loc["any"] == 1).all()


def test_the_centre_prior_is_scored_on_the_scans_that_count():
    study = Study().add().add(max_in=["none"], min_in=["none"]).add(without=["below"])
    tables = study.tables()
    elsewhere = np.array([[1, 1, 1, 1]], dtype=np.uint8)
    maps = {"s0": lambda: STRIPES, "s1": lambda: elsewhere, "s2": lambda: STRIPES}

    mean = mean_extremes(study.map, max_in=["below"], min_in=["other"])
    table = play(tables, region_maps=maps, mean=mean).set_index(
        ["region", "rule", "subset", "label"]
    )

    # The silent map's scan would turn the mean map's place into mass.
    assert table.loc[("mass", "max", "all", "both"), "centre_prior"] == 0
    assert table.loc[("below", "max", "all", "both"), ["n", "centre_prior"]].tolist() == [1, 1]


def test_every_method_and_run_has_the_centre_prior_of_its_own_mean_map():
    studies = [Study(method=method, run=run).add() for method, run in MAPS]
    points, shares, decisions, scans = (
        pd.concat(each, ignore_index=True)
        for each in zip(*(study.tables() for study in studies), strict=True)
    )
    aims = (["mass"], ["below"], ["other"])
    mean = pd.concat(
        [
            mean_extremes(study.map, max_in=aim, min_in=["other"])
            for study, aim in zip(studies, aims, strict=True)
        ]
    )
    tables = (
        points,
        shares,
        decisions.drop_duplicates(["run", "scan_id"]),
        scans.drop_duplicates(),
    )
    told = play(tables, mean=mean).query("rule == 'max' and subset == 'all' and label == 'both'")

    found = told.set_index(["method", "run", "region"])["centre_prior"]
    for (method, run), (aim,) in zip(MAPS, aims, strict=True):
        hit = found[method, run]
        assert hit[["mass", "below"]].tolist() == [float(aim == "mass"), float(aim == "below")]


def test_nine_tied_cells_are_one_hit_however_their_shares_round():
    # Nine ninths add up to a little more than one.
    scored = Study().add(max_in=["mass"] * 9).score(max_in=["mass"] * 9, min_in=["mass"] * 9)

    row = scored.loc[("mass", "max", "all", "both")]
    assert (row["rate"], row["centre_prior"]) == (1.0, 1.0)
    assert scored.loc[("mass", "min", "all", "both"), "centre_prior"] == 1.0


def test_rows_are_numbered_through_and_a_seed_gives_the_same_table():
    studies = [Study(method=method).add().add(max_in=["below"]).add() for method in ("a", "b")]
    tables = [
        pd.concat(each, ignore_index=True)
        for each in zip(*(study.tables() for study in studies), strict=True)
    ]
    tables[2], tables[3] = (tables[n].drop_duplicates("scan_id") for n in (2, 3))
    first, again = play(tables), play(tables)

    assert first.index.tolist() == list(range(len(first)))
    pd.testing.assert_frame_equal(first, again)


def test_without_a_mean_map_the_centre_prior_is_unknown():
    assert Study().add().score()["centre_prior"].isna().all()


def test_a_constant_place_has_an_exchange_p_of_one_where_all_scans_share_geometry():
    study = Study()
    for _ in range(20):
        study.add(max_in=["mass"], min_in=["below"])

    scored = study.score().xs(("all", "both"), level=(2, 3))

    assert (scored["p_value"] == 1).all()
    assert (scored["p_adjusted"] == 1).all()


def test_maps_that_follow_their_masses_have_the_smallest_p_and_holm_multiplies_it():
    study, maps = Study(), {}
    for index in range(16):
        there = ("mass", "below")[index % 2]
        study.add(max_in=[there], min_in=["other"])
        maps[f"s{index}"] = lambda there=there: (
            np.array([[0, 0, 0, 0]], np.uint8)
            + (np.array([0, there == "mass", 0, there == "below"]).astype(np.uint8))
        )
    tables = study.tables()
    tables[0].loc[tables[0]["region"] == "below", "region"] = "mass"

    table = play(tables, region_maps=maps, permutations=1999).set_index(
        ["region", "rule", "subset", "label"]
    )

    row = table.loc[("mass", "max", "all", "both")]
    # Of 16! exchanges 8! 8! leave all on scans of their kind: one of 12,870.
    assert (row["rate"], row["p_value"], row["permutations"]) == (1, 1 / 2000, 1999)
    # Tested: four regions of malignant scans, and the same of both labels; the mass and any hit alike.
    assert row["p_adjusted"] == pytest.approx(8 / 2000)
    assert table.loc[("mass", "min", "all", "both"), "p_adjusted"] == 1
    assert np.isnan(table.loc[("mass", "max", "wrong", "both"), "p_value"])


def test_a_tolerance_counts_hits_and_chance_on_the_widened_regions():
    study = Study().add(max_in=["other"], min_in=["below"])
    points, shares, decisions, scans = study.tables()
    scans = scans.assign(spacing_row_mm=1.0, spacing_col_mm=1.0)
    lookup = look_up_regions(
        points, mean_extremes(), scans, {"s0": lambda: STRIPES}, tolerance_mm=1.0
    )
    table = score_pointing_game(
        points,
        shares.assign(tolerance_mm=1.0),
        decisions,
        mean_extremes=mean_extremes(),
        lookup=lookup,
        **SETTINGS,
    )
    scored = table.query("subset == 'all' and label == 'both'").pivot_table(
        index="rule", columns="region", values="rate"
    )

    # The maximum lies beside the mass, the minimum below, beside the ring; neither is farther in.
    assert scored.loc[["max", "min"]].to_dict() == {
        "mass": {"max": 1, "min": 0},
        "peritumoral": {"max": 0, "min": 1},
        "below": {"max": 0, "min": 1},
        "any": {"max": 1, "min": 1},
    }
    assert set(table["tolerance_mm"]) == {1.0}


def test_other_and_a_union_of_two_regions_play_as_any_other_region():
    unions = {
        "mass": ("mass",),
        "below": ("below",),
        "other": ("other",),
        "planted": ("mass", "below"),
    }
    study = Study()
    study.add(max_in=["mass"], min_in=["below"])
    study.add(max_in=["other"], min_in=["below"])
    study.add(max_in=["peritumoral"], min_in=["other"])
    study.add(max_in=["mass", "other"], min_in=["below", "peritumoral"])
    points, _, decisions, scans = study.tables()
    # Of eight cells two lie in each stripe; every scan is the same.
    shares = pd.DataFrame(
        study.map | {"scan_id": scan_id} | share
        for scan_id in scans["scan_id"]
        for share in measure_region_shares(
            STRIPES, (2, 4), spacing_mm=(np.nan, np.nan), regions=unions
        )
    )
    mean = mean_extremes(study.map, max_in=["below"], min_in=["other"])
    stripes = dict.fromkeys(scans["scan_id"], lambda: STRIPES)

    table = score_pointing_game(
        points,
        shares,
        decisions,
        mean_extremes=mean,
        lookup=look_up_regions(points, mean, scans, stripes, regions=unions),
        **SETTINGS,
    )

    table = table.query("subset == 'all' and label == 'both'").set_index(["region", "rule"])
    assert list(table.index.unique("region")) == list(unions)
    counted = table[["n", "n_silent", "n_empty"]].drop_duplicates()
    assert counted.to_dict("records") == [{"n": 4, "n_silent": 0, "n_empty": 0}]
    told = {name: table["hits"].xs(name)[["max", "min", "either"]].tolist() for name in unions}
    assert told == {
        "mass": [1 + 0 + 0 + 1 / 2, 0, 1 + 0 + 0 + 1 / 2],
        "below": [0, 1 + 1 + 0 + 1 / 2, 1 + 1 + 0 + 1 / 2],
        "other": [0 + 1 + 0 + 1 / 2, 0 + 0 + 1 + 0, 0 + 1 + 1 + 1 / 2],
        # One hit where both extremes are inside, and 1 - (1 - 1/2) (1 - 1/2) where both tie.
        "planted": [1 + 0 + 0 + 1 / 2, 1 + 1 + 0 + 1 / 2, 1 + 1 + 0 + 3 / 4],
    }
    assert table["rate"].to_numpy() == pytest.approx((table["hits"] / 4).to_numpy())
    chances = {name: table["chance"].xs(name)[["max", "either"]].tolist() for name in unions}
    single = [1 / 4, 1 - (3 / 4) ** 2]
    assert chances == dict.fromkeys(("mass", "below", "other"), single) | {
        "planted": [1 / 2, 3 / 4]
    }
    priors = {name: table["centre_prior"].xs(name)[["max", "min"]].tolist() for name in unions}
    assert priors == {"mass": [0, 0], "below": [1, 0], "other": [0, 1], "planted": [1, 0]}


def test_a_union_that_a_scan_lacks_in_part_is_not_empty():
    unions = {"below": ("below",), "planted": ("mass", "below")}
    without_below = np.array([[0, 1, 2, 2]], dtype=np.uint8)
    study = Study().add(max_in=["mass"])
    points, _, decisions, scans = study.tables()
    shares = pd.DataFrame(
        study.map | {"scan_id": "s0"} | share
        for share in measure_region_shares(
            without_below, (1, 4), spacing_mm=(np.nan, np.nan), regions=unions
        )
    )
    lookup = look_up_regions(
        points, mean_extremes(), scans, {"s0": lambda: without_below}, regions=unions
    )

    table = score_pointing_game(
        points, shares, decisions, mean_extremes=mean_extremes(), lookup=lookup, **SETTINGS
    )

    rows = table.query("rule == 'max' and subset == 'all' and label == 'both'").set_index("region")
    assert rows.loc["below", ["n", "n_empty"]].tolist() == [0, 1]
    assert rows.loc["planted", ["n", "n_empty", "rate", "chance"]].tolist() == [1, 0, 1, 1 / 4]
