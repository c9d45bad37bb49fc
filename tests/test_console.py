from importlib.util import find_spec

import pytest
from click.testing import CliRunner

from sonolens import console

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
