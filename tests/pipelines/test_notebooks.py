"""The tours run from top to bottom on a finished run, and are kept without outputs."""

from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
@pytest.mark.filterwarnings("ignore")  # Jupyter's own, not ours
def test_a_tour_runs_on_a_finished_run(path: Path, finished: Any) -> None:
    notebook = nbformat.read(path, as_version=4)
    place = next(cell for cell in notebook.cells if cell.source.startswith("ENV, DATA_ROOT ="))
    place.source = f'ENV, DATA_ROOT = "test", "{finished.data_root}"'

    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": path.parent}}).execute()


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_tour_is_kept_without_outputs(path: Path) -> None:
    cells = nbformat.read(path, as_version=4).cells

    assert not any(cell.get("outputs") for cell in cells)
