"""What the page says of guided networks."""

import pandas as pd
import pytest

from sonolens.report.layout import open_templates
from sonolens.report.sections.guidance import SECTION, say_guidance
from sonolens.tables.experiments import GuidanceComparison

AUC = {"quantity": "auc", "level": "scan", "test": "paired bootstrap"}
HITS = {
    "quantity": "hit_rate",
    "method": "cam",
    "region": "any",
    "rule": "decision",
    "test": "paired exchange",
}
BRIER = {"quantity": "brier", "level": "scan", "test": "paired exchange"}
SHARE = {"quantity": "reliance_share", "region": "mass", "rule": "mean", "test": "paired exchange"}


def table(*rows, **changes):
    usual = {
        "guidance": "regions",
        "guided": "net-guided-regions",
        "unguided": "net",
        "level": None,
        "method": None,
        "region": None,
        "rule": None,
        "difference": 0.1,
        "ci_low": 0.02,
        "ci_high": 0.18,
        "p_value": 0.01,
        "p_adjusted": 0.02,
        "partition": "test",
        "confidence": 0.95,
    }
    for side, value in (("guided", 0.8), ("unguided", 0.7)):
        usual |= {
            f"{side}_n": 40,
            f"{side}_value": value,
            f"{side}_low": value - 0.1,
            f"{side}_high": value + 0.1,
            f"{side}_chance": 0.5,
        }
    return GuidanceComparison.validate(
        pd.DataFrame([usual | row | changes for row in rows or (AUC, HITS, BRIER, SHARE)])
    )


@pytest.mark.parametrize(
    ("limits", "verdict"),
    [
        ((0.02, 0.18), "looking right made it better"),
        ((-0.18, -0.02), "looking right made it worse"),
        ((-0.02, 0.18), "looking right is not shown to make it better or worse"),
    ],
)
def test_the_answer_is_given_either_way(limits, verdict):
    (told,) = say_guidance(table(AUC, ci_low=limits[0], ci_high=limits[1]))

    assert told.startswith(
        "Where evidence outside mass, ring and below cost, net-guided-regions reaches AUC 0.80 [0.70, 0.90], "
        f"by labels alone 0.70 [0.60, 0.80]: {verdict} (difference +0.100 ["
    )


def test_where_maps_point_is_told_beside():
    (told,) = say_guidance(table(AUC, HITS))

    assert told.endswith(
        "point to one of the three regions on 80 % [70, 90] of scans, against 70 % [60, 80] (+10 [+2, +18] points)."
    )


def test_scans_of_one_label_compare_nothing():
    (told,) = say_guidance(table(AUC, difference=float("nan")))

    assert told.endswith("cannot be compared: the scans that are scored are all of one label.")


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (table(), "Brier score per scan (lower is better)"),
        (GuidanceComparison.empty(), "All networks were fitted by labels alone"),
    ],
)
def test_the_section_is_written_with_and_without_guided_networks(rows, said):
    told = SECTION.tell({"guidance_comparison": rows})

    written = open_templates().get_template(SECTION.template).render(units="patients", **told)

    assert said in written
