"""Methods and networks are compared on the same scans, beyond what their cells would hit blindly."""

import logging
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from judged import runs_of

from sonolens.evaluation.classification import decide_scans
from sonolens.evaluation.experiments import (
    Pointing,
    compare_pointing,
    gather_pointing,
    score_pointing,
)
from sonolens.evaluation.pointing import look_up_regions, score_pointing_game
from sonolens.evaluation.statistics import Bootstrap
from sonolens.tables.pointing import MeanMapExtremes

BOOTSTRAP = Bootstrap(resamples=300, confidence=0.95, seed=0)
MASS, RING, BELOW, ANY = range(4)
DECISION, EITHER = range(2)


def pointing(hits, *, chance=0.2, patients=None, maps=None, judged=None, **changes) -> Pointing:
    """One unit whose maps hit region ``mass`` (and so ``any``) as told, by both rules."""
    hits = np.asarray(hits, dtype=float)
    scans = len(hits)
    maps = np.ones(scans, dtype=np.int64) if maps is None else np.array(maps)
    inside = np.zeros((scans, 4, 2))
    inside[:, [MASS, ANY]] = (hits * maps)[:, None, None]
    fields = {
        "configuration": "small-full",
        "method": "cam",
        "protocol": "rigorous",
        "runs": 1,
        "scan_ids": np.array([str(scan) for scan in range(scans)], dtype=object),
        "patient_ids": np.arange(scans) if patients is None else np.array(patients),
        "judged": np.ones(scans, dtype=bool) if judged is None else np.array(judged, dtype=bool),
        "maps": maps,
        "hits": inside,
        "chance": np.full((scans, 4, 2), chance) * maps[:, None, None],
        "drawn": np.ones((scans, 4), dtype=bool),
        "cell_mm": (5.0, 4.0),
    }
    return Pointing(**fields | changes)


def compared(*pointings, same_as_cam=(), **changes) -> pd.DataFrame:
    settings = {"permutations": 500, "bootstrap": BOOTSTRAP} | changes
    return compare_pointing(pointings, same_as_cam=same_as_cam, **settings)


def row(table: pd.DataFrame, region="mass", rule="decision", **others) -> pd.Series:
    chosen = (table["region"] == region) & (table["rule"] == rule)
    for name, value in others.items():
        chosen &= table[name] == value
    (found,) = [one for _, one in table[chosen].iterrows()]
    return found


def random_hits(seed: int, scans: int = 60) -> np.ndarray:
    return (np.random.default_rng(seed).random(scans) < 0.5).astype(float)


def test_rates_and_difference_are_those_of_the_scans() -> None:
    table = compared(
        pointing([1, 1, 0, 1], chance=0.25),
        pointing([0, 1, 1, 0], method="eigen_cam", chance=0.1, cell_mm=(2.5, 2.0)),
    )

    found = row(table)
    assert (found["first_rate"], found["second_rate"], found["difference"]) == (0.75, 0.5, 0.25)
    assert (found["first_chance"], found["second_chance"]) == (0.25, 0.1)
    # 0.75 - 0.25 against 0.5 - 0.1.
    assert found["above_chance_difference"] == pytest.approx(0.1)
    assert (found["first"], found["second"], found["shared"]) == ("cam", "eigen_cam", "small-full")
    assert (found["kind"], found["n"]) == ("method", 4)
    assert (found["first_cell_row_mm"], found["first_cell_col_mm"]) == (5.0, 4.0)
    assert (found["second_cell_row_mm"], found["second_cell_col_mm"]) == (2.5, 2.0)
    # Differences 1, 0, -1, 1: three odd numbers never sum to less than 1.
    assert found["p_value"] == 1.0
    assert row(table, "below")["first_rate"] == 0


def test_the_p_value_counts_patients_not_scans() -> None:
    first, second = np.ones(12), np.zeros(12)

    apart = row(compared(pointing(first), pointing(second, method="edges"), permutations=5000))
    pairs = np.repeat(np.arange(6), 2)
    together = row(
        compared(pointing(first, patients=pairs), pointing(second, patients=pairs, method="edges"))
    )

    assert apart["p_value"] == 2 / 2**12
    assert together["p_value"] == 2 / 2**6


def test_intervals_resample_the_patients_of_both_sides_together() -> None:
    first = random_hits(0)
    second = first.copy()
    second[:6] = 1 - second[:6]
    paired = row(compared(pointing(first), pointing(second, method="edges")))
    shuffled = row(
        compared(
            pointing(first), pointing(np.random.default_rng(1).permutation(second), method="edges")
        )
    )

    width = paired["ci_high"] - paired["ci_low"]
    assert 0 < width < 0.6 * (shuffled["ci_high"] - shuffled["ci_low"])
    assert paired["ci_low"] <= paired["difference"] <= paired["ci_high"]
    # Equal cells have equal chance, so what lies above it differs alike.
    assert paired["above_chance_low"] == pytest.approx(paired["ci_low"])


def test_an_interval_of_what_lies_above_chance_follows_the_chance_of_each_scan() -> None:
    first, second = random_hits(2), random_hits(3)
    # Chances that grow with the hits take the whole difference back.
    table = compared(
        pointing(first, chance=(0.4 * first)[:, None, None]),
        pointing(second, method="edges", chance=(0.4 * second)[:, None, None]),
    )

    found = row(table)
    assert found["above_chance_difference"] == pytest.approx(0.6 * found["difference"])
    assert found["above_chance_low"] == pytest.approx(0.6 * found["ci_low"])
    assert found["above_chance_high"] == pytest.approx(0.6 * found["ci_high"])


def test_where_resampling_moves_nothing_the_interval_is_moved_by_the_chance() -> None:
    found = row(
        compared(
            pointing(np.ones(30), chance=0.3), pointing(np.zeros(30), method="edges", chance=0.1)
        )
    )

    assert 0 < found["ci_low"] < found["ci_high"] == 1
    assert found["above_chance_difference"] == pytest.approx(0.8)
    assert found["above_chance_low"] == pytest.approx(found["ci_low"] - 0.2)
    assert found["above_chance_high"] == pytest.approx(0.8)


def test_a_method_against_itself_differs_by_0_with_p_1() -> None:
    one = pointing(random_hits(0))
    found = row(compared(one, one), kind="method")

    assert (found["difference"], found["p_value"]) == (0, 1)
    assert found["ci_low"] < 0 < found["ci_high"]
    assert (found["above_chance_low"], found["above_chance_high"]) == (
        found["ci_low"],
        found["ci_high"],
    )


def test_swapping_the_sides_turns_every_sign() -> None:
    first = pointing(random_hits(0), chance=0.3)
    second = pointing(random_hits(1), method="edges", chance=0.1)
    forth, back = row(compared(first, second)), row(compared(second, first))

    for name in ("difference", "above_chance_difference"):
        assert back[name] == pytest.approx(-forth[name])
    for low, high in (("ci_low", "ci_high"), ("above_chance_low", "above_chance_high")):
        assert (back[low], back[high]) == pytest.approx((-forth[high], -forth[low]))
    assert back["p_value"] == forth["p_value"]
    assert (back["first_rate"], back["n"]) == (forth["second_rate"], forth["n"])


def test_constant_maps_of_either_side_and_absent_regions_are_counted_apart() -> None:
    drawn = np.ones((4, 4), dtype=bool)
    drawn[3, BELOW] = False
    table = compared(
        pointing([1, 1, 0, 1], maps=[1, 0, 1, 1], drawn=drawn),
        pointing([1, 0, 0, 0], method="edges", drawn=drawn),
    )

    mass, below = row(table), row(table, "below")
    assert (mass["n"], mass["n_silent"], mass["n_empty"]) == (3, 1, 0)
    assert (mass["first_rate"], mass["second_rate"]) == (2 / 3, 1 / 3)
    assert (below["n"], below["n_silent"], below["n_empty"]) == (2, 1, 1)


def test_a_row_that_counts_nothing_stays_without_numbers() -> None:
    drawn = np.ones((3, 4), dtype=bool)
    drawn[:, BELOW] = False
    table = compared(
        pointing([1, 0, 1], drawn=drawn), pointing([1, 1, 1], method="edges", drawn=drawn)
    )

    below = row(table, "below")
    assert (below["n"], below["n_empty"]) == (0, 3)
    numbers = ["first_rate", "difference", "ci_low", "above_chance_low", "p_value", "p_adjusted"]
    assert below[numbers].isna().all()
    assert not np.isnan(row(table)["p_adjusted"])


def test_configurations_are_compared_on_the_scans_that_both_judged() -> None:
    table = compared(
        pointing([1, 1, 1, 0], judged=[1, 1, 1, 0], maps=[1, 1, 1, 0]),
        pointing([0, 0, 1, 1], judged=[0, 1, 1, 1], maps=[0, 1, 1, 1], configuration="small-drs"),
    )

    found = row(table)
    assert (found["kind"], found["shared"]) == ("configuration", "cam")
    assert (found["first"], found["second"]) == ("small-full", "small-drs")
    assert (found["n"], found["n_silent"]) == (2, 0)
    assert (found["first_rate"], found["second_rate"]) == (1, 0.5)


def test_every_pair_differs_in_the_method_or_in_the_configuration() -> None:
    units = [
        pointing(random_hits(place), method=method, configuration=configuration)
        for place, (configuration, method) in enumerate(
            (one, other) for one in ("a", "b") for other in ("cam", "edges", "random")
        )
    ]
    table = compared(*units).query("region == 'any' and rule == 'either'")

    methods = table[table["kind"] == "method"]
    assert methods.groupby("shared").size().to_dict() == {"a": 3, "b": 3}
    configurations = table[table["kind"] == "configuration"]
    assert configurations["shared"].tolist() == ["cam", "edges", "random"]
    assert set(zip(configurations["first"], configurations["second"], strict=True)) == {("a", "b")}


def test_protocols_are_not_compared_and_pairs_without_a_common_scan_are_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    one = pointing([1, 0])
    assert compared(one, pointing([1, 0], configuration="b", protocol="paper")).empty
    assert compared(one).empty

    apart = pointing([1, 0], judged=[0, 0], configuration="b")
    with caplog.at_level(logging.WARNING):
        assert compared(one, apart).empty
    assert "small-full and b are not compared: they judged no scan in common" in caplog.text


def test_holm_covers_a_family_but_not_what_is_the_same_by_construction() -> None:
    units = [
        pointing(np.ones(9), chance=0.1),
        pointing(np.ones(9), method="grad_cam", chance=0.1),
        pointing(np.zeros(9), method="edges"),
    ]
    table = compared(*units, same_as_cam=("cam", "grad_cam"), permutations=1000)

    alike = row(table, second="grad_cam")
    assert alike["same_by_construction"]
    assert alike["p_value"] == 1
    assert np.isnan(alike["p_adjusted"])
    # Two pairs of four regions and two rules are sixteen tests; mass and any differ in eight of them.
    found = row(table, first="cam", second="edges")
    assert found["p_value"] == 2 / 2**9
    assert found["p_adjusted"] == 16 * found["p_value"]
    assert not found["same_by_construction"]


def test_networks_are_no_construction() -> None:
    table = compared(
        pointing([1, 0, 1]), pointing([0, 0, 1], configuration="b"), same_as_cam=("cam",)
    )

    assert not table["same_by_construction"].any()


def test_a_rate_has_its_interval_its_chance_and_its_number() -> None:
    hits = random_hits(5)
    table = score_pointing([pointing(hits, chance=0.2, runs=3)], bootstrap=BOOTSTRAP)

    found = row(table)
    assert found["rate"] == pytest.approx(hits.mean())
    assert found["ci_low"] < found["rate"] < found["ci_high"]
    assert (found["chance"], found["n"], found["runs"]) == (pytest.approx(0.2), 60, 3)
    assert found["above_chance"] == pytest.approx(hits.mean() - 0.2)
    assert found["above_chance_low"] == pytest.approx(found["ci_low"] - 0.2)
    below = row(table, "below")
    assert (below["rate"], below["ci_low"]) == (0, 0)
    assert below["above_chance_low"] == pytest.approx(-0.2)
    assert below["above_chance_high"] == pytest.approx(below["ci_high"] - 0.2)


STRIPES = np.array([[0, 1, 2, 3]], dtype=np.uint8)
PLACE_OF = {"other": 0.125, "mass": 0.375, "peritumoral": 0.625, "below": 0.875, "none": np.nan}


class Grid:
    """Tables of several runs, filled map by map on scans that are four stripes."""

    def __init__(self):
        self.points, self.shares, self.predictions = [], [], []

    def add(self, scan_id, *, run, called, max_in, min_in=("other",), method="cam", cell_mm=5.0):
        key = {"method": method, "run": run, "scan_id": scan_id}
        for extreme, places in (("max", max_in), ("min", min_in)):
            self.points += [
                key
                | {"extreme": extreme, "share": 1 / len(places), "region": place, "ring": "0-5 mm"}
                | {"row_share": 0.5, "col_share": PLACE_OF[place]}
                for place in places
            ]
        for region, cells in (("mass", 0.2), ("peritumoral", 0.3), ("below", 0.1), ("any", 0.6)):
            size = {"cell_row_mm": cell_mm, "cell_col_mm": cell_mm / 2, "tolerance_mm": 0.0}
            self.shares.append(
                key | size | {"region": region, "area_share": 0.2, "cell_share": cells}
            )
        predicted = {"run": run, "scan_id": scan_id, "label": "malignant", "partition": "test"}
        predicted["probability"] = 0.9 if called else 0.1
        if predicted not in self.predictions:
            self.predictions.append(predicted)
        return self

    def tables(self) -> list[pd.DataFrame]:
        predictions = pd.DataFrame(self.predictions)
        scans = predictions[["scan_id"]].drop_duplicates()
        scans = scans.assign(
            patient_id="of " + scans["scan_id"], spacing_row_mm=np.nan, spacing_col_mm=np.nan
        )
        rule = {"level": "scan", "rule": "closest_to_corner", "threshold": 0.5}
        rules = pd.DataFrame([rule | {"run": run} for run in predictions["run"].unique()])
        decisions = decide_scans(predictions, scans, rules)
        return [pd.DataFrame(self.points), pd.DataFrame(self.shares), decisions, scans]

    def gather(self, runs: pd.DataFrame, methods=("cam", "edges")) -> list[Pointing]:
        points, shares, decisions, _ = self.tables()
        return gather_pointing(
            points,
            shares,
            decisions,
            training_runs=runs,
            lookup=self.lookup(),
            partition="test",
            methods=methods,
        )

    def lookup(self):
        points, _, _, scans = self.tables()
        stripes = dict.fromkeys(scans["scan_id"], lambda: STRIPES)
        return look_up_regions(points, MeanMapExtremes.empty(), scans, stripes)


RUNS = runs_of(*({"run": f"net-seed{seed}", "seed": seed} for seed in range(3)))


def test_a_scan_averages_the_hits_of_its_runs_each_by_its_own_call() -> None:
    grid = (
        Grid()
        .add("b", run="net-seed0", called=True, max_in=["mass"], min_in=["below"], cell_mm=4.0)
        .add("b", run="net-seed1", called=False, max_in=["mass"], min_in=["below"], cell_mm=6.0)
        .add("a", run="net-seed1", called=True, max_in=["mass", "other"], cell_mm=8.0)
    )
    (unit,) = grid.gather(RUNS)

    share = unit.hit_share
    assert unit.patient_ids.tolist() == ["of a", "of b"]
    assert share[0, :, DECISION].tolist() == [0.5, 0, 0, 0.5]
    assert share[1, :, DECISION].tolist() == [0.5, 0, 0.5, 1]
    assert share[1, :, EITHER].tolist() == [1, 0, 1, 1]
    assert unit.chance_share[1, MASS] == pytest.approx([0.2, 1 - 0.8**2])
    assert (unit.runs, unit.maps.tolist()) == (2, [1, 2])
    assert unit.cell_mm == pytest.approx((6.0, 3.0))


def test_a_constant_map_leaves_the_mean_over_the_runs() -> None:
    grid = (
        Grid()
        .add("a", run="net-seed0", called=True, max_in=["none"], min_in=["none"])
        .add("a", run="net-seed1", called=True, max_in=["mass"])
        .add("b", run="net-seed0", called=True, max_in=["none"], min_in=["none"])
    )
    (unit,) = grid.gather(RUNS)

    assert unit.maps.tolist() == [1, 0]
    assert unit.hit_share[0, MASS, DECISION] == 1
    assert np.isnan(unit.hit_share[1]).all()
    assert unit.judged.tolist() == [True, True]
    found = row(score_pointing([unit], bootstrap=BOOTSTRAP))
    assert (found["n"], found["n_silent"], found["rate"]) == (1, 1, 1)


def test_units_stand_in_the_order_of_runs_and_methods() -> None:
    runs = runs_of({"run": "z", "configuration": "z"}, {"run": "a", "configuration": "a"})
    grid = Grid()
    for run in ("a", "z"):
        for method in ("edges", "cam", "random"):
            grid.add("s", run=run, called=True, max_in=["mass"], method=method)

    units = grid.gather(runs, methods=("random", "cam"))

    names = [(unit.configuration, unit.method) for unit in units]
    assert names == [("z", "random"), ("z", "cam"), ("a", "random"), ("a", "cam")]


def test_a_run_that_was_not_trained_is_refused() -> None:
    grid = Grid().add("s", run="other", called=True, max_in=["mass"])

    with pytest.raises(ValueError, match="run 'other' has predictions but is not among"):
        grid.gather(RUNS)


def test_one_run_scores_as_in_the_pointing_game() -> None:
    rng = np.random.default_rng(7)
    grid, places = Grid(), list(PLACE_OF)[:4]
    for number in range(40):
        grid.add(
            f"s{number:02d}",
            run="net-seed0",
            called=bool(rng.random() < 0.5),
            max_in=[str(rng.choice(places))],
            min_in=rng.choice(places, size=2).tolist(),
        )
    points, shares, decisions, _ = grid.tables()
    game = score_pointing_game(
        points,
        shares,
        decisions,
        mean_extremes=MeanMapExtremes.empty(),
        lookup=grid.lookup(),
        partition="test",
        permutations=5,
        bootstrap=BOOTSTRAP,
    )
    rates = score_pointing(grid.gather(RUNS), bootstrap=BOOTSTRAP)

    key, numbers = ["region", "rule"], ["n", "rate", "ci_low", "ci_high", "chance"]
    known = game.query("subset == 'all' and label == 'both'").set_index(key)
    for name in numbers:
        expected = known.loc[list(rates[key].itertuples(index=False, name=None)), name]
        assert rates[name].tolist() == pytest.approx(expected.tolist())


def random_pointing(seed: int, **changes) -> Pointing:
    """A unit whose regions, rules and scans all differ; some scans lack a region."""
    rng = np.random.default_rng(seed)
    maps = rng.integers(0, 3, 50)
    shares = rng.random((2, 50, 4, 2)) * maps[:, None, None]
    drawn = rng.random((50, 4)) < 0.9
    unit = pointing(np.zeros(50), maps=maps, **changes)
    return replace(unit, hits=shares[0], chance=shares[1] / 2, drawn=drawn)


def keyed(table: pd.DataFrame, **names: dict[str, str]) -> pd.DataFrame:
    """Exchange names on some columns, and index the table by its names."""
    told = table.assign(**{axis: table[axis].replace(name_of) for axis, name_of in names.items()})
    return told.set_index(["kind", "shared", "first", "second", "region", "rule"]).sort_index()


def test_exchanging_regions_and_rules_exchanges_rows_and_no_number() -> None:
    pair = [random_pointing(1), random_pointing(2, method="eigen_cam")]
    regions, order = ("mass", "peritumoral", "below", "any"), [2, 0, 3, 1]
    turned = [
        replace(
            each,
            hits=each.hits[:, order, ::-1],
            chance=each.chance[:, order, ::-1],
            drawn=each.drawn[:, order],
        )
        for each in pair
    ]

    table = keyed(compared(*turned))

    names = {regions[was]: regions[now] for now, was in enumerate(order)}
    expected = compared(*pair)
    assert expected["p_value"].nunique() == len(expected) == 8
    rules = {"decision": "either", "either": "decision"}
    pd.testing.assert_frame_equal(table, keyed(expected, region=names, rule=rules), rtol=1e-12)


def test_exchanging_the_sides_turns_the_sign_of_differences_and_nothing_else() -> None:
    pair = [random_pointing(1), random_pointing(2, method="eigen_cam", cell_mm=(2.5, 2.0))]

    table = keyed(compared(*pair[::-1]))

    expected = compared(*pair)
    for name in [column for column in expected if column.startswith("first")]:
        other = name.replace("first", "second")
        expected[[name, other]] = expected[[other, name]].to_numpy()
    for name, low, high in (
        ("difference", "ci_low", "ci_high"),
        ("above_chance_difference", "above_chance_low", "above_chance_high"),
    ):
        expected[[name, low, high]] = -expected[[name, high, low]].to_numpy()
    pd.testing.assert_frame_equal(
        table, keyed(expected.infer_objects()), rtol=1e-9, check_dtype=False
    )
