"""What the page says of networks that were fitted to one view of the scans."""

import pandas as pd
import pytest

from sonolens.report.sections.view_matrix import SECTION, say_views
from sonolens.tables.views import ViewMatrix

NAN = float("nan")
ROWS = [
    ("whole", "whole", 0.9, 0.8, 0.95, NAN, NAN, NAN),
    ("without_mass", "without_mass", 0.6, 0.45, 0.7, -0.3, -0.45, -0.1),
    ("mass_alone", "mass_alone", 0.88, 0.75, 0.95, -0.02, -0.1, 0.06),
]
COLUMNS = ["trained_on", "asked_of", "auc", "ci_low", "ci_high"]
COLUMNS += ["difference", "difference_low", "difference_high"]


def matrix(rows: list[tuple] = ROWS, run: str = "tiny-full-seed0-fold0") -> pd.DataFrame:
    usual = {"run": run, "configuration": "tiny-full", "fill": "tissue", "n": 20}
    usual |= {"n_malignant": 9, "n_lacking": 0, "chance": 0.5, "p_value": 0.5, "p_delong": 0.5}
    usual |= {"p_adjusted": 0.5, "partition": "test", "confidence": 0.95}
    return ViewMatrix.validate(pd.DataFrame(rows, columns=COLUMNS).assign(**usual))


def test_every_view_is_told_beside_chance_and_whole_scans() -> None:
    (told,) = say_views(matrix())

    assert told == (
        "Fitted to whole scans the network reaches AUC 0.90 [0.80, 0.95] on 20 scans (chance 0.50); fitted to and asked of scans "
        "without mass 0.60 [0.45, 0.70], which is not shown to be above chance; scans mass alone 0.88 [0.75, 0.95], above chance "
        "and not shown to be less than of whole scans."
    )


@pytest.mark.parametrize(
    ("whole", "why"),
    [
        (
            (0.55, 0.4, 0.7),
            "does not tell them apart (AUC 0.55 [0.40, 0.70]), so views of them say",
        ),
        ((NAN, NAN, NAN), "the 20 scans scored are all of one label"),
    ],
)
def test_a_network_that_learnt_nothing_says_nothing_of_views(
    whole: tuple[float, float, float], why: str
) -> None:
    rows = [("whole", "whole", *whole, NAN, NAN, NAN), *ROWS[1:]]
    (told,) = say_views(matrix(rows))

    assert why in told
    assert "without mass" not in told


def test_runs_of_a_configuration_share_a_row_and_have_sentences_of_their_own() -> None:
    both = pd.concat([matrix(), matrix(run="tiny-full-seed1-fold0")])
    told = SECTION.tell({"view_matrix": both})

    assert [line.split(":")[0] for line in told["sentences"]] == list(both["run"].unique())
    assert len(told["rows"]) == len(ROWS)
    assert told["rows"][1]["names"] == ("without mass", "without mass")


def test_a_view_that_tells_more_than_whole_scans_is_called_so() -> None:
    more = ("mass_alone", "mass_alone", 0.97, 0.93, 1.0, 0.07, 0.01, 0.15)
    (told,) = say_views(matrix([ROWS[0], more]))

    assert "mass alone 0.97 [0.93, 1.00], above chance and more than of whole scans." in told
