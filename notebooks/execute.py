"""Write the notebooks anew from their scripts, with what their cells show of the newest run.

python notebooks/execute.py [--data-root DATA_ROOT] [NAME ...]
"""

import argparse
import re
from pathlib import Path

import jupytext
import nbformat
from nbclient import NotebookClient

FOLDER = Path(__file__).parent
SCRIPTS = sorted(FOLDER.glob("[0-9]*.py"))
PLACE = "ENV, DATA_ROOT ="
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


def read_script(script: Path) -> nbformat.NotebookNode:
    """Read a script's cells; they are numbered, so that equal scripts become equal notebooks."""
    notebook = jupytext.read(script, fmt="py:percent")
    notebook.metadata = nbformat.from_dict({"kernelspec": KERNEL})
    for number, cell in enumerate(notebook.cells):
        cell.id = f"cell-{number}"
    return notebook


def execute(notebook: nbformat.NotebookNode, *, env: str | None, data_root: str) -> None:
    """Run all cells on the run of one data root; the notebook keeps its own words on where that is."""
    told = {}
    for number, cell in enumerate(notebook.cells):
        if cell.source.startswith(PLACE):
            told[number] = cell.source
            cell.source = f"{PLACE} {env!r}, {data_root!r}"
    NotebookClient(
        notebook,
        timeout=300,
        record_timing=False,
        resources={"metadata": {"path": FOLDER}},
    ).execute()
    for number, source in told.items():
        notebook.cells[number].source = source


def strip_terminal_codes(notebook: nbformat.NotebookNode) -> None:
    """Keep shown text without the bold and colour that Kedro's printer adds."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if "text/plain" in data:
                data["text/plain"] = re.sub(r"\x1b\[[0-9;]*m", "", data["text/plain"]).strip("\n")


def main() -> None:
    """Write all notebooks, or those that are named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", default=[script.stem for script in SCRIPTS])
    parser.add_argument("--data-root", default="data")
    asked = parser.parse_args()
    for name in asked.names:
        notebook = read_script(FOLDER / f"{name}.py")
        execute(notebook, env=None, data_root=asked.data_root)
        strip_terminal_codes(notebook)
        nbformat.write(notebook, FOLDER / f"{name}.ipynb")


if __name__ == "__main__":
    main()
