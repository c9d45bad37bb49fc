"""Labels exchanged by chance: what a network is told that can have learnt nothing."""

import numpy as np
import pandas as pd
import pytest

from sonolens.pipelines.training.fits import shuffle_labels

# Twelve lesions of two scans in each partition; a third of them malignant.
PARTITIONS = ("train", "validation", "test")
SCANS = pd.DataFrame(
    [
        {
            "scan_id": f"{partition}-{lesion}-{view}",
            "lesion_id": f"{partition}-{lesion}",
            "label": "malignant" if lesion % 3 == 0 else "benign",
            "partition": partition,
        }
        for lesion in range(12)
        for partition in PARTITIONS
        for view in ("longitudinal", "transverse")
    ]
)
GIVEN = (SCANS["label"] == "malignant").to_numpy()


def shuffled(seed: int = 0) -> pd.DataFrame:
    told = shuffle_labels(SCANS.drop(columns="partition"), SCANS["partition"], seed=seed)
    return SCANS.assign(told=told, given=GIVEN)


def test_test_scans_keep_their_labels() -> None:
    test = shuffled().query("partition == 'test'")

    assert (test["told"] == test["given"]).all()


@pytest.mark.parametrize("partition", ["train", "validation"])
def test_a_partition_keeps_its_number_of_malignant_lesions_but_not_which(partition: str) -> None:
    inside = shuffled()[SCANS["partition"] == partition]

    assert inside["told"].sum() == inside["given"].sum() == 8
    assert (inside["told"] != inside["given"]).any()


def test_the_scans_of_a_lesion_share_a_label() -> None:
    assert (shuffled().groupby("lesion_id")["told"].agg(set).map(len) == 1).all()


def test_a_seed_decides_the_exchange() -> None:
    assert (shuffled(3)["told"] == shuffled(3)["told"]).all()
    assert (shuffled(3)["told"] != shuffled(4)["told"]).any()


def test_over_many_seeds_what_is_told_knows_nothing_of_what_is_true() -> None:
    train = (SCANS["partition"] == "train").to_numpy()
    told = np.mean([shuffled(seed)["told"].to_numpy() for seed in range(300)], axis=0)[train]

    # A third of the lesions is malignant, whichever they truly are; 0.1 is over three standard errors.
    assert told == pytest.approx(1 / 3, abs=0.1)


def test_scans_outside_the_fold_are_left_alone() -> None:
    some = SCANS["partition"].where(SCANS["partition"] != "train")

    told = shuffle_labels(SCANS.drop(columns="partition"), some, seed=0)

    assert (told == GIVEN)[some.isna()].all()
