"""What node and TypeScript say of the scripts of a page, whichever room it is of."""

import re
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

import pytest


def find_node() -> str:
    """Find node, or skip."""
    found = shutil.which("node")
    if found is None:
        pytest.skip("no node on this machine: it runs the tests of the page's script")
    return found


def assert_node_s_own_tests_pass(tests: Path) -> None:
    command = [find_node(), "--test", str(tests)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout
    assert re.search(r"^# pass [1-9]", done.stdout, flags=re.MULTILINE)


def assert_types_hold(modules: Iterable[Path]) -> None:
    compiler = shutil.which("tsc")
    if compiler is None:
        pytest.skip("no tsc on this machine: TypeScript checks the types of the page's script")
    options = (
        "--allowJs --checkJs --strict --noEmit --target es2022 --lib es2022,dom,dom.iterable "
        "--module esnext --moduleResolution node"
    )
    command = [compiler, *options.split(), *map(str, modules)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout
