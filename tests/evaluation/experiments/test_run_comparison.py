from dataclasses import replace

import numpy as np
import pytest
from compared_runs import MALIGNANT, SCANS, guesses, points, row, run, scan_ids

from sonolens.evaluation.classification import compare_aucs_delong
from sonolens.evaluation.experiments import compare_runs
from sonolens.evaluation.experiments.compared_runs import find_shared_scans
from sonolens.evaluation.statistics import Bootstrap
from sonolens.evaluation.statistics.multiple_tests import holm_adjust
from sonolens.tables.run_comparison import RunComparison

BOOTSTRAP = Bootstrap(resamples=300, confidence=0.95, seed=0)


def compared(*runs):
    table = compare_runs(runs, partition="test", permutations=300, bootstrap=BOOTSTRAP)
    return RunComparison.validate(table)


def test_a_run_compared_with_its_equal_differs_by_nothing():
    table = compared(run("1", guesses(0)), run("2", guesses(0)))

    assert table["paired"].all()
    known = table.dropna(subset="p_value")
    assert (known["difference"] == 0).all()
    assert (known["p_value"] == 1).all()


def test_shared_scans_are_compared_by_delong_as_the_test_itself_does():
    first, second = guesses(0, 2.0), guesses(1, 0.5)
    table = compared(run("1", first), run("2", second))

    found = row(table, "auc", level="scan", test="delong")
    apart = compare_aucs_delong(np.array(MALIGNANT), first, second, confidence=0.95)
    assert found["difference"] == pytest.approx(apart.difference)
    assert found["p_value"] == pytest.approx(apart.p_value)
    assert (found["first_n"], found["n_shared"], found["first_chance"]) == (SCANS, SCANS, 0.5)


def test_hits_are_paired_scan_by_scan_with_chance_beside():
    first, second = np.ones(SCANS), np.array([1.0] * 30 + [0.0] * 10)
    table = compared(run("1", guesses(0), hits=first), run("2", guesses(1), hits=second))

    found = row(table, "hit_rate", region="mass", rule="decision")
    assert (found["first_value"], found["second_value"], found["difference"]) == (1.0, 0.75, 0.25)
    assert (found["first_chance"], found["second_chance"]) == pytest.approx((0.3, 0.3))
    assert 0 < found["ci_low"] < 0.25 < found["ci_high"]
    assert found["p_value"] < 0.01
    assert found["test"] == "paired exchange"


def test_shares_of_reliance_are_compared_beside_their_placebo():
    on_mass = np.tile([3.0, 1.0, 0.0, 0.0], (SCANS, 1))
    table = compared(run("1", guesses(0), values=on_mass), run("2", guesses(1)))

    found = row(table, "reliance_share", region="mass", rule="mean")
    assert (found["first_value"], found["second_value"], found["difference"]) == (0.75, 0.25, 0.5)
    assert (found["first_chance"], found["second_chance"]) == (0.25, 0.25)


def test_runs_on_other_scans_are_compared_apart_each_on_its_own():
    hits = np.array([1.0, 0.0] * (SCANS // 2))
    table = compared(run("1", guesses(0), hits=hits), run("2", guesses(0), hits=hits, prefix="t"))

    assert not table["paired"].any()
    assert set(table["test"]) == {"independent bootstrap"}
    assert (table["n_shared"] == 0).all()
    for found in (
        row(table, "auc", level="scan"),
        row(table, "hit_rate", region="any", rule="either"),
    ):
        assert found["difference"] == 0
        assert found["ci_low"] < 0 < found["ci_high"]
        assert found["p_value"] > 0.5


def test_equal_numbers_of_patients_do_not_pair_what_is_not_paired():
    hits = np.array([1.0, 0.0] * (SCANS // 2))
    runs = [run("1", guesses(0), hits=hits), run("2", guesses(0), hits=hits, prefix="t")]

    found = row(compared(*runs), "hit_rate", region="any", rule="either")

    # Two independent rates of 1/2 in 40: 1.96 * sqrt(2 * 0.25 / 40) = 0.22 to either side.
    assert found["ci_high"] - found["ci_low"] == pytest.approx(0.44, abs=0.1)


def test_every_hit_against_none_on_other_scans_has_an_interval_all_the_same():
    runs = [
        run("1", guesses(0), hits=np.ones(SCANS)),
        run("2", guesses(0), hits=np.zeros(SCANS), prefix="t"),
    ]

    found = row(compared(*runs), "hit_rate", region="any", rule="either")

    assert found["difference"] == 1
    assert 0.5 < found["ci_low"] < 1
    assert found["p_value"] < 0.001


def test_only_the_same_picture_under_the_same_name_is_shared():
    other = {name: (f"another {name}", "mask") for name in scan_ids()[:10]}
    pictures = run("1", guesses(0)).pictures | other
    pair = run("1", guesses(0)), run("2", guesses(0), pictures=pictures)

    assert find_shared_scans(*pair, partition="test") == scan_ids()[10:]


def test_of_runs_that_share_some_scans_these_alone_are_counted():
    other = {name: (f"another {name}", "mask") for name in scan_ids()[:10]}
    second = run("2", guesses(1))
    table = compared(run("1", guesses(0)), replace(second, pictures=second.pictures | other))

    assert set(table["n_shared"]) == {30}
    assert set(table["first_n"]) - {0} == {30}


def test_pictures_whose_run_tells_nothing_of_them_are_not_taken_for_shared():
    pair = run("1", guesses(0)), replace(run("2", guesses(0)), pictures={})

    assert find_shared_scans(*pair, partition="test") == []


def test_the_same_pictures_under_other_names_are_warned_of(caplog):
    names = scan_ids("t")
    pictures = {name: (f"picture s{name[1:]}", "mask") for name in names}
    pair = run("1", guesses(0)), run("2", guesses(0), prefix="t", pictures=pictures)

    find_shared_scans(*pair, partition="test")

    assert "40 pictures of 1 and 2 are the same under different names" in caplog.text


def test_p_values_are_adjusted_over_all_pairs_of_a_quantity_and_test():
    table = compared(*(run(str(seed), guesses(seed, strength=seed)) for seed in range(3)))

    for _, family in table.groupby(["quantity", "test"]):
        expected = holm_adjust(family["p_value"].to_numpy(dtype=float))
        assert np.allclose(family["p_adjusted"], expected, equal_nan=True)
    assert len(table[["first", "second"]].drop_duplicates()) == 3


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"lesion_probability": "max"}, "form a lesion's probability .* by mean and by max"),
        (
            {"pictures": {name: (f"picture {name}", "redrawn") for name in scan_ids()}},
            "different masks of 40 of the scans",
        ),
    ],
)
def test_runs_that_mean_other_lesions_are_refused(change, message):
    with pytest.raises(ValueError, match=message) as error:
        compared(run("1", guesses(0)), run("2", guesses(1), **change))

    assert "\n" not in str(error.value)


@pytest.mark.parametrize("column", ["lesion_id", "patient_id", "label"])
def test_runs_that_disagree_on_a_shared_scan_are_refused(column):
    second = run("2", guesses(1))
    changed = second.decisions.assign(**{column: second.decisions[column].replace({"s0000": "x"})})
    changed.loc[0, column] = "benign" if column == "label" else "x"

    with pytest.raises(ValueError, match=f"on the {column} of scan 's0000'"):
        compared(run("1", guesses(0)), replace(second, decisions=changed))


def test_runs_of_one_network_each_are_compared_whatever_they_are_called():
    second = run("2", guesses(1))
    renamed = replace(
        second,
        training_runs=second.training_runs.assign(configuration="big-full"),
        pointings=[points(np.zeros(SCANS), configuration="big-full")],
    )

    table = compared(run("1", guesses(0)), renamed)

    assert set(table["second_configuration"]) == {"big-full"}
    assert set(table["quantity"]) == {"auc", "hit_rate", "reliance_share"}


def test_runs_of_different_protocols_are_refused():
    second = run("2", guesses(1))
    flattered = replace(second, training_runs=second.training_runs.assign(protocol="paper"))

    with pytest.raises(ValueError, match="trained by the rigorous and the paper protocol"):
        compared(run("1", guesses(0)), flattered)


def test_a_run_without_reliance_is_compared_by_the_rest():
    second = run("2", guesses(1))
    without = replace(second, region_reliance=second.region_reliance.iloc[:0])

    assert set(compared(run("1", guesses(0)), without)["quantity"]) == {"auc", "hit_rate"}
