import functools

import pytest
import torch
from torch import nn
from torchvision.models import resnet50

from sonolens.models import NETWORKS, build_network
from sonolens.models.networks.stride import DilatedAvgPool

STRIDES = [
    (name, stride)
    for name, architecture in NETWORKS.items()
    for stride in architecture.output_strides
    if name not in {"resnet34", "resnet101", "resnet152"}  # as resnet18 and resnet50, but longer
]
COLOURS = torch.randn(1, 3, 64, 64, generator=torch.Generator().manual_seed(2))


def build(name, stride, weights="none"):
    return build_network(name, adaptation="full", weights=weights, seed=4, output_stride=stride)


@functools.cache
def on_meta(name, stride):
    with torch.device("meta"):
        return build(name, stride).eval()


def maps_of(network):
    # Their mean over the scan is the one thing that a finer map rightly changes.
    for path, module in list(network.named_modules()):
        if type(module).__name__ == "SqueezeExcitation":
            network.set_submodule(path, nn.Identity())
    with torch.inference_mode():
        return network.eval().features(COLOURS)


@pytest.mark.parametrize(("name", "stride"), STRIDES)
def test_a_scan_of_224_pixels_has_a_cell_per_stride(name, stride):
    maps = on_meta(name, stride).activations(torch.zeros(1, 224, 224, device="meta"))

    # SqueezeNet pads nothing, so one cell at the border is lost.
    side = 224 // stride - (name == "squeezenet1_1")
    assert maps.shape[2:] == (side, side)


@pytest.mark.parametrize(("name", "stride"), STRIDES)
def test_weights_keep_their_names_and_shapes(name, stride):
    shapes = [
        {key: tensor.shape for key, tensor in on_meta(name, wanted).state_dict().items()}
        for wanted in (NETWORKS[name].output_strides[0], stride)
    ]

    assert shapes[0] == shapes[1]


@pytest.mark.parametrize(("stride", "replaced"), [(16, (0, 0, 1)), (8, (0, 1, 1))])
def test_resnet50_is_dilated_as_torchvision_does_it(tmp_path, stride, replaced):
    peer = resnet50(weights=None, replace_stride_with_dilation=list(map(bool, replaced))).eval()
    torch.save(peer.state_dict(), tmp_path / "peer.pt")

    maps = maps_of(build("resnet50", stride, weights=tmp_path / "peer.pt"))

    with torch.inference_mode():
        expected = nn.Sequential(*list(peer.children())[:-2])(COLOURS)
    largest = expected.abs().max()
    torch.testing.assert_close(maps / largest, expected / largest, rtol=0, atol=1e-5)


@pytest.mark.parametrize("stride", [8, 16])
@pytest.mark.parametrize(
    "name", ["tiny", "resnet18", "densenet121", "mobilenet_v2", "efficientnet_b0", "squeezenet1_1"]
)
def test_the_coarse_map_is_contained_in_the_fine_one(name, stride):
    own = NETWORKS[name].output_strides[0]
    coarse, fine = maps_of(build(name, own)), maps_of(build(name, stride))

    # SqueezeNet's unpadded pooling looks at the cell after the first.
    first = 1 if name == "squeezenet1_1" and stride < own else 0
    picked = fine[:, :, first :: own // stride, first :: own // stride]

    largest = coarse.abs().max()
    torch.testing.assert_close(picked / largest, coarse / largest, rtol=0, atol=1e-5)


def test_a_dilated_mean_takes_four_cells_two_apart():
    maps = torch.arange(16.0).reshape(1, 1, 4, 4)

    means = DilatedAvgPool(2)(maps)[0, 0]

    assert means[0].tolist() == [(0 + 2 + 8 + 10) / 4, (1 + 3 + 9 + 11) / 4, 6.5, 7.0]
    assert means[3, 3] == 15
