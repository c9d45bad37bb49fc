import pytest
import torch
from torch import nn

from sonolens.models import build_network
from sonolens.models.networks.scaling import ChannelScaling, insert_scaling

SCANS = torch.rand(3, 64, 64, generator=torch.Generator().manual_seed(7)) * 255


def build(name, adaptation, **options):
    return build_network(name, adaptation=adaptation, weights="none", seed=2, **options)


def scales_of(name, **options):
    """How many scales and offsets DRS adds; counted without drawing a network."""
    with torch.device("meta"):
        network = build(name, "drs", **options)
    return sum(w.numel() for key, w in network.named_parameters() if ".scaling" in key)


def perturb(network):
    """Move statistics and weights off their neutral start, so that a missing one is noticed."""
    generator = torch.Generator().manual_seed(9)
    with torch.no_grad():
        for name, tensor in network.state_dict().items():
            if tensor.ndim == 1 and tensor.is_floating_point() and ".scaling" not in name:
                tensor.copy_(0.5 + torch.rand(tensor.shape, generator=generator))
    return network


@pytest.mark.parametrize(
    ("name", "by_block", "by_stage"),
    [
        ("tiny", 48, 48),
        ("resnet18", 1920, 960),
        ("resnet50", 15_104, 3840),
        ("densenet121", 256 + 512 + 1024 + 1024, 2816),
        (
            "mobilenet_v2",
            16 + 2 * 24 + 3 * 32 + 4 * 64 + 3 * 96 + 3 * 160 + 320,
            16 + 24 + 32 + 64 + 96 + 160 + 320,
        ),
        ("squeezenet1_1", 2 * 128 + 2 * 256 + 2 * 384 + 2 * 512, 128 + 256 + 512),
        (
            "efficientnet_b0",
            16 + 2 * 24 + 2 * 40 + 3 * 80 + 3 * 112 + 4 * 192 + 320,
            16 + 24 + 40 + 80 + 112 + 192 + 320,
        ),
        ("convnext_tiny", 3 * 96 + 3 * 192 + 9 * 384 + 3 * 768, 96 + 192 + 384 + 768),
    ],
)
def test_one_scale_per_channel_behind_each_block_or_stage(name, by_block, by_stage):
    assert scales_of(name) == by_block
    assert scales_of(name, drs_placement="stage") == by_stage


@pytest.mark.parametrize(
    ("name", "scales"), [("resnet34", 3776), ("resnet101", 32_512), ("resnet152", 47_872)]
)
def test_deeper_resnets_have_more_scales(name, scales):
    assert scales_of(name) == scales


def test_offsets_double_what_is_added():
    assert scales_of("tiny", drs_bias=True) == 2 * 48


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("tiny", {}),
        ("tiny", {"drs_bias": True}),
        ("resnet18", {"drs_placement": "stage", "output_stride": 16}),
        ("densenet121", {"drs_bias": True}),
        ("mobilenet_v2", {}),
        ("squeezenet1_1", {}),
        ("efficientnet_b0", {}),
        ("convnext_tiny", {}),
    ],
)
def test_drs_starts_as_the_frozen_backbone_to_the_bit(name, options):
    stride = {"output_stride": options["output_stride"]} if "output_stride" in options else {}
    frozen = perturb(build(name, "linear_probe", **stride)).train()
    drs = perturb(build(name, "drs", **options)).train()

    with torch.inference_mode():
        assert torch.equal(drs.activations(SCANS), frozen.activations(SCANS))
        assert torch.equal(drs(SCANS), frozen(SCANS))


def test_scaling_stands_directly_after_each_block_behind_its_relu():
    network = build("resnet18", "drs").eval()
    layers = [type(part).__name__ for part in network.features.layer4]

    assert layers == ["BasicBlock", "ChannelScaling", "BasicBlock", "ChannelScaling"]
    with torch.inference_mode():
        assert network.features(torch.rand(1, 3, 64, 64)).min() >= 0


def test_by_stage_only_the_last_block_is_scaled():
    network = build("resnet18", "drs", drs_placement="stage")
    layers = [type(part).__name__ for part in network.features.layer4]

    assert layers == ["BasicBlock", "BasicBlock", "ChannelScaling"]


def test_blocks_of_a_flat_trunk_are_scaled_in_the_trunk():
    names = [name for name, _ in build("squeezenet1_1", "drs").features.named_children()]

    assert names[2:8] == ["2", "3", "scaling3", "4", "scaling4", "5"]


def test_a_scale_acts_on_its_own_block():
    network = build("squeezenet1_1", "drs").eval()
    watched = nn.Sequential(*list(network.features.children())[:5])
    colours = torch.rand(1, 3, 64, 64)
    before = watched(colours)

    with torch.no_grad():
        network.features.scaling3.scale[5] = 3.0

    expected = before.clone()
    expected[:, 5] *= 3
    torch.testing.assert_close(watched(colours), expected)


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


def test_counting_channels_leaves_no_hook_behind():
    trunk = nn.Sequential(nn.Conv2d(3, 4, kernel_size=1), nn.ReLU())

    scaled = insert_scaling(trunk, blocks=["0"], bias=False)

    assert [name for name, _ in scaled.named_children()] == ["0", "scaling0", "1"]
    assert scaled.scaling0.scale.shape == (4,)
    assert not any(module._forward_hooks for module in scaled.modules())
