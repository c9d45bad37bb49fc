from dataclasses import replace

import numpy as np
import pytest
import torch

from sonolens.models import AugmentationRanges, Machine, fingerprint_fit
from sonolens.models.fitting import fingerprint as room


@pytest.fixture
def finger(plan, tiny):
    def finger(network=None, **changes):
        return fingerprint_fit(network or tiny("drs"), **plan(**changes))

    return finger


def test_equal_fits_have_equal_fingerprints(finger):
    assert finger() == finger()
    assert len(finger()) == 64


def test_where_the_pixels_lie_does_not_count(finger, striped, tmp_path):
    train = striped(21, seed=0)
    np.save(tmp_path / "stack.npy", np.concatenate([train.stack[:5], train.stack]))
    mapped = np.load(tmp_path / "stack.npy", mmap_mode="r")

    assert finger(train=replace(train, stack=mapped, rows=train.rows + 5)) == finger()


def test_how_processes_start_does_not_count(finger):
    assert finger(strategy="ddp_fork") == finger()
    assert finger(precision="full") == finger()


def test_every_parameter_counts(finger, tiny):
    augmentation = AugmentationRanges(
        horizontal_flip=True, max_shift=0.1, max_contrast=0.1, max_gain_levels=11.0
    )
    prints = [
        finger(),
        finger(tiny("full")),
        finger(tiny("linear_probe")),
        finger(learning_rate=0.02),
        finger(batch_size=5),
        finger(epochs=4),
        finger(patience=4),
        finger(seed=4),
        finger(devices=2),
        finger(augmentation=augmentation),
    ]

    assert len(set(prints)) == len(prints)


def test_every_datum_counts(finger, striped):
    train, validation = striped(21, seed=0), striped(10, seed=1)
    pixel = train.stack.copy()
    pixel[20, 31, 31] ^= 1
    prints = [
        finger(),
        finger(train=replace(train, stack=pixel)),
        finger(train=replace(train, labels=np.roll(train.labels, 1))),
        finger(train=replace(train, scan_ids=tuple(reversed(train.scan_ids)))),
        finger(train=replace(train, rows=np.roll(train.rows, 1))),
        finger(watched={"test": validation}),
        finger(watched={"validation": validation, "test": striped(10, seed=2)}),
    ]

    assert len(set(prints)) == len(prints)


def test_a_starting_weight_counts_and_whether_it_learns(finger, tiny):
    moved, frozen = tiny("drs"), tiny("drs")
    with torch.no_grad():
        moved.features.stage1[0][0].weight[0, 0, 0, 0] += 1e-3
    frozen.head.bias.requires_grad_(requires_grad=False)

    assert len({finger(), finger(moved), finger(frozen)}) == 3


def test_the_device_counts(finger, plan, tiny, monkeypatch):
    on_cpu = finger(precision="full")
    monkeypatch.setattr("torch.cuda.is_available", lambda: True)
    gpu = Machine(device="auto", devices=1, strategy="auto", precision="full")

    assert fingerprint_fit(tiny("drs"), **(plan() | {"machine": gpu})) != on_cpu


def test_the_code_and_its_libraries_count(finger, tmp_path, monkeypatch):
    before = finger()
    (tmp_path / "fingerprint.py").write_text("other code", encoding="utf-8")
    with monkeypatch.context() as patch:
        patch.setattr(room, "__file__", str(tmp_path / "fingerprint.py"))
        assert finger() != before
    monkeypatch.setattr(room.metadata, "version", lambda _: "0.0.1")

    assert finger() != before


def test_a_partition_is_read_in_blocks(finger, striped, monkeypatch):
    before = finger()
    monkeypatch.setattr(room, "BLOCK_SCANS", 4)

    assert finger() == before
