import numpy as np
import pytest
import torch

from sonolens.models.batches import ScanBatches


def batches(count, batch_size, order=None):
    scans = np.arange(count, dtype=np.uint8)[:, None, None]
    labels = np.arange(count) % 2 == 1
    return ScanBatches(scans, labels, batch_size=batch_size, change=torch.Tensor.float, order=order)


@pytest.mark.parametrize(
    ("count", "batch_size", "sizes"),
    [(6, 3, [3, 3]), (5, 3, [3, 2]), (7, 3, [3, 4]), (3, 2, [3]), (2, 5, [2])],
)
def test_a_single_scan_joins_the_batch_before_it(count, batch_size, sizes):
    cut = batches(count, batch_size)

    assert [len(labels) for _, labels in cut] == sizes
    assert len(cut) == len(sizes)


def test_without_an_order_scans_come_as_they_are():
    scans = torch.cat([scans for scans, _ in batches(7, 3)])

    assert scans.flatten().tolist() == [0, 1, 2, 3, 4, 5, 6]


def test_every_epoch_has_its_own_order_and_labels_stay_with_their_scans():
    cut = batches(40, 8, order=torch.Generator().manual_seed(0))
    epochs = [list(cut), list(cut)]
    orders = [torch.cat([scans for scans, _ in epoch]).flatten().tolist() for epoch in epochs]

    assert orders[0] != orders[1]
    assert sorted(orders[0]) == sorted(orders[1]) == list(range(40))
    for scans, labels in epochs[0]:
        assert torch.equal(scans.flatten() % 2, labels)
