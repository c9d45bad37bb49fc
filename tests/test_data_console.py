"""What the commands prune and verify say and do, on the data root of three small runs."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from data_roots import Root, run_id
from kedro.framework.project import configure_project

from sonolens import console

WHOLE = ("process", "train", "report")


@pytest.fixture
def root(tmp_path, monkeypatch):
    configure_project("sonolens")
    root = Root(str(tmp_path))
    root.run(1, *WHOLE)
    root.run(2, "train", "report", based_on=1)
    root.run(3, "report", based_on=2)
    monkeypatch.setattr(console, "open_catalog", lambda **_: root.catalog)
    return root


def call(*words):
    return CliRunner().invoke(console.main, list(words))


def test_what_would_go_is_told_run_by_run_and_stays(root):
    before = root.versions()

    told = call("prune", "--keep", "1")

    assert told.exit_code == 0, told.output
    lines = told.output.splitlines()
    assert lines[:3] == ["Stays: 1 of 3 runs", f"  {run_id(3)}  newest 1", "Goes:"]
    # Run 2 leaves its report, run 1 its weights and its report; the rest is what run 3 was made from.
    for number, versions in ((2, 1), (1, 2)):
        (line,) = [each for each in lines if each.startswith(f"  {run_id(number)}")]
        assert f"  {versions} versions, " in line
        assert line.endswith("; the rest is needed by runs that stay")
    assert lines[-1] == "Nothing was removed. To remove this, add --yes."
    assert not [line for line in lines if root.place in line]
    assert root.versions() == before


def test_every_folder_that_goes_is_named_if_that_is_asked(root):
    told = call("prune", "--keep", "1", "--paths")

    named = {line for line in told.output.splitlines() if line.startswith(root.place)}
    assert named == {
        f"{root.place}/{file}/{run_id(number)}"
        for file, number in (("report.html", 2), ("report.html", 1), ("weights.txt", 1))
    }


def test_with_yes_it_goes(root):
    told = call("prune", "--keep", "1", "--yes")

    assert told.output.splitlines()[-1] == "Done."
    assert root.versions() == {
        "scans": [1],
        "masks": [1],
        "weights": [2],
        "report": [3],
        "run_record": [3, 2, 1],
    }


def test_a_killed_file_is_told_with_its_age_and_a_checkpoint_without(root):
    for name in ("old", "older"):
        root.catalog["checkpoints"].load().slot(name).write(b"state")
    root.run(4, *WHOLE, checkpoints=["old", "older"])
    root.run(5, *WHOLE)

    told = call("prune", "--keep", "1")

    (line,) = [each for each in told.output.splitlines() if "checkpoint" in each]
    assert line.startswith("  2 checkpoints, 10 B")


def test_a_sound_data_root_ends_with_0_and_a_damaged_one_with_3(root):
    sound = call("verify")
    assert (sound.exit_code, sound.output) == (0, "7 of 7 versions are as they were saved.\n")

    page = Path(root.place) / "report.html" / run_id(3) / "report.html"
    page.chmod(0o644)
    page.write_text("cut")
    damaged = call("verify")

    assert damaged.exit_code == 3
    assert f"Damaged: report, version {run_id(3)}" in damaged.output
    assert call("verify", "--run", run_id(1)).exit_code == 0


def test_a_run_that_nobody_knows_is_told_in_one_line(root):
    told = call("verify", "--run", "2027")

    assert told.exit_code == 1
    assert told.output.startswith("Error: ")
    assert len(told.output.splitlines()) == 1
