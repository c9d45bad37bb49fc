import logging

import numpy as np
import pytest
import torch
from rich.console import Console

from sonolens.models import build_network, fit_network, predict_logits
from sonolens.tables import TrainingHistory

SIZE_PX = 32
BENIGN_FIRST = np.arange(21) % 2 == 1


def striped_scans(labels, seed=0):
    """Speckle whose lower half is dark in malignant scans: an easy, horizontal cue."""
    scans = np.random.default_rng(seed).integers(60, 200, (len(labels), SIZE_PX, SIZE_PX))
    scans[labels, SIZE_PX // 2 :] //= 3
    return scans.astype(np.uint8)


def network(adaptation="full"):
    return build_network("tiny", adaptation=adaptation, weights="none", seed=1)


def fit(start=None, **changes):
    labels = BENIGN_FIRST
    plan = {
        "train_scans": striped_scans(labels),
        "train_labels": labels,
        "validation_scans": striped_scans(labels[:10], seed=1),
        "validation_labels": labels[:10],
        "learning_rate": 0.01,
        "batch_size": 5,
        "epochs": 3,
        "patience": 3,
        "horizontal_flip": True,
        "max_shift": 0.1,
        "max_contrast": 0.1,
        "max_gain_levels": 10.0,
        "seed": 3,
        "device": "cpu",
    }
    return fit_network(start or network(), **(plan | changes))


def states_equal(first, second):
    pairs = zip(first.state_dict().values(), second.state_dict().values(), strict=True)
    return all(torch.equal(one, other) for one, other in pairs)


def validation_loss(of, scans, labels):
    logits = predict_logits(of, scans, batch_size=5, device="cpu")
    return np.logaddexp(0, np.where(labels, -logits, logits)).mean()


def test_a_network_learns_a_dark_lower_half():
    labels = BENIGN_FIRST
    fitted = fit(epochs=12, patience=12, learning_rate=0.02)

    logits = predict_logits(
        fitted.network, striped_scans(labels, seed=2), batch_size=8, device="cpu"
    )

    assert np.array_equal(logits > 0, labels)


@pytest.mark.parametrize("adaptation", ["full", "drs"])
def test_a_seed_decides_the_fitted_weights_to_the_bit(adaptation):
    start = network(adaptation)

    assert states_equal(fit(start).network, fit(start).network)
    assert not states_equal(fit(start).network, fit(start, seed=4).network)


def test_what_is_passed_in_is_left_as_it_was():
    start, untouched = network().eval(), network()
    scans = striped_scans(BENIGN_FIRST)
    before = scans.copy()
    random_state = torch.get_rng_state()

    fit(start, train_scans=scans)

    assert states_equal(start, untouched)
    assert not start.training
    assert all(weight.grad is None for weight in start.parameters())
    assert np.array_equal(scans, before)
    assert torch.equal(torch.get_rng_state(), random_state)


def test_a_read_only_memory_map_is_enough(tmp_path):
    np.save(tmp_path / "scans.npy", striped_scans(BENIGN_FIRST))
    mapped = np.load(tmp_path / "scans.npy", mmap_mode="r")

    assert states_equal(fit(train_scans=mapped).network, fit().network)


def test_the_history_is_the_table_without_run_and_start():
    fitted = fit()

    TrainingHistory.validate(fitted.history.assign(run="tiny-full-0", start="none"))
    assert fitted.history["epoch"].tolist() == [1, 2, 3]
    assert (fitted.history["learning_rate"] == 0.01).all()
    assert fitted.history.loc[fitted.history["best"], "epoch"].tolist() == [fitted.best_epoch]


def test_the_best_weights_come_back_not_the_last():
    labels = BENIGN_FIRST[:10]
    scans = striped_scans(labels, seed=1)
    fitted = fit(epochs=8, patience=8, learning_rate=0.05, validation_labels=~labels)
    losses = fitted.history["validation_loss"]

    assert losses.idxmin() == fitted.best_epoch - 1 < 7
    assert validation_loss(fitted.network, scans, ~labels) == pytest.approx(losses.min(), rel=1e-4)
    assert not any(module.training for module in fitted.network.modules())


def test_patience_counts_epochs_without_a_better_validation_loss():
    fitted = fit(epochs=40, patience=2, learning_rate=0.05, validation_labels=~BENIGN_FIRST[:10])

    assert len(fitted.history) == fitted.best_epoch + 2 < 40


def test_the_train_loss_is_the_mean_over_scans_of_the_starting_network():
    labels = BENIGN_FIRST
    calm = {"horizontal_flip": False, "max_shift": 0.0, "max_contrast": 0.0, "max_gain_levels": 0.0}
    start = network("drs")

    fitted = fit(start, epochs=1, learning_rate=1e-12, **calm)

    expected = validation_loss(start, striped_scans(labels), labels)
    assert fitted.history["train_loss"][0] == pytest.approx(expected, rel=1e-4)


def test_drs_moves_scales_and_head_and_nothing_else():
    start = network("drs")
    before, after = start.state_dict(), fit(start).network.state_dict()
    moved = {name for name in before if not torch.equal(before[name], after[name])}

    assert moved == {f"features.stage{n}.scaling0.scale" for n in (1, 2, 3, 4)} | {
        "head.weight",
        "head.bias",
    }


def test_nothing_is_written_and_nothing_but_epochs_is_logged(tmp_path, monkeypatch, caplog, capfd):
    monkeypatch.chdir(tmp_path)
    # Kedro's handler, set up by another test, would write the log lines to the screen.
    monkeypatch.setattr(logging.getLogger(), "handlers", [caplog.handler])
    level = logging.getLogger("pytorch_lightning").level

    with caplog.at_level(logging.INFO):
        fit(epochs=2)

    assert list(tmp_path.iterdir()) == []
    assert [record.name for record in caplog.records] == ["sonolens.models.fitting_progress"] * 2
    assert "epoch 2 of at most 2, train loss 0." in caplog.messages[1]
    assert not any("[" in message for message in caplog.messages)
    assert capfd.readouterr().out == ""
    assert logging.getLogger("pytorch_lightning").level == level


def test_a_terminal_shows_a_bar_instead_of_log_lines(monkeypatch, caplog):
    console = Console(force_terminal=True, record=True, width=120)
    monkeypatch.setattr("sonolens.models.fitting_progress.get_console", lambda: console)

    with caplog.at_level(logging.INFO):
        fit(epochs=2)

    assert caplog.messages == []
    assert "8/8 batches" in console.export_text()


def test_a_loss_that_breaks_names_its_epoch():
    start = network()
    with torch.no_grad():
        start.head.bias.fill_(torch.nan)

    with pytest.raises(FloatingPointError, match="training loss became nan in epoch 1; lower"):
        fit(start)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"epochs": 0}, "epochs is 0"),
        ({"patience": 0}, "patience is 0"),
        ({"batch_size": 1}, "batch_size is 1; batch normalisation"),
        ({"learning_rate": 0.0}, "learning_rate is 0.0"),
        ({"max_shift": 1.5}, "max_shift is 1.5"),
        ({"device": "tpu"}, "device 'tpu' is unknown"),
        ({"train_labels": np.ones(21, dtype=bool)}, "train has no benign scan among its 21"),
        (
            {"validation_labels": np.zeros(10, dtype=bool)},
            "validation has no malignant scan among its 10",
        ),
        ({"validation_labels": BENIGN_FIRST[:9]}, "validation has 10 scans but 9 labels"),
    ],
)
def test_a_plan_that_cannot_work_is_refused(change, sentence):
    with pytest.raises(ValueError, match=sentence):
        fit(**change)
