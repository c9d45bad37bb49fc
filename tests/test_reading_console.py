"""``sonolens reading-task``: a page and a key, answers and a table, and what is refused in one line."""

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from sonolens.console import main


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    grey = np.random.default_rng(0).integers(40, 200, (9, 12), dtype=np.uint8)
    Image.fromarray(grey).save("scan.png")
    return tmp_path


def call(*words: str) -> tuple[int, str]:
    told = CliRunner().invoke(main, ["reading-task", *words])
    return told.exit_code, told.output


def test_a_task_is_written_and_its_answers_are_read_back(folder: Path) -> None:
    assert call("scan.png", "--seed", "4")[0] == 0
    key = json.loads(Path("reading-task/key.json").read_text())
    answer = {"code": key["scans"][0]["code"], "point": [1, 2], "birads": "5"}
    answers = {"format": 1, "task": key["task"], "reader": "A", "answers": [answer]}
    Path("answers.json").write_text(json.dumps(answers))
    status, told = call("--read", "answers.json", "--key", "reading-task/key.json")

    assert status == 0, told
    assert Path("readings.csv").read_text().splitlines()[1] == "scan,A,,1.00,2.00,5,,"


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ([], "give scans to be read, or answers"),
        (["scan.png", "--read", "scan.png"], "give scans to be read, or answers"),
        (["--read", "scan.png"], "--read needs --key"),
        (["gone.png"], "does not exist"),
        (["--read", "scan.png", "--key", "scan.png"], "no key of a reading task"),
    ],
)
def test_what_makes_no_sense_is_refused_in_one_line(
    folder: Path, words: list[str], reason: str
) -> None:
    status, told = call(*words)

    assert status != 0
    assert reason in told
    assert "Traceback" not in told
