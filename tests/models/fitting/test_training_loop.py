"""What devices that share a fit exchange beside gradients; whole fits are in test_fit.py and test_processes.py."""

from types import SimpleNamespace

import pytest
import torch
from lightning_fabric import Fabric
from torch import nn

from sonolens.models.fitting.training_loop import _share_statistics, _total


class OneOfTwo(Fabric):
    """The first of two devices; the other holds the same value everywhere."""

    world_size, strategy, device = 2, None, torch.device("cpu")

    def __init__(self, other, *, devices=2):
        self.world_size, self.strategy = devices, SimpleNamespace(all_reduce=self.reduce)
        self.other = other

    def reduce(self, ours, *, reduce_op):
        both = ours + self.other
        return {"sum": both, "mean": both / 2}[reduce_op]


def statistics_of(network):
    norms = [each for each in network.modules() if isinstance(each, nn.BatchNorm2d)]
    assert norms
    return [
        (each.running_mean.unique().tolist(), each.running_var.unique().tolist()) for each in norms
    ]


@pytest.fixture
def network(tiny):
    """A tiny network in which every batch normalisation holds mean 1 and variance 5."""
    network = tiny().train()
    for each in network.modules():
        if isinstance(each, nn.BatchNorm2d):
            each.running_mean.fill_(1)
            each.running_var.fill_(5)
    return network


def test_two_devices_go_on_with_the_mean_of_their_statistics(network):
    _share_statistics(OneOfTwo(3.0), network)

    assert all(found == ([2], [4]) for found in statistics_of(network))


def test_what_one_device_collected_stays(network):
    _share_statistics(OneOfTwo(3.0, devices=1), network)

    assert all(found == ([1], [5]) for found in statistics_of(network))


def test_statistics_that_do_not_learn_stay_and_those_that_are_not_kept_are_no_matter(network):
    frozen, *_, without = [each for each in network.modules() if isinstance(each, nn.BatchNorm2d)]
    frozen.eval()
    without.running_mean = without.running_var = None
    _share_statistics(OneOfTwo(3.0), network)

    assert (frozen.running_mean.unique(), frozen.running_var.unique()) == (1, 5)
    assert without.running_mean is None


@pytest.mark.parametrize(("devices", "total"), [(1, 1.5), (2, 5.5)])
def test_a_loss_is_the_sum_over_all_devices(devices, total):
    assert _total(OneOfTwo(4.0, devices=devices), 1.5) == total
