import numpy as np
import pytest
import torch

from sonolens.models import AugmentationRanges, LabelledScans
from sonolens.models.fitting.batches import ScanBatches, Share

CALM = AugmentationRanges(
    horizontal_flip=False, max_shift=0.0, max_contrast=0.0, max_gain_levels=0.0
)
WILD = AugmentationRanges(
    horizontal_flip=True, max_shift=0.2, max_contrast=0.2, max_gain_levels=20.0
)


def numbered(count):
    """Scans of one grey level each, their number; the odd ones are malignant."""
    stack = np.arange(count, dtype=np.uint8)[:, None, None].repeat(3, axis=1).repeat(3, axis=2)
    labels = np.arange(count) % 2 == 1
    return LabelledScans(stack, np.arange(count), labels, [str(n) for n in range(count)])


def batches(count, batch_size, *, seed=0, augmentation=CALM, device=0, devices=1):
    return ScanBatches(
        numbered(count),
        batch_size=batch_size,
        augmentation=augmentation,
        seed=seed,
        share=Share(device, devices),
    )


def numbers(cut):
    return [scans[:, 0, 0].int().tolist() for scans, _, _ in cut]


def in_order(cut):
    return [number for batch in numbers(cut) for number in batch]


@pytest.mark.parametrize(
    ("count", "batch_size", "devices", "sizes"),
    [
        (6, 3, 1, [3, 3]),
        (5, 3, 1, [3, 2]),
        (7, 3, 1, [3, 4]),
        (3, 2, 1, [3]),
        (2, 5, 1, [2]),
        (5, 3, 2, [3, 2]),
        (8, 3, 3, [3, 5]),
    ],
)
def test_a_remainder_too_small_joins_the_batch_before_it(count, batch_size, devices, sizes):
    cut = batches(count, batch_size, devices=devices)

    assert [size for _, _, size in cut] == sizes
    assert len(cut) == len(sizes)


def test_every_epoch_has_its_own_order_and_labels_stay_with_their_scans():
    epochs = [batches(40, 8, seed=seed) for seed in (1, 2)]
    orders = [in_order(epoch) for epoch in epochs]

    assert orders[0] != orders[1]
    assert sorted(orders[0]) == sorted(orders[1]) == list(range(40))
    assert orders[0] == in_order(batches(40, 8, seed=1))
    for scans, labels, _ in epochs[0]:
        assert torch.equal(scans[:, 0, 0] % 2, labels)


def test_devices_share_every_batch_of_one():
    whole = numbers(batches(11, 4))
    shares = [numbers(batches(11, 4, device=device, devices=2)) for device in (0, 1)]

    for batch, first, second in zip(whole, *shares, strict=True):
        assert first == batch[::2]
        assert second == batch[1::2]


def test_a_scan_is_changed_alike_whatever_the_batches():
    alone = torch.cat([scans for scans, _, _ in batches(12, 12, augmentation=WILD)])
    in_batches = torch.cat([scans for scans, _, _ in batches(12, 5, augmentation=WILD)])
    odd = torch.cat(
        [scans for scans, _, _ in batches(12, 12, augmentation=WILD, device=1, devices=2)]
    )

    assert torch.equal(alone, in_batches)
    assert torch.equal(alone[1::2], odd)
    assert not torch.equal(alone, torch.cat([scans for scans, _, _ in batches(12, 12)]))
