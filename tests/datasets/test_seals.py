import pickle
import subprocess

import fsspec
import pytest

from sonolens.datasets.seals import (
    Damage,
    DamagedError,
    check_content,
    check_file,
    digest,
    find_damage,
    read_seal,
    remove_seal,
    write_seal,
)

ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"  # FIPS 180-2, appendix B.1
FILES = fsspec.filesystem("file")


@pytest.fixture
def abc(tmp_path):
    path = tmp_path / "abc.txt"
    path.write_bytes(b"abc")
    return path


def test_the_digest_is_the_published_sha256_of_abc(abc):
    assert digest(FILES, str(abc)) == ABC


def test_a_seal_is_read_as_it_was_written_and_sha256sum_reads_it_too(abc):
    write_seal(FILES, str(abc), digests={"abc.txt": ABC})

    assert read_seal(FILES, str(abc)) == {"abc.txt": ABC}
    checked = subprocess.run(
        ["sha256sum", "--check", "abc.txt.sha256"],  # noqa: S607
        cwd=abc.parent,
        capture_output=True,
        text=True,
        check=True,
    )
    assert checked.stdout == "abc.txt: OK\n"


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"abc", b"abc  abc.txt\n"])
def test_a_seal_that_is_none_tells_nothing(abc, content):
    abc.with_name("abc.txt.sha256").write_bytes(content)

    assert read_seal(FILES, str(abc)) == {}


def test_a_file_without_a_seal_has_nothing_to_remove(abc):
    remove_seal(FILES, str(abc))
    write_seal(FILES, str(abc), digests={"abc.txt": ABC})
    remove_seal(FILES, str(abc))

    assert read_seal(FILES, str(abc)) == {}


def test_what_is_as_it_was_saved_passes(abc):
    check_file(FILES, str(abc), expected=ABC)
    check_content(b"abc", path="abc.txt", expected=ABC)
    check_content(b"anything", path="abc.txt", expected=None)


@pytest.mark.parametrize("content", [b"", b"ab", b"abd", b"abc\n", b"\x00bc"])
def test_a_changed_file_is_found_even_after_it_was_found_good(abc, content):
    check_file(FILES, str(abc), expected=ABC)
    abc.write_bytes(content)

    with pytest.raises(DamagedError, match=r"abc\.txt is not what was saved.*ba7816bf8f01"):
        check_file(FILES, str(abc), expected=ABC)


def test_a_change_of_equal_length_and_time_is_found(abc):
    check_file(FILES, str(abc), expected=ABC)
    before = abc.stat()
    abc.write_bytes(b"abd")
    __import__("os").utime(abc, ns=(before.st_atime_ns, before.st_mtime_ns))

    assert find_damage(FILES, str(abc), expected=ABC) is not None


def test_a_missing_file_is_told_as_missing(tmp_path):
    damage = find_damage(FILES, f"{tmp_path}/gone.png", expected=ABC, item="scan 7")

    assert damage == Damage(f"{tmp_path}/gone.png", ABC, "", "scan 7")
    assert str(damage) == (
        f"item 'scan 7': {tmp_path}/gone.png is missing; it was saved with SHA-256 ba7816bf8f01…"
    )


def test_what_is_sealed_with_nothing_is_not_compared(tmp_path):
    check_file(FILES, f"{tmp_path}/gone.png", expected="")
    check_file(FILES, f"{tmp_path}/gone.png", expected=None)


def test_a_file_that_is_not_what_it_is_called_is_told_by_what_it_holds():
    damage = Damage("maps/manifest.json", "", ABC)

    assert str(damage) == (
        "maps/manifest.json cannot be read as what it is (SHA-256 ba7816bf8f01…)"
    )


def test_an_error_of_another_process_arrives_with_its_damage():
    error = DamagedError(Damage("a.npy", ABC, "", "scan 7"))

    arrived = pickle.loads(pickle.dumps(error))

    assert arrived.damage == error.damage
    assert str(arrived) == str(error)
