"""What the README promises exists and runs."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest

from sonolens.inputs import refuse_unknown_parameters

PROJECT = Path(__file__).parents[2]
README = (PROJECT / "README.md").read_text()
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", README, flags=re.DOTALL)
COMMANDS = [
    line.split("#")[0].strip()
    for language, block in BLOCKS
    if language == "bash"
    for line in block.splitlines()
    if line.strip()
]


def nested(params: str) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for pair in params.split(","):
        *groups, name = pair.split("=")[0].split(".")
        place = tree
        for group in groups:
            place = place.setdefault(group, {})
        place[name] = "given"
    return tree


def test_the_two_commands_come_first_and_are_in_the_makefile() -> None:
    makefile = (PROJECT / "Makefile").read_text()

    assert COMMANDS[:2] == ["make run", "make test"]
    assert {"run", "test"} <= set(re.findall(r"^(\w+):", makefile, flags=re.MULTILINE))


@pytest.mark.parametrize("command", [c for c in COMMANDS if c.startswith("kedro run")])
def test_every_run_that_is_shown_names_what_exists(command: str, finished: Any) -> None:
    words = shlex.split(command)
    if "--env" in words:
        assert (PROJECT / "conf" / words[words.index("--env") + 1]).is_dir()
    if "--params" in words:
        refuse_unknown_parameters(nested(words[words.index("--params") + 1]))
    if "--pipelines" in words:
        assert (PROJECT / "src/sonolens/pipelines" / words[words.index("--pipelines") + 1]).is_dir()


@pytest.mark.parametrize("block", [block for language, block in BLOCKS if language == "python"])
def test_the_python_that_is_shown_runs_on_a_finished_run(
    block: str, finished: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(PROJECT)
    here = f"open_results(env='test', params={{'data_root': {str(finished.data_root)!r}}})"

    exec(block.replace("open_results()", here), {})  # noqa: S102 - our own README


def test_every_file_that_is_linked_exists() -> None:
    linked = re.findall(r"\]\((?!http)([^)#]+)\)", README)

    assert [link for link in linked if not (PROJECT / link).exists()] == []


def test_the_first_screen_says_what_it_is_for() -> None:
    assert "Research use only" in "\n".join(README.splitlines()[:25])
