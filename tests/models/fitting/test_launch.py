"""What Fabric is given and what it must leave alone."""

from copy import deepcopy

import pytest
import torch
from lightning_fabric import Fabric

from sonolens.models import ScanClassifier
from sonolens.models.fitting import launch
from sonolens.models.fitting.checkpoints import Checkpoint, unpack_checkpoint
from sonolens.models.fitting.early_stopping import Epoch, TrainingHistory
from sonolens.models.fitting.launch import _run_and_write, run_fit


class MemorySlot:
    def read(self):
        return None

    def write(self, content):
        self.content = content


@pytest.fixture
def run(plan, tiny):
    """Run the epochs after those of a checkpoint, or all."""

    def run(found=None, slot=None, **changes):
        found = found or Checkpoint(TrainingHistory(epochs=(), kept={}), learner=None)
        return run_fit(tiny(), **plan(**changes), found=found, slot=slot, name="tiny")

    return run


def test_a_state_taken_up_is_left_as_it_was_because_spawned_processes_share_it(run):
    slot = MemorySlot()
    run(slot=slot, epochs=2)
    found = unpack_checkpoint(slot.content, source="slot")
    before = deepcopy(found.learner)

    run(found, epochs=3)

    torch.testing.assert_close(found.learner.weights, before.weights, rtol=0, atol=0)
    moments, moments_before = (it.optimizer["state"] for it in (found.learner, before))
    torch.testing.assert_close(moments, moments_before, rtol=0, atol=0)


def test_mixed_precision_multiplies_in_16_bits_but_sees_the_grey_levels_as_they_are(
    run, monkeypatch
):
    seen = []
    activations = ScanClassifier.activations

    def watch(network, scans):
        maps = activations(network, scans)
        if network.training:
            seen.append((scans, maps.dtype))
        return maps

    monkeypatch.setattr(ScanClassifier, "activations", watch)
    full = run(epochs=1)
    monkeypatch.setattr(launch, "choose_precision", lambda _: "bf16-mixed")
    mixed = run(epochs=1)

    half = len(seen) // 2
    assert all(
        torch.equal(one, two) for (one, _), (two, _) in zip(seen[:half], seen[half:], strict=True)
    )
    assert {dtype for _, dtype in seen[:half]} == {torch.float32}
    assert {dtype for _, dtype in seen[half:]} == {torch.bfloat16}
    losses = [history.epochs[0].train_loss for history in (full, mixed)]
    assert losses[0] != losses[1] == pytest.approx(losses[0], rel=0.1)


class OneOfSeveral(Fabric):
    """A process that shares a fit with others."""

    is_global_zero = False

    def __init__(self, *, first):
        self.is_global_zero = first


@pytest.mark.parametrize("first", [True, False])
def test_of_the_processes_that_share_a_fit_the_first_alone_hands_back_its_history(tmp_path, first):
    epoch = Epoch(1, 0.5, {"validation": 0.25}, 0.01, 2.0)
    history = TrainingHistory(epochs=(epoch,), kept={"validation": {"w": torch.ones(2)}})
    outcome = tmp_path / "outcome"

    _run_and_write(OneOfSeveral(first=first), epochs=lambda _: history, outcome=outcome)

    assert outcome.exists() == first
    if first:
        found = unpack_checkpoint(outcome.read_bytes(), source="outcome")
        assert found.history.epochs == (epoch,)
        assert found.history.kept["validation"]["w"].tolist() == [1, 1]
        assert found.learner is None
