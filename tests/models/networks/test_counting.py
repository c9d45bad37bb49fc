import pytest
import torch
from torch import nn

from sonolens.models import WeightCount, build_network, count_weights


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
