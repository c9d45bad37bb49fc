import logging
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch
from rich.console import Console
from torch import nn

from sonolens.models import AugmentationRanges, predict_logits
from sonolens.tables.training import TrainingHistory

CALM = AugmentationRanges(
    horizontal_flip=False, max_shift=0.0, max_contrast=0.0, max_gain_levels=0.0
)


def states_equal(first, second):
    pairs = zip(first.values(), second.values(), strict=True)
    return first.keys() == second.keys() and all(torch.equal(one, two) for one, two in pairs)


def kept_state(fitted, partition="validation"):
    return fitted.kept[partition].state


def loss_of(network, scans):
    logits = predict_logits(network, scans.stack, batch_size=5, device="cpu")
    return np.logaddexp(0, np.where(scans.labels, -logits, logits)).mean()


def flipped(scans):
    return replace(scans, labels=~scans.labels)


def test_a_network_learns_a_dark_lower_half(fit, striped):
    fitted = fit(epochs=12, patience=12, learning_rate=0.02).network_of("validation")
    unseen = striped(21, seed=2)

    logits = predict_logits(fitted, unseen.stack, batch_size=8, device="cpu")

    assert np.array_equal(logits > 0, unseen.labels)


@pytest.mark.parametrize("adaptation", ["full", "drs"])
def test_a_seed_decides_the_fitted_weights_to_the_bit(fit, tiny, adaptation):
    start = tiny(adaptation)
    first, again, other = fit(start), fit(start), fit(start, seed=4)

    assert states_equal(kept_state(first), kept_state(again))
    assert not states_equal(kept_state(first), kept_state(other))


def test_random_layers_follow_the_seed_and_not_the_global_generator(fit, tiny):
    start = tiny()
    start.features.add_module("dropout", nn.Dropout(0.5))
    torch.manual_seed(1)
    first = fit(start)
    torch.manual_seed(2)

    assert states_equal(kept_state(fit(start)), kept_state(first))
    assert not states_equal(kept_state(fit(start, seed=4)), kept_state(first))


def test_what_is_passed_in_is_left_as_it_was(fit, tiny, striped):
    start, untouched = tiny().eval(), tiny()
    train = striped(21, seed=0)
    before = train.stack.copy()
    random_state = torch.get_rng_state()

    fitted = fit(start, train=train)
    fitted.network_of("validation")

    assert states_equal(start.state_dict(), untouched.state_dict())
    assert states_equal(fitted.start.state_dict(), untouched.state_dict())
    assert not start.training
    assert all(weight.grad is None for weight in start.parameters())
    assert np.array_equal(train.stack, before)
    assert torch.equal(torch.get_rng_state(), random_state)


def test_a_partition_is_the_rows_of_a_stack_that_may_be_mapped(fit, striped, tmp_path):
    train = striped(21, seed=0)
    mixed = np.random.default_rng(0).permutation(60)[:21]
    stack = np.zeros((60, 32, 32), dtype=np.uint8)
    stack[mixed] = train.stack
    np.save(tmp_path / "stack.npy", stack)
    mapped = np.load(tmp_path / "stack.npy", mmap_mode="r")

    fitted = fit(train=replace(train, stack=mapped, rows=mixed))

    assert states_equal(kept_state(fitted), kept_state(fit(train=train)))


def test_the_history_has_a_row_per_epoch_and_no_loss_of_what_was_not_watched(fit):
    history = fit().history

    TrainingHistory.validate(history.assign(run="tiny", best=False))
    assert history["epoch"].tolist() == [1, 2, 3]
    assert (history["learning_rate"] == 0.01).all()
    assert history["test_loss"].isna().all()
    assert (history["seconds"] > 0).all()


def test_the_best_weights_come_back_not_the_last(fit, striped):
    watched = flipped(striped(10, seed=1))
    fitted = fit(epochs=8, patience=8, learning_rate=0.05, watched={"validation": watched})
    losses, best = fitted.history["validation_loss"], fitted.network_of("validation")

    assert losses.idxmin() == fitted.kept["validation"].epoch - 1 < 7
    assert loss_of(best, watched) == pytest.approx(losses.min(), rel=1e-6)
    assert not any(module.training for module in best.modules())


def test_patience_counts_epochs_without_a_better_loss(fit, striped):
    watched = {"validation": flipped(striped(10, seed=1))}
    fitted = fit(epochs=40, patience=2, learning_rate=0.05, watched=watched)
    kept = fitted.kept["validation"]

    assert len(fitted.history) == kept.last_epoch == kept.epoch + 2 < 40


def test_one_fit_watching_two_partitions_keeps_what_two_fits_would(fit, striped):
    partitions = {"validation": flipped(striped(10, seed=1)), "test": striped(12, seed=2)}
    plan = {"epochs": 12, "patience": 2, "learning_rate": 0.01}
    both = fit(watched=partitions, **plan)

    last = {}
    for name, scans in partitions.items():
        alone = fit(watched={name: scans}, **plan)
        last[name] = both.kept[name].last_epoch
        shown = both.history.head(last[name])
        column = f"{name}_loss"
        assert both.kept[name].epoch == alone.kept[name].epoch
        assert last[name] == alone.kept[name].last_epoch == len(alone.history)
        assert states_equal(kept_state(both, name), kept_state(alone, name))
        pd.testing.assert_series_equal(shown[column], alone.history[column])
        pd.testing.assert_series_equal(shown["train_loss"], alone.history["train_loss"])
    assert last["validation"] < last["test"] == len(both.history) < 12


def test_the_train_loss_is_the_mean_over_scans_of_the_starting_network(fit, tiny, striped):
    start = tiny("drs")

    fitted = fit(start, epochs=1, learning_rate=1e-12, augmentation=CALM)

    expected = loss_of(start, striped(21, seed=0))
    assert fitted.history["train_loss"][0] == pytest.approx(expected, rel=1e-6)


def test_the_first_step_is_adams_on_the_mean_loss_of_the_batch(fit, tiny, striped):
    start, train = tiny("drs"), striped(8, seed=0)
    plan = {"epochs": 1, "batch_size": 8, "learning_rate": 0.01, "augmentation": CALM}
    stepped = fit(start, train=train, **plan).network_of("validation")

    adam = torch.optim.Adam(start.parameters(), lr=0.01)
    targets = torch.tensor(train.labels).float()
    loss = nn.functional.binary_cross_entropy_with_logits(start(torch.tensor(train.stack)), targets)
    loss.backward()
    adam.step()
    torch.testing.assert_close(stepped.state_dict(), start.state_dict(), rtol=1e-4, atol=1e-6)


def test_what_is_kept_is_what_learns_and_the_buffers(fit, tiny):
    start = tiny("drs")
    before, kept = start.state_dict(), kept_state(fit(start))
    moved = {name for name in kept if not torch.equal(before[name], kept[name])}

    assert moved == {f"features.stage{n}.scaling0.scale" for n in (1, 2, 3, 4)} | {
        "head.weight",
        "head.bias",
    }
    assert kept.keys() - moved == {name for name, _ in start.named_buffers()}


def test_a_network_of_an_unwatched_partition_is_refused(fit):
    with pytest.raises(ValueError, match="watched validation but not test"):
        fit(epochs=1).network_of("test")


def test_nothing_is_written_and_nothing_but_epochs_is_logged(fit, striped, quiet_log):
    level = logging.getLogger("lightning_fabric").level

    fit(epochs=2, watched={"validation": striped(10, seed=1), "test": striped(10, seed=2)})

    names = [record.name for record in quiet_log.records]
    assert names == ["sonolens.models.fitting.progress"] * 2
    assert quiet_log.messages[0].startswith("Fitting tiny fit: epoch 1 of at most 2, train loss 0.")
    assert "(best so far), test loss 0." in quiet_log.messages[0]
    assert not any("[" in message for message in quiet_log.messages)
    assert logging.getLogger("lightning_fabric").level == level


def test_a_terminal_shows_a_bar_instead_of_log_lines(fit, monkeypatch, caplog):
    console = Console(force_terminal=True, record=True, width=160)
    monkeypatch.setattr("sonolens.models.fitting.progress.get_console", lambda: console)

    with caplog.at_level(logging.INFO):
        fit(epochs=2)

    assert caplog.messages == []
    assert "10/10 batches" in console.export_text()


def test_the_bar_is_closed_when_a_fit_fails(fit, tiny, monkeypatch):
    console = Console(force_terminal=True, record=True, width=160)
    monkeypatch.setattr("sonolens.models.fitting.progress.get_console", lambda: console)
    start = tiny()
    nn.init.constant_(start.head.bias, torch.nan)

    with pytest.raises(FloatingPointError):
        fit(start)

    assert console._live_stack == []


def test_a_loss_that_breaks_names_epoch_batch_and_scans(fit, tiny, striped):
    start = tiny()
    nn.init.constant_(start.head.bias, torch.nan)
    sentence = (
        r"train loss became nan in epoch 1, batch 1 of 5, with the scans (seed0-\d+, ){3}seed0-\d+; "
        r"look at these, or lower the learning rate, which is 0.01"
    )

    with pytest.raises(FloatingPointError, match=sentence):
        fit(start)


def test_a_watched_loss_that_breaks_names_the_epoch(fit):
    with pytest.raises(
        FloatingPointError, match=r"validation loss became nan after epoch 1, .* 1e\+38"
    ):
        fit(learning_rate=1e38, batch_size=21)


def test_an_interrupt_reaches_the_caller_as_one(fit, monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("sonolens.models.fitting.batches.apply_augmentation", interrupt)

    with pytest.raises(KeyboardInterrupt):
        fit()


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (torch.OutOfMemoryError("CUDA out of memory. Tried to allocate"), "CUDA out of memory"),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried"), "can't allocate"),
    ],
)
def test_running_out_of_memory_names_the_batch_size(fit, monkeypatch, error, sentence):
    def run_out(*_):
        raise error

    monkeypatch.setattr("sonolens.models.fitting.batches.apply_augmentation", run_out)

    with pytest.raises(RuntimeError, match=f"ran out with batch_size 4; lower it .*{sentence}"):
        fit()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"epochs": 0}, r"epochs\n.*equal to 1.*input_value=0"),
        ({"patience": 0}, r"patience\n.*equal to 1.*input_value=0"),
        ({"batch_size": 1}, r"batch_size\n.*equal to 2.*input_value=1"),
        ({"learning_rate": 0.0}, r"learning_rate\n.*greater than 0.*input_value=0.0"),
        ({"seed": -1}, "seed is -1"),
        ({"device": "tpu"}, r"device\n.*'tpu' is unknown"),
        ({"device": "cpu", "precision": "mixed"}, "precision mixed needs a CUDA GPU"),
        ({"devices": 5}, "too few for 5 devices"),
        ({"watched": {}}, "watched names no partition; give validation or test"),
    ],
)
def test_a_plan_that_cannot_work_is_refused(fit, change, sentence):
    with pytest.raises(ValueError, match=sentence):
        fit(**change)


def test_a_partition_of_one_class_is_refused_by_name(fit, striped):
    scans = striped(10, seed=1)
    benign, malignant = np.zeros(10, dtype=bool), np.ones(10, dtype=bool)

    with pytest.raises(ValueError, match="train has no benign scan among its 10"):
        fit(train=replace(scans, labels=malignant))
    with pytest.raises(ValueError, match="test has no malignant scan among its 10"):
        fit(watched={"validation": scans, "test": replace(scans, labels=benign)})


def test_partitions_of_different_sizes_are_refused(fit, striped):
    scans = striped(10, seed=1)

    with pytest.raises(ValueError, match=r"validation have \(32, 16\) pixels but .* \(32, 32\)"):
        fit(watched={"validation": replace(scans, stack=scans.stack[:, :, :16])})
