import math

import pytest

from sonolens.models.fitting.early_stopping import BestEpoch, Epoch, TrainingHistory, best_epoch


def history(*losses):
    """A history whose epochs have these (validation, test) losses."""
    return TrainingHistory(
        epochs=tuple(
            Epoch(number, 0.5, {"validation": validation, "test": test}, 0.1, 2.0)
            for number, (validation, test) in enumerate(losses, start=1)
        ),
        kept={},
    )


@pytest.mark.parametrize(
    ("losses", "patience", "chosen"),
    [
        ([0.5], 1, BestEpoch(epoch=1, last_epoch=1, closed=False)),
        ([0.5, 0.5], 1, BestEpoch(epoch=1, last_epoch=2, closed=True)),
        ([0.5, 0.4, 0.3], 1, BestEpoch(epoch=3, last_epoch=3, closed=False)),
        ([0.5, 0.6, 0.6, 0.4], 3, BestEpoch(epoch=4, last_epoch=4, closed=False)),
        ([0.5, 0.6, 0.6, 0.6, 0.4], 3, BestEpoch(epoch=1, last_epoch=4, closed=True)),
    ],
)
def test_patience_counts_from_the_earliest_of_equal_losses(losses, patience, chosen):
    assert best_epoch(losses, patience=patience) == chosen


def test_a_fit_is_over_when_every_partition_is_closed():
    running = history((0.5, 0.5), (0.6, 0.4), (0.6, 0.6))

    assert not running.is_over(epochs=9, patience=2)
    assert running.with_epoch(Epoch(4, 0.5, {"validation": 0.1, "test": 0.6}, 0.1, 2.0)).is_over(
        epochs=9, patience=2
    )


def test_a_fit_is_over_when_its_epochs_are_done_but_not_before_the_first():
    assert history((0.5, 0.5)).is_over(epochs=1, patience=5)
    assert not history((0.5, 0.5)).is_over(epochs=2, patience=5)
    assert not history().is_over(epochs=1, patience=1)


def test_a_closed_partition_does_not_improve_any_more():
    late = history((0.5, 0.9), (0.6, 0.8), (0.1, 0.7))

    assert late.improved(patience=1) == ["test"]
    assert late.improved(patience=2) == ["validation", "test"]


def test_each_partition_keeps_its_own_state():
    kept = history().with_kept({}, partitions=["test"]).with_kept({}, partitions=["validation"])

    assert set(kept.kept) == {"test", "validation"}
    assert history().kept == {}


def test_the_history_says_nothing_of_a_partition_that_was_not_watched():
    alone = TrainingHistory(epochs=(Epoch(1, 0.7, {"test": 0.6}, 0.01, 3.0),), kept={})

    row = alone.table().iloc[0]

    assert list(row.index) == [
        "epoch",
        "train_loss",
        "validation_loss",
        "test_loss",
        "learning_rate",
        "seconds",
    ]
    assert row["test_loss"] == 0.6
    assert math.isnan(row["validation_loss"])
