"""Two processes on the CPU do what one does."""

from collections.abc import Mapping

import numpy as np
import pytest
import torch
from torch import nn


def assert_close(one, other):
    for column in ("train_loss", "validation_loss", "test_loss"):
        np.testing.assert_allclose(one.history[column], other.history[column], rtol=1e-5)
    assert isinstance(one.kept, Mapping)
    for name in one.kept:
        assert one.kept[name].epoch == other.kept[name].epoch
        torch.testing.assert_close(
            dict(one.kept[name].state), dict(other.kept[name].state), rtol=1e-4, atol=1e-6
        )


@pytest.fixture
def uneven(striped):
    """Partitions that two processes cannot halve; the last batch of training has three scans."""
    return {
        "train": striped(23, seed=0),
        "watched": {"validation": striped(11, seed=1), "test": striped(9, seed=2)},
        "batch_size": 5,
        "learning_rate": 0.02,
    }


@pytest.mark.parametrize("strategy", ["ddp_fork", "auto"])
def test_two_processes_give_what_one_gives_and_only_one_speaks(
    fit, tiny, uneven, strategy, quiet_log
):
    start = tiny("drs")
    one = fit(start, **uneven)
    quiet_log.clear()

    two = fit(start, devices=2, strategy=strategy, **uneven)

    assert_close(two, one)
    assert [record.name for record in quiet_log.records] == ["sonolens.models.fitting.progress"] * 3
    assert "epoch 3 of at most 3" in quiet_log.messages[2]


def test_batch_normalisation_ends_with_the_statistics_of_all_processes(fit, tiny, striped):
    train = striped(8, seed=0)
    plan = {"train": train, "batch_size": 8, "epochs": 1, "learning_rate": 1e-12}
    start = tiny("full")
    one = fit(start, **plan).network_of("validation")

    two = fit(start, devices=2, strategy="ddp_fork", **plan).network_of("validation")

    means = [network.features.stage1[0][1].running_mean for network in (one, two)]
    assert not torch.equal(means[0], start.features.stage1[0][1].running_mean)
    torch.testing.assert_close(means[0], means[1], rtol=1e-4, atol=1e-6)


def test_two_processes_are_taken_up_by_two(fit, tiny, uneven, tmp_path, monkeypatch):
    class FileSlot:
        def __init__(self, path):
            self.path = path

        def read(self):
            return self.path.read_bytes() if self.path.exists() else None

        def write(self, content):
            if self.path.with_suffix(".full").exists():
                raise OSError("disk full")
            self.path.write_bytes(content)
            self.path.with_suffix(".full").touch()

    slot, start = FileSlot(tmp_path / "state"), tiny("drs")
    plan = uneven | {"devices": 2, "strategy": "ddp_fork"}

    with pytest.raises(RuntimeError, match="disk full"):
        fit(start, checkpoint=slot, **plan)
    (tmp_path / "state.full").unlink()
    monkeypatch.setattr(FileSlot, "write", lambda self, content: self.path.write_bytes(content))

    assert_close(fit(start, checkpoint=slot, **plan), fit(start, **uneven))


def test_an_error_in_a_process_is_raised_as_in_one(fit, tiny, uneven):
    start = tiny("drs")
    nn.init.constant_(start.head.bias, torch.nan)

    with pytest.raises(
        FloatingPointError, match=r"^the train loss became nan in epoch 1, batch 1 of"
    ):
        fit(start, devices=2, strategy="ddp_fork", **uneven)
