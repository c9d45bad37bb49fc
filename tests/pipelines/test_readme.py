"""What the README and the tutorial promise exists and runs; their commands: ``tests/test_commands_in_docs.py``."""

import doctest
import importlib
import re
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from sonolens.console import main

PROJECT = Path(__file__).parents[2]
README = (PROJECT / "README.md").read_text()
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", README, flags=re.DOTALL)
sys.path.append(str(PROJECT / "docs/figures"))
first_screen = importlib.import_module("first_screen")
TUTORIAL = (PROJECT / "docs/tutorial/first-study.md").read_text()
SHOWN = [*BLOCKS, *re.findall(r"```(\w+)\n(.*?)```", TUTORIAL, flags=re.DOTALL)]
COMMANDS = [
    line.split("#")[0].strip()
    for language, block in BLOCKS
    if language == "bash"
    for line in block.splitlines()
    if line.strip()
]


def test_the_two_commands_come_first_and_are_in_the_makefile() -> None:
    makefile = (PROJECT / "Makefile").read_text()

    assert COMMANDS[:2] == ["make run", "make test"]
    assert {"run", "test"} <= set(re.findall(r"^(\w+):", makefile, flags=re.MULTILINE))


@pytest.mark.parametrize("block", [block for language, block in SHOWN if language == "python"])
def test_the_python_that_is_shown_runs_on_a_finished_run(
    block: str, finished: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(PROJECT)
    here = f"open_results(env='test', params={{'data_root': {str(finished.data_root)!r}}})"

    exec(block.replace("open_results()", here), {})  # noqa: S102 - our own README


def test_what_pruning_would_remove_is_told(finished: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    (command,) = (each for each in COMMANDS if each.startswith("sonolens prune"))
    monkeypatch.chdir(PROJECT)
    words = [*command.split()[1:], "--env", "test", "--data-root", str(finished.data_root)]

    told = CliRunner().invoke(main, words)

    assert told.exit_code == 0
    assert "Nothing was removed" in told.output


def test_every_file_that_is_linked_exists() -> None:
    linked = re.findall(r"\]\((?!http)([^)#]+)\)", README)

    assert [link for link in linked if not (PROJECT / link).exists()] == []


def test_the_first_screen_says_what_it_is_for() -> None:
    assert "Research use only" in "\n".join(README.splitlines()[:25])


def test_the_opening_says_what_the_table_says() -> None:
    opening = " ".join(README.split("![")[0].split())
    row = next(line for line in README.splitlines() if line.startswith("| foci in the ring"))
    area, points, hangs, placebo, blind = row.split("|")[6:11]

    told = (
        f"AUC {area.split()[0]} over its five fits hangs on the ring around the mass in {hangs.strip()} of the cancers that it finds, by "
        f"every way to take the ring away (placebo {placebo.strip()}), where the evidence is; its class activation map "
        f"points there in {points.strip()}, and blind points in {blind.strip()}"
    )
    assert told in opening
    assert area.strip().partition(", ")[2] in opening  # how many fits learnt the cue


def test_what_a_run_answers_stands_in_the_readme_and_other_words_or_numbers_are_noticed() -> None:
    written = first_screen.written()

    assert "> **Answer**: " in written
    assert "> **Reliance**: " in written
    assert first_screen.differences(written, written) == []
    assert first_screen.differences(written, written.replace("that maps", "that no maps"))
    percentage = re.search(r"\d\d %", written)
    assert percentage
    other = f"{int(percentage[0][:2]) - 4} %"
    assert first_screen.differences(written, written.replace(percentage[0], other, 1))


def test_the_script_of_the_first_screen_does_what_its_examples_say() -> None:
    tried = doctest.testmod(first_screen)

    assert (tried.failed, tried.attempted > 0) == (0, True)
