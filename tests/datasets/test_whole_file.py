import threading

import fsspec
import pytest

from sonolens.datasets.whole_file import open_file_system, share_bytes, whole_file


def test_nothing_is_left_in_the_folder_of_a_failed_save(tmp_path):
    def stop_in_the_middle():
        with whole_file(fsspec.filesystem("file"), f"{tmp_path}/a") as file:
            file.write(b"ha")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        stop_in_the_middle()

    assert list(tmp_path.iterdir()) == []


def test_a_file_being_replaced_stays_whole_until_the_new_one_is(tmp_path):
    file_system = fsspec.filesystem("file")
    path = tmp_path / "a"
    path.write_bytes(b"old")

    with whole_file(file_system, str(path)) as file:
        file.write(b"new")
        file.flush()
        assert path.read_bytes() == b"old"

    assert path.read_bytes() == b"new"


def test_threads_do_not_publish_each_others_unfinished_files(tmp_path):
    file_system = open_file_system("file")
    half_written, other_done = threading.Event(), threading.Event()
    seen = []

    def slow():
        with whole_file(file_system, f"{tmp_path}/slow") as file:
            file.write(b"ha")
            half_written.set()
            other_done.wait(5)
            seen.append((tmp_path / "slow").exists())
            file.write(b"lf")

    thread = threading.Thread(target=slow)
    thread.start()
    half_written.wait(5)
    with whole_file(file_system, f"{tmp_path}/quick") as file:
        file.write(b"quick")
    other_done.set()
    thread.join()

    assert seen == [False]
    assert (tmp_path / "slow").read_bytes() == b"half"


def test_files_are_not_linked_when_somebody_edited_the_old_one(tmp_path):
    old, new = tmp_path / "old", tmp_path / "new"
    old.write_bytes(b"edited")
    new.write_bytes(b"origin")

    share_bytes(fsspec.filesystem("file"), new=str(new), old=str(old))

    assert new.read_bytes() == b"origin"


def test_a_file_with_two_names_cannot_be_written_in_place(tmp_path):
    old, new = tmp_path / "old", tmp_path / "new"
    old.write_bytes(b"same")
    new.write_bytes(b"same")

    share_bytes(fsspec.filesystem("file"), new=str(new), old=str(old))

    assert old.samefile(new)
    assert old.stat().st_mode & 0o222 == 0


@pytest.mark.parametrize("failure", [ValueError, KeyboardInterrupt])
def test_an_object_that_was_not_finished_does_not_appear(failure):
    memory = fsspec.filesystem("memory")

    def stop_in_the_middle():
        with whole_file(memory, "/test_whole_file/a") as file:
            file.write(b"ha")
            raise failure

    with pytest.raises(failure):
        stop_in_the_middle()

    assert not memory.exists("/test_whole_file/a")
