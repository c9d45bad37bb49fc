"""The planted evidence that a report shows is the table that came with it."""

import pandas as pd

from sonolens.report.sections.planted import SITES, read_measured, tell_planted
from sonolens.tables.planted import PlantedEvidence


def row(**changes: object) -> dict[str, object]:
    usual = {
        "cue": "foci_mass",
        "network": "local",
        "method": "cam",
        "region": "planted",
        "seed": 0,
        "p_value": 0.01,
        "rate": 0.5,
        "ci_low": 0.25,
        "ci_high": 0.75,
        "chance": 0.1,
        "n": 12,
        "auc": 0.9,
        "auc_ci_low": 0.8,
        "auc_ci_high": 1.0,
        "receptive_field_px": 14.0,
        "cell_row_mm": 1.25,
        "cell_col_mm": 1.5,
    }
    return usual | changes


def test_the_shipped_table_keeps_its_contract_and_names_every_cue() -> None:
    measured = read_measured()

    PlantedEvidence.validate(measured)
    assert set(measured["cue"]) == set(SITES)


def test_a_local_network_that_learnt_foci_finds_them_wherever_they_lie() -> None:
    measured = read_measured().query(
        "network == 'local' and method == 'cam' and region == 'planted' and auc_ci_low > 0.5"
    )
    foci = measured[measured["cue"].str.startswith("foci")]

    assert set(foci["cue"]) == {name for name in SITES if name.startswith("foci")}
    assert (foci["rate"] >= 0.9).all()
    assert (foci["ci_low"] > foci["chance"]).all()


def test_a_cell_tells_rate_interval_chance_and_number() -> None:
    told = tell_planted(pd.DataFrame([row(), row(region="mass", rate=0.0)]))

    (network,) = told["planted_networks"]
    ((method, (cell,)),) = network.rows
    assert (method, cell.rate, cell.chance, cell.n) == ("cam", "50 % [25, 75]", "10 %", 12)
    assert network.areas == ["0.90 [0.80, 1.00]"]
    assert (network.receptive_field, network.cell) == ("14", "1.2 × 1.5")


def test_a_cue_counts_as_learnt_only_if_its_interval_is_above_a_half() -> None:
    told = tell_planted(pd.DataFrame([row(), row(cue="margin", auc_ci_low=0.5)]))

    ((_, cells),) = told["planted_networks"][0].rows
    assert [cell.learnt for cell in cells] == [True, False]
    assert told["planted_cues"] == ["foci in the mass", "margin"]


def test_several_seeds_are_told_from_least_to_largest() -> None:
    seeds = [row(rate=0.5), row(seed=1, rate=0.7, auc=0.8), row(seed=2, rate=0.1, auc_ci_low=0.4)]
    told = tell_planted(pd.DataFrame(seeds))

    ((_, (cell,)),) = told["planted_networks"][0].rows
    assert (cell.rate, cell.n) == ("60 % (50 to 70)", 24)
    assert told["planted_networks"][0].areas == ["0.87 (0.80 to 0.90), learnt by 2 of 3"]
