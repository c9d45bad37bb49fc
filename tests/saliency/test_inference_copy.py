import numpy as np
import pytest
import torch
from torch import nn

from sonolens.models import ScanClassifier, build_network
from sonolens.saliency.inference_copy import fold_normalisation, view_frozen

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
    return view_frozen(network, device=CPU)


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


def test_the_double_is_frozen_and_the_network_is_not(random_network):
    frozen = view_frozen(random_network, device=CPU)

    assert not any(module.training for module in frozen.modules())
    assert not any(weight.requires_grad for weight in frozen.parameters())
    assert random_network.training
    assert random_network.head.weight.requires_grad


def own_bytes(network, other):
    """Memory of a network's weights and buffers that another does not share."""
    places = [
        {
            tensor.untyped_storage().data_ptr(): tensor.untyped_storage().nbytes()
            for tensor in (*each.parameters(), *each.buffers())
        }
        for each in (network, other)
    ]
    return sum(size for place, size in places[0].items() if place not in places[1])


def test_the_double_has_the_weights_of_the_network_and_no_others(random_network, batch):
    double = view_frozen(random_network, device=CPU)

    assert own_bytes(double, random_network) == 0
    random_network.eval()
    assert torch.equal(double.activations(batch), random_network.activations(batch))


def test_folding_holds_no_second_copy_of_the_convolutions(batch):
    network = build("resnet18", "full")

    folded = fold_normalisation(network, batch)

    # One scale and one shift of 4 bytes for each of the 4800 channels that are normalised.
    assert own_bytes(folded, network) == 2 * 4 * 4800


def test_folding_leaves_the_weights_as_they_are(batch):
    network = build("tiny", "full")
    before = {name: tensor.clone() for name, tensor in network.state_dict().items()}

    fold_normalisation(network, batch).activations(batch)

    after = network.state_dict()
    assert list(after) == list(before)
    assert all(torch.equal(after[name], before[name]) for name in before)


def test_folding_by_hand(random_network):
    """y = 2 x + 1, then (y - 3) / sqrt(3.99999 + 0.00001) * 5 + 7: 5 x + 2."""
    convolution = nn.Conv2d(3, 1, kernel_size=1)
    convolution.weight.data[:] = torch.tensor([2.0, 0.0, 0.0])[None, :, None, None]
    convolution.bias.data.fill_(1.0)
    normalisation = nn.BatchNorm2d(1)
    normalisation.running_mean.fill_(3.0)
    normalisation.running_var.fill_(3.99999)
    normalisation.weight.data.fill_(5.0)
    normalisation.bias.data.fill_(7.0)
    trunk = nn.Sequential(convolution, normalisation)
    network = network_of(trunk, random_network)

    folded = fold_normalisation(network, torch.tensor([[[0.0, 255.0]]]))

    weight = folded.features[0].weight.flatten()
    torch.testing.assert_close(weight, torch.tensor([5.0, 0.0, 0.0]))
    torch.testing.assert_close(folded.features[0].bias, nn.Parameter(torch.tensor([2.0])))


@pytest.mark.parametrize("option", [{"affine": False}, {"track_running_stats": False}])
def test_a_normalisation_that_lacks_something_is_no_obstacle(random_network, batch, option):
    trunk = nn.Sequential(nn.Conv2d(3, 4, kernel_size=3, bias=False), nn.BatchNorm2d(4, **option))
    network = network_of(trunk, random_network)
    if "affine" in option:
        network.features[1].running_var.fill_(9)

    folded = fold_normalisation(network, batch)

    # Without statistics of its own it takes the batch's, which is nothing to fold.
    assert count(folded, nn.BatchNorm2d) == ("track_running_stats" in option)
    expected = network.activations(batch)
    torch.testing.assert_close(folded.activations(batch), expected, rtol=1e-4, atol=1e-4)


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
    return view_frozen(ScanClassifier(trunk, head, recipe=random_network.recipe), device=CPU)


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
