"""Checkpoints are whole or absent, and found again by their name."""

import pickle
from pathlib import Path

import pytest
from kedro.io.core import DatasetError

from sonolens.datasets import CheckpointFolderDataset
from sonolens.datasets.checkpoint_folder import names_asked


def test_what_a_fit_left_is_found_again_by_its_name(tmp_path: Path) -> None:
    CheckpointFolderDataset(path=tmp_path / "new").load().slot("a").write(b"state of a")

    again = CheckpointFolderDataset(path=tmp_path / "new").load()

    assert again.slot("a").read() == b"state of a"
    assert again.slot("b").read() is None


def test_a_folder_that_is_not_there_yet_holds_nothing(tmp_path: Path) -> None:
    dataset = CheckpointFolderDataset(path=tmp_path / "new")

    assert dataset.load().slot("a").read() is None
    assert not dataset.exists()


def test_a_later_state_replaces_the_earlier_one(tmp_path: Path) -> None:
    slot = CheckpointFolderDataset(path=tmp_path).load().slot("a")
    slot.write(b"first, which is longer")
    slot.write(b"second")

    assert slot.read() == b"second"
    assert [path.name for path in tmp_path.iterdir()] == ["a.ckpt"]


def test_it_works_on_any_file_system(tmp_path: Path) -> None:
    slot = CheckpointFolderDataset(path="memory://checkpoints/here").load().slot("a")
    slot.write(b"state")

    assert slot.read() == b"state"


def test_a_slot_can_be_sent_to_another_process(tmp_path: Path) -> None:
    slot = CheckpointFolderDataset(path=tmp_path).load().slot("a")
    pickle.loads(pickle.dumps(slot)).write(b"from afar")

    assert slot.read() == b"from afar"


def test_a_node_cannot_return_checkpoints(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="written by the fits themselves"):
        CheckpointFolderDataset(path=tmp_path).save("anything")


def test_what_was_asked_for_is_noted_by_the_dataset_and_by_no_copy(tmp_path: Path) -> None:
    dataset = CheckpointFolderDataset(path=str(tmp_path))
    folder = dataset.load()
    before = pickle.dumps(folder)

    folder.slot("b")
    dataset.load().slot("a")

    assert names_asked(dataset) == ["a", "b"]
    assert pickle.dumps(folder) == before
    assert pickle.loads(before).asked == set()
