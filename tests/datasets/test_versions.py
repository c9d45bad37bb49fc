import pickle

import pytest
from kedro.io import DataCatalog, MemoryDataset

from sonolens.datasets.versions import (
    complete_versions,
    fingerprint,
    fix_versions,
    versioned_datasets,
)

FIRST = "2026-01-01T00.00.00.000Z"
SECOND = "2026-01-02T00.00.00.000Z"


def catalog_at(root, save):
    return DataCatalog.from_config(
        {
            "note": {
                "type": "sonolens.datasets.TextDataset",
                "filepath": f"{root}/note.md",
                "versioned": True,
            },
            "plain": {"type": "sonolens.datasets.TextDataset", "filepath": f"{root}/p.md"},
            "{kind}_notes": {
                "type": "sonolens.datasets.VersionedCollection",
                "path": f"{root}/{{kind}}",
                "dataset": {"type": "sonolens.datasets.TextDataset"},
                "filename_suffix": ".md",
            },
        },
        save_version=save,
    )


@pytest.fixture
def catalog(tmp_path):
    for version in (FIRST, SECOND):
        saved = catalog_at(tmp_path, version)
        saved.save("note", version)
        saved.save("cam_notes", {"a": version})
    return catalog_at(tmp_path, "2026-01-03T00.00.00.000Z")


def test_only_datasets_with_versions_are_found_those_of_patterns_included(catalog):
    catalog["memory"] = MemoryDataset(1)

    found = versioned_datasets(catalog, {"note", "plain", "cam_notes", "memory", "absent"})

    assert list(found) == ["cam_notes", "note"]


def test_a_fixed_version_is_read_by_the_catalog_and_in_other_processes(catalog):
    fix_versions(catalog["note"], load=FIRST, save=SECOND)

    assert catalog.load("note") == FIRST
    elsewhere = pickle.loads(pickle.dumps(catalog["note"]))
    assert elsewhere.load() == FIRST


def test_fixing_overrules_the_version_that_was_looked_up_before(catalog):
    assert catalog.load("note") == SECOND

    fix_versions(catalog["note"], load=FIRST, save=SECOND)

    assert catalog.load("note") == FIRST


def test_what_is_saved_under_a_fixed_version_is_what_is_read_back(catalog, tmp_path):
    own = "2026-01-03T00.00.00.000Z"
    fix_versions(catalog["note"], load=own, save=own)
    catalog.save("note", "mine")
    catalog_at(tmp_path, "2026-01-04T00.00.00.000Z").save("note", "a later run's")
    catalog.release("note")

    assert catalog.load("note") == "mine"


def test_versions_are_listed_newest_first_even_when_written_meanwhile(catalog, tmp_path):
    assert complete_versions(catalog["note"]) == [SECOND, FIRST]
    catalog_at(tmp_path, "2026-01-04T00.00.00.000Z").save("note", "later")

    assert complete_versions(catalog["note"])[0] == "2026-01-04T00.00.00.000Z"


def test_no_version_is_an_empty_list(tmp_path):
    assert complete_versions(catalog_at(tmp_path, FIRST)["note"]) == []


def test_fingerprints_tell_contents_apart(catalog):
    note, notes = catalog["note"], catalog["cam_notes"]

    assert len({fingerprint(d, v) for d in (note, notes) for v in (FIRST, SECOND)}) == 4
    assert fingerprint(note, "2020-01-01T00.00.00.000Z") is None
