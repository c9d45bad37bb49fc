"""What is run for every change and every night, and what the night refuses."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from coverage_by_room import add_up, judge, percent

PROJECT = Path(__file__).parents[1]
FOLDER = PROJECT / ".ci"


def measured(*, lines: int, reached: int, branches: int, taken: int) -> dict[str, dict[str, int]]:
    """One module as coverage's JSON report tells of it."""
    counts = {
        "num_statements": lines,
        "covered_lines": reached,
        "num_branches": branches,
        "covered_branches": taken,
    }
    return {"summary": counts}


def test_modules_of_a_room_and_of_its_wings_are_added_up_and_those_of_no_room_apart() -> None:
    rooms = add_up(
        {
            "src/sonolens/regions/ring.py": measured(lines=10, reached=9, branches=4, taken=3),
            "src/sonolens/regions/wing/deep.py": measured(
                lines=30, reached=30, branches=6, taken=6
            ),
            "src/sonolens/game.py": measured(lines=5, reached=5, branches=2, taken=2),
            "tests/conftest.py": measured(lines=9, reached=0, branches=9, taken=0),
        }
    )

    assert list(rooms) == ["modules", "regions"]
    assert dict(rooms["regions"]) == {
        "num_statements": 40,
        "covered_lines": 39,
        "num_branches": 10,
        "covered_branches": 9,
    }


def test_paths_of_another_system_name_the_same_room() -> None:
    files = {r"src\sonolens\regions\ring.py": measured(lines=1, reached=1, branches=0, taken=0)}

    assert list(add_up(files)) == ["regions"]


@pytest.mark.parametrize(("taken", "status"), [(94, 1), (95, 0), (100, 0)])
def test_a_room_below_95_percent_of_its_branches_fails_however_many_lines_are_reached(
    taken: int, status: int
) -> None:
    files = {
        "src/sonolens/regions/ring.py": measured(lines=9, reached=9, branches=100, taken=taken)
    }

    found, message = judge(add_up(files))

    assert found == status
    assert f"{taken:.1f}%" in message
    assert (f"regions ({taken:.1f} %)" in message) == bool(status)


def test_a_room_without_a_branch_has_taken_all() -> None:
    assert percent(0, 0) == 100.0


def test_one_room_below_is_not_hidden_by_a_large_one_that_is_not() -> None:
    files = {
        "src/sonolens/models/fit.py": measured(lines=9, reached=9, branches=10_000, taken=10_000),
        "src/sonolens/regions/ring.py": measured(lines=9, reached=9, branches=10, taken=9),
    }

    assert judge(add_up(files))[0] == 1


def test_a_report_without_branches_or_modules_is_refused() -> None:
    lines_alone = {"src/sonolens/game.py": {"summary": {"num_statements": 1, "covered_lines": 1}}}

    with pytest.raises(ValueError, match=r"game\.py has no count of branches"):
        add_up(lines_alone)
    with pytest.raises(ValueError, match="names no module"):
        add_up({})


def test_the_report_that_coverage_writes_is_read(tmp_path: Path) -> None:
    module = tmp_path / "src" / "sonolens" / "regions" / "half.py"
    module.parent.mkdir(parents=True)
    module.write_text("import sys\nif len(sys.argv) > 1:\n    print('more')\n", "utf-8")
    python = [sys.executable, "-m", "coverage"]
    for words in (
        ["run", "--branch", "--source=src/sonolens", str(module)],
        ["json", "--quiet", "-o", "found.json"],
    ):
        subprocess.run([*python, *words], cwd=tmp_path, check=True, capture_output=True)

    ended = subprocess.run(
        [sys.executable, str(FOLDER / "coverage_by_room.py"), "found.json"],
        cwd=tmp_path,
        check=False,
        capture_output=True,
        text=True,
    )

    assert ended.returncode == 1
    assert "regions (50.0 %)" in ended.stdout


@pytest.mark.parametrize("name", ["run", "nightly"])
def test_what_ci_makes_the_makefile_knows(name: str) -> None:
    script = FOLDER / name
    targets = re.findall(r"^make (\S+)$", script.read_text("utf-8"), re.MULTILINE)
    known = re.findall(r"^([a-z-]+):", (PROJECT / "Makefile").read_text("utf-8"), re.MULTILINE)

    assert targets
    assert set(targets) <= set(known)
    assert script.stat().st_mode & 0o111, "it cannot be started"


def test_the_night_kills_breaks_and_measures_what_the_suite_only_samples() -> None:
    script = (FOLDER / "nightly").read_text("utf-8")

    assert re.findall(r"^make (\S+)$", script, re.MULTILINE) == ["fuzz", "kills", "coverage"]
    assert "set -euo pipefail" in script


def test_mutants_are_made_in_rooms_that_exist_and_asked_of_tests_that_exist() -> None:
    settings = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["tool"]["mutmut"]

    for pattern in settings["only_mutate"]:
        assert list(PROJECT.glob(pattern))
    for folder in settings["pytest_add_cli_args_test_selection"] + settings["also_copy"]:
        assert (PROJECT / folder).exists()
