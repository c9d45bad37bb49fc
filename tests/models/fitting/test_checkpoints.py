"""A fit taken up again ends where an uninterrupted one ends."""

import hashlib
import io
import os
import pickle
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import torch

from sonolens.models.fitting import batches
from sonolens.models.fitting.checkpoints import HEADING, unpack_checkpoint

BATCHES = 5


@dataclass
class MemorySlot:
    """A slot that remembers all that was written."""

    contents: list[bytes] = field(default_factory=list)

    def read(self):
        return self.contents[-1] if self.contents else None

    def write(self, content):
        self.contents.append(content)

    def __str__(self):
        return "slot in memory"


def fail_in_batch(monkeypatch, number):
    """Let the fit fail while it prepares its `number`-th batch."""
    done = []
    apply = batches.apply_augmentation

    def apply_or_fail(*arguments):
        done.append(None)
        if len(done) == number:
            raise ZeroDivisionError
        return apply(*arguments)

    monkeypatch.setattr(batches, "apply_augmentation", apply_or_fail)


def assert_same_fit(one, other):
    untimed = [fit.history.drop(columns="seconds") for fit in (one, other)]
    assert untimed[0].equals(untimed[1])
    for name in one.kept:
        assert one.kept[name].epoch == other.kept[name].epoch
        assert one.kept[name].last_epoch == other.kept[name].last_epoch
        first, second = one.kept[name].state, other.kept[name].state
        assert first.keys() == second.keys()
        assert all(torch.equal(first[tensor], second[tensor]) for tensor in first)


@pytest.fixture
def interrupt(fit, monkeypatch):
    """Begin a fit that fails in a batch: ``interrupt(network, batch=..., **plan)``."""

    def interrupt(start, *, batch, **plan):
        with monkeypatch.context() as patch:
            fail_in_batch(patch, batch)
            with pytest.raises(ZeroDivisionError):
                fit(start, **plan)

    return interrupt


@pytest.fixture
def both(striped):
    return {"validation": striped(10, seed=1), "test": striped(9, seed=2)}


@pytest.mark.parametrize("adaptation", ["full", "drs"])
def test_a_fit_that_failed_in_mid_epoch_is_taken_up_to_the_bit(
    fit, tiny, both, interrupt, adaptation
):
    start = tiny(adaptation)
    start.features.add_module("dropout", torch.nn.Dropout(0.2))
    plan = {"watched": both, "epochs": 5, "patience": 5}
    slot = MemorySlot()
    interrupt(start, batch=2 * BATCHES + 3, checkpoint=slot, **plan)
    assert len(slot.contents) == 2

    resumed = fit(start, checkpoint=slot, **plan)

    assert_same_fit(resumed, fit(start, **plan))


def test_a_fit_says_where_it_goes_on(fit, interrupt, caplog):
    slot = MemorySlot()
    interrupt(None, batch=BATCHES + 1, checkpoint=slot)
    caplog.clear()

    with caplog.at_level("INFO"):
        fit(checkpoint=slot)

    told = [message for message in caplog.messages if message.startswith("Fitting")]
    assert told[0] == "Fitting tiny fit: goes on after epoch 1"
    assert "epoch 2 of at most 3" in told[1]


def test_a_fit_whose_process_was_killed_is_taken_up_to_the_bit(fit, both, tmp_path):
    here = Path(__file__).parents[1]
    path = tmp_path / "state"
    script = f"""
import os, signal, sys
sys.path.insert(0, {str(here)!r})
from pathlib import Path
from conftest import plan_of_fit, striped_scans, tiny_network
from sonolens.models.fitting import batches
from sonolens.models import fit_network

class FileSlot:
    def read(self):
        return None
    def write(self, content):
        Path({str(path)!r}).write_bytes(content)

apply, done = batches.apply_augmentation, []
def apply_or_die(*arguments):
    done.append(None)
    if len(done) == 2 * {BATCHES} + 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return apply(*arguments)
batches.apply_augmentation = apply_or_die
watched = {{"validation": striped_scans(10, seed=1), "test": striped_scans(9, seed=2)}}
fit_network(tiny_network(), checkpoint=FileSlot(), name="killed", **plan_of_fit(watched=watched))
"""
    killed = subprocess.run([sys.executable, "-c", script], check=False, env=os.environ)
    assert killed.returncode == -signal.SIGKILL

    resumed = fit(watched=both, checkpoint=MemorySlot([path.read_bytes()]))

    assert_same_fit(resumed, fit(watched=both))


def test_early_stopping_goes_on_counting_where_it_was(fit, striped, interrupt):
    scans = striped(10, seed=1)
    wrong = type(scans)(scans.stack, scans.rows, ~scans.labels, scans.scan_ids)
    plan = {"watched": {"validation": wrong}, "epochs": 12, "patience": 3}
    whole = fit(**plan)
    slot = MemorySlot()
    interrupt(None, batch=BATCHES * (len(whole.history) - 1) + 1, checkpoint=slot, **plan)

    assert_same_fit(fit(checkpoint=slot, **plan), whole)


def test_a_finished_fit_is_given_back_without_a_step(fit, both, monkeypatch, caplog):
    slot = MemorySlot()
    first = fit(watched=both, checkpoint=slot)
    written = len(slot.contents)

    fail_in_batch(monkeypatch, 1)
    with caplog.at_level("INFO"):
        again = fit(watched=both, checkpoint=slot)

    assert caplog.messages[-1] == "Fit tiny fit: read from its checkpoint, finished after epoch 3"
    assert len(slot.contents) == written == 3
    assert_same_fit(first, again)
    pairs = zip(first.history["seconds"], again.history["seconds"], strict=True)
    assert all(one == other for one, other in pairs)


def test_a_finished_fit_keeps_no_state_of_the_optimizer(fit):
    slot = MemorySlot()
    fit(checkpoint=slot)

    learners = [
        unpack_checkpoint(content, source="slot").learner is not None for content in slot.contents
    ]

    assert learners == [True, True, False]
    assert len(slot.contents[-1]) < len(slot.contents[0]) / 2


def test_frozen_weights_are_not_written(fit, tiny):
    slot = MemorySlot()
    fit(tiny("linear_probe"), epochs=1, checkpoint=slot)
    kept = unpack_checkpoint(slot.read(), source="slot").history.kept["validation"]

    assert not any("weight" in name for name in kept if name.startswith("features"))
    assert {"head.weight", "head.bias"} <= kept.keys()


@pytest.mark.parametrize("place", [len(HEADING) + 5, 300, -200])
def test_a_changed_byte_is_noticed(fit, place):
    slot = MemorySlot()
    fit(epochs=1, checkpoint=slot)
    content = bytearray(slot.read())
    content[place] ^= 1
    slot.write(bytes(content))

    with pytest.raises(ValueError, match=r"checkpoint slot in memory is corrupt.*delete that"):
        fit(epochs=1, checkpoint=slot)


@pytest.mark.parametrize("content", [b"", b"\x80\x04", b"PK\x03\x04 of another program"])
def test_what_is_no_checkpoint_is_refused(fit, content):
    with pytest.raises(ValueError, match="slot in memory is not one that this version wrote"):
        fit(checkpoint=MemorySlot([content]))


def test_a_truncated_checkpoint_is_refused(fit):
    slot = MemorySlot()
    fit(epochs=1, checkpoint=slot)

    with pytest.raises(ValueError, match="slot in memory is corrupt"):
        fit(epochs=1, checkpoint=MemorySlot([slot.read()[:-100]]))


class Bomb:
    def __reduce__(self):
        return (Path.touch, (Path("exploded"),))


def test_code_in_a_checkpoint_is_not_run(fit, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    payload = io.BytesIO()
    torch.save({"epochs": [Bomb()]}, payload, pickle_module=pickle)
    digest = hashlib.sha256(payload.getvalue()).hexdigest().encode()
    content = b"".join([HEADING, digest, b"\n", payload.getvalue()])

    with pytest.raises(ValueError, match=r"slot in memory holds no state of a fit .*delete that"):
        fit(checkpoint=MemorySlot([content]))

    assert list(tmp_path.iterdir()) == []


def test_the_state_of_another_fit_is_refused(fit, tiny, both):
    slot = MemorySlot()
    fit(epochs=2, checkpoint=slot)

    with pytest.raises(ValueError, match=r"another network: features.stage1.0.0.weight differs"):
        fit(tiny("drs"), epochs=2, checkpoint=slot)
    with pytest.raises(
        ValueError, match="watched validation where this fit watches validation, te"
    ):
        fit(epochs=2, watched=both, checkpoint=slot)
    with pytest.raises(ValueError, match=r"holds epochs \[1, 2\] of a fit of 1"):
        fit(epochs=1, checkpoint=slot)
