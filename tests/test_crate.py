import hashlib
import json
import zipfile

import pytest

from sonolens.crate import METADATA, SUMS, Crate, CrateFile, Facts, write_crate

FACTS = Facts(
    run_id="2026-01-01T00.00.00.000Z",
    name="A run",
    description="Tables.",
    started="2026-01-01T00:00:05+00:00",
    license="https://spdx.org/licenses/CC-BY-4.0",
    software=("sonolens", "0.1.0"),
    hashes={"plan_sha256": "ab" * 32},
)
CONTENT = {"tables/a.csv": b"n\n1\n", "page/é.html": b"<p>", "networks/w.safetensors": bytes(1000)}


def pack(path, content=CONTENT, facts=FACTS):
    write_crate(
        path, [CrateFile(n, f"This is {n}", lambda c=c: c) for n, c in content.items()], facts
    )
    return path


def repack(path, changes):
    """Write the archive again with some files replaced, or left out where None."""
    with zipfile.ZipFile(path) as archive:
        content = {name: archive.read(name) for name in archive.namelist()} | changes
    with zipfile.ZipFile(path, "w") as archive:
        for name, each in content.items():
            if each is not None:
                archive.writestr(name, each)
    return path


def faults(path):
    with Crate(path) as crate:
        return crate.find_faults()


@pytest.fixture
def packed(tmp_path):
    return pack(tmp_path / "crate.zip")


def test_equal_files_become_equal_bytes_in_whatever_order_they_come(packed, tmp_path):
    again = pack(tmp_path / "again.zip", dict(reversed(CONTENT.items())))

    assert again.read_bytes() == packed.read_bytes()


def test_what_was_packed_reads_back_without_a_fault(packed, tmp_path):
    with Crate(packed) as crate:
        assert {name: crate.read(name) for name in CONTENT} == CONTENT
    assert faults(packed) == []
    with zipfile.ZipFile(packed) as archive:
        archive.extractall(tmp_path / "unpacked")
    assert faults(tmp_path / "unpacked") == []


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"tables/a.csv": b"n\n2\n"}, "tables/a.csv was changed"),
        ({"tables/a.csv": None}, "tables/a.csv is missing"),
        ({"tables/b.csv": b"n\n"}, "tables/b.csv was added"),
        ({SUMS: None}, "cannot say what it should hold"),
        ({SUMS: b"nonsense"}, "was added"),
        ({METADATA: b"{}"}, "cannot say what it should hold"),
    ],
)
def test_whatever_is_changed_afterwards_is_named(packed, changes, fault):
    assert fault in "; ".join(faults(repack(packed, changes)))


def test_a_file_and_its_sum_changed_together_still_differ_from_the_metadata(packed):
    with Crate(packed) as crate:
        sums = crate.read(SUMS).decode()
    old, new = (hashlib.sha256(each).hexdigest() for each in (CONTENT["tables/a.csv"], b"n\n2\n"))

    repack(packed, {"tables/a.csv": b"n\n2\n", SUMS: sums.replace(old, new).encode()})

    assert faults(packed) == [f"tables/a.csv has another SHA-256 in {METADATA} than in {SUMS}"]


def test_a_damaged_archive_is_a_fault_and_no_traceback(packed):
    with zipfile.ZipFile(packed) as archive:
        entry = archive.getinfo("networks/w.safetensors")
    damaged = bytearray(packed.read_bytes())
    damaged[entry.header_offset + 30 + len(entry.filename) + 2] ^= 0xFF
    packed.write_bytes(damaged)

    assert "networks/w.safetensors" in "; ".join(faults(packed))


@pytest.mark.parametrize("content", [b"", b"no archive"])
def test_what_is_no_crate_is_refused_by_name(tmp_path, content):
    path = tmp_path / "x.zip"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"x\.zip is no crate"):
        Crate(path)


def test_two_files_of_one_path_are_refused_and_leave_nothing(tmp_path):
    with pytest.raises(ValueError, match="two files"):
        write_crate(tmp_path / "x.zip", [CrateFile(METADATA, "", bytes)], FACTS)
    assert list(tmp_path.iterdir()) == []


def test_metadata_hold_what_ro_crate_demands(packed):
    """The rules of RO-Crate 1.2 for an attached crate, and of Process Run Crate 0.5, as they stand in the specifications."""
    with Crate(packed) as crate:
        document, names = crate.read_json(METADATA), set(crate.names())
    entities = {each["@id"]: each for each in document["@graph"]}
    root, run = entities["./"], entities["#run"]

    assert len(entities) == len(document["@graph"])
    assert "https://w3id.org/ro/crate/1.2/context" in document["@context"]
    assert entities[METADATA]["about"] == {"@id": "./"}
    assert entities[METADATA]["conformsTo"] == {"@id": "https://w3id.org/ro/crate/1.2"}
    assert all(root[key] for key in ("name", "description", "datePublished", "license"))
    assert {part["@id"] for part in root["hasPart"]} == names - {METADATA}
    assert entities[run["instrument"]["@id"]]["@type"] == "SoftwareApplication"
    assert {part["@id"] for part in run["result"]} == set(CONTENT)
    for name, content in CONTENT.items():
        assert entities[name]["sha256"] == hashlib.sha256(content).hexdigest()
        assert entities[name]["contentSize"] == str(len(content))
    # Every reference leads to an entity: JSON-LD here is flat.
    for entity in entities.values():
        for value in entity.values():
            for each in value if isinstance(value, list) else [value]:
                if isinstance(each, dict):
                    assert set(each) == {"@id"}
                    assert each["@id"] in entities or each["@id"] == "https://w3id.org/ro/crate/1.2"


def test_sums_are_those_that_sha256sum_checks(packed):
    with Crate(packed) as crate:
        lines = crate.read(SUMS).decode().splitlines()
        for line in lines:
            digest, name = line[:64], line[66:]
            assert digest == hashlib.sha256(crate.read(name)).hexdigest()
    assert len(lines) == len(CONTENT) + 1
    assert json.dumps(lines) == json.dumps(sorted(lines, key=lambda line: line[66:]))


def test_a_zip_file_of_anything_else_is_no_crate(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("notes.txt", "mine")

    with pytest.raises(ValueError, match=rf"a\.zip is no RO-Crate: it holds no {METADATA}"):
        Crate(tmp_path / "a.zip")
