import numpy as np
import pytest
from kedro.io import DatasetError, Version

from sonolens.datasets import NumpyArrayDataset

STACK = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)


@pytest.mark.parametrize("mmap", [False, True])
@pytest.mark.parametrize("root", ["{tmp}", "memory:///{name}"])
def test_an_array_reads_back_with_its_type(tmp_path, root, mmap):
    path = root.format(tmp=tmp_path, name=tmp_path.name)
    dataset = NumpyArrayDataset(filepath=f"{path}/a.npy", mmap=mmap)
    dataset.save(STACK)

    loaded = dataset.load()

    np.testing.assert_array_equal(loaded, STACK)
    assert loaded.dtype == np.uint8


def test_column_major_and_empty_arrays_survive(tmp_path):
    dataset = NumpyArrayDataset(filepath=str(tmp_path / "a.npy"))
    for array in (np.asfortranarray(STACK[0]), np.zeros((0, 224, 224)), np.array(3.0)):
        dataset.save(array)
        np.testing.assert_array_equal(dataset.load(), array)


def test_a_mapped_array_stays_on_disk_and_cannot_be_written(tmp_path):
    dataset = NumpyArrayDataset(filepath=str(tmp_path / "a.npy"), mmap=True)
    dataset.save(STACK)

    loaded = dataset.load()

    assert isinstance(loaded, np.memmap)
    with pytest.raises(ValueError, match="read-only"):
        loaded[0, 0, 0] = 9


@pytest.mark.parametrize("mmap", [False, True])
@pytest.mark.parametrize("kept_bytes", [0, 5, 100, 140])
def test_a_cut_file_is_named_with_its_remedy(tmp_path, mmap, kept_bytes):
    dataset = NumpyArrayDataset(filepath=str(tmp_path / "a.npy"), mmap=mmap)
    dataset.save(STACK)
    content = (tmp_path / "a.npy").read_bytes()
    assert len(content) > 140
    (tmp_path / "a.npy").write_bytes(content[:kept_bytes])

    with pytest.raises(DatasetError, match=r"a\.npy is damaged .* --load-versions"):
        dataset.load()


def test_objects_are_neither_pickled_nor_unpickled(tmp_path):
    dataset = NumpyArrayDataset(filepath=str(tmp_path / "a.npy"))
    objects = np.array([{}], dtype=object)

    with pytest.raises(DatasetError, match="allow_pickle=False"):
        dataset.save(objects)
    assert not dataset.exists()

    np.save(tmp_path / "a.npy", objects, allow_pickle=True)
    with pytest.raises(DatasetError, match="allow_pickle=False"):
        dataset.load()


@pytest.mark.parametrize("mmap", [False, True])
def test_a_version_that_was_changed_is_refused_however_it_is_read(tmp_path, mmap):
    version = "2026-01-01T00.00.00.000Z"
    path = tmp_path / "a.npy" / version / "a.npy"
    dataset = NumpyArrayDataset(
        filepath=str(tmp_path / "a.npy"), mmap=mmap, version=Version(version, version)
    )
    dataset.save(STACK)
    np.testing.assert_array_equal(dataset.load(), STACK)

    np.save(path, STACK + 1)

    with pytest.raises(DatasetError, match=r"a\.npy is not what was saved"):
        dataset.load()
