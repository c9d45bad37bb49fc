"""The notebooks run from top to bottom on a finished run, and are kept as they ran, small."""

import importlib.util
import re
from pathlib import Path
from types import ModuleType
from typing import Any

import nbformat
import pytest

FOLDER = Path(__file__).parents[2] / "notebooks"
SCRIPTS = sorted(FOLDER.glob("[0-9]*.py"))
LARGEST_KB = 300


@pytest.fixture(scope="module")
def writer() -> ModuleType:
    """The script that writes the notebooks."""
    spec = importlib.util.spec_from_file_location("execute", FOLDER / "execute.py")
    assert spec is not None
    assert spec.loader is not None
    spec.loader.exec_module(module := importlib.util.module_from_spec(spec))
    return module


def kept(script: Path) -> nbformat.NotebookNode:
    return nbformat.read(script.with_suffix(".ipynb"), as_version=4)


def outputs(script: Path) -> list[nbformat.NotebookNode]:
    return [output for cell in kept(script).cells for output in cell.get("outputs", [])]


@pytest.mark.docs_commands
@pytest.mark.filterwarnings("ignore")  # Jupyter's own, not ours
def test_the_notebooks_run_on_a_finished_run(finished: Any, writer: ModuleType) -> None:
    """In one kernel, which forgets all names in between, because importing takes longer than the rest."""
    forget = nbformat.v4.new_code_cell("%reset -f")
    cells = [cell for script in SCRIPTS for cell in (forget, *writer.read_script(script).cells)]
    together = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": writer.KERNEL})

    writer.execute(together, env="test", data_root=str(finished.data_root))


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_what_is_kept_are_the_cells_of_the_script(script: Path, writer: ModuleType) -> None:
    cells = [(cell.cell_type, cell.source) for cell in writer.read_script(script).cells]

    assert [(cell.cell_type, cell.source) for cell in kept(script).cells] == cells


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_what_is_kept_draws_what_it_speaks_of_and_is_small(script: Path) -> None:
    assert any("image/jpeg" in output.get("data", {}) for output in outputs(script))
    assert script.with_suffix(".ipynb").stat().st_size < LARGEST_KB * 1024


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_what_is_kept_tells_no_log_and_no_folder_of_the_machine_it_ran_on(script: Path) -> None:
    assert {output.output_type for output in outputs(script)} <= {"execute_result", "display_data"}
    for output in outputs(script):
        assert not re.search(r"/(home|root|tmp|work|Users)/", str(output["data"]))


def test_every_notebook_has_its_script() -> None:
    assert {path.stem for path in FOLDER.glob("*.ipynb")} == {script.stem for script in SCRIPTS}
