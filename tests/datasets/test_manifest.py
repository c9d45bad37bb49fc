import fsspec
import pytest

from sonolens.datasets.manifest import Manifest, read_manifest, write_manifest

MEMORY = fsspec.filesystem("memory")
ITEMS = {"cam/b": {"sha256": "b" * 64, "bytes": 3}, "cam/a": {"sha256": "a" * 64, "bytes": 4}}


def read(content):
    MEMORY.pipe_file("/test_manifest/1/manifest.json", content)
    return read_manifest(MEMORY, "/test_manifest/1/manifest.json", ".npy")


def test_items_are_listed_in_the_order_they_were_saved_and_lie_beside_the_manifest():
    manifest = read(write_manifest(ITEMS))

    assert manifest == Manifest("/test_manifest/1", ITEMS, ".npy")
    assert list(manifest.digests()) == ["cam/b", "cam/a"]
    assert manifest.path_of("cam/a") == "/test_manifest/1/cam/a.npy"


def test_items_may_lie_in_a_folder_that_the_manifest_names():
    assert read(write_manifest(ITEMS, folder="4f")).path_of("x") == "/test_manifest/1/4f/x.npy"


NO_MANIFESTS = """
{
null
[]
3
{}
{"items": 3}
{"items": {"a": 1}}
{"items": {"a": {"sha256": "x"}}}
{"items": {"a": {"sha256": "x", "bytes": null}}}
"""


@pytest.mark.parametrize("content", [*NO_MANIFESTS.encode().splitlines(), b"\xff\x00"])
def test_what_lists_no_items_is_no_manifest(content):
    with pytest.raises(ValueError, match=r"manifest\.json is no manifest"):
        read(content)


def test_an_absent_manifest_is_absent():
    with pytest.raises(FileNotFoundError):
        read_manifest(MEMORY, "/test_manifest/none/manifest.json", "")
