"""A shortcut that turns around: what networks score that read the mark, the mass, or nothing."""

import numpy as np
import pandas as pd
import pytest

from sonolens.evaluation.experiments import score_reversed_shortcut
from sonolens.evaluation.statistics import Bootstrap
from sonolens.tables.shortcuts import MarkedRuns, ReversedShortcut
from sonolens.tables.vocabulary import MARK_READINGS

BOOTSTRAP = Bootstrap(resamples=200, confidence=0.95, seed=0)
SIZE = 60
MALIGNANT = np.arange(SIZE) % 2 == 0
BEARS = np.arange(SIZE) % 10 < 8
IDS = [f"s{number:02d}" for number in range(SIZE)]
SCANS = pd.DataFrame(
    {
        "scan_id": IDS,
        "patient_id": IDS,
        "lesion_id": IDS,
        "label": np.where(MALIGNANT, "malignant", "benign"),
    }
)
MARKS = pd.DataFrame(
    {
        "place": "aside",
        "scan_id": IDS,
        "as_trained": BEARS & MALIGNANT,
        "reversed": BEARS & ~MALIGNANT,
    }
)
SHOWN = {
    "unmarked": np.zeros(SIZE, dtype=bool),
    "as_trained": BEARS & MALIGNANT,
    "reversed": BEARS & ~MALIGNANT,
}
RUNS = pd.DataFrame(
    [
        dict.fromkeys(MarkedRuns.to_schema().columns, 0)
        | {"run": name, "configuration": configuration, "guidance": guidance, "place": "aside"}
        for name, configuration, guidance in (
            ("alone0", "net", "none"),
            ("alone1", "net", "none"),
            ("guided0", "net-guided-regions", "regions"),
            ("guided1", "net-guided-regions", "regions"),
        )
    ]
)


def answers(alone, guided):
    """What networks say of every scan in every reading, each a function of marks and seed."""
    return pd.concat(
        [
            SCANS.drop(columns="patient_id").assign(
                run=f"{name}{seed}",
                place="aside",
                reading=reading,
                partition="test",
                logit=np.asarray(says(SHOWN[reading], seed), dtype=float),
            )
            for name, says in (("alone", alone), ("guided", guided))
            for seed in (0, 1)
            for reading in MARK_READINGS
        ],
        ignore_index=True,
    )


def scored(alone, guided):
    table = score_reversed_shortcut(
        answers(alone, guided), RUNS, MARKS, SCANS, partition="test", bootstrap=BOOTSTRAP
    )
    return ReversedShortcut.validate(table).set_index(["guidance", "reading"])


def reads_marks(marked, _seed):
    return marked


def reads_mass(_marked, _seed):
    return MALIGNANT


def test_who_reads_the_mark_alone_turns_around_with_it_and_who_reads_the_mass_does_not():
    table = scored(reads_marks, reads_mass)

    share = BEARS[MALIGNANT].mean()
    alone = table.loc["none", "auc"]
    assert alone["as_trained"] == pytest.approx((1 + share) / 2)
    assert alone["unmarked"] == 0.5
    assert alone["reversed"] == pytest.approx(1 - (1 + BEARS[~MALIGNANT].mean()) / 2)
    assert (table.loc["regions", "auc"] == 1).all()
    reversed_ = table.loc[("regions", "reversed")]
    assert reversed_["difference"] == pytest.approx(1 - alone["reversed"])
    assert reversed_["difference_low"] > 0
    assert table.loc["none", "difference"].isna().all()
    assert table.loc["none", "n_marked"].to_dict() == {
        "unmarked": 0,
        "as_trained": (BEARS & MALIGNANT).sum(),
        "reversed": (BEARS & ~MALIGNANT).sum(),
    }


def test_networks_that_are_alike_differ_by_nothing_and_know_nothing_by_chance():
    def guess(_marked, seed):
        return np.random.default_rng(seed).normal(size=SIZE)

    table = scored(guess, guess)

    assert (table.loc["regions", "difference"] == 0).all()
    unmarked = table.loc[("none", "unmarked")]
    assert unmarked["ci_low"] < 0.5 < unmarked["ci_high"]
    assert unmarked["least_auc"] < unmarked["auc"] < unmarked["largest_auc"]
    assert unmarked["auc"] == pytest.approx((unmarked["least_auc"] + unmarked["largest_auc"]) / 2)


def test_scans_of_other_partitions_do_not_count():
    told = answers(reads_marks, reads_mass)
    told.loc[told["scan_id"].isin(IDS[:20]), "partition"] = "train"

    table = score_reversed_shortcut(told, RUNS, MARKS, SCANS, partition="test", bootstrap=BOOTSTRAP)

    assert (table["n"] == SIZE - 20).all()
