import pytest
import torch
from torch import nn

from sonolens.models import build_network
from sonolens.models.networks.freezing import FixedBatchNorm, freeze

SCANS = torch.rand(3, 64, 64, generator=torch.Generator().manual_seed(7)) * 255


@pytest.mark.parametrize("part", ["network", "features", "stage", "norm"])
@pytest.mark.parametrize("adaptation", ["linear_probe", "drs", "batchnorm"])
def test_statistics_stay_whoever_calls_train(part, adaptation):
    network = build_network("tiny", adaptation=adaptation, weights="none", seed=2)
    norm = network.features.stage1[0][1]
    before = norm.running_mean.clone()

    parts = {"network": network, "features": network.features, "norm": norm}
    parts.get(part, network.features.stage1).train()
    network(SCANS)

    assert torch.equal(norm.running_mean, before)


def test_statistics_move_in_full_fine_tuning():
    network = build_network("tiny", adaptation="full", weights="none", seed=2).train()

    network(SCANS)

    assert not torch.equal(network.features.stage1[0][1].running_mean, torch.zeros(8))


def test_a_name_does_not_spare_its_namesakes():
    trunk = nn.Sequential()
    for name in ("1", "10"):
        trunk.add_module(name, nn.Sequential(nn.Conv2d(3, 3, 1), nn.BatchNorm2d(3)))

    freeze(trunk, but=["1"])

    learning = [name for name, weight in trunk.named_parameters() if weight.requires_grad]
    assert learning == ["1.0.weight", "1.0.bias", "1.1.weight", "1.1.bias"]
    assert [type(norm) for norm in (trunk[0][1], trunk[1][1])] == [nn.BatchNorm2d, FixedBatchNorm]


def test_a_frozen_normalisation_computes_what_it_computed():
    norm = nn.BatchNorm2d(1, eps=0.5)
    with torch.no_grad():
        norm.weight.fill_(2)
        norm.bias.fill_(1)
        norm.running_mean.fill_(3)
        norm.running_var.fill_(3.5)
    trunk = nn.Sequential(norm)

    freeze(trunk)

    # 7 lies 4 above the mean, the root of 3.5 plus 0.5 is 2, and twice 2 plus 1 makes 5.
    assert trunk(torch.full((1, 1, 1, 1), 7.0)).item() == 5.0
