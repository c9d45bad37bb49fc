"""Verdicts: each yardstick can be the weakest, and networks that know nothing are told so."""

import itertools

import numpy as np
import pandas as pd
import pytest
from relied import FOUR, decided, relied

from sonolens.evaluation.reliance import judge_reliance, score_reliance, score_reliance_aucs
from sonolens.evaluation.statistics import Bootstrap
from sonolens.tables.reliance import RelianceAucs, RelianceScores, RelianceVerdict

BOOTSTRAP = Bootstrap(resamples=100, confidence=0.95, seed=0)
FILLS = ("mean", "donor", "tissue")
SCANS = 40
MALIGNANT = np.arange(SCANS) % 2 == 0


def judge(reliance: pd.DataFrame, malignant: np.ndarray = MALIGNANT) -> "pd.Series[str]":
    logits = reliance[reliance["null"] == "none"].drop_duplicates("scan_id")["logit"]
    decisions = decided(malignant, np.clip(logits, -30, 30))
    scores = score_reliance(
        reliance, decisions, partition="test", permutations=200, bootstrap=BOOTSTRAP
    )
    aucs = score_reliance_aucs(reliance, decisions, partition="test", bootstrap=BOOTSTRAP)
    verdict = judge_reliance(RelianceScores.validate(scores), RelianceAucs.validate(aucs))
    return RelianceVerdict.validate(verdict).set_index("region")["answer"]


def hangs_on_any(own: np.ndarray, moved: np.ndarray, malignant: np.ndarray) -> bool:
    """Whether anything is shown by one fill, which is the easiest to be wrong about."""
    decisions = decided(malignant, own.sum(axis=1))
    reliance = relied(
        {("none", "mean"): own, ("moved", "mean"): moved}, regions=("mass", "other"), check=False
    )
    aucs = score_reliance_aucs(reliance, decisions, partition="test", bootstrap=BOOTSTRAP)
    by_view = aucs.groupby("view")["ci_low"].max()
    if not (by_view["whole"] > 1 / 2 and by_view["value"] > 1 / 2):
        return False  # whatever the shares are; other tests see to it
    scores = score_reliance(
        reliance, decisions, partition="test", permutations=200, bootstrap=BOOTSTRAP
    )
    return bool((judge_reliance(scores, aucs)["answer"] == "shown").any())


def noise(seed: int, scale: float = 0.2) -> np.ndarray:
    return np.random.default_rng(seed).normal(scale=scale, size=(SCANS, len(FOUR)))


def planted(region: str = "mass", *, strength: float = 3.0, seed: int = 0) -> np.ndarray:
    """Values of a region whose evidence tells the labels; the rest is noise."""
    values = noise(seed)
    values[:, FOUR.index(region)] += strength * np.where(MALIGNANT, 1.0, -1.0)
    return values


def study(own: np.ndarray, moved: np.ndarray, *others: np.ndarray) -> pd.DataFrame:
    """The same by every fill; further values are those of the fills after the first."""
    fills = dict(zip(FILLS, [own, *others, own, own][: len(FILLS)], strict=True))
    by_fill = {("none", fill): values for fill, values in fills.items()}
    return relied(by_fill | {("moved", fill): moved for fill in FILLS})


@pytest.mark.parametrize("region", FOUR)
def test_a_network_whose_evidence_lies_in_one_region_hangs_on_it_and_on_no_other(
    region: str,
) -> None:
    answers = judge(study(planted(region), noise(1)))

    assert answers.to_dict() == {name: "shown" if name == region else "not shown" for name in FOUR}


def test_where_the_placebo_carries_as_much_nothing_is_shown() -> None:
    answers = judge(study(planted(), planted(seed=1)))

    assert answers["mass"] == "not shown"


def test_where_the_value_does_not_tell_the_labels_nothing_is_shown() -> None:
    values = planted("below")
    # Larger than its placebo on every scan, and the same for both labels.
    values[:, 0] += 6.0

    answers = judge(study(values, noise(1)))

    assert answers["mass"] == "not shown"


def test_where_fills_differ_it_is_undecided() -> None:
    blind = planted("other")

    answers = judge(study(planted(), noise(1), blind))

    assert answers["mass"] == "undecided"
    assert answers["other"] == "undecided"
    assert answers["below"] == "not shown"


def test_a_network_that_does_not_tell_the_scans_apart_cannot_be_asked() -> None:
    values = noise(3)
    values[:, 0] += 4.0 * np.where(MALIGNANT, 1.0, -1.0)
    values[:, 3] -= 4.0 * np.where(MALIGNANT, 1.0, -1.0)

    assert (judge(study(values, noise(1))) == "cannot be asked").all()


def test_without_placebos_nothing_can_be_asked() -> None:
    reliance = relied({("none", fill): planted() for fill in FILLS})

    assert (judge(reliance) == "cannot be asked").all()


def test_a_constant_network_cannot_be_asked() -> None:
    nothing = np.zeros((SCANS, len(FOUR)))

    assert (judge(study(nothing, nothing)) == "cannot be asked").all()


@pytest.mark.parametrize("malignant", [True, False])
def test_scans_of_one_label_cannot_be_asked_about(malignant: bool) -> None:
    answers = judge(study(planted(), noise(1)), np.full(SCANS, malignant))

    assert (answers == "cannot be asked").all()


def test_of_several_nulls_a_region_must_stand_above_each() -> None:
    by_null = {("none", fill): planted() for fill in FILLS}
    by_null |= {("moved", fill): noise(1) for fill in FILLS}
    weak = by_null | {("exchanged", fill): noise(2) for fill in FILLS}
    strong = by_null | {("exchanged", fill): planted(seed=2) for fill in FILLS}

    assert judge(relied(weak))["mass"] == "shown"
    assert judge(relied(strong))["mass"] == "not shown"


def test_a_region_that_few_scans_have_is_judged_by_those() -> None:
    values = planted("below")
    values[:3, 2] = np.nan

    assert judge(study(values, noise(1)))["below"] == "shown"


def test_one_scan_only_cannot_be_asked_about() -> None:
    reliance = relied({("none", fill): planted()[:1] for fill in FILLS})

    assert (judge(reliance, MALIGNANT[:1]) == "cannot be asked").all()


def test_of_networks_that_know_nothing_at_most_one_in_twenty_hangs_on_a_region() -> None:
    """Large values everywhere, the same for both labels, by fills that agree: what any fill does to any network."""
    shown = 0
    for seed in range(100):
        rng = np.random.default_rng(seed)
        scale = rng.uniform(0.2, 3.0, size=2)
        own, moved = rng.normal(rng.normal(size=2), scale, size=(2, 20, 2))
        malignant = rng.permutation(np.arange(20) % 2 == 0)
        shown += hangs_on_any(own, moved, malignant)

    assert shown <= 0.05 * 100


def test_a_network_that_learnt_the_labels_and_no_region_hangs_on_none_more_than_its_placebo() -> (
    None
):
    """Every region tells the labels, and so do the same shapes elsewhere: as if evidence lay everywhere alike."""
    shown = 0
    for seed in range(20):
        rng = np.random.default_rng(1000 + seed)
        truth = np.where(np.arange(20) % 2 == 0, 1.0, -1.0)[:, None]
        own, moved = rng.normal(truth, 1.0, size=(2, 20, 2))
        shown += hangs_on_any(own, moved, truth[:, 0] > 0)

    assert shown <= 0.05 * 20


def test_runs_are_judged_apart() -> None:
    first = study(planted("mass"), noise(1))
    second = study(planted("below"), noise(1)).assign(run="other net")
    decisions = pd.concat(
        decided(MALIGNANT, np.where(MALIGNANT, 2.0, -2.0), run=run) for run in ("net", "other net")
    )
    both = pd.concat([first, second], ignore_index=True)
    verdict = judge_reliance(
        score_reliance(both, decisions, partition="test", permutations=200, bootstrap=BOOTSTRAP),
        score_reliance_aucs(both, decisions, partition="test", bootstrap=BOOTSTRAP),
    )

    answers = verdict.set_index(["run", "region"])["answer"]
    for (run, region), (other, here) in itertools.product(
        [("net", "mass"), ("other net", "below")], repeat=2
    ):
        assert answers[run, here] == ("shown" if (run, region) == (other, here) else "not shown")
