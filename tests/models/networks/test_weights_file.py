import pytest
import torch
from safetensors.torch import save_file
from torchvision import models

from sonolens.models import NETWORKS, NetworkWeights, build_network, pack_weights


def trunk_tensors(seed=5):
    network = build_network("tiny", adaptation="full", weights="none", seed=seed)
    return {name: tensor.contiguous() for name, tensor in network.features.state_dict().items()}


@pytest.fixture
def start_from(tmp_path):
    """Build tiny from tensors that are saved first."""

    def build(tensors, adaptation="full"):
        torch.save(tensors, tmp_path / "trunk.pt")
        return build_network("tiny", adaptation=adaptation, weights=tmp_path / "trunk.pt", seed=0)

    return build


def test_a_head_in_the_file_is_left_alone(start_from):
    drawn = build_network("tiny", adaptation="full", weights="none", seed=0)

    started = start_from(trunk_tensors() | {"fc.weight": torch.zeros(1000, 16)})

    assert torch.equal(started.head.weight, drawn.head.weight)


@pytest.mark.parametrize("adaptation", ["linear_probe", "drs", "batchnorm", "last_block", "full"])
@pytest.mark.parametrize("name", ["tiny", "mobilenet_v2"])
def test_a_file_that_sonolens_wrote_is_a_start_too(tmp_path, name, adaptation):
    earlier = build_network(name, adaptation=adaptation, weights="none", seed=5)
    packed = pack_weights(earlier, size_px=32, header_extra={})
    save_file(packed.tensors, tmp_path / "earlier.safetensors", metadata=packed.header)

    started = build_network(
        name, adaptation="full", weights=tmp_path / "earlier.safetensors", seed=0
    )

    trunk = earlier.features.state_dict()
    assert all(
        torch.equal(trunk[key], tensor) for key, tensor in started.features.state_dict().items()
    )
    assert not torch.equal(started.head.weight, earlier.head.weight)


def test_scales_of_an_earlier_drs_network_are_left_behind(start_from):
    earlier = build_network("tiny", adaptation="drs", weights="none", seed=5)
    with torch.no_grad():
        earlier.features.stage1.scaling0.scale.fill_(3.0)

    started = start_from(earlier.state_dict(), adaptation="drs")

    assert torch.equal(started.features.stage1.scaling0.scale, torch.ones(8))


def test_old_files_that_do_not_count_batches_still_fit(start_from):
    start_from({name: t for name, t in trunk_tensors().items() if "num_batches" not in name})


def test_densenets_published_names_with_dots_are_understood(tmp_path):
    peer = models.densenet121(weights=None)
    published = {
        (
            name.replace("norm1", "norm.1")
            .replace("norm2", "norm.2")
            .replace("conv1", "conv.1")
            .replace("conv2", "conv.2")
            if "denselayer" in name
            else name
        ): tensor
        for name, tensor in peer.state_dict().items()
        if "num_batches" not in name
    }
    torch.save(published, tmp_path / "densenet.pth")

    started = build_network(
        "densenet121", adaptation="full", weights=tmp_path / "densenet.pth", seed=0
    )

    assert "features.denseblock4.denselayer16.conv.2.weight" in published
    layer = started.features.denseblock4.denselayer16
    assert torch.equal(layer.conv2.weight, peer.features.denseblock4.denselayer16.conv2.weight)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"stage2.0.0.weight": None}, r"lack stage2\.0\.0\.weight"),
        (
            {"stage1.0.0.weight": torch.zeros(8, 1, 3, 3)},
            r"hold stage1.0.0.weight of shape \(8, 1, 3, 3\) where .* needs \(8, 3, 3, 3\)",
        ),
        ({"stage9.weight": torch.zeros(1)}, r"stage9\.weight, which the network does not have"),
        ({"stage1.0.1.bias": torch.full((8,), torch.nan)}, "NaN or infinity in stage1.0.1.bias"),
        ({"stage1.0.1.bias": torch.full((8,), -torch.inf)}, "NaN or infinity in stage1.0.1.bias"),
        (
            {"stage1.0.1.bias": torch.full((8,), 1e300, dtype=torch.float64)},
            "NaN or infinity in stage1.0.1.bias",
        ),
        ({"stage1.0.1.bias": torch.ones(8, dtype=torch.int64)}, "stage1.0.1.bias as torch.int64"),
        ({"stage1.0.1.bias": torch.ones(8, dtype=torch.bool)}, "stage1.0.1.bias as torch.bool"),
        ({"stage1.0.1.bias": torch.ones(8, dtype=torch.complex64)}, "as torch.complex64"),
        ({"stage1.0.1.bias": torch.ones(8).to_sparse()}, "torch.sparse_coo"),
        ({"stage1.0.1.bias": torch.ones(8, device="meta")}, "on meta"),
    ],
)
def test_the_first_tensor_that_cannot_be_is_named(start_from, changed, sentence):
    tensors = {
        name: tensor for name, tensor in (trunk_tensors() | changed).items() if tensor is not None
    }

    with pytest.raises(ValueError, match=sentence) as refusal:
        start_from(tensors)

    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("other", ["tiny", "squeezenet1_1", "efficientnet_b0"])
def test_the_weights_of_another_network_are_refused(tmp_path, other):
    network = build_network(other, adaptation="full", weights="none", seed=0)
    torch.save(network.features.state_dict(), tmp_path / "other.pth")

    with pytest.raises(ValueError, match="saved from another network"):
        build_network("resnet18", adaptation="full", weights=tmp_path / "other.pth", seed=0)


@pytest.mark.parametrize("dtype", [torch.float16, torch.float64])
def test_other_floating_point_numbers_become_float32(start_from, dtype):
    tensors = {
        name: tensor.to(dtype) if tensor.is_floating_point() else tensor
        for name, tensor in trunk_tensors().items()
    }

    assert {weight.dtype for weight in start_from(tensors).parameters()} == {torch.float32}


def test_every_rename_leads_to_a_name_of_the_trunk():
    assert NETWORKS["convnext_tiny"].trunk_name("classifier.0.weight") == "norm.weight"
    assert NETWORKS["convnext_tiny"].trunk_name("classifier.2.weight") == "classifier.2.weight"


def test_weights_cannot_be_replaced_once_packed():
    weights = NetworkWeights(tensors={}, header={})

    with pytest.raises(AttributeError):
        weights.header = {"network": "tiny"}
