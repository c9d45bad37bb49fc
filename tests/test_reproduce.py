from hashlib import sha256
from pathlib import Path

import pandas as pd
import pytest
from kedro.io import DataCatalog, MemoryDataset

from sonolens import reproduce
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
    run_again,
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


def test_of_a_run_that_did_not_list_all_packages_those_it_named_are_compared():
    here = describe_software(PROJECT)
    here["git"] = here["git"] | {"dirty": False}
    before = here["packages"] | {"numpy": "1.0"}

    told = tell_environment(archived(**here | {"packages": before}), PROJECT)

    told = [line for line in told if "no commit" not in line]
    assert told == [f"numpy: 1.0 then, {here['packages']['numpy']} now"]


@pytest.fixture
def runs(monkeypatch):
    """What was run again, in place of running it: the parameters and what was asked for."""
    runs, looks = [], []
    monkeypatch.setattr(
        reproduce, "_run", lambda _, __, params, **asked: runs.append((params, asked))
    )
    monkeypatch.setattr(reproduce, "_open", lambda *_: DataCatalog({}))
    monkeypatch.setattr(reproduce, "_check_pictures", lambda *_: looks.append(len(runs)))
    return runs, looks


def test_scans_that_lie_elsewhere_are_looked_at_before_anything_else_is_run(runs, tmp_path):
    study = {"reader": "busbra", "path": "there", "expect_complete": True}
    told = archived({"study": study, "split": {"seed": 3}, "nothing_reads_this": {}})

    run_again(told, PROJECT, tmp_path, study_path="here", readings="table.csv")

    (first, asked_first), (second, asked_second) = runs[0]
    assert (asked_first, asked_second) == ({"to_outputs": ["raw_images"]}, {})
    assert runs[1] == [1]  # after the first run, before the second
    assert (
        first
        == second
        == {
            "study": {**study, "path": "here", "expect_complete": False, "readings": "table.csv"},
            "split": {"seed": 3},
            "data_root": str(tmp_path),
        }
    )


def test_a_built_in_study_is_run_once_as_it_was(runs, tmp_path):
    study = {"reader": "phantoms", "path": None}

    run_again(archived({"study": study}), PROJECT, tmp_path, study_path=None)

    assert runs == ([({"study": study, "data_root": str(tmp_path)}, {})], [])


class Hashes(MemoryDataset):
    """Pictures of which nothing but their hashes is asked for."""

    def digests(self):
        return self._data


def pictures(**hashes):
    return DataCatalog({"raw_images": Hashes(hashes)})


def test_the_archived_scans_pass_and_others_are_counted():
    then = archived()
    then.contents["raw_images"] = {"sha256": {"a": "1", "b": "2", "c": "3"}}

    reproduce._check_pictures(then, pictures(a="1", b="2", c="3"))
    with pytest.raises(
        ValueError, match="1 of 3 are missing, 1 were added, 1 changed, for example c"
    ):
        reproduce._check_pictures(then, pictures(a="1", b="other", d="4"))


def test_tables_are_compared_that_both_have_and_the_page_never_is(tmp_path):
    place = {"type": "sonolens.datasets.TableDataset", "versioned": True}
    catalog = DataCatalog.from_config(
        {name: {**place, "filepath": f"{tmp_path}/{name}.csv"} for name in ("made", "lacking")}
        | {
            "note": {
                "type": "sonolens.datasets.TextDataset",
                "filepath": f"{tmp_path}/note.txt",
                "versioned": True,
            }
        },
        save_version="2026-01-01T00.00.00.000Z",
    )
    catalog.save("made", NUMBERS.assign(auc=[0.5, 0.8]))
    catalog.save("note", "text")
    contents = {
        "report": {"files": ["report.html"], "sha256": {"report": "1"}},
        "made": {"files": ["tables/made.csv"]},
        "lacking": {"files": ["tables/lacking.csv"]},
        "withheld": {"files": [], "sha256": {}},
        "note": {"files": ["note.txt"], "sha256": {"note": sha256(b"text").hexdigest()}},
    }
    crate = Crate.__new__(Crate)
    crate.read = lambda _: NUMBERS.to_csv(index=False).encode()
    told = Archived(crate=crate, session={}, settings={}, contents=contents)

    found = pd.concat(list(reproduce._compare(told, catalog, tolerance=1e-6)))

    assert list(dict.fromkeys(found["dataset"])) == ["made", "lacking", "note"]
    of_made = found[found["dataset"] == "made"].set_index("column")["verdict"]
    assert of_made["auc"] == "differs"
    assert found.set_index("dataset").loc["lacking", "reason"] == "was not made again"
    assert found.set_index("dataset").loc["note", "verdict"] == "exact"
