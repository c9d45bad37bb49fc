import hashlib
import os
import pickle
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torch import nn
from torchvision import models

from sonolens.models import build_network, describe_start
from sonolens.models.networks.initial_weights import read_starting_weights

SHARED_SHA256 = {
    "squeezenet1_1_imagenet.pth": "e19ddbbe3ce8934f3dcbab92d4b164538c88357b559d67e1915cc92fb1a4d46c",
    "mobilenet_v2_imagenet_features.pth": (
        "b8b5249ac76dfbbe4ee47117cac625a31ed21ab6f71e844b8d9bb9d22de3749d"
    ),
}


def trunk_tensors(seed=5):
    network = build_network("tiny", adaptation="full", weights="none", seed=seed)
    return {name: tensor.contiguous() for name, tensor in network.features.state_dict().items()}


def start_from(start, network="tiny"):
    return build_network(network, adaptation="full", weights=start, seed=0)


@pytest.fixture
def trunk_file(tmp_path):
    torch.save(trunk_tensors(), tmp_path / "trunk.pth")
    return tmp_path / "trunk.pth"


@pytest.fixture
def imagenet_file():
    folder = Path(os.environ.get("SONOLENS_SHARED", Path(__file__).parents[3] / "shared"))
    if not (folder / "weights").exists():
        pytest.skip("no ImageNet weights: let SONOLENS_SHARED name the folder that holds weights/")
    return folder / "weights"


class Trap:
    """Unpickled carelessly, it creates a file."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path,)


@pytest.mark.parametrize("suffix", ["pt", "safetensors"])
def test_a_network_starts_from_the_tensors_of_a_local_file(tmp_path, suffix):
    path = tmp_path / f"trunk.{suffix}"
    tensors = trunk_tensors()
    save_file(tensors, path) if suffix == "safetensors" else torch.save(tensors, path)

    started = start_from(path).features.state_dict()

    assert all(torch.equal(started[name], tensor) for name, tensor in tensors.items())


@pytest.mark.parametrize("spelling", [str.lower, str.upper])
def test_a_file_with_the_hash_it_must_have_is_read(trunk_file, spelling):
    digest = hashlib.sha256(trunk_file.read_bytes()).hexdigest()

    read = read_starting_weights("tiny", weights=f"{trunk_file}#sha256={spelling(digest)}")

    assert torch.equal(read["stage1.0.0.weight"], trunk_tensors()["stage1.0.0.weight"])


@pytest.mark.parametrize(
    "use", [describe_start, lambda start: read_starting_weights("tiny", weights=start)]
)
def test_a_file_with_another_hash_is_refused_with_both(trunk_file, use):
    digest = hashlib.sha256(trunk_file.read_bytes()).hexdigest()

    with pytest.raises(ValueError, match=rf"has sha256 {digest}, but {'ab' * 32} was asked for"):
        use(f"{trunk_file}#sha256={'ab' * 32}")


@pytest.mark.parametrize("digest", ["", "ab", "g" * 64, "ab" * 33])
def test_a_hash_of_another_kind_is_refused(trunk_file, digest):
    with pytest.raises(ValueError, match="sha256 has 64 hexadecimal digits"):
        start_from(f"{trunk_file}#sha256={digest}")


def test_a_table_names_a_file_by_its_content_and_no_folder(trunk_file):
    digest = hashlib.sha256(trunk_file.read_bytes()).hexdigest()

    assert describe_start(str(trunk_file)) == f"trunk.pth#sha256={digest}"
    assert describe_start(f"{trunk_file}#sha256={digest}") == f"trunk.pth#sha256={digest}"


def test_starts_without_a_file_are_named_as_they_are():
    assert [describe_start("imagenet"), describe_start("none")] == ["imagenet", "none"]


@pytest.mark.parametrize("use", [describe_start, start_from])
def test_a_missing_file_names_the_choices(tmp_path, use):
    with pytest.raises(FileNotFoundError, match="give imagenet, none or the path"):
        use(str(tmp_path / "nowhere.pt"))


def test_a_pickled_network_is_not_run_but_refused(tmp_path):
    torch.save(nn.Linear(2, 1), tmp_path / "network.pt")

    with pytest.raises(ValueError, match="neither safetensors nor a plain state dict"):
        start_from(tmp_path / "network.pt")


@pytest.mark.parametrize("writer", ["torch", "torch, old format", "pickle"])
def test_a_file_that_would_run_code_is_refused_before_it_does(tmp_path, writer):
    trap = {"stage1.0.0.weight": Trap(tmp_path / "sprung")}
    path = tmp_path / "trap.pth"
    if writer == "pickle":
        path.write_bytes(pickle.dumps(trap))
    else:
        torch.save(trap, path, _use_new_zipfile_serialization=writer == "torch")

    with pytest.raises(ValueError, match="neither safetensors nor a plain state dict") as refusal:
        start_from(path)

    assert not (tmp_path / "sprung").exists()
    assert "\n" not in str(refusal.value)
    assert "weights_only" not in str(refusal.value)
    pickle.loads(pickle.dumps(trap))
    assert (tmp_path / "sprung").exists(), "the trap itself must work"


def damaged(kind, path):
    """A few ways in which a download or a disk spoils a file."""
    whole = path.read_bytes()
    if kind == "zip without a pickle":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("archive/readme", "nothing here")
        return path.read_bytes()
    return {
        "empty": b"",
        "half": whole[: len(whole) // 2],
        "one byte short": whole[:-1],
        "noise": np.random.default_rng(0).bytes(4096),
        "a web page": b"<!DOCTYPE html><html>404</html>",
        "an unfinished pickle": pickle.dumps({"a": 1})[:-1],
        "a stop and nothing else": b"\x80\x02.",
    }[kind]


@pytest.mark.parametrize("suffix", ["pth", "safetensors"])
@pytest.mark.parametrize(
    "kind",
    [
        "empty",
        "half",
        "one byte short",
        "noise",
        "a web page",
        "an unfinished pickle",
        "a stop and nothing else",
        "zip without a pickle",
    ],
)
def test_a_damaged_file_is_refused_in_one_line(tmp_path, kind, suffix):
    path = tmp_path / f"damaged.{suffix}"
    tensors = trunk_tensors()
    save_file(tensors, path) if suffix == "safetensors" else torch.save(tensors, path)
    path.write_bytes(damaged(kind, path))

    with pytest.raises(ValueError, match="neither safetensors nor a plain state dict") as refusal:
        start_from(path)

    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("held", [{"epoch": 3, "state_dict": {}}, [1, 2], {3: torch.zeros(1)}])
def test_a_checkpoint_with_more_than_tensors_is_refused(tmp_path, held):
    torch.save(held, tmp_path / "checkpoint.pt")

    with pytest.raises(ValueError, match="holds more than named tensors"):
        start_from(tmp_path / "checkpoint.pt")


def fail_to_download(monkeypatch, error):
    def fail(*_args, **_kwargs):
        raise error

    monkeypatch.setattr("torchvision.models._api.load_state_dict_from_url", fail)


@pytest.mark.parametrize(
    "error", [OSError("no route to host"), RuntimeError("no route"), EOFError("no route")]
)
def test_a_failed_download_names_the_three_ways_out(monkeypatch, error):
    fail_to_download(monkeypatch, error)

    with pytest.raises(
        ConnectionError, match=r"no route.*network access.*local state dict.*to none"
    ):
        start_from("imagenet", network="resnet18")


def test_a_download_is_asked_for_by_hash_and_read_without_running_code(monkeypatch):
    asked = {}

    def answer(url, **options):
        asked.update(options, url=url)
        return models.resnet18(weights=None).state_dict()

    monkeypatch.setattr("torchvision.models._api.load_state_dict_from_url", answer)

    start_from("imagenet", network="resnet18")

    assert (asked["check_hash"], asked["weights_only"]) == (True, True)
    assert asked["url"].endswith("resnet18-f37072fd.pth")


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
        start_from("imagenet")


@pytest.mark.parametrize(
    ("network", "file"),
    [
        ("squeezenet1_1", "squeezenet1_1_imagenet.pth"),
        ("mobilenet_v2", "mobilenet_v2_imagenet_features.pth"),
    ],
)
def test_genuine_imagenet_weights_become_the_trunk(imagenet_file, network, file):
    start = f"{imagenet_file / file}#sha256={SHARED_SHA256[file]}"
    published = torch.load(imagenet_file / file, weights_only=True)
    peer = models.get_model(network, weights=None).eval()
    peer.load_state_dict(published, strict=network == "squeezenet1_1")
    colours = torch.randn(1, 3, 64, 64, generator=torch.Generator().manual_seed(0))

    with torch.inference_mode():
        maps = start_from(start, network=network).eval().features(colours)
        expected = peer.features(colours)

    torch.testing.assert_close(maps, expected, rtol=1e-4, atol=1e-3)
    assert describe_start(start) == f"{file}#sha256={SHARED_SHA256[file]}"
