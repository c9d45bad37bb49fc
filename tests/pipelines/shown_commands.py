"""Every command that the pages show: in a block of its own, or within a sentence."""

import re
import shlex
from pathlib import Path

PROJECT = Path(__file__).parents[2]
PAGES = [PROJECT / "README.md", PROJECT / "CONTRIBUTING.md", *(PROJECT / "docs").rglob("*.md")]
IN_A_SENTENCE = re.compile(r"(?<!`)`((?:\.venv/bin/)?(?:kedro|sonolens) [a-z]+ [^`]+)`(?!`)")


def blocks(language: str) -> list[tuple[str, str]]:
    """Name and text of every block of one language."""
    return [
        (str(page.relative_to(PROJECT)), block)
        for page in PAGES
        for block in re.findall(
            rf"^```{language}\n(.*?)^```", page.read_text("utf-8"), re.MULTILINE | re.DOTALL
        )
    ]


def commands() -> list[tuple[str, str]]:
    """Every command with its page; a job that is handed to a queue is the command inside."""
    found = []
    for page, block in blocks("bash"):
        for line in block.splitlines():
            told = re.findall(r'--wrap "(.*?)"', line) or [line]
            found += [(page, command) for command in told if shlex.split(command, comments=True)]
    for page in PAGES:
        prose = re.sub(r"^```.*?^```", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
        named = str(page.relative_to(PROJECT))
        found += [(named, " ".join(told.split())) for told in IN_A_SENTENCE.findall(prose)]
    return found


def words_of(command: str) -> list[str]:
    """Split a command, without what is set for it and without the folder of its program."""
    words = [word for part in command.split("&&")[-1:] for word in shlex.split(part, comments=True)]
    while words and re.match(r"\w+=", words[0]):
        words = words[1:]
    return [words[0].removeprefix(".venv/bin/").removeprefix("~/mlflow/bin/"), *words[1:]]


def in_short(command: str) -> str:
    """A command without what says where it stands: its comment, its folder, what is set before it."""
    return shlex.join(words_of(command))
