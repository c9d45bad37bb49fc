"""What moves in a fit is told by name here, written down from torchvision's own layers."""

import pytest
import torch
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits
from torchvision import models

from sonolens.models import NETWORKS, build_network

SCANS = torch.rand(2, 64, 64, generator=torch.Generator().manual_seed(7)) * 255
LAST_BLOCK_ON = {
    "tiny": ("stage4.0.",),
    "local": ("stage4.0.",),
    "resnet18": ("layer4.1.",),
    "resnet34": ("layer4.2.",),
    "resnet50": ("layer4.2.",),
    "resnet101": ("layer4.2.",),
    "resnet152": ("layer4.2.",),
    "densenet121": ("denseblock4.", "norm5."),
    "mobilenet_v2": ("17.", "18."),
    "squeezenet1_1": ("12.",),
    "efficientnet_b0": ("7.0.", "8."),
    "convnext_tiny": ("7.2.", "norm."),
}
HEAD = {"head.weight", "head.bias"}
CASES = [
    (name, adaptation)
    for name, architecture in NETWORKS.items()
    for adaptation in architecture.adaptations
    # The three are one family with resnet50; the last block is what could differ.
    if name not in {"resnet34", "resnet101", "resnet152"} or adaptation == "last_block"
]


def state_of(network):
    return {name: tensor.clone() for name, tensor in network.state_dict().items()}


def one_step(network):
    """One step of Adam in training mode that moves every weight with a gradient, however small."""
    network.train()
    learning = [weight for weight in network.parameters() if weight.requires_grad]
    optimiser = torch.optim.Adam(learning, lr=0.01, eps=1e-30)
    loss = binary_cross_entropy_with_logits(network(SCANS), torch.tensor([0.0, 1.0]))
    loss.backward()
    optimiser.step()
    return {name for name, weight in network.named_parameters() if weight.grad is not None}


def norms_of(network):
    """Names of batch normalisations, by what they are called in a network of which all learns."""
    return {name for name, module in network.named_modules() if isinstance(module, nn.BatchNorm2d)}


def expected_to_move(network, adaptation):
    names = set(network.state_dict()) - {"grey_mean", "grey_std"}
    if adaptation == "full":
        return names
    if adaptation == "last_block":
        parts = LAST_BLOCK_ON[network.recipe.network]
        return HEAD | {n for n in names if n.removeprefix("features.").startswith(parts)}
    if adaptation == "batchnorm":
        return HEAD | {
            f"{norm}.{weight}" for norm in norms_of(network) for weight in ("weight", "bias")
        }
    return HEAD | {n for n in names if n.endswith(".scale")}


@pytest.mark.parametrize(("name", "adaptation"), CASES)
def test_one_step_moves_what_learns_and_nothing_else(name, adaptation):
    network = build_network(name, adaptation=adaptation, weights="none", seed=2)
    before = state_of(network)
    expected = expected_to_move(network, adaptation)

    with_gradient = one_step(network)

    after = network.state_dict()
    moved = {key for key, tensor in before.items() if not torch.equal(tensor, after[key])}
    weights = {key for key, _ in network.named_parameters()}
    assert moved <= expected
    assert with_gradient == expected & weights
    # A weight may have a gradient of exactly zero, for instance in front of a normalisation.
    assert len(moved) >= 0.9 * len(expected)
    assert expected - weights <= moved


def test_torchvisions_affine_weights_are_what_batchnorm_adapts():
    network = build_network("resnet18", adaptation="batchnorm", weights="none", seed=2)
    norms = [m for m in models.resnet18().modules() if isinstance(m, nn.BatchNorm2d)]

    learning = sum(weight.numel() for weight in network.parameters() if weight.requires_grad)

    assert learning == sum(2 * norm.num_features for norm in norms) + 513 == 9600 + 513


@pytest.mark.parametrize("drs_bias", [False, True])
def test_only_scales_offsets_and_the_head_learn_in_drs(drs_bias):
    network = build_network("tiny", adaptation="drs", weights="none", seed=2, drs_bias=drs_bias)

    learning = {
        name.rpartition(".")[2]
        for name, w in network.features.named_parameters()
        if w.requires_grad
    }

    assert learning == ({"scale", "offset"} if drs_bias else {"scale"})
