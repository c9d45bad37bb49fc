"""The figure of reliance shows each share beside its placebo and each AUC in its place."""

import pandas as pd
import pytest
from matplotlib.figure import Figure

from sonolens.figures.reliance.regions import draw_region_reliance

USUAL = {"run": "net", "partition": "test", "confidence": 0.95, "null": "moved", "n": 20}
SHARES = pd.DataFrame(
    [
        {"fill": fill, "region": region, "value": value, "placebo": 0.2}
        for fill, region, value in (
            ("mean", "mass", 0.6),
            ("mean", "other", 0.4),
            ("tissue", "mass", 0.3),
            ("tissue", "other", 0.7),
        )
    ]
).assign(measure="share", subset="all", label="both", n_placebo=18, **USUAL)
SHARES = SHARES.assign(ci_low=SHARES["value"] - 0.1, ci_high=SHARES["value"] + 0.1)
AUCS = pd.DataFrame(
    [
        {"fill": fill, "view": view, "region": region, "auc": auc}
        for fill in ("mean", "tissue")
        for view, region, auc in (
            ("whole", "all", 0.9),
            ("without", "mass", 0.55),
            ("alone", "mass", 0.8),
            ("value", "mass", 0.85),
            ("without", "other", 0.88),
            ("alone", "other", 0.6),
            ("value", "other", 0.5),
        )
    ]
).assign(**USUAL)
AUCS = AUCS.assign(ci_low=AUCS["auc"] - 0.1, ci_high=AUCS["auc"] + 0.1)


def marks(figure: Figure, gid: str) -> list[float]:
    """Where a mark stands, panel by panel."""
    return [float(each.get_xdata()[0]) for each in figure.findobj(lambda x: x.get_gid() == gid)]


def words(figure: Figure) -> str:
    return " ".join(figure.get_supxlabel().split())


def test_shares_stand_beside_their_placebos_fill_by_fill() -> None:
    figure = draw_region_reliance(SHARES, AUCS)

    assert marks(figure, "share-mass") == [0.6, 0.3]
    assert marks(figure, "placebo-other") == [0.2, 0.2]
    assert marks(figure, "without-mass") == [0.55, 0.55]
    assert marks(figure, "value-other") == [0.5, 0.5]
    assert marks(figure, "whole") == [0.9, 0.9]
    assert "95% interval" in words(figure)
    assert "n = 20 scans, 18 of them with a placebo" in words(figure)


def test_several_runs_are_averaged_and_their_bar_is_no_interval() -> None:
    second = (
        SHARES.assign(run="two", value=SHARES["value"] - 0.2),
        AUCS.assign(run="two"),
    )
    figure = draw_region_reliance(
        pd.concat([SHARES, second[0]], ignore_index=True),
        pd.concat([AUCS, second[1]], ignore_index=True),
    )

    assert marks(figure, "share-mass") == pytest.approx([0.5, 0.2])
    assert "2 runs, which is no interval" in words(figure)


@pytest.mark.parametrize(
    ("null", "said"),
    [
        ("moved", "the same shapes moved aside"),
        ("exchanged", "another patient's scan"),
        ("randomised", "drawn anew"),
        ("none", "none of these scans had room"),
    ],
)
def test_the_placebo_is_named_as_what_it_is(null: str, said: str) -> None:
    figure = draw_region_reliance(SHARES.assign(null=null), AUCS.assign(null=null))

    assert said in words(figure)


def test_rows_of_another_null_do_not_matter() -> None:
    other = SHARES.assign(null="exchanged", value=0.99), AUCS.assign(null="exchanged", auc=0.99)
    figure = draw_region_reliance(
        pd.concat([other[0], SHARES], ignore_index=True),
        pd.concat([other[1], AUCS], ignore_index=True),
    )

    assert marks(figure, "share-mass") == [0.6, 0.3]
