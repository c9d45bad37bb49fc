import numpy as np
import pandas as pd

from sonolens.evaluation.evidence import check_sanity, summarise_sanity
from sonolens.evaluation.statistics import Bootstrap
from sonolens.tables.evidence import MapSanity, SanityChecks


def test_maps_are_compared_with_those_of_the_fitted_network_depth_by_depth():
    rng = np.random.default_rng(0)
    trained, other = rng.normal(size=(2, 3, 7, 7))

    table = check_sanity(trained, [-trained, other], method="cam", run="net", scan_ids=list("abc"))

    MapSanity.validate(table)
    values = table.pivot_table(index="depth", columns="measure", values="value")
    assert values.loc[0].round(9).tolist() == [1, 1, 1]
    assert values.loc[1].round(9)[["rank_correlation", "absolute_rank_correlation"]].tolist() == [
        -1,
        1,
    ]
    assert abs(values.loc[2, "rank_correlation"]) < 0.5


def test_constant_maps_leave_the_mean_and_are_counted():
    trained = np.random.default_rng(1).normal(size=(3, 7, 7))
    silent = trained.copy()
    silent[2] = 1.0
    table = check_sanity(trained, [silent], method="cam", run="net", scan_ids=list("abc"))
    decisions = pd.DataFrame({"scan_id": list("abc"), "patient_id": list("abc")}).assign(
        run="net", partition="test"
    )
    bootstrap = Bootstrap(resamples=50, confidence=0.95, seed=0)

    means = summarise_sanity(table, decisions, partition="test", bootstrap=bootstrap)

    SanityChecks.validate(means)
    row = means.query("depth == 1 and measure == 'ssim'").iloc[0]
    assert (row["n"], row["n_left_out"], round(row["mean"], 9)) == (2, 1, 1)
