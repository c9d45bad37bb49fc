import numpy as np
import pytest
import torch
from torch import nn

from sonolens.models import ScanClassifier, build_network
from sonolens.saliency.inference_copy import copy_frozen, fold_normalisation

CPU = torch.device("cpu")


@pytest.fixture
def batch(scans):
    return torch.tensor(scans).float()


def count(network, kind):
    return sum(isinstance(module, kind) for module in network.modules())


def build(name, adaptation):
    network = build_network(name, adaptation=adaptation, weights="none", seed=6)
    generator = torch.Generator().manual_seed(1)
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.running_mean.copy_(torch.randn(module.num_features, generator=generator))
            module.running_var.copy_(0.5 + torch.rand(module.num_features, generator=generator))
    return copy_frozen(network, device=CPU)


@pytest.mark.parametrize("adaptation", ["full", "drs"])
@pytest.mark.parametrize("name", ["tiny", "resnet18"])
def test_folding_leaves_no_normalisation_and_the_same_feature_maps(name, adaptation, batch):
    network = build(name, adaptation)

    folded = fold_normalisation(network, batch)

    assert count(network, nn.BatchNorm2d) == {"tiny": 4, "resnet18": 20}[name]
    assert count(folded, nn.BatchNorm2d) == 0
    expected = network.activations(batch)
    apart = (folded.activations(batch) - expected).abs().max()
    assert 0 < apart < 1e-4 * expected.abs().max()
    assert not any(weight.requires_grad for weight in folded.parameters())
    assert not any(module._forward_hooks for module in network.modules())


def test_the_copy_is_frozen_and_the_network_is_not(random_network):
    frozen = copy_frozen(random_network, device=CPU)

    assert not any(module.training for module in frozen.modules())
    assert not any(weight.requires_grad for weight in frozen.parameters())
    assert random_network.training
    assert random_network.head.weight.requires_grad


class TwoReaders(nn.Module):
    """A convolution whose output is read by its normalisation and, past it, by a sum."""

    def __init__(self):
        super().__init__()
        self.convolution = nn.Conv2d(3, 4, kernel_size=3, padding=1)
        self.normalisation = nn.BatchNorm2d(4)
        self.normalisation.running_var.fill_(9)

    def forward(self, colours):
        maps = self.convolution(colours)
        return maps + self.normalisation(maps)


def network_of(trunk, random_network):
    head = nn.Linear(4, 1)
    return copy_frozen(ScanClassifier(trunk, head, recipe=random_network.recipe), device=CPU)


def test_a_convolution_with_two_readers_stays_unfolded(random_network, batch, caplog):
    network = network_of(nn.Sequential(TwoReaders()), random_network)

    with caplog.at_level("INFO"):
        assert fold_normalisation(network, batch) is network
    assert "stays unfolded" in caplog.text


def test_a_normalisation_before_its_convolution_stays(random_network, batch):
    trunk = nn.Sequential(nn.BatchNorm2d(3), nn.ReLU(), nn.Conv2d(3, 4, kernel_size=1))
    network = network_of(trunk, random_network)

    assert fold_normalisation(network, batch) is network


def test_undefined_feature_maps_are_left_for_others_to_name(batch):
    network = build("tiny", "full")
    network.features[0][0][0].weight.fill_(np.nan)

    assert fold_normalisation(network, batch) is network
