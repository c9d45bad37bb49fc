"""Descriptors beside maps and reliance: hand-made tables that follow what was noted, and such that do not."""

import numpy as np
import pandas as pd
import pytest

from sonolens.evaluation.descriptors import compare_descriptors
from sonolens.evaluation.descriptors.agreement import FEWEST_PATIENTS
from sonolens.evaluation.statistics import Bootstrap
from sonolens.studies import read_phantoms
from sonolens.tables.descriptors import DescriptorAgreement, Descriptors

BOOTSTRAP = Bootstrap(resamples=200, confidence=0.95, seed=0)
REGIONS = ("mass", "peritumoral", "below", "other")


def decide(labels: str, *, called: str | None = None, patients: list[str] | None = None):
    """Decisions of the run ``net`` on scans of a lesion each; b is benign, m malignant."""
    names = [f"s{number:03d}" for number in range(len(labels))]
    malignant = np.array([label == "m" for label in labels])
    call = np.array([label == "m" for label in called or labels])
    return pd.DataFrame(
        {
            "run": "net",
            "scan_id": names,
            "lesion_id": names,
            "patient_id": patients or names,
            "partition": "test",
            "label": np.where(malignant, "malignant", "benign"),
            "called": call,
        }
    )


def note(decisions: pd.DataFrame, noted, descriptor: str = "posterior_features") -> pd.DataFrame:
    """What was noted of every scan: shadowing, nothing (0), or unknown (None)."""
    rows = [
        (scan_id, descriptor, "shadowing" if each else None)
        for scan_id, each in zip(decisions["scan_id"], noted, strict=True)
        if each is not None
    ]
    return pd.DataFrame(rows, columns=["scan_id", "descriptor", "value"])


def rely(decisions: pd.DataFrame, below, *, null: str = "none", fill: str = "mean") -> pd.DataFrame:
    """Reliance: what lies below adds as told, the mass 1; NaN is a scan without the region."""
    rows = [
        {"scan_id": scan_id, "region": region, "value": value}
        for scan_id, told in zip(decisions["scan_id"], below, strict=True)
        for region, value in (("mass", 1.0), ("below", float(told)))
        if not np.isnan(value)
    ]
    return pd.DataFrame(rows, columns=["scan_id", "region", "value"]).assign(
        run="net", null=null, fill=fill
    )


def point(decisions: pd.DataFrame, at_max, at_min=None) -> pd.DataFrame:
    """Extreme points of the method ``cam`` in the regions told."""
    places = {"max": at_max, "min": at_min or ["other"] * len(decisions)}
    rows = [
        {"scan_id": scan_id, "extreme": extreme, "region": region, "share": 1.0}
        for extreme, regions in places.items()
        for scan_id, region in zip(decisions["scan_id"], regions, strict=True)
    ]
    return pd.DataFrame(rows).assign(run="net", method="cam")


def areas(decisions: pd.DataFrame, without_below=()) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "run": "net",
                "method": "cam",
                "scan_id": scan_id,
                "region": region,
                "area_share": 0.0 if region == "below" and scan_id in without_below else 0.2,
            }
            for scan_id in decisions["scan_id"]
            for region in ("mass", "peritumoral", "below", "any")
        ]
    )


def compare(decisions, descriptors, *, points=None, reliance=None, shares=None, **changes):
    """The table, one row per reading and source."""
    table = compare_descriptors(
        descriptors,
        point(decisions, ["other"] * len(decisions)) if points is None else points,
        areas(decisions) if shares is None else shares,
        rely(decisions, [0.0] * len(decisions)) if reliance is None else reliance,
        decisions,
        **({"partition": "test", "permutations": 200, "bootstrap": BOOTSTRAP} | changes),
    )
    return DescriptorAgreement.validate(table).set_index(["reading", "source"])


LABELS = "b" * 12 + "m" * 12
NOTED = [*[1] * 4, *[0] * 8, *[1] * 8, *[0] * 4]


def test_reliance_that_follows_the_note_comes_out_in_logits_and_in_shares() -> None:
    decisions = decide(LABELS)
    below = [3.0 if each else 1.0 for each in NOTED]

    table = compare(decisions, note(decisions, NOTED), reliance=rely(decisions, below))

    value, share = table.loc[("value", "mean")], table.loc[("share", "mean")]
    assert (value["mean_noted"], value["mean_not_noted"]) == (3, 1)
    assert (value["difference"], value["within_label"]) == (2, 2)
    assert (value["n_noted"], value["n_not_noted"]) == (12, 12)
    assert share["difference"] == pytest.approx(3 / 4 - 1 / 2)
    assert table.loc[("points", "cam"), "difference"] == 0
    # 495 ways in either label; this one alone is so far from the mean in its direction.
    assert value["p_adjusted"] < 0.01
    assert table.loc[("points", "cam"), "p_value"] == 1


def test_points_are_those_of_the_extreme_that_argues_for_the_call() -> None:
    decisions = decide(LABELS, called="b" * 24)
    regions = ["below" if each else "mass" for each in NOTED]

    as_minimum = compare(
        decisions, note(decisions, NOTED), points=point(decisions, ["other"] * 24, regions)
    )
    as_maximum = compare(decisions, note(decisions, NOTED), points=point(decisions, regions))

    assert as_minimum.loc[("points", "cam"), "within_label"] == 1
    assert as_minimum.loc[("points", "cam"), "within_label_low"] > 0
    assert as_maximum.loc[("points", "cam"), "within_label"] == 0


def test_what_goes_with_the_label_alone_differs_but_not_within_it() -> None:
    decisions = decide(LABELS)
    below = [2.0 if label == "m" else -2.0 for label in LABELS]

    row = compare(decisions, note(decisions, NOTED), reliance=rely(decisions, below)).loc[
        ("value", "mean")
    ]

    # 4 of 12 noted scans are benign, 8 of the 12 others.
    assert row["difference"] == pytest.approx(4 / 3)
    assert (row["within_label"], row["p_value"]) == (0, 1)


def test_notes_exchanged_within_the_label_are_rarely_found() -> None:
    decisions = decide(LABELS)
    rng = np.random.default_rng(0)
    below = rng.normal(size=24) + [3.0 * (label == "m") for label in LABELS]
    exchanged = [
        note(
            decisions,
            np.concatenate([rng.permutation(NOTED[:12]), rng.permutation(NOTED[12:])]),
            f"posterior {number}",
        )
        for number in range(40)
    ]
    silent = point(decisions, ["none"] * 24, ["none"] * 24)

    table = compare(
        decisions, pd.concat(exchanged), points=silent, reliance=rely(decisions, below)
    ).loc[("value", "mean")]

    assert (table["difference"] > 0.5).mean() > 0.5
    assert (table["p_value"] <= 0.05).sum() <= 5
    assert (table["p_adjusted"] > 0.05).all()


def test_phantoms_whose_cue_is_posterior_are_their_own_positive_control() -> None:
    study = read_phantoms(
        masses=60, malignant_share=0.5, cues=["posterior"], least_look=0.4, foci_site="mass", seed=0
    )
    about = study.scans[["scan_id", "lesion_id", "patient_id", "label"]]
    scans = about.assign(run="net", partition="test", called=about["label"] == "malignant")
    notes = study.descriptors[study.descriptors["descriptor"] == "posterior"]
    shadowed = set(notes.loc[notes["value"] == "shadowing", "scan_id"])
    follows = [1.0 + (scan_id in shadowed) for scan_id in scans["scan_id"]]
    rng = np.random.default_rng(0)

    table = compare(scans, study.descriptors, reliance=rely(scans, follows))
    strangers = compare(scans, study.descriptors, reliance=rely(scans, rng.normal(size=len(scans))))

    def of_shadow(found):
        rows = found[(found["descriptor"] == "posterior") & (found["value"] == "shadowing")]
        return rows.loc[("value", "mean")]

    assert of_shadow(table)["within_label"] == 1
    assert of_shadow(table)["p_adjusted"] < 0.05
    assert of_shadow(strangers)["p_adjusted"] > 0.05


def test_unknown_notes_scans_without_the_region_and_silent_maps_are_left_out() -> None:
    decisions = decide(LABELS)
    noted = [None, *NOTED[1:]]
    regions = ["none", "none", *["mass"] * 22]

    table = compare(
        decisions,
        note(decisions, noted),
        points=point(decisions, regions, regions),
        shares=areas(decisions, without_below={"s023"}),
        reliance=rely(decisions, [0.0] * 23 + [np.nan]),
    )

    assert table.loc[("points", "cam"), ["n_noted", "n_not_noted"]].tolist() == [10, 11]
    assert table.loc[("value", "mean"), ["n_noted", "n_not_noted"]].tolist() == [11, 11]


def test_only_the_fitted_network_and_the_scans_own_regions_count() -> None:
    decisions = decide(LABELS)
    own = rely(decisions, [1.0] * 24)
    placebo = rely(decisions, [9.0 * each for each in NOTED], null="moved")

    table = compare(decisions, note(decisions, NOTED), reliance=pd.concat([placebo, own]))

    assert table.loc[("value", "mean"), "mean_noted"] == 1


def test_too_few_patients_are_counted_and_not_asked() -> None:
    decisions = decide(LABELS, patients=["one"] * 20 + list("abcd"))

    row = compare(decisions, note(decisions, NOTED)).loc[("value", "mean")]

    assert (row["patients_noted"], row["patients_not_noted"]) == (1, FEWEST_PATIENTS)
    assert row["reason"] == "patients where it was noted: 1, where not: 5; it takes 5 of each"
    assert np.isnan(row["p_value"])
    assert np.isnan(row["difference"])


def test_a_finding_that_is_the_label_cannot_be_asked() -> None:
    decisions = decide(LABELS)

    row = compare(decisions, note(decisions, [label == "m" for label in LABELS])).loc[
        ("value", "mean")
    ]

    assert row["reason"] == "no label has scans where it was noted and where not"


def test_p_values_are_adjusted_over_all_rows_of_a_run() -> None:
    decisions = decide(LABELS)
    below = [float(each) for each in NOTED]
    fills = [rely(decisions, below, fill=fill) for fill in ("mean", "blurred")]

    table = compare(decisions, note(decisions, NOTED), reliance=pd.concat(fills))

    # Two fills with two readings each, and one method: five rows.
    least = table["p_value"].min()
    assert len(table) == 5
    assert table["p_adjusted"].min() == pytest.approx(5 * least)


def test_a_study_without_descriptors_has_an_empty_table() -> None:
    decisions = decide(LABELS)

    assert compare(decisions, Descriptors.empty()).empty
    assert compare(decisions, note(decisions, [0] * 24)).empty


def test_another_partition_is_not_counted() -> None:
    decisions = decide(LABELS)
    decisions.loc[0, "partition"] = "train"

    assert compare(decisions, note(decisions, NOTED)).iloc[0]["n_noted"] == 11
