"""What a user can mend is told in one line; what is wrong in the code shows where."""

import subprocess
import sys
from pathlib import Path

import pytest
from kedro.io import DatasetError
from kedro.validation.exceptions import DataValidationError, ParameterValidationError
from pydantic import Field, ValidationError

from sonolens.failures import in_one_line, is_mendable, tell_failures_in_one_line
from sonolens.models.networks.own_trunk import find_source
from sonolens.parameters import Parameters, one_of
from sonolens.session import check_run_id

PROJECT = Path(__file__).parents[1]


class Group(Parameters):
    epochs: int = Field(description="How long.")
    seeds: int = Field(description="How often.")


def caught(raises, *args, **kwargs):
    try:
        raises(*args, **kwargs)
    except Exception as error:
        return error
    raise AssertionError("nothing was raised")


def chained(outer, inner):
    outer.__cause__ = inner
    return outer


@pytest.mark.parametrize(
    "error",
    [
        caught(check_run_id, "yesterday"),
        caught(one_of(["cam"]), "cma"),
        caught(Path("/no/such/file").read_text),
        DatasetError("study path does not exist"),
        chained(DatasetError("study: no such"), DatasetError("no such")),
        chained(DatasetError("failed while saving"), OSError(28, "No space left on device")),
        chained(DataValidationError("scans"), KeyError("whatever pandera raises")),
        ParameterValidationError("epochs"),
        caught(find_source, "sonolens.no_such_module:build"),
    ],
)
def test_what_a_user_can_mend_needs_no_traceback(error):
    assert is_mendable(error)


@pytest.mark.parametrize(
    "error",
    [
        caught(int, "1A"),
        KeyError("scan_id"),
        chained(DatasetError("failed while loading"), TypeError("a bug")),
        RuntimeError("out of memory"),
        AssertionError("never"),
    ],
)
def test_what_is_wrong_in_the_code_keeps_its_traceback(error):
    assert not is_mendable(error)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"epoch": 1, "seeds": 2}, "'epoch' is no parameter of this group; did you mean epochs?"),
        ({"epochs": 1, "seeds": 2, "zzz": 3}, "'zzz' is no parameter of this group; known are ep"),
    ],
)
def test_a_typing_error_inside_a_group_is_told_what_was_meant(given, told):
    error = caught(Group, **given)

    assert isinstance(error, ValidationError)
    assert told in in_one_line(error)


def test_a_refused_parameter_is_told_without_what_the_checker_says_around_it():
    error = ParameterValidationError(
        "Parameter validation failed:\n- Parameter 'training': Failed to instantiate "
        "TrainingParameters for parameter 'training': 1 validation error for TrainingParameters\n"
        "  Value error, 'epoch' is unknown [type=value_error, input_value={'a':\n 3}, "
        "input_type=dict]\n    For further information visit https://errors.pydantic.dev/2/v/x"
    )

    assert in_one_line(error) == "Parameter 'training': 'epoch' is unknown"


RUN = """
from pathlib import Path
from kedro.framework.startup import bootstrap_project
bootstrap_project(Path({project!r}))
from sonolens.settings import SESSION_CLASS
with SESSION_CLASS.create(project_path={project!r}, env="test") as session:
    raise {error}
"""


@pytest.mark.parametrize(
    ("error", "asked", "shown"),
    [
        ("OSError('no scans here')", "", False),
        ("OSError('no scans here')", "1", True),
        ("KeyError('no scans here')", "", True),
    ],
)
def test_the_traceback_is_shown_where_it_helps_or_is_asked_for(error, asked, shown, monkeypatch):
    monkeypatch.setenv("SONOLENS_TRACEBACK", asked)
    done = subprocess.run(
        [sys.executable, "-c", RUN.format(project=str(PROJECT), error=error)],
        check=False,
        capture_output=True,
        text=True,
    )

    assert done.returncode == 1
    assert ("Traceback" in done.stderr + done.stdout) is shown
    assert ("Error: no scans here" in done.stderr.splitlines()) is not shown


@pytest.mark.parametrize(
    ("error", "asked", "line"),
    [
        (OSError("no scans here"), "", "Error: no scans here\n"),
        (OSError("no scans here"), "1", ""),
        (KeyError("no scans here"), "", ""),
    ],
)
def test_one_line_takes_the_place_of_a_traceback_or_the_hook_before_shows_it(
    error, asked, line, monkeypatch, capsys
):
    monkeypatch.setenv("SONOLENS_TRACEBACK", asked)
    shown = []
    monkeypatch.setattr(sys, "excepthook", lambda *told: shown.append(told))
    tell_failures_in_one_line()
    hook = sys.excepthook
    tell_failures_in_one_line()
    assert sys.excepthook is hook  # it does not lie on itself

    hook(type(error), error, None)

    assert capsys.readouterr().err == line
    assert shown == ([] if line else [(type(error), error, None)])
