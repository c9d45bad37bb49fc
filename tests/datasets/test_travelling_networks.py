"""Networks from elsewhere are called as their files are, and read when asked for."""

from pathlib import Path

import pytest
from kedro.io.core import DatasetError

from sonolens.datasets import TravellingNetworksDataset


def test_files_and_folders_are_networks_by_their_names(tmp_path: Path) -> None:
    (tmp_path / "grid").mkdir()
    for name in ("one.safetensors", "grid/two.safetensors", "grid/three.safetensors"):
        (tmp_path / name).write_bytes(b"")

    found = TravellingNetworksDataset(files=f"{tmp_path}/one.safetensors {tmp_path}/grid").load()

    assert list(found) == ["one", "three", "two"]


def test_a_file_that_is_no_export_is_refused_when_it_is_read(tmp_path: Path) -> None:
    (tmp_path / "one.safetensors").write_bytes(b"nothing of the kind")

    file = TravellingNetworksDataset(files=[str(tmp_path / "one.safetensors")]).load()["one"]

    for read in (file.read, file.read_card):
        with pytest.raises(ValueError, match=r"one\.safetensors cannot be used"):
            read()


@pytest.mark.parametrize(
    ("files", "told"),
    [
        (None, "names no file"),
        ("", "names no file"),
        ("nowhere.safetensors", "there is no exported network"),
        (".", "there is no exported network"),
    ],
)
def test_what_is_not_there_is_told_with_the_remedy(
    files: str | None, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    with pytest.raises(DatasetError, match=told):
        TravellingNetworksDataset(files=files).load()


def test_two_networks_of_one_name_are_refused(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "run.safetensors").write_bytes(b"")

    with pytest.raises(DatasetError, match="two files"):
        TravellingNetworksDataset(files=f"{tmp_path}/a {tmp_path}/b").load()
