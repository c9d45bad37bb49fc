import base64
import gc
import hashlib
import io
import json
import multiprocessing
import os
import pickle
import signal
import sys
import threading
import weakref

import cloudpickle
import distributed
import numpy as np
import pytest
from kedro.io import DataCatalog, DatasetError, Version
from PIL import Image

from sonolens.datasets import NumpyArrayDataset, VersionedCollection, versioned_collection
from sonolens.datasets.seals import Damage, DamagedError
from sonolens.parallel import in_parallel, spread
from sonolens.progress import track

FIRST = "2026-01-01T00.00.00.000Z"
SECOND = "2026-01-02T00.00.00.000Z"
MAP = np.array([[1.0, -1.0]], dtype=np.float32)


def maps_at(root, save=None, load=None):
    return VersionedCollection(
        path=f"{root}/maps",
        dataset={"type": "sonolens.datasets.NumpyArrayDataset"},
        filename_suffix=".npy",
        version=Version(load, save),
    )


def sent(value):
    return pickle.loads(pickle.dumps(value))


@pytest.fixture(params=["file", "memory"])
def root(request, tmp_path):
    return str(tmp_path) if request.param == "file" else f"memory:///{tmp_path.name}"


def test_items_read_back_lazily_in_the_order_they_were_saved(root):
    maps_at(root, FIRST).save({"cam/run/b": MAP, "cam/run/a": 2 * MAP})

    items = maps_at(root).load()

    assert list(items) == ["cam/run/b", "cam/run/a"]
    np.testing.assert_array_equal(items["cam/run/a"](), 2 * MAP)


def test_a_version_is_a_folder_with_a_manifest_of_digests_and_sizes(tmp_path):
    maps_at(tmp_path, FIRST).save({"cam/a": MAP})

    content = (tmp_path / "maps" / FIRST / "cam" / "a.npy").read_bytes()
    manifest = json.loads((tmp_path / "maps" / FIRST / "manifest.json").read_text())
    assert manifest == {
        "items": {"cam/a": {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}}
    }


def test_items_can_be_functions_and_can_come_as_a_stream(root):
    maps_at(root, FIRST).save({"a": lambda: MAP})
    maps_at(root, SECOND).save((name, 3 * MAP) for name in ("x", "y"))

    np.testing.assert_array_equal(maps_at(root, load=FIRST).load()["a"](), MAP)
    assert list(maps_at(root).load()) == ["x", "y"]


def test_a_stream_is_saved_without_holding_two_items(tmp_path):
    held = []

    class Counted(np.ndarray):
        pass

    def stream():
        made = []
        for name in "abcd":
            gc.collect()
            held.append(sum(item() is not None for item in made))
            item = np.zeros((2, 2)).view(Counted)
            made.append(weakref.ref(item))
            yield name, item
            del item

    maps_at(tmp_path, FIRST).save(stream())

    assert held == [0, 0, 0, 0]


def test_readers_travel_to_other_processes(tmp_path):
    maps_at(tmp_path, FIRST).save({"a": MAP})

    items = sent(maps_at(tmp_path).load())
    dataset = sent(maps_at(tmp_path))

    np.testing.assert_array_equal(items["a"](), MAP)
    assert list(dataset.load()) == ["a"]


def test_a_save_that_fails_is_no_version_and_leaves_nothing(root):
    maps_at(root, FIRST).save({"a": MAP})

    def stream():
        yield "a", MAP
        raise FileNotFoundError("scan 7 is gone")

    with pytest.raises(DatasetError, match=r"scan 7 is gone .*item after 'a' of collection 'maps'"):
        maps_at(root, SECOND).save(stream())

    collection = maps_at(root)
    assert collection.list_versions(full_path=False) == [FIRST]
    assert list(collection.load()) == ["a"]
    assert not collection._fs.exists(str(collection._filepath / SECOND))


def test_what_a_killed_save_left_is_no_version_and_is_cleared_away(tmp_path):
    torso = tmp_path / "maps" / SECOND
    torso.mkdir(parents=True)
    (torso / "old.npy").write_bytes(b"half")
    assert maps_at(tmp_path).list_versions() == []
    assert not maps_at(tmp_path).exists()

    maps_at(tmp_path, SECOND).save({"new": MAP})

    assert sorted(path.name for path in torso.iterdir()) == [
        "manifest.json",
        "manifest.json.sha256",
        "new.npy",
    ]
    assert maps_at(tmp_path).exists()


def test_repeating_a_killed_save_does_not_write_through_links_into_older_versions(tmp_path):
    maps_at(tmp_path, FIRST).save({"a": MAP})
    torso = tmp_path / "maps" / SECOND
    torso.mkdir()
    (torso / "a.npy").hardlink_to(tmp_path / "maps" / FIRST / "a.npy")

    maps_at(tmp_path, SECOND).save({"a": 5 * MAP})

    np.testing.assert_array_equal(maps_at(tmp_path, load=FIRST).load()["a"](), MAP)


def test_only_items_that_did_not_change_share_disk_space(tmp_path):
    maps_at(tmp_path, FIRST).save({"same": MAP, "other": MAP})
    maps_at(tmp_path, SECOND).save({"same": MAP, "other": 2 * MAP, "new": MAP})

    first, second = tmp_path / "maps" / FIRST, tmp_path / "maps" / SECOND
    assert (first / "same.npy").samefile(second / "same.npy")
    assert not (first / "other.npy").samefile(second / "other.npy")
    assert (second / "new.npy").stat().st_nlink == 1
    np.testing.assert_array_equal(maps_at(tmp_path, load=FIRST).load()["other"](), MAP)


@pytest.mark.parametrize("item_id", ["../a", "/a", "a//b", "a/./b", "", "a\\b", ".."])
def test_ids_that_leave_the_folder_are_refused(tmp_path, item_id):
    with pytest.raises(DatasetError, match=r"item id .* of collection 'maps'"):
        maps_at(tmp_path, FIRST).save([(item_id, MAP)])

    assert not maps_at(tmp_path).exists()


def test_an_id_that_is_no_text_is_refused(tmp_path):
    with pytest.raises(DatasetError, match="item id 7 of collection 'maps' is no text"):
        maps_at(tmp_path, FIRST).save(iter([(7, MAP)]))


def test_an_id_that_appears_twice_is_refused(tmp_path):
    with pytest.raises(DatasetError, match="'a' of collection 'maps' appears twice"):
        maps_at(tmp_path, FIRST).save([("a", MAP), ("a", MAP)])


def test_no_item_can_take_the_place_of_the_manifest(tmp_path):
    texts = VersionedCollection(
        path=str(tmp_path), dataset="sonolens.datasets.JsonDataset", filename_suffix=".json"
    )

    with pytest.raises(DatasetError, match="manifest's name"):
        texts.save({"manifest": {}})


@pytest.mark.parametrize("nothing", [{}, [], iter(())])
def test_an_empty_collection_is_refused(tmp_path, nothing):
    with pytest.raises(DatasetError, match="collection 'maps' is empty"):
        maps_at(tmp_path, FIRST).save(nothing)

    assert not maps_at(tmp_path).exists()


def test_a_collection_cannot_be_written_twice_in_one_version(tmp_path):
    maps_at(tmp_path, FIRST).save({"a": MAP})

    with pytest.raises(DatasetError, match="must not exist"):
        maps_at(tmp_path, FIRST).save({"a": 2 * MAP})

    np.testing.assert_array_equal(maps_at(tmp_path).load()["a"](), MAP)


def test_every_catalog_entry_is_versioned_and_can_be_asked_for_its_versions(tmp_path):
    entry = {
        "type": "sonolens.datasets.VersionedCollection",
        "path": f"{tmp_path}/masks",
        "dataset": {"type": "pillow.ImageDataset"},
        "filename_suffix": ".png",
    }
    for version, grey in [(FIRST, 10), (SECOND, 20)]:
        catalog = DataCatalog.from_config({"masks": entry}, save_version=version)
        catalog.save("masks", {"a": Image.new("L", (3, 2), grey)})

    assert catalog["masks"].list_versions(full_path=False) == [SECOND, FIRST]
    assert catalog.load("masks", version=FIRST)["a"]().getpixel((0, 0)) == 10
    assert catalog.load("masks")["a"]().getpixel((0, 0)) == 20


@pytest.mark.parametrize("extra", [{"versioned": True}, {"filepath": "x"}])
def test_items_with_versions_or_paths_of_their_own_are_refused(tmp_path, extra):
    with pytest.raises(DatasetError, match="remove it from `dataset`"):
        VersionedCollection(
            path=str(tmp_path), dataset={"type": "sonolens.datasets.NumpyArrayDataset", **extra}
        )


def test_the_preview_is_a_picture_that_opens_no_more_than_twelve_items(tmp_path):
    maps_at(tmp_path, FIRST).save({f"{n:02}": MAP for n in range(20)})
    for n in range(12, 20):
        (tmp_path / "maps" / FIRST / f"{n:02}.npy").unlink()

    preview = maps_at(tmp_path).preview()

    with Image.open(io.BytesIO(base64.b64decode(preview))) as picture:
        assert picture.format == "PNG"
        assert picture.getpixel((0, 0)) == (255, 0, 0)
    assert VersionedCollection.preview.__annotations__["return"].__name__ == "ImagePreview"


def test_a_collection_that_may_be_empty_has_a_version_without_items(tmp_path):
    collection = VersionedCollection(
        path=str(tmp_path / "masks"),
        dataset="sonolens.datasets.NumpyArrayDataset",
        filename_suffix=".npy",
        may_be_empty=True,
    )
    collection.save(iter(()))

    assert collection.exists()
    assert collection.load() == {}


def damage(tmp_path, how):
    """Do to the newest version what disks and people do."""
    folder = tmp_path / "maps" / SECOND
    manifest = json.loads((folder / "manifest.json").read_text())
    if how == "item flipped":
        np.save(folder / "a.npy", -MAP)
    elif how == "item cut":
        (folder / "a.npy").write_bytes((folder / "a.npy").read_bytes()[:-1])
    elif how == "item lost":
        (folder / "a.npy").unlink()
    elif how == "items exchanged":
        first, second = (folder / "a.npy").read_bytes(), (folder / "b.npy").read_bytes()
        (folder / "a.npy").write_bytes(second)
        (folder / "b.npy").write_bytes(first)
    else:
        if how == "entry dropped":
            del manifest["items"]["a"]
        elif how == "entries exchanged":
            items = manifest["items"]
            items["a"], items["b"] = items["b"], items["a"]
        (folder / "manifest.json").write_text(json.dumps(manifest))


@pytest.mark.parametrize(
    "how",
    [
        "item flipped",
        "item cut",
        "item lost",
        "items exchanged",
        "entry dropped",
        "entries exchanged",
    ],
)
def test_damage_is_found_when_it_is_read_and_when_it_is_looked_for(tmp_path, how):
    maps_at(tmp_path, FIRST).save({"a": 5 * MAP, "b": 6 * MAP})
    maps_at(tmp_path, SECOND).save({"a": MAP, "b": 2 * MAP})
    assert list(maps_at(tmp_path).find_damage(SECOND)) == []

    damage(tmp_path, how)

    assert list(maps_at(tmp_path).find_damage(SECOND)) != []
    with pytest.raises(DatasetError, match=rf"{SECOND}.* (is not what was saved|is missing)"):
        maps_at(tmp_path).load()["a"]()
    maps_at(tmp_path, load=FIRST).load()["a"]()  # other versions are read as before


def test_items_are_not_compared_if_that_is_left_to_the_user_but_the_manifest_is(tmp_path):
    maps_at(tmp_path, SECOND).save({"a": MAP, "b": MAP})
    trusting = VersionedCollection(
        path=f"{tmp_path}/maps",
        dataset={"type": "sonolens.datasets.NumpyArrayDataset"},
        filename_suffix=".npy",
        verify=False,
    )
    damage(tmp_path, "item flipped")
    np.testing.assert_array_equal(trusting.load()["a"](), -MAP)

    damage(tmp_path, "entry dropped")
    trusting.release()
    with pytest.raises(DatasetError, match="is not what was saved"):
        trusting.load()


@pytest.mark.parametrize("content", ["", "{", "[]", '{"items": 3}'])
def test_a_broken_manifest_of_an_older_version_blocks_no_save(tmp_path, content):
    maps_at(tmp_path, FIRST).save({"a": MAP})
    (tmp_path / "maps" / FIRST / "manifest.json").write_text(content)

    maps_at(tmp_path, SECOND).save({"a": MAP})

    assert not maps_at(tmp_path).is_readable(FIRST)
    np.testing.assert_array_equal(maps_at(tmp_path).load()["a"](), MAP)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"items": 3}'])
def test_a_manifest_that_lists_nothing_is_damage_with_and_without_its_seal(root, content):
    maps_at(root, FIRST).save({"a": MAP})
    collection = maps_at(root)
    manifest = f"{collection._filepath}/{FIRST}/manifest.json"
    collection._fs.pipe_file(manifest, content)
    unreadable = Damage(manifest, "", hashlib.sha256(content).hexdigest())

    sealed = list(collection.find_damage(FIRST))
    collection._fs.rm(f"{manifest}.sha256")

    assert [bool(each.expected) for each in sealed] == [True, False]
    assert sealed[1] == unreadable
    assert list(collection.find_damage(FIRST)) == [unreadable]
    with pytest.raises(DatasetError, match="cannot be read as what it is"):
        maps_at(root).load()


def test_bytes_are_read_as_they_were_saved_by_one_look_at_the_manifest(root, monkeypatch):
    maps_at(root, FIRST).save({"cam/a": MAP, "b": 2 * MAP})
    collection, looks = maps_at(root), []
    look = versioned_collection.read_manifest
    monkeypatch.setattr(
        versioned_collection, "read_manifest", lambda *told: looks.append(1) or look(*told)
    )

    read = collection.byte_readers(FIRST)

    assert {item: hashlib.sha256(each()).hexdigest() for item, each in read.items()} == (
        collection.digests(FIRST)
    )
    assert len(looks) == 2  # one of them to tell the digests
    collection._fs.pipe_file(f"{collection._filepath}/{FIRST}/b.npy", b"other")
    if not root.startswith("memory"):  # where a version's items lie in a folder of their own
        with pytest.raises(DamagedError, match="item 'b'"):
            read["b"]()


def test_a_manifest_is_parsed_once_to_look_for_damage(tmp_path, monkeypatch):
    maps_at(tmp_path, FIRST).save({"a": MAP})
    looks, look = [], versioned_collection.read_manifest
    monkeypatch.setattr(
        versioned_collection, "read_manifest", lambda *told: looks.append(1) or look(*told)
    )

    assert list(maps_at(tmp_path).find_damage(FIRST)) == []
    assert len(looks) == 1


def test_a_save_that_fails_before_its_first_item_tells_its_own_reason_wherever_it_goes(root):
    with pytest.raises(DatasetError, match="collection 'maps' is empty; give it an item"):
        maps_at(root, FIRST).save({})

    assert maps_at(root).list_versions() == []


def test_type_and_ending_of_the_items_are_told(tmp_path):
    assert maps_at(tmp_path).item_type.__name__ == "NumpyArrayDataset"
    assert maps_at(tmp_path).suffix == ".npy"


@pytest.mark.parametrize("item_id", ["a.npy/b", "a.npy/b/c"])
def test_an_item_that_would_lie_in_the_file_of_another_is_named_in_one_line(tmp_path, item_id):
    with pytest.raises(
        DatasetError, match=rf"^item '{item_id}' of collection 'maps' cannot be written \("
    ) as told:
        maps_at(tmp_path, FIRST).save({"a": MAP, item_id: MAP})

    assert len(str(told.value).splitlines()) == 1
    assert maps_at(tmp_path).list_versions() == []


def test_a_full_disk_is_told_with_the_item_that_found_it_full(root, monkeypatch):
    def refuse(self, data, file):
        raise OSError("no space left on device")

    monkeypatch.setattr(NumpyArrayDataset, "_write", refuse)
    with pytest.raises(
        DatasetError, match=r"^item 'a' of collection 'maps' cannot be written \(no space left"
    ):
        maps_at(root, FIRST).save({"a": MAP})

    assert maps_at(root).list_versions() == []


def test_an_edit_in_place_of_a_shared_item_is_found_in_both_versions(tmp_path):
    for version in (FIRST, SECOND):
        maps_at(tmp_path, version).save({"same": MAP})
    shared = tmp_path / "maps" / FIRST / "same.npy"
    assert shared.stat().st_mode & 0o222 == 0

    shared.chmod(0o644)
    with shared.open("r+b") as file:
        file.seek(-1, 2)
        file.write(b"\x00")

    for version in (FIRST, SECOND):
        assert [each.item for each in maps_at(tmp_path).find_damage(version)] == ["same"]


def race(root, barrier, outcomes, own):
    for count in range(100):
        version = f"2026-01-01T00.{count // 60:02}.{count % 60:02}.000Z"
        barrier.wait()
        try:
            maps_at(root, version).save({"a": own * MAP, str(own): own * MAP})
            outcomes.put((version, own))
        except DatasetError:
            pass


def test_of_two_processes_that_save_one_version_exactly_one_succeeds(tmp_path):
    context = multiprocessing.get_context("fork")
    barrier, outcomes = context.Barrier(2), context.Queue()
    savers = [
        context.Process(target=race, args=(str(tmp_path), barrier, outcomes, own)) for own in (2, 3)
    ]
    for saver in savers:
        saver.start()
    won = [outcomes.get(timeout=60) for _ in range(100)]
    for saver in savers:
        saver.join()

    assert outcomes.empty()
    assert len({version for version, _ in won}) == 100
    for version, winner in won:
        items = maps_at(tmp_path, load=version).load()
        assert list(items) == ["a", str(winner)]
        np.testing.assert_array_equal(items["a"](), winner * MAP)


def named(number):
    return f"scan-{number:02}", number * MAP


def test_results_in_the_making_are_written_by_whoever_makes_them(root):
    here, written_by = threading.get_ident(), set()

    def noting(made):
        written_by.add(threading.get_ident())
        return made

    made = in_parallel(named, range(30)).then(noting)
    maps_at(root, FIRST).save(track(made, description="Drawing", total=30))

    items = maps_at(root).load()
    assert list(items) == [f"scan-{number:02}" for number in range(30)]
    np.testing.assert_array_equal(items["scan-07"](), 7 * MAP)
    assert here not in written_by


def test_results_that_were_made_together_are_items_of_their_own(root):
    maps_at(root, FIRST).save(spread(lambda start: [named(start), named(start + 1)], [0, 2]))
    maps_at(root, SECOND).save([[], [named(4)]])

    assert list(maps_at(root, load=FIRST).load()) == ["scan-00", "scan-01", "scan-02", "scan-03"]
    assert list(maps_at(root).load()) == ["scan-04"]


def make_or_fail(number):
    if number == 20:
        raise FileNotFoundError("scan 20 is gone")
    return named(number)


def test_a_save_that_fails_in_the_making_waits_for_those_that_write_and_leaves_nothing(tmp_path):
    with pytest.raises(DatasetError, match=r"scan 20 is gone .*item after 'scan-19' of collection"):
        maps_at(tmp_path, FIRST).save(in_parallel(make_or_fail, range(60)))

    assert list((tmp_path / "maps").iterdir()) == []


def test_an_id_that_appears_twice_stops_those_that_write_before_the_draft_is_removed(tmp_path):
    with pytest.raises(DatasetError, match="item id 'scan-00' of collection 'maps' appears twice"):
        maps_at(tmp_path, FIRST).save(in_parallel(named, [*range(40), 0, *range(41, 90)]))

    assert list((tmp_path / "maps").iterdir()) == []


def test_a_cluster_writes_what_it_makes_and_a_worker_that_is_killed_costs_no_item(tmp_path):
    cloudpickle.register_pickle_by_value(sys.modules[__name__])  # workers cannot import a test
    maps_at(tmp_path / "here", FIRST).save(map(named, range(90)))

    death = tmp_path / "dead_worker"

    def die_once(number):
        if number == 50 and not death.exists():
            death.write_text(str(os.getpid()))
            os.kill(os.getpid(), signal.SIGKILL)
        return named(number)

    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address=":0"
        ) as cluster,
        distributed.Client(cluster),
    ):
        maps_at(tmp_path, FIRST).save(in_parallel(die_once, range(90)))

    assert int(death.read_text()) != os.getpid()
    assert maps_at(tmp_path).digests() == maps_at(tmp_path / "here").digests()
    assert list(maps_at(tmp_path).find_damage(FIRST)) == []
