"""AUC beside hit rate, run by run, and whether they rise together."""

import itertools

import numpy as np
import pandas as pd
import pytest
from judged import runs_of
from scipy.stats import spearmanr

from sonolens.evaluation.experiments import (
    correlate_performance,
    correlate_ranks_of_runs,
    relate_performance,
)
from sonolens.evaluation.statistics import Bootstrap, holm_adjust
from sonolens.tables.experiments import PerformanceAndPointing, PerformanceCorrelation

BOOTSTRAP = Bootstrap(resamples=400, confidence=0.95, seed=0)
REGIONS = ("mass", "peritumoral", "below", "any")


def correlated(first, second, permutations=1000):
    return correlate_ranks_of_runs(
        np.asarray(first, dtype=float),
        np.asarray(second, dtype=float),
        permutations=permutations,
        bootstrap=BOOTSTRAP,
    )


def test_rho_is_spearmans_with_ties() -> None:
    rng = np.random.default_rng(0)
    first, second = rng.integers(0, 5, size=20), rng.integers(0, 5, size=20)

    assert correlated(first, second).rho == pytest.approx(spearmanr(first, second).statistic)


def test_four_runs_in_order_have_the_exact_p_value_and_no_interval() -> None:
    found = correlated([0.5, 0.6, 0.7, 0.8], [0.1, 0.2, 0.3, 0.9])

    assert found.rho == pytest.approx(1)
    # Of 24 orders the rising and the falling one.
    assert found.p_value == 2 / 24
    assert np.isnan([found.ci_low, found.ci_high]).all()


def test_the_p_value_of_few_runs_is_the_share_of_all_orders() -> None:
    rng = np.random.default_rng(1)
    first, second = rng.random(6), rng.integers(0, 4, size=6)
    seen = abs(spearmanr(first, second).statistic)
    orders = [
        abs(spearmanr(first[list(order)], second).statistic)
        for order in itertools.permutations(range(6))
    ]

    assert correlated(first, second).p_value == np.mean(np.array(orders) >= seen - 1e-9)


def test_the_p_value_of_many_runs_comes_near_that_of_the_t_distribution() -> None:
    rng = np.random.default_rng(2)
    first = rng.normal(size=30)
    second = 0.4 * first + rng.normal(size=30)
    found = correlated(first, second, permutations=4000)

    assert found.p_value == pytest.approx(spearmanr(first, second).pvalue, abs=0.02)
    assert found.ci_low < found.rho < found.ci_high
    back = correlated(first, -second, permutations=4000)
    assert (back.rho, back.ci_low) == pytest.approx((-found.rho, -found.ci_high))
    assert correlated(np.arange(30), np.arange(30), permutations=99).p_value == 1 / 100


def test_three_runs_or_a_constant_have_no_correlation() -> None:
    for found in (correlated([1, 2, 3], [1, 2, 3]), correlated([1, 2, 3, 4], [5, 5, 5, 5])):
        assert np.isnan(list(vars(found).values())).all()


def tables(aucs, rates, *, chance=0.3, **told):
    """Runs of one configuration each, with these AUCs and the same hit rate in every region."""
    names = [f"r{place}" for place in range(len(aucs))]
    row = {"level": "scan", "partition": "test", "stratum": "all", "rule": "none", "metric": "auc"}
    metrics = [
        row
        | {"run": run, "value": auc, "ci_low": auc - 0.1, "ci_high": min(auc + 0.1, 1.0), "n": 50}
        for run, auc in zip(names, aucs, strict=True)
    ]
    wrong = {"value": 0.99, "ci_low": 0.9, "ci_high": 1.0, "n": 9}
    others = [
        {"level": "lesion"},
        {"partition": "train"},
        {"stratum": "birads=4"},
        {"metric": "brier"},
    ]
    metrics += [row | {"run": run} | wrong | other for run in names for other in others]
    rates_of = zip(names, rates, strict=True)
    play = {"method": "cam", "rule": "decision", "subset": "all", "label": "both", "n": 40}
    play |= {"partition": "test", "confidence": 0.95, "chance": chance}
    game = [
        play | {"run": run, "region": region, "rate": rate, "ci_low": rate / 2, "ci_high": rate}
        for run, rate in rates_of
        for region in REGIONS
    ]
    asides = [{"rule": "either"}, {"subset": "correct"}, {"label": "benign"}]
    game += [one | {"rate": 0.01} | aside for one in game for aside in asides]
    sizes = {"scan_id": ["s", "t"], "cell_row_mm": [4.0, 6.0], "cell_col_mm": [2.0, 3.0]}
    shares = pd.concat(
        [
            pd.DataFrame(sizes).assign(method="cam", run=run, region=region)
            for run in names
            for region in REGIONS
        ]
    )
    runs = runs_of(*({"run": run, "configuration": f"c {run}"} | told for run in names))
    decisions = pd.DataFrame({"run": np.repeat(names, 2), "scan_id": ["s", "t"] * len(names)})
    decisions["partition"] = np.where(decisions["scan_id"] == "s", "test", "train")
    return pd.DataFrame(game), pd.DataFrame(metrics), runs, shares, decisions


def related(*args, **told) -> pd.DataFrame:
    return PerformanceAndPointing.validate(relate_performance(*tables(*args, **told)))


def correlations(performance: pd.DataFrame) -> pd.DataFrame:
    table = correlate_performance(performance, permutations=1000, bootstrap=BOOTSTRAP)
    return PerformanceCorrelation.validate(table).set_index("region")


def test_a_run_has_the_auc_of_its_test_scans_beside_the_hits_of_all_of_them() -> None:
    table = related([0.7, 0.8], [0.5, 0.6])

    assert len(table) == 2 * len(REGIONS)
    row = table.set_index(["run", "region"]).loc["r1", "any"]
    assert (row["auc"], row["auc_low"], row["auc_high"], row["auc_n"]) == pytest.approx(
        (0.8, 0.7, 0.9, 50)
    )
    assert (row["rate"], row["ci_low"], row["ci_high"], row["n"]) == (0.6, 0.3, 0.6, 40)
    assert row["rate_above_chance"] == pytest.approx(0.3)
    assert (row["configuration"], row["network"], row["labels"]) == ("c r1", "small", "given")
    # The cells of the test scan alone.
    assert (row["cell_row_mm"], row["cell_col_mm"]) == (4.0, 2.0)


def test_a_run_without_an_auc_on_record_is_refused() -> None:
    game, metrics, *others = tables([0.7, 0.8], [0.5, 0.6])

    with pytest.raises(ValueError, match="run 'r1' played the pointing game but has no AUC"):
        relate_performance(game, metrics[metrics["run"] == "r0"], *others)


def test_runs_that_rise_together_are_correlated_per_region_with_their_number() -> None:
    performance = related([0.6, 0.7, 0.8, 0.9, 0.95], [0.3, 0.5, 0.4, 0.6, 0.7])
    table = correlations(performance)

    row = table.loc["any"]
    assert row["rho"] == pytest.approx(0.9)
    # Of 120 orders 5 have a rho of at least 0.9, and 5 one of at most -0.9.
    assert row["p_value"] == 10 / 120
    assert (row["n_runs"], row["n_configurations"]) == (5, 5)
    assert row["p_adjusted"] == pytest.approx(holm_adjust(np.full(4, 10 / 120))[0])
    assert set(table.index) == set(REGIONS)


def test_chance_is_taken_off_before_runs_are_ranked() -> None:
    performance = related([0.6, 0.7, 0.8, 0.9], [0.4, 0.5, 0.6, 0.7])
    chance = performance["run"].map({"r0": 0.0, "r1": 0.2, "r2": 0.4, "r3": 0.6})
    coarser = performance.assign(rate_above_chance=performance["rate"] - chance)

    assert correlations(performance).loc["any", "rho"] == pytest.approx(1)
    assert correlations(coarser).loc["any", "rho"] == pytest.approx(-1)


def test_runs_without_auc_and_runs_of_shuffled_labels_are_left_out() -> None:
    performance = related([0.6, 0.7, 0.8, 0.9, 0.1, 0.2], [0.4, 0.5, 0.6, 0.7, 0.9, 0.8])
    performance.loc[performance["run"] == "r4", "auc"] = np.nan
    performance.loc[performance["run"] == "r5", "labels"] = "shuffled"

    row = correlations(performance).loc["any"]
    assert (row["n_runs"], row["rho"]) == (4, pytest.approx(1))


def test_three_runs_keep_their_row_without_a_correlation() -> None:
    table = correlations(related([0.6, 0.7, 0.8], [0.4, 0.5, 0.6]))

    assert table["n_runs"].tolist() == [3] * len(REGIONS)
    assert table[["rho", "ci_low", "p_value", "p_adjusted"]].isna().all(axis=None)


def test_protocols_are_correlated_apart() -> None:
    one = related([0.6, 0.7, 0.8, 0.9], [0.4, 0.5, 0.6, 0.7])
    other = related([0.6, 0.7, 0.8, 0.9], [0.7, 0.6, 0.5, 0.4], protocol="paper")
    table = correlate_performance(
        pd.concat([one, other]), permutations=1000, bootstrap=BOOTSTRAP
    ).query("region == 'any'")

    assert dict(zip(table["protocol"], table["rho"], strict=True)) == pytest.approx(
        {"rigorous": 1, "paper": -1}
    )
