from pathlib import Path

import pandas as pd
import pytest

from sonolens.crate import Crate
from sonolens.evaluation.experiments.reproduction import (
    compare_files,
    compare_tables,
    tell_uncompared,
)
from sonolens.provenance import describe_software, list_installed
from sonolens.reproduce import (
    Archived,
    check_readings,
    check_study_path,
    is_reproduced,
    tell_comparison,
    tell_environment,
    tell_mixture,
)

PROJECT = Path(__file__).parents[1]
NUMBERS = pd.DataFrame({"run": ["a", "b"], "auc": [0.5, 0.75]})


def archived(settings=None, **session):
    nothing = Crate.__new__(Crate)  # none of these tests reads it
    return Archived(crate=nothing, session=session, settings=settings or {}, contents={})


def compared(*parts):
    return pd.concat(parts, ignore_index=True)


def tables(**changed):
    second = NUMBERS.assign(**changed)
    return compare_tables("scores", NUMBERS, second, keys=["run"], tolerance=1e-6)


def test_the_same_software_tells_nothing_and_every_difference_is_told():
    here = describe_software(PROJECT) | {"installed": list_installed()}
    here["git"] = here["git"] | {"dirty": False}
    alike = [
        line for line in tell_environment(archived(**here), PROJECT) if "no commit" not in line
    ]
    before = here["installed"] | {"numpy": "1.0", "tinyparser": "3"}

    told = tell_environment(
        archived(
            **here
            | {"installed": before, "python": "3.9.0", "git": {"commit": "c0ffee", "dirty": True}}
        ),
        PROJECT,
    )

    assert alike == []
    assert f"numpy: 1.0 then, {here['installed']['numpy']} now" in told
    assert any(line.startswith("python: 3.9.0 then") for line in told)
    assert any(line.startswith("code: commit c0ffee then") for line in told)
    assert "code: changes that no commit holds, then" in told
    assert "1 other packages differ: tinyparser" in told


def test_a_study_read_from_disk_needs_its_path_and_the_built_in_one_does_not():
    check_study_path(archived({"study": {"reader": "phantoms"}}), None)
    check_study_path(archived({"study": {"reader": "busbra"}}), "scans")
    with pytest.raises(ValueError, match="--study-path"):
        check_study_path(archived({"study": {"reader": "busbra"}}), None)


def test_a_study_that_others_read_needs_their_table_and_one_that_nobody_else_read_does_not():
    class Tables(Crate):
        def __init__(self):
            """Open no file."""

        def read(self, name):
            return {"none": b"reading_id,scan_id\n", "two": b"reading_id,scan_id\nr1,a\nr2,b\n"}[
                name
            ]

    def holding(*files):
        return Archived(Tables(), {}, {}, {"readings": {"files": list(files)}})

    check_readings(archived(), None)
    check_readings(holding("none"), None)
    check_readings(holding("two"), "readings.csv")
    with pytest.raises(ValueError, match=r"\(2 readings\).*--readings"):
        check_readings(holding("two"), None)


def test_a_setting_that_names_a_file_elsewhere_is_refused_by_name():
    settings = {"study": {"reader": "phantoms"}, "training": {"weights": "…/w.pt"}}
    with pytest.raises(ValueError, match=r"training\.weights was a file on another machine"):
        check_study_path(archived(settings), None)


def test_settings_that_changed_between_the_pieces_of_a_run_are_told():
    told = archived(
        parameters={"evaluation": {"tolerance_mm": 2.0}, "reporting": {"seed": 1}},
        made_with={
            "1": {"evaluation": {"tolerance_mm": 0.0}, "reporting": {"seed": 0}, "split": {}}
        },
    )

    assert tell_mixture(told) == [
        "evaluation was another in run 1, whose results are in the crate too: they will differ"
    ]


def test_equal_numbers_are_reproduced_whatever_bytes_do():
    bytes_differ = compare_files("figure_1", {"figure_1": "a"}, {"figure_1": "b"}, tolerance=1e-6)
    found = compared(tables(), bytes_differ)

    assert is_reproduced(found)
    assert "Numbers: 2 in 1 tables; 2 exact, 0 within tolerance, 0 differ" in tell_comparison(found)
    assert "not of figure_1 (this decides nothing)" in tell_comparison(found)[-1]


def test_the_largest_difference_of_a_table_is_told_with_its_columns():
    assert is_reproduced(tables(auc=[0.5, 0.7500001]))
    found = tables(auc=[0.5, 0.8])

    assert not is_reproduced(found)
    assert "  scores: differs, largest difference 0.05 (auc)" in tell_comparison(found)


def test_a_table_that_was_not_made_again_is_not_reproduced():
    found = compared(tables(), tell_uncompared("verdict", "was not made again", tolerance=1e-6))

    assert not is_reproduced(found)
    assert "  verdict: not compared, was not made again" in tell_comparison(found)
