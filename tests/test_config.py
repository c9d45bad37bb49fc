"""Settings that say where things lie may begin with the home folder."""

import pytest

from sonolens.config import ConfigLoader


@pytest.fixture
def load(tmp_path, monkeypatch):
    """Load the catalog of a project that has this study path in its globals."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    (tmp_path / "conf" / "base").mkdir(parents=True)
    (tmp_path / "conf" / "base" / "catalog.yml").write_text(
        "study:\n  path: ${runtime_params:path,${globals:path}}\n"
        "  options: {files: ['~/key.txt', 'a~b']}\n"
    )

    def loaded(in_globals, **runtime_params):
        (tmp_path / "conf" / "base" / "globals.yml").write_text(f"path: {in_globals}")
        (tmp_path / "conf" / "base" / "parameters.yml").write_text("word: ~/stays")
        return ConfigLoader(
            str(tmp_path / "conf"),
            base_env="base",
            default_run_env="base",
            runtime_params=runtime_params,
        )

    return loaded


def test_a_tilde_is_the_home_folder_wherever_a_path_is_given(load, tmp_path):
    home = str(tmp_path / "home")

    assert load("~/scans")["catalog"]["study"]["path"] == f"{home}/scans"
    assert load("x", path="~/scans")["catalog"]["study"]["path"] == f"{home}/scans"
    assert load("~/scans")["globals"]["path"] == f"{home}/scans"
    assert load("x")["catalog"]["study"]["options"]["files"] == [f"{home}/key.txt", "a~b"]


@pytest.mark.parametrize("path", ["scans", "/abs/scans", "s3://bucket/~x", "../~"])
def test_other_paths_stay_as_they_are(load, path):
    assert load(path)["catalog"]["study"]["path"] == path


def test_what_is_no_path_keeps_its_tilde(load):
    assert load("x")["parameters"]["word"] == "~/stays"


def test_a_loader_reads_a_kind_once_and_hands_out_what_may_be_changed(load):
    loader = load("x")
    loader["catalog"]["study"]["path"] = "changed"
    later = load("y")

    assert loader["catalog"]["study"]["path"] == "x"
    assert later["catalog"]["study"]["path"] == "y"
    loader["parameters"] = {"word": "set"}
    assert loader["parameters"]["word"] == "set"
