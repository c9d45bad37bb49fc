import functools

import pytest
import torch
from torch import nn
from torchvision import models

from sonolens.models import ADAPTATIONS, NETWORKS, build_network

COLOURS = torch.randn(2, 3, 64, 64, generator=torch.Generator().manual_seed(3))
LAYERS_BEFORE_POOLING = {
    "densenet121": lambda peer: lambda colours: torch.relu(peer.features(colours)),
    "convnext_tiny": lambda peer: lambda colours: peer.classifier[0](peer.features(colours)),
    "resnet18": lambda peer: nn.Sequential(*list(peer.children())[:-2]),
}


def build(name):
    return build_network(name, adaptation="full", weights="none", seed=0)


@functools.cache
def on_meta(name):
    """A network without numbers: its shapes alone, at little cost."""
    with torch.device("meta"):
        return build(name).eval()


def random_peer(name):
    """Torchvision's network with random statistics and normalisation weights too."""
    generator = torch.Generator().manual_seed(11)
    peer = models.get_model(name, weights=None).eval()
    with torch.no_grad():
        for module in peer.modules():
            if isinstance(module, nn.BatchNorm2d | nn.LayerNorm):
                for tensor in module.state_dict().values():
                    if tensor.is_floating_point():
                        tensor.copy_(0.5 + torch.rand(tensor.shape, generator=generator))
    return peer


@pytest.mark.parametrize(
    "name",
    [
        "resnet18",
        "densenet121",
        "mobilenet_v2",
        "squeezenet1_1",
        "efficientnet_b0",
        "convnext_tiny",
    ],
)
def test_the_trunk_is_torchvisions_up_to_the_pooling(tmp_path, name):
    peer = random_peer(name)
    torch.save(peer.state_dict(), tmp_path / "peer.pt")
    ours = build_network(name, adaptation="full", weights=tmp_path / "peer.pt", seed=0).eval()

    with torch.inference_mode():
        maps = ours.features(COLOURS)
        expected = LAYERS_BEFORE_POOLING.get(name, lambda p: p.features)(peer)(COLOURS)

    largest = expected.abs().max()
    torch.testing.assert_close(maps / largest, expected / largest, rtol=0, atol=1e-5)


@pytest.mark.parametrize("name", ["resnet18", "densenet121", "mobilenet_v2", "efficientnet_b0"])
def test_with_our_head_torchvisions_network_gives_our_logit(tmp_path, name):
    peer = random_peer(name)
    torch.save(peer.state_dict(), tmp_path / "peer.pt")
    ours = build_network(name, adaptation="full", weights=tmp_path / "peer.pt", seed=0).eval()
    setattr(peer, "fc" if name == "resnet18" else "classifier", ours.head)
    scans = torch.rand(2, 64, 64, generator=torch.Generator().manual_seed(0)) * 255
    colours = (scans[:, None] - ours.grey_mean) / ours.grey_std

    with torch.inference_mode():
        torch.testing.assert_close(ours(scans), peer(colours)[:, 0], rtol=1e-4, atol=1e-5)


def test_convnext_normalises_each_cell_before_the_pooling(tmp_path):
    peer = random_peer("convnext_tiny")
    torch.save(peer.state_dict(), tmp_path / "peer.pt")
    ours = build_network(
        "convnext_tiny", adaptation="full", weights=tmp_path / "peer.pt", seed=0
    ).eval()

    with torch.inference_mode():
        maps = ours.features(COLOURS)
        cell = (maps[0, :, 1, 0] - peer.classifier[0].bias) / peer.classifier[0].weight

    # Every cell is normalised on its own, then weighted as ImageNet taught.
    assert cell.mean().item() == pytest.approx(0, abs=1e-5)
    assert cell.var(correction=0).item() == pytest.approx(1, abs=1e-4)


@pytest.mark.parametrize(
    "name", [name for name in NETWORKS if name not in {"resnet34", "resnet101", "resnet152"}]
)
def test_the_logit_is_the_mean_of_the_signed_map_plus_the_bias(name):
    network = build(name).eval()
    scans = torch.rand(2, 64, 64, generator=torch.Generator().manual_seed(1)) * 255

    with torch.inference_mode():
        parts = network.head.weight[0, :, None, None] * network.activations(scans)
        logits = network(scans)

    size = parts.mean(dim=(2, 3)).abs().sum(dim=1) + 1
    cam = parts.sum(dim=1)
    difference = (cam.mean(dim=(1, 2)) + network.bias - logits) / size
    torch.testing.assert_close(difference, torch.zeros(2), rtol=0, atol=1e-5)


@pytest.mark.parametrize("name", NETWORKS)
def test_as_many_maps_leave_the_trunk_as_the_head_weighs(name):
    network = on_meta(name)

    maps = network.activations(torch.zeros(1, 224, 224, device="meta"))

    side = 13 if name == "squeezenet1_1" else 224 // NETWORKS[name].output_strides[0]
    assert maps.shape == (1, network.head.in_features, side, side)


@pytest.mark.parametrize(
    ("name", "blocks_by_stage"),
    [
        ("tiny", [1, 1, 1, 1]),
        ("local", [1, 1, 1, 1]),
        ("resnet18", [2, 2, 2, 2]),
        ("resnet34", [3, 4, 6, 3]),
        ("resnet50", [3, 4, 6, 3]),
        ("resnet101", [3, 4, 23, 3]),
        ("resnet152", [3, 8, 36, 3]),
        ("densenet121", [1, 1, 1, 1]),
        ("mobilenet_v2", [1, 2, 3, 4, 3, 3, 1]),
        ("squeezenet1_1", [2, 2, 4]),
        ("efficientnet_b0", [1, 2, 2, 3, 3, 4, 1]),
        ("convnext_tiny", [3, 3, 9, 3]),
    ],
)
def test_stages_have_the_published_numbers_of_blocks(name, blocks_by_stage):
    blocks = NETWORKS[name].blocks(on_meta(name).features)

    assert [len(stage) for stage in blocks] == blocks_by_stage


@pytest.mark.parametrize("name", NETWORKS)
def test_every_block_of_torchvisions_is_listed_once_and_in_order(name):
    kinds = {"BasicBlock", "Bottleneck", "_DenseBlock", "InvertedResidual", "Fire", "MBConv"}
    trunk = on_meta(name).features
    present = [
        path
        for path, module in trunk.named_modules()
        if type(module).__name__ in kinds | {"CNBlock"}
    ]

    listed = [block for stage in NETWORKS[name].blocks(trunk) for block in stage]

    assert listed == (present or [f"stage{number}.0" for number in (1, 2, 3, 4)])


@pytest.mark.parametrize("name", NETWORKS)
def test_batchnorm_is_offered_where_there_is_batch_normalisation(name):
    present = any(isinstance(module, nn.BatchNorm2d) for module in on_meta(name).modules())

    assert ("batchnorm" in NETWORKS[name].adaptations) == present
    assert set(ADAPTATIONS) - set(NETWORKS[name].adaptations) <= {"batchnorm"}


def test_no_network_draws_at_random_when_it_runs():
    for name in ("efficientnet_b0", "convnext_tiny", "densenet121", "mobilenet_v2"):
        network = build(name).train()
        before = torch.get_rng_state()

        with torch.no_grad():
            first, second = network.features(COLOURS), network.features(COLOURS)

        assert torch.equal(first, second)
        assert torch.equal(torch.get_rng_state(), before)


def test_tiny_has_a_few_thousand_weights():
    convolutions = 9 * (3 * 8 + 8 * 8 + 8 * 16 + 16 * 16)
    norms = 2 * (8 + 8 + 16 + 16)
    head = 16 + 1

    total = sum(weight.numel() for weight in build("tiny").parameters())

    assert total == convolutions + norms + head == 4361


def test_local_has_some_twenty_thousand_weights():
    convolutions = 3 * 16 * 16 + 16 * 32 * 16 + 32 * 64 * 4 + 64 * 64
    norms = 2 * (16 + 32 + 64 + 64)

    total = sum(weight.numel() for weight in build("local").parameters())

    assert total == convolutions + norms + 64 + 1 == 21665


def test_a_cell_of_local_sees_fourteen_pixels_about_its_own_centre_and_nothing_else():
    network = build("local").eval()
    scan = torch.rand(1, 96, 96, generator=torch.Generator().manual_seed(2)) * 255
    scan.requires_grad_()

    network.activations(scan)[0, :, 4, 7].sum().backward()

    rows, cols = (scan.grad[0] != 0).nonzero().T
    assert (rows.min().item(), rows.max().item()) == (4 * 8 - 3, 4 * 8 + 10)
    assert (cols.min().item(), cols.max().item()) == (7 * 8 - 3, 7 * 8 + 10)
    # A map of 12 cells over 96 pixels puts cell 4 here.
    assert (rows.min().item() + rows.max().item()) / 2 == (4 + 0.5) * 96 / 12 - 0.5
