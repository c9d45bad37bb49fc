"""The receptive field of one cell, against published numbers and against gradients."""

import math

import pytest
import torch

from sonolens.models import build_network, receptive_field_px


def build(name, output_stride=None):
    return build_network(
        name, adaptation="full", weights="none", seed=0, output_stride=output_stride
    )


@pytest.mark.parametrize(
    ("name", "published_px"),
    [("resnet18", 435), ("resnet50", 427), ("mobilenet_v2", 491), ("tiny", 31), ("local", 14)],
)
def test_the_receptive_field_is_the_published_one(name, published_px):
    assert receptive_field_px(build(name)) == published_px


def test_dilation_keeps_what_a_cell_sees():
    assert receptive_field_px(build("resnet18", output_stride=8)) == 435


def test_squeeze_and_excitation_sees_everything():
    assert receptive_field_px(build("efficientnet_b0")) == math.inf


@pytest.mark.parametrize("name", ["tiny", "local"])
def test_no_gradient_reaches_beyond_it(name):
    network = build(name).eval()
    scan = torch.rand(1, 128, 128, generator=torch.Generator().manual_seed(2)) * 255
    scan.requires_grad_()
    maps = network.activations(scan)

    maps[0, :, maps.shape[2] // 2, maps.shape[3] // 2].sum().backward()

    rows = (scan.grad[0] != 0).any(dim=1).nonzero()
    assert rows.max() - rows.min() + 1 == receptive_field_px(network)
