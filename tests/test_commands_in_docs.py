"""Every command that the docs show is one that the project knows: its options, pipelines, stations, parameters, files.

They are run in ``tests/pipelines/test_commands_run.py`` (`make test-docs`); here it is held that each of them is, or is told
with the reason why not. The how-to on one's own maps runs in ``test_how_to_score_your_own_maps.py``.
"""

import ast
import importlib
import re
import tomllib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import click
import pytest
import yaml
from command_walks import COVERED, NOT_RUN, WALKS
from kedro.framework.cli.catalog import catalog_cli
from kedro.framework.cli.project import run
from kedro.framework.project import pipelines
from kedro.framework.startup import bootstrap_project
from shown_commands import PROJECT, blocks, commands, in_short, words_of

from sonolens.console import main

OF_OTHERS = {"cd", "dask", "export", "git", "mlflow", "sbatch", "source", "srun"}
"""Programs that are not ours and not told about ourselves."""

pytestmark = pytest.mark.filterwarnings("ignore:'BaseCommand':DeprecationWarning")  # Kedro-Viz's

OF_A_WALK = {"sonolens archive latest --out study.zip"}
"""Commands that a walk needs and no page shows."""

MANY = 60
"""The docs show more commands than this; fewer would mean that they are not found."""


KNOWN: dict[str, Any] = {}
for settings in (PROJECT / "conf" / "base").glob("*.yml"):
    if settings.stem.startswith(("parameters", "globals")):
        KNOWN |= yaml.safe_load(settings.read_text("utf-8"))


def unknown(given: dict[str, Any], known: dict[str, Any]) -> list[str]:
    """Name what is set in `given` and has no value in `known`; a value may be a whole group of its own, as in an empty one."""
    found = [name for name in given if name not in known]
    for name in given.keys() & known.keys():
        if isinstance(given[name], dict) and isinstance(known[name], dict) and known[name]:
            found += unknown(given[name], known[name])
    return found


class AbsentFileError(Exception):
    """A command is sound, but for a file that only its reader has."""


def parse(command: click.Command, words: list[str]) -> click.Context:
    try:
        return command.make_context(command.name, list(words))
    except click.BadParameter as error:
        if "does not exist" in error.message:
            raise AbsentFileError from error
        raise


@dataclass(frozen=True)
class Asked:
    """What a `kedro run` asks for."""

    env: str
    nodes: frozenset[Any]
    settings: dict[str, str]


def asked_by(command: str) -> Asked:
    """Read a `kedro run`; a path that only a reader has is like any other."""
    asked = parse(run, words_of(command)[2:]).params
    names, namespaces = asked["pipelines"] or ["__default__"], asked["namespaces"]
    nodes = [node for name in names for node in pipelines[name].nodes]
    chosen = [node for node in nodes if not namespaces or node.namespace in namespaces]
    settings = {
        name: re.sub(r"^/?path/.*", "path", str(value)) for name, value in flat(asked["params"])
    }
    return Asked(asked["env"] or "test", frozenset(chosen), settings)


def flat(given: dict[str, Any], name: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in given.items():
        if isinstance(value, dict):
            yield from flat(value, f"{name}{key}.")
        else:
            yield f"{name}{key}", value


def check_run(words: list[str]) -> None:
    """Hold the options of `kedro run` against the project."""
    asked: dict[str, Any] = parse(run, words).params
    if asked["env"]:
        assert (PROJECT / "conf" / asked["env"]).is_dir()
    assert unknown(asked["params"], KNOWN) == []
    names = asked["pipelines"] or ["__default__"]
    nodes = [node for name in names for node in pipelines[name].nodes]
    assert set(asked["namespaces"] or []) <= {node.namespace for node in nodes}
    assert set(asked["node_names"] or []) <= {node.name for node in nodes}


def check_kedro(words: list[str]) -> None:
    from kedro_viz.launchers.cli.main import viz_cli  # noqa: PLC0415 - it warns of its own

    if words[0] == "run":
        check_run(words[1:])
    else:
        group = {**viz_cli.commands, **catalog_cli.commands}[words[0]]
        parse(group.get_command(click.Context(group), words[1]), words[2:])


def check_sonolens(words: list[str]) -> None:
    if words[0] == "run":
        check_run(words[1:])
    else:
        # A file that a reader would have need not be here.
        with suppress(AbsentFileError):
            parse(main.commands[words[0]], words[1:])


def check_make(words: list[str]) -> None:
    makefile = (PROJECT / "Makefile").read_text("utf-8")
    for word in words:
        name, _, value = word.partition("=")
        # A variable is asked for, or has a default that another value takes the place of.
        known = rf"^(ifdef {name}$|{name}\s*\?=)" if value else rf"^{name}:"
        assert re.search(known, makefile, re.MULTILINE)


def check_docker(words: list[str]) -> None:
    assert (PROJECT / "Dockerfile").is_file()
    if words[0] == "run":
        check_run(words[words.index("sonolens") + 1 :])


def check_python(words: list[str]) -> None:
    if words[:2] == ["-m", "pytest"]:
        assert all((PROJECT / word).exists() for word in words[2:] if not word.startswith("-"))
    elif words[:2] == ["-m", "pip"]:
        check_pip(words[2:])
    elif words[0] == "-c":
        ast.parse(words[1])
    else:
        assert words[:2] in (["-m", "venv"], ["-m", "http.server"])


def check_pip(words: list[str]) -> None:
    declared = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["project"]
    for extra in re.findall(r"(?:sonolens|\.)\[(\w+)\]", " ".join(words)):
        assert extra in declared["optional-dependencies"]
    for word, value in pairwise(words):
        assert word != "--constraint" or (PROJECT / value).is_file()


def check_mkdocs(words: list[str]) -> None:
    assert words == ["serve"]
    assert (PROJECT / "mkdocs.yml").is_file()


CHECKS = {
    "kedro": check_kedro,
    "sonolens": check_sonolens,
    "make": check_make,
    "docker": check_docker,
    "python": check_python,
    "python3": check_python,
    "pip": check_pip,
    "pytest": lambda words: check_python(["-m", "pytest", *words]),
    "mkdocs": check_mkdocs,
}


@pytest.fixture(scope="module", autouse=True)
def _registered() -> None:
    bootstrap_project(PROJECT)
    pipelines.set_requested(None)


@pytest.mark.parametrize(("page", "command"), commands())
def test_a_command_is_one_that_the_project_knows(page: str, command: str) -> None:
    program, *words = words_of(command)

    if program not in OF_OTHERS:
        CHECKS[program](words)


def test_the_commands_are_found() -> None:
    assert len(commands()) > MANY


@pytest.mark.parametrize(
    "command",
    [
        "kedro run --pipelines trainig",
        "kedro run --namespaces=pionting",
        "kedro run --params training.epoch=3",
        "kedro run --env busbar",
        "kedro run --sed 3",
        "kedro viz show",
        "sonolens prune --kep 3",
        "make tests",
        "python -m pytest tests/nowhere",
        'pip install "sonolens[mflow]"',
    ],
)
def test_a_command_with_a_slip_is_found(command: str) -> None:
    program, *words = words_of(command)

    with pytest.raises(
        (AssertionError, AttributeError, KeyError, ValueError, click.ClickException)
    ):
        CHECKS[program](words)


def test_every_command_is_run_or_covered_or_told_with_the_reason_why_not() -> None:
    shown = {in_short(command) for _, command in commands()}
    run_here = [in_short(command) for steps in WALKS.values() for command in steps]
    covered, not_run = map(in_short, COVERED), map(in_short, NOT_RUN)

    told = [*dict.fromkeys(run_here), *covered, *not_run]
    assert sorted(shown - set(told)) == []
    assert sorted(set(told) - shown - OF_A_WALK) == []
    assert len(told) == len(set(told))


@pytest.mark.parametrize(("command", "by"), COVERED.items())
def test_a_command_is_covered_by_one_that_runs_its_nodes_with_its_settings(
    command: str, by: str
) -> None:
    less, more = asked_by(command), asked_by(by)

    assert in_short(by) in {in_short(each) for steps in WALKS.values() for each in steps}
    assert less.env == more.env
    for name, values in less.settings.items():
        assert set(values.split()) <= set(more.settings[name].split())
    left = less.nodes - more.nodes
    read = {name for node in left for name in node.inputs}
    assert not {f"params:{name.partition('.')[0]}" for name in less.settings} & read


def test_what_ci_runs_is_told_to_be_run_there() -> None:
    script = (PROJECT / ".ci" / "run").read_text("utf-8").splitlines()
    through_it = {command for command, reason in NOT_RUN.items() if reason == "part of .ci/run"}

    assert through_it <= set(script)


def test_what_the_image_copies_is_there_and_not_ignored() -> None:
    ignored = (PROJECT / ".dockerignore").read_text("utf-8").splitlines()
    for line in re.findall(
        r"^COPY (.*)$", (PROJECT / "Dockerfile").read_text("utf-8"), re.MULTILINE
    ):
        *sources, _ = [word for word in line.split() if not word.startswith("--")]
        for source in sources:
            assert (PROJECT / source).exists()
            assert f"!{Path(source).parts[0]}" in ignored


@pytest.mark.parametrize(("page", "block"), blocks("python"))
def test_a_block_of_python_is_python_and_imports_what_exists(page: str, block: str) -> None:
    entry = re.fullmatch(r"\w+: .*,\n", block)  # of a dict, shown alone
    for node in ast.walk(ast.parse(f"{{{block}}}" if entry else block)):
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("sonolens"):
            module = importlib.import_module(str(node.module))
            assert [each.name for each in node.names if not hasattr(module, each.name)] == []


@pytest.mark.parametrize(("page", "block"), [b for b in blocks("yaml") if "conf/local/" in b[1]])
def test_a_block_of_settings_names_parameters_that_exist(page: str, block: str) -> None:
    assert unknown(yaml.safe_load(block), KNOWN) == []
