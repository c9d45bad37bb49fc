"""Train x test: every network once per study, with its home beside."""

import pandas as pd
from tiny_external import of_areas, of_regions

from sonolens.tables.external import TransferMatrix
from sonolens.travel import Validation, tabulate_transfer


def on(study: str, *, home: str = "A", away: float = 0.8, **changes: object) -> Validation:
    areas = of_areas(away=away, home_study=home)
    return Validation(study, areas, of_regions(**changes))


def tabulate(*validations: Validation) -> pd.DataFrame:
    return TransferMatrix.validate(tabulate_transfer(validations))


def test_a_network_has_a_row_for_its_home_and_one_for_every_study() -> None:
    table = tabulate(on("B", away=0.8), on("C", away=0.6, away_above=0.02))

    assert table["tested_on"].tolist() == ["home", "B", "C"]
    assert table["auc"].tolist() == [0.9, 0.8, 0.6]
    assert table["above"].tolist() == [0.3, 0.1, 0.02]
    assert table["n"].tolist() == [50, 120, 120]


def test_two_networks_of_one_name_from_two_studies_are_two() -> None:
    table = tabulate(on("B"), on("C", home="D"))

    assert table[["trained_on", "tested_on"]].to_numpy().tolist() == [
        ["A", "home"],
        ["A", "B"],
        ["D", "home"],
        ["D", "C"],
    ]


def test_studies_without_networks_make_an_empty_matrix() -> None:
    validation = on("B")
    nobody = Validation("B", validation.home_and_away.head(0), validation.regions_home_and_away)

    assert len(tabulate(nobody)) == 0
    assert len(tabulate()) == 0
