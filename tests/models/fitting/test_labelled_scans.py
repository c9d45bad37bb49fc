import pickle

import numpy as np
import pytest

from sonolens.models import LabelledScans

STACK = np.arange(6, dtype=np.uint8)[:, None, None].repeat(2, axis=1)


def scans(stack=STACK, rows=(4, 0, 2)):
    labels = np.array([True, False, True])
    return LabelledScans(stack, np.array(rows), labels, ("d", "a", "c"))


def test_positions_are_those_of_the_partition_not_of_the_stack():
    assert scans().read(np.array([2, 0])).flatten().tolist() == [2, 2, 4, 4]
    assert len(scans()) == 3


def test_a_mapped_stack_travels_as_the_name_of_its_file(tmp_path):
    np.save(tmp_path / "stack.npy", np.zeros((6, 500, 500), dtype=np.uint8) + STACK[:, :1])
    mapped = np.load(tmp_path / "stack.npy", mmap_mode="r")

    sent = pickle.dumps(scans(mapped))
    arrived = pickle.loads(sent)

    assert len(sent) < 10_000
    assert np.array_equal(arrived.stack, mapped)
    assert not arrived.stack.flags.writeable


def test_a_view_of_a_map_and_a_plain_array_travel_whole(tmp_path):
    np.save(tmp_path / "stack.npy", np.concatenate([STACK, STACK]))
    view = np.load(tmp_path / "stack.npy", mmap_mode="r")[3:9]

    for stack in (view, STACK):
        assert np.array_equal(pickle.loads(pickle.dumps(scans(stack))).stack, stack)


@pytest.mark.parametrize("row", [-1, 6])
def test_a_row_outside_the_stack_is_named(row):
    with pytest.raises(ValueError, match=f"row {row} is not in the stack, which has 6 scans"):
        scans(rows=(0, row, 1))


def test_a_length_that_differs_is_named():
    with pytest.raises(ValueError, match="there are 2 rows but 3 labels"):
        scans(rows=(0, 1))
    with pytest.raises(ValueError, match="there are 2 rows but 1 scan_ids"):
        LabelledScans(STACK, np.array([0, 1]), np.array([True, False]), ("a",))
