import subprocess
from pathlib import Path
from types import SimpleNamespace

import pytest
from pydantic import BaseModel

from sonolens import provenance
from sonolens.provenance import describe_software, list_installed, plain, without_folders


def git(folder, *arguments):
    who = ["-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "commit.gpgsign=false"]
    command = ["git", "-C", str(folder), *who, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def test_the_commit_and_changes_to_tracked_files_are_told(tmp_path):
    git(tmp_path, "init", "-q")
    assert describe_software(tmp_path)["git"] == {"commit": "", "dirty": None}
    (tmp_path / "a").write_text("1")
    git(tmp_path, "add", "a")
    git(tmp_path, "commit", "-q", "-m", "a")
    (tmp_path / "untracked").write_text("1")

    commit = git(tmp_path, "rev-parse", "HEAD")
    assert describe_software(tmp_path)["git"] == {"commit": commit, "dirty": False}

    (tmp_path / "a").write_text("2")
    assert describe_software(tmp_path)["git"] == {"commit": commit, "dirty": True}


def test_a_machine_without_git_is_no_error(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))

    assert describe_software(tmp_path)["git"] == {"commit": "", "dirty": None}


def test_packages_that_shape_results_are_listed(tmp_path):
    software = describe_software(tmp_path)

    assert {"sonolens", "kedro", "torch", "numpy"} <= set(software["packages"])
    assert software["python"].startswith("3.")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("/home/anna/scans/7.png", "…/7.png"),
        ("no file '/mnt/d/x.npy' and /mnt/e/y.npy", "no file '…/x.npy' and …/y.npy"),
        (r"C:\Users\anna\weights.pt", "…/weights.pt"),
        ("~/weights/w.pt", "…/w.pt"),
        ("s3://bucket/study/a", "s3://bucket/study/a"),
        ("https://host/a/b", "https://host/a/b"),
        ("data/01_raw/BUSBRA", "data/01_raw/BUSBRA"),
        ("../BUSBRA/x", "../BUSBRA/x"),
        ("3/4 of 1/2, 2026/11/22", "3/4 of 1/2, 2026/11/22"),
    ],
)
def test_folders_of_absolute_paths_are_not_told(text, shown):
    assert without_folders(text) == shown


def test_parameters_become_what_json_can_hold():
    class Fit(BaseModel):
        epochs: int
        weights: Path

    given = {
        "fit": Fit(epochs=3, weights=Path("/home/anna/w.pt")),
        "scale": float("inf"),
        "n": None,
    }

    assert plain(given) == {
        "fit": {"epochs": 3, "weights": "…/w.pt"},
        "scale": "inf",
        "n": None,
    }


def test_packages_are_told_by_the_name_that_pip_compares_and_those_without_one_are_not(monkeypatch):
    found = [
        SimpleNamespace(metadata={"Name": name}, version=version)
        for name, version in (("Zope.Interface", "7"), (None, "1"), ("a__b-C", "2"))
    ]
    monkeypatch.setattr(provenance.metadata, "distributions", lambda: found)
    monkeypatch.setattr(provenance, "_installed", provenance._installed.__wrapped__)

    assert list(list_installed().items()) == [("a-b-c", "2"), ("zope-interface", "7")]
