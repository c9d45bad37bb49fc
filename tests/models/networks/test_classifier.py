import pytest
import torch
from torch import nn

from sonolens.models import ScanClassifier, build_network, count_weights
from sonolens.models.networks.classifier import Recipe, WeightCount


def linear_network():
    """One 1x1 convolution that keeps the red channel: the logit is 2 * mean(red) + 3."""
    features = nn.Sequential(nn.Conv2d(3, 1, kernel_size=1, bias=False))
    head = nn.Linear(1, 1)
    with torch.no_grad():
        features[0].weight.copy_(torch.tensor([1.0, 0.0, 0.0]).reshape(1, 3, 1, 1))
        head.weight.fill_(2.0)
        head.bias.fill_(3.0)
    recipe = Recipe(
        network="tiny", adaptation="full", drs_placement="block", drs_bias=False, output_stride=1
    )
    return ScanClassifier(features, head, recipe=recipe)


def test_grey_levels_are_normalised_as_imagenet_was():
    scans = torch.tensor([[[0, 255]]], dtype=torch.uint8)

    red = linear_network().activations(scans)

    black, white = (0 - 0.485) / 0.229, (1 - 0.485) / 0.229
    torch.testing.assert_close(red, torch.tensor([[[[black, white]]]]))


def test_the_logit_is_the_weighted_mean_plus_the_bias():
    scans = torch.full((2, 3, 4), 255 * 0.485)
    scans[1] += 255 * 0.229

    logits = linear_network()(scans)

    torch.testing.assert_close(logits, torch.tensor([3.0, 5.0]))


def test_the_bias_is_the_logit_of_a_network_that_sees_nothing():
    nothing = torch.full((1, 2, 2), 255 * 0.485)

    assert linear_network().bias == linear_network()(nothing).item() == 3.0


def test_integers_and_floats_of_the_same_grey_levels_agree():
    scans = torch.arange(2 * 32 * 32).reshape(2, 32, 32).remainder(256).to(torch.uint8)
    network = build_network("tiny", adaptation="full", weights="none", seed=1).eval()

    assert torch.equal(network(scans), network(scans.float()))


def test_tiny_makes_cells_of_16_pixels():
    network = build_network("tiny", adaptation="full", weights="none", seed=1)

    assert network.activations(torch.zeros(2, 64, 96)).shape == (2, 16, 4, 6)


def test_a_resnet_makes_7_by_7_cells_of_224_pixels():
    network = build_network("resnet18", adaptation="full", weights="none", seed=1).eval()

    with torch.inference_mode():
        assert network.activations(torch.zeros(1, 224, 224)).shape == (1, 512, 7, 7)


def test_statistics_are_not_weights():
    assert count_weights(nn.BatchNorm2d(3)) == WeightCount(total=6, learning=6)


@pytest.mark.parametrize(
    ("adaptation", "learning"),
    [
        ("linear_probe", 17),
        ("drs", 48 + 17),
        ("batchnorm", 2 * 48 + 17),
        ("last_block", 9 * 16 * 16 + 2 * 16 + 17),
        ("full", 4361),
    ],
)
def test_tiny_learns_what_its_adaptation_lets_it(adaptation, learning):
    network = build_network("tiny", adaptation=adaptation, weights="none", seed=0)

    scales = 48 if adaptation == "drs" else 0
    assert count_weights(network) == WeightCount(total=4361 + scales, learning=learning)


def test_resnet50_has_torchvisions_weights_without_its_thousand_classes():
    with torch.device("meta"):
        network = build_network("resnet50", adaptation="drs", weights="none", seed=0)

    assert count_weights(network) == WeightCount(
        total=25_557_032 - 2049 * 1000 + 15_104 + 2049, learning=15_104 + 2049
    )
