import pytest
import torch

from sonolens.models import build_network
from sonolens.models.scaling import ChannelScaling

SCANS = torch.rand(3, 64, 64, generator=torch.Generator().manual_seed(7)) * 255


def build(name, adaptation, **options):
    return build_network(name, adaptation=adaptation, weights="none", seed=2, **options)


def learning(network):
    return {name: w.numel() for name, w in network.named_parameters() if w.requires_grad}


@pytest.mark.parametrize(
    ("name", "scales"),
    [
        ("tiny", 48),
        ("resnet18", 1920),
        ("resnet34", 3776),
        ("resnet50", 15_104),
        ("resnet101", 32_512),
    ],
)
def test_only_one_factor_per_block_and_channel_and_the_head_learn(name, scales):
    counts = learning(build(name, "drs"))
    head = counts.pop("head.weight") + counts.pop("head.bias")

    assert sum(counts.values()) == scales
    assert all(weight.endswith(".scale") for weight in counts)
    assert head == {"tiny": 17, "resnet18": 513, "resnet34": 513}.get(name, 2049)


def test_offsets_double_what_learns():
    counts = learning(build("tiny", "drs", drs_bias=True))

    assert sum(counts.values()) == 2 * 48 + 17


@pytest.mark.parametrize("drs_bias", [False, True])
@pytest.mark.parametrize("name", ["tiny", "resnet18"])
def test_drs_starts_as_the_frozen_backbone_to_the_bit(name, drs_bias):
    full = build(name, "full").eval()
    drs = build(name, "drs", drs_bias=drs_bias).eval()

    with torch.inference_mode():
        assert torch.equal(drs(SCANS), full(SCANS))


def test_scaling_stands_directly_after_each_block_behind_its_relu():
    network = build("resnet18", "drs").eval()
    layers = [type(part).__name__ for part in network.features.layer4]

    assert layers == ["BasicBlock", "ChannelScaling", "BasicBlock", "ChannelScaling"]
    with torch.inference_mode():
        assert network.features(torch.rand(1, 3, 64, 64)).min() >= 0


def test_a_channel_is_multiplied_and_then_moved():
    scaling = ChannelScaling(2, bias=True)
    with torch.no_grad():
        scaling.scale.copy_(torch.tensor([2.0, 3.0]))
        scaling.offset.copy_(torch.tensor([0.5, 0.0]))

    scaled = scaling(torch.ones(1, 2, 1, 2))

    assert scaled.tolist() == [[[[2.5, 2.5]], [[3.0, 3.0]]]]


def test_activations_are_taken_after_the_last_scaling():
    network = build("tiny", "drs").eval()
    before = network.activations(SCANS)

    with torch.no_grad():
        network.features.stage4.scaling0.scale.fill_(3.0)

    torch.testing.assert_close(network.activations(SCANS), 3 * before)


@pytest.mark.parametrize("part", ["network", "features", "stage"])
def test_statistics_stay_whoever_calls_train(part):
    network = build("tiny", "drs")
    statistics = network.features.stage1[0][1]
    before = statistics.running_mean.clone()

    {"network": network, "features": network.features, "stage": network.features.stage1}[
        part
    ].train()
    network(SCANS)

    assert torch.equal(statistics.running_mean, before)


def test_statistics_move_in_full_fine_tuning():
    network = build("tiny", "full").train()

    network(SCANS)

    assert not torch.equal(network.features.stage1[0][1].running_mean, torch.zeros(8))


def test_an_unknown_adaptation_names_the_known_ones():
    with pytest.raises(ValueError, match="'half' is unknown; choose from full, drs"):
        build("tiny", "half")


def test_offsets_without_drs_are_refused():
    with pytest.raises(ValueError, match="drs_bias belongs to adaptation drs"):
        build("tiny", "full", drs_bias=True)
