import numpy as np
import pandas as pd
import pytest

from sonolens.evaluation.statistics import Bootstrap
from sonolens.evaluation.truth import compare_with_reliance

BOOTSTRAP = Bootstrap(resamples=400, confidence=0.95, seed=0)


def compare(pointed, hung, *, called=None):
    """Extremes given as a region, or as shares by region; every scan is a patient of its own."""
    scans = [f"s{number}" for number in range(len(pointed))]
    called = [True] * len(scans) if called is None else called
    rows = [
        {"scan_id": scan_id, "extreme": "max" if malignant else "min", "region": region}
        | {"share": share}
        for scan_id, where, malignant in zip(scans, pointed, called, strict=True)
        for region, share in (where if isinstance(where, dict) else {where: 1.0}).items()
    ]
    # The extreme that argues against the call always lies below, and must not count.
    rows += [
        {"scan_id": scan_id, "extreme": "min" if malignant else "max", "region": "below"}
        | {"share": 1.0}
        for scan_id, malignant in zip(scans, called, strict=True)
    ]
    decided = pd.DataFrame({"scan_id": scans, "patient_id": scans, "called": called})
    return compare_with_reliance(
        pd.DataFrame(rows), decided, pd.Series(hung, index=scans), bootstrap=BOOTSTRAP
    )


HALF = ["mass"] * 10 + ["peritumoral"] * 10


def test_maps_that_point_where_every_call_hangs_agree_beyond_chance():
    accord = compare(HALF, HALF)

    assert (accord.value, accord.chance, accord.n, accord.regions) == (1.0, 0.5, 20, 2)
    assert accord.beyond_low > 0.3


def test_maps_that_always_point_at_the_mass_agree_by_chance_alone():
    accord = compare(["mass"] * 20, HALF)

    assert (accord.value, accord.chance) == (0.5, 0.5)
    assert np.isnan(accord.beyond_low)  # whatever is resampled, nothing is left beyond chance


def test_maps_that_point_elsewhere_agree_less_than_chance():
    accord = compare(HALF, HALF[::-1])

    assert accord.value == 0
    assert accord.beyond_high < 0


def test_the_extreme_that_argues_for_the_call_is_compared():
    accord = compare(HALF, HALF, called=[True, False] * 10)

    assert accord.value == 1.0


def test_cells_that_tie_count_by_their_shares():
    accord = compare([{"mass": 0.25, "below": 0.75}] * 2, ["mass", "below"])

    assert accord.value == pytest.approx((0.25 + 0.75) / 2)
    assert accord.chance == pytest.approx(0.25 * 0.5 + 0.75 * 0.5)


def test_undecided_calls_and_constant_maps_are_left_out():
    accord = compare(["mass", "mass", "none"], ["mass", "undecided", "mass"])

    assert (accord.value, accord.n) == (1.0, 1)


def test_nothing_decided_cannot_be_compared():
    accord = compare(["mass", "mass"], ["undecided", "none"])

    assert accord.n == 0
    assert np.isnan([accord.value, accord.chance, accord.beyond_low, accord.beyond_high]).all()


def test_maps_that_know_nothing_seldom_agree_beyond_chance():
    rng = np.random.default_rng(3)
    shown = 0
    for _ in range(200):
        pointed, hung = (rng.choice(["mass", "peritumoral", "below"], 40) for _ in range(2))
        shown += compare(list(pointed), list(hung)).beyond_low > 0
    assert shown <= 14  # 2.5 % of 200 are 5; 15 or more would be the one in ten thousand
