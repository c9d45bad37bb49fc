"""A finished run as a crate, held against the data root that it came from; running it again takes as long as the run."""

import shutil

import pytest
from click.testing import CliRunner

from sonolens import console
from sonolens.archive import archive_run
from sonolens.crate import Crate
from sonolens.reproduce import NEIGHBOURS, Archived, compare_runs, is_reproduced, run_again

PROJECT = console.Path(__file__).parents[2]


@pytest.fixture(scope="module")
def packed(finished, tmp_path_factory):
    path = tmp_path_factory.mktemp("crate") / "run.zip"
    archive_run(finished.open_catalog(), "latest", path)
    return path


@pytest.fixture
def call(monkeypatch):
    monkeypatch.chdir(PROJECT)
    return lambda *words: CliRunner().invoke(console.main, [str(word) for word in words])


def test_a_crate_holds_what_a_journal_asks_for_and_no_scan(packed, finished):
    with Crate(packed) as crate:
        names = set(crate.names())
        look = crate.read_json("run/look.json")
        page = crate.read("page/report.html").decode()

    assert {
        "tables/splits.csv",
        "tables/pointing_game.csv",
        "figures/roc_figure.svg",
        "page/report.html",
        "networks/model_weights/tiny-full-seed0-fold0.safetensors",
        "configuration/settings.json",
        "environment/constraints.txt",
        "run/run_record.json",
        "run/datasets.json",
    } <= names
    assert not any(name.startswith("scans/") for name in names)
    assert look["plan_sha256"][:8] in page
    assert "First look: no earlier run of this data root" in page


def test_the_same_run_makes_the_same_bytes(packed, finished, tmp_path):
    archive_run(finished.open_catalog(), "latest", tmp_path / "again.zip")

    assert (tmp_path / "again.zip").read_bytes() == packed.read_bytes()


def test_scans_go_in_only_if_asked_for_and_what_shows_patients_neither(
    finished, tmp_path, monkeypatch
):
    monkeypatch.setattr("sonolens.archive.PATIENTLESS", frozenset())
    catalog = finished.open_catalog()
    packed = archive_run(catalog, "latest", tmp_path / "hidden.zip")
    archive_run(catalog, "latest", tmp_path / "shown.zip", with_scans=True)

    assert {"raw_images", "figure_1", "case_views", "screening_sheet"} <= set(packed.left_out)
    with Crate(tmp_path / "hidden.zip") as hidden, Crate(tmp_path / "shown.zip") as shown:
        assert not any(name.endswith(".png") for name in hidden.names())
        assert all(b"data:image/webp" not in hidden.read(name) for name in hidden.names())
        assert any(name.startswith("scans/raw_images/") for name in shown.names())


def test_a_run_compared_with_its_own_crate_is_reproduced_exactly(packed, finished):
    with Crate(packed) as crate:
        found = compare_runs(Archived.read(crate), finished.open_catalog(), tolerance=0.0)

    assert is_reproduced(found)
    neighbours = found["dataset"].isin(NEIGHBOURS)
    assert set(found["verdict"][(found["column"] != "seconds") & ~neighbours]) == {"exact"}
    # What other runs found is in no crate, and decides nothing.
    assert set(found["reason"][neighbours]) == {"tells what other runs of its data root found"}
    assert set(found["dataset"][neighbours]) == NEIGHBOURS
    assert {"pointing_game", "model_weights", "raw_images"} <= set(found["dataset"])


def test_a_dry_run_checks_and_runs_nothing(packed, call, tmp_path):
    copy = shutil.copy(packed, tmp_path / "copy.zip")

    told = call("reproduce", copy, "--dry-run")

    assert told.exit_code == 0, told.output
    assert "files are as they were packed" in told.output
    assert list(tmp_path.iterdir()) == [tmp_path / "copy.zip"]


def test_a_changed_number_is_found_before_anything_runs(packed, call, tmp_path):
    shutil.unpack_archive(packed, tmp_path / "crate")
    table = tmp_path / "crate" / "tables" / "verdict.csv"
    table.write_text(table.read_text().replace("not shown", "shown"))

    told = call("reproduce", tmp_path / "crate")

    assert told.exit_code == 1
    assert "tables/verdict.csv was changed" in told.output


def test_a_folder_in_use_is_no_place_for_a_new_run(packed, call, tmp_path):
    (tmp_path / "mine.txt").write_text("mine")

    told = call("reproduce", packed, "--data-root", tmp_path)

    assert told.exit_code == 1
    assert "is not empty" in told.output


def test_other_scans_than_the_archived_ones_stop_the_run(packed, finished, tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr("sonolens.reproduce._run", lambda *_, **options: asked.append(options))
    monkeypatch.setattr("sonolens.reproduce._open", lambda *_: finished.open_catalog())
    with Crate(packed) as crate:
        archived = Archived.read(crate)
        first = min(archived.contents["raw_images"]["sha256"])
        archived.contents["raw_images"]["sha256"][first] = "another picture"
        with pytest.raises(
            ValueError, match=f"0 of 32 are missing, 0 were added, 1 changed.*{first}"
        ):
            run_again(archived, PROJECT, tmp_path, study_path="scans")

    assert asked == [{"to_outputs": ["raw_images"]}]


def test_a_run_that_does_not_exist_is_refused_by_name(call, finished, tmp_path):
    told = call(
        "archive",
        "never",
        "--out",
        tmp_path / "x.zip",
        "--data-root",
        finished.data_root,
        "--env",
        "test",
    )

    assert told.exit_code == 1
    assert "there is no run 'never'" in told.output
    assert not (tmp_path / "x.zip").exists()
