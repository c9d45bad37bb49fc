from importlib.util import find_spec
from types import SimpleNamespace

import pandas as pd
import pytest
from click import ClickException
from click.testing import CliRunner

from sonolens import console
from sonolens.archive import Packed
from sonolens.crate import Crate, CrateFile
from sonolens.evaluation.experiments.reproduction import compare_tables
from sonolens.reproduce import Archived

PROJECT = console.Path(__file__).parents[1]


@pytest.fixture
def call(monkeypatch):
    monkeypatch.chdir(PROJECT)
    return lambda *words: CliRunner().invoke(console.main, list(words))


def test_pruning_an_empty_data_root_says_that_nothing_goes(call, tmp_path):
    told = call("prune", "--keep", "3", "--data-root", str(tmp_path))

    assert told.exit_code == 0, told.output
    assert "Goes: nothing" in told.output
    assert "Nothing was removed" in told.output


def test_keeping_no_run_at_all_is_refused(call):
    told = call("prune", "--keep", "0")

    assert told.exit_code != 0
    assert "--keep" in told.output


def test_outside_of_a_project_the_remedy_is_told(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)

    told = CliRunner().invoke(console.main, ["prune", "--keep", "1"])

    assert told.exit_code == 1
    assert "is in no Kedro project" in told.output


def test_kedro_finds_no_commands_of_its_own_in_the_package():
    # Kedro imports `sonolens.cli` where there is one, and fails without a group of that name.
    assert find_spec("sonolens.cli") is None


def test_run_passes_its_options_on(call, monkeypatch):
    given = []
    monkeypatch.setattr("sonolens.__main__.main", lambda: given.extend(console.sys.argv))

    call("run", "--env", "test", "--help")

    assert given == ["sonolens run", "--env", "test", "--help"]


def test_an_archive_tells_what_stays_out_and_how_large_it_is(call, monkeypatch, tmp_path):
    contents = {"raw_images": {"left_out": "too large"}, "table_1": {"left_out": None}}
    asked = []

    def pack(catalog, run, out, *, with_scans):
        asked.append((catalog, run, with_scans))
        out.write_bytes(bytes(1500))
        return Packed(files=[CrateFile("a", "b", bytes)] * 2, contents=contents)

    monkeypatch.setattr(console, "open_catalog", lambda **_: "the catalog")
    monkeypatch.setattr("sonolens.archive.archive_run", pack)
    out = tmp_path / "a.zip"

    told = call("archive", "narrow ring", "--out", str(out))

    assert told.output.splitlines() == [
        "Left out: raw_images, too large",
        f"2 files, 1.5 kB: {out}",
    ]
    assert asked == [("the catalog", "narrow ring", False)]


@pytest.mark.parametrize("second", [0.5, 0.75])
def test_a_reproduction_is_saved_and_told_with_its_verdict(monkeypatch, capsys, tmp_path, second):
    first = pd.DataFrame({"run": ["a"], "auc": [0.5]})
    found = compare_tables("scores", first, first.assign(auc=second), keys=["run"], tolerance=1e-6)
    saved = SimpleNamespace(save=lambda table: saved.__dict__.update(table=table))
    for name, made in {
        "check_study_path": lambda *_: None,
        "check_readings": lambda *_: None,
        "run_again": lambda *_, **__: {"reproduction": saved},
        "compare_runs": lambda *_, **__: found,
        "find_table": lambda _: "there",
    }.items():
        monkeypatch.setattr(f"sonolens.reproduce.{name}", made)
    archived = Archived(Crate.__new__(Crate), {}, {}, {})
    told = {"study_path": None, "readings": None}

    same = console._reproduce(archived, PROJECT, tmp_path / "fresh", 1e-6, **told)

    assert same == (second == 0.5)
    assert saved.table is found
    lines = capsys.readouterr().out.splitlines()
    assert lines[-2:] == ["Reproduced." if same else "Not reproduced.", "All of it: there"]
    assert lines[0].startswith("Numbers: 1 in 1 tables")


def test_a_reproduction_goes_into_a_fresh_folder_only(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    settings = {"study": {"reader": "phantoms"}}
    archived = Archived(Crate.__new__(Crate), {}, settings, {})

    with pytest.raises(ClickException, match="is not empty; give a fresh folder"):
        console._reproduce(archived, PROJECT, tmp_path, 1e-6, study_path=None, readings=None)
