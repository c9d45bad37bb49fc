import pytest
import torch
from kedro.io import DatasetError
from safetensors import safe_open

from sonolens.datasets import NetworkWeightsDataset
from sonolens.models.networks.weights_file import NetworkWeights

WEIGHTS = NetworkWeights(
    tensors={"head.weight": torch.arange(6.0).reshape(2, 3), "count": torch.tensor(3)},
    header={"network": "tiny", "adaptation": "scaling", "note": "ä", "seed": "7", "fold": "0"},
)


def test_tensors_and_header_read_back(tmp_path):
    for path in (f"{tmp_path}/w.safetensors", f"memory:///{tmp_path.name}/w.safetensors"):
        dataset = NetworkWeightsDataset(filepath=path)
        dataset.save(WEIGHTS)
        loaded = dataset.load()

        assert loaded.header == WEIGHTS.header
        assert set(loaded.tensors) == {"head.weight", "count"}
        torch.testing.assert_close(loaded.tensors["head.weight"], WEIGHTS.tensors["head.weight"])
        torch.testing.assert_close(loaded.tensors["count"], torch.tensor(3))


def test_other_readers_of_safetensors_understand_the_file(tmp_path):
    NetworkWeightsDataset(filepath=f"{tmp_path}/w.safetensors").save(WEIGHTS)

    with safe_open(tmp_path / "w.safetensors", framework="pt") as file:
        assert file.metadata() == WEIGHTS.header
        torch.testing.assert_close(file.get_tensor("head.weight"), WEIGHTS.tensors["head.weight"])


def test_equal_weights_become_equal_bytes(tmp_path):
    contents = set()
    for _ in range(8):
        NetworkWeightsDataset(filepath=f"{tmp_path}/w.safetensors").save(WEIGHTS)
        contents.add((tmp_path / "w.safetensors").read_bytes())

    assert len(contents) == 1


def test_a_file_without_header_reads_as_an_empty_one(tmp_path):
    dataset = NetworkWeightsDataset(filepath=f"{tmp_path}/w.safetensors")
    dataset.save(NetworkWeights(tensors={"w": torch.zeros(1)}, header={}))

    assert dataset.load().header == {}


@pytest.mark.parametrize("content", [b"", b"\x80\x04pickle", b"\xff" * 64])
def test_anything_else_is_refused_unread(tmp_path, content):
    (tmp_path / "w.safetensors").write_bytes(content)

    with pytest.raises(DatasetError, match=r"w\.safetensors is damaged or of another kind"):
        NetworkWeightsDataset(filepath=f"{tmp_path}/w.safetensors").load()
