import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from sonolens.models import NetworkWeights, build_network, pack_weights


def trunk_tensors(seed=5):
    network = build_network("tiny", adaptation="full", weights="none", seed=seed)
    return {name: tensor.contiguous() for name, tensor in network.features.state_dict().items()}


def start_from(path, seed=0):
    return build_network("tiny", adaptation="full", weights=path, seed=seed)


@pytest.mark.parametrize("suffix", ["pt", "safetensors"])
def test_a_network_starts_from_the_tensors_of_a_local_file(tmp_path, suffix):
    path = tmp_path / f"trunk.{suffix}"
    tensors = trunk_tensors()
    save_file(tensors, path) if suffix == "safetensors" else torch.save(tensors, path)

    started = start_from(path).features.state_dict()

    assert all(torch.equal(started[name], tensor) for name, tensor in tensors.items())


def test_a_head_in_the_file_is_left_alone(tmp_path):
    path = tmp_path / "trunk.pt"
    torch.save(trunk_tensors() | {"fc.weight": torch.zeros(1000, 16)}, path)
    drawn = build_network("tiny", adaptation="full", weights="none", seed=0)

    assert torch.equal(start_from(path).head.weight, drawn.head.weight)


def test_a_file_that_sonolens_wrote_is_a_start_too(tmp_path):
    earlier = build_network("tiny", adaptation="full", weights="none", seed=5)
    packed = pack_weights(earlier, size_px=32, header_extra={})
    save_file(packed.tensors, tmp_path / "earlier.safetensors", metadata=packed.header)

    started = start_from(tmp_path / "earlier.safetensors")

    assert torch.equal(started.features.stage1[0][0].weight, earlier.features.stage1[0][0].weight)


def test_old_files_that_do_not_count_batches_still_fit(tmp_path):
    kept = {name: t for name, t in trunk_tensors().items() if "num_batches" not in name}
    torch.save(kept, tmp_path / "old.pt")

    start_from(tmp_path / "old.pt")


def test_the_first_tensor_that_is_missing_is_named(tmp_path):
    tensors = trunk_tensors()
    del tensors["stage2.0.0.weight"]
    torch.save(tensors, tmp_path / "trunk.pt")

    with pytest.raises(ValueError, match=r"lack stage2\.0\.0\.weight"):
        start_from(tmp_path / "trunk.pt")


def test_the_first_tensor_of_another_shape_is_named(tmp_path):
    torch.save(
        trunk_tensors() | {"stage1.0.0.weight": torch.zeros(8, 1, 3, 3)}, tmp_path / "trunk.pt"
    )

    with pytest.raises(ValueError, match=r"stage1.0.0.weight of shape \(8, 1, 3, 3\)"):
        start_from(tmp_path / "trunk.pt")


def test_a_tensor_the_network_does_not_have_is_named(tmp_path):
    torch.save(trunk_tensors() | {"stage9.weight": torch.zeros(1)}, tmp_path / "trunk.pt")

    with pytest.raises(ValueError, match=r"stage9\.weight, which the network does not have"):
        start_from(tmp_path / "trunk.pt")


def test_a_missing_file_names_the_choices(tmp_path):
    with pytest.raises(FileNotFoundError, match="give imagenet, none or the path"):
        start_from(tmp_path / "nowhere.pt")


def test_a_pickled_network_is_not_run_but_refused(tmp_path):
    torch.save(nn.Linear(2, 1), tmp_path / "network.pt")

    with pytest.raises(ValueError, match="neither safetensors nor a plain state dict"):
        start_from(tmp_path / "network.pt")


def test_a_checkpoint_with_more_than_tensors_is_refused(tmp_path):
    torch.save({"epoch": 3, "state_dict": {}}, tmp_path / "checkpoint.pt")

    with pytest.raises(ValueError, match="holds more than named tensors"):
        start_from(tmp_path / "checkpoint.pt")


def test_a_failed_download_names_the_three_ways_out(monkeypatch):
    def fail(*_args, **_kwargs):
        raise OSError("no route to host")

    monkeypatch.setattr("torchvision.models._api.load_state_dict_from_url", fail)

    with pytest.raises(
        ConnectionError, match=r"no route.*network access.*local state dict.*to none"
    ):
        build_network("resnet18", adaptation="full", weights="imagenet", seed=0)


def test_downloaded_weights_become_the_trunk(monkeypatch):
    drawn = build_network("resnet18", adaptation="full", weights="none", seed=4)
    state = dict(drawn.features.state_dict()) | {"fc.weight": torch.zeros(1000, 512)}
    monkeypatch.setattr("torchvision.models._api.load_state_dict_from_url", lambda *_, **__: state)

    started = build_network("resnet18", adaptation="drs", weights="imagenet", seed=0)

    assert torch.equal(
        started.features.layer4[2].conv2.weight, drawn.features.layer4[1].conv2.weight
    )


def test_the_tiny_network_has_no_imagenet_weights():
    with pytest.raises(ValueError, match="no ImageNet weights for tiny; set weights to none"):
        build_network("tiny", adaptation="full", weights="imagenet", seed=0)


def test_weights_cannot_be_replaced_once_packed():
    weights = NetworkWeights(tensors={}, header={})

    with pytest.raises(AttributeError):
        weights.header = {"network": "tiny"}
