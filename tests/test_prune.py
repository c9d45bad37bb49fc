import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from data_roots import DAY, NOW, STEPS, Root, run_id
from hypothesis import given, settings
from hypothesis import strategies as st
from kedro.io import DatasetError

from sonolens.lineage import begin_run, from_document, to_document
from sonolens.prune import prune, tell_pruning
from sonolens.pruning import find_needed

WHOLE = ("process", "train", "report")


@pytest.fixture(params=["local", "memory"])
def root(request, tmp_path):
    return Root(str(tmp_path) if request.param == "local" else f"memory:///{tmp_path.name}")


@pytest.fixture
def local(tmp_path):
    return Root(str(tmp_path))


def test_the_newest_reported_runs_stay_and_older_ones_go_wholly(root):
    for number in (1, 2, 3):
        root.run(number, *WHOLE)

    root.prune(keep=2)

    assert all(versions == [3, 2] for versions in root.versions().values())


def test_what_a_kept_run_was_made_from_stays_and_the_rest_of_its_maker_goes(root):
    root.run(1, *WHOLE)
    root.run(2, "train", "report", based_on=1)
    root.run(3, "report", based_on=2)

    root.prune(keep=1)

    assert root.versions() == {
        "scans": [1],
        "masks": [1],
        "weights": [2],
        "report": [3],
        "run_record": [3, 2, 1],
    }


def test_of_inputs_that_were_put_together_by_hand_the_sources_stay_too(root):
    root.run(1, *WHOLE)
    root.run(2, *WHOLE)
    root.run(3, "report", mixed={"weights": run_id(1), "masks": run_id(2)})

    root.prune(keep=1)

    assert root.versions() == {
        "scans": [1],
        "masks": [2],
        "weights": [1],
        "report": [3],
        "run_record": [3, 2, 1],
    }


def test_nothing_is_removed_on_paper(root):
    root.run(1, *WHOLE)
    root.run(2, *WHOLE)
    before = root.versions()

    plan = root.plan(keep=1)

    assert plan.doomed
    assert plan.freed > 0
    assert root.versions() == before


def test_a_run_with_a_label_stays(root):
    root.run(1, *WHOLE, label="in the paper")
    root.run(2, *WHOLE)

    assert not root.plan(keep=1).doomed


def test_runs_that_failed_or_wrote_no_report_go_only_if_asked(root):
    root.run(1, "process")
    root.run(2, *WHOLE, status="failed")
    root.run(3, *WHOLE)

    assert root.plan(keep=1).choice.going == []
    assert root.plan(keep=1, partial=True).choice.going == [run_id(2), run_id(1)]


def test_a_run_that_a_kept_comparison_names_stays(root):
    root.run(1, *WHOLE)
    root.run(2, *WHOLE)
    root.run(3, "process", compared=[run_id(1)])

    assert root.plan(keep=1).choice.kept[run_id(1)] == f"compared by {run_id(3)}"


def test_a_run_that_may_be_in_progress_stays_and_stops_every_removal(root):
    root.run(1, *WHOLE)
    root.run(2, *WHOLE)
    root.run(3, "process", status="running", started=datetime.now(UTC))

    plan = root.plan(keep=1, partial=True, now=datetime.now(UTC))

    assert plan.choice.kept[run_id(3)] == "may be running"
    with pytest.raises(DatasetError, match="may be in progress"):
        prune(root.catalog, plan, young=DAY)
    assert 1 in root.versions()["scans"]


def test_a_run_that_began_after_the_plan_stops_the_removal(root):
    root.run(1, *WHOLE)
    root.run(2, *WHOLE)
    plan = root.plan(keep=1)
    root.run(3, "report", based_on=1)

    with pytest.raises(DatasetError, match="began while the plan was made"):
        prune(root.catalog, plan, young=DAY)


def test_a_record_that_cannot_be_read_stops_everything(root):
    root.run(1, *WHOLE)
    root.run(2, *WHOLE)
    root.catalog["run_record"].replace_version(run_id(1), {"sessions": [{"planned": []}]})

    with pytest.raises(DatasetError, match=r"record of run 2026-01-01.* cannot be read"):
        root.plan(keep=1)


def test_versions_without_a_record_stay_and_are_told(root):
    root.run(1, *WHOLE)
    root.run(2, *WHOLE)
    catalog = root.catalog
    store = catalog["run_record"]
    store._fs.rm(str(store._filepath / run_id(1)), recursive=True)

    plan = root.prune(keep=1)

    assert plan.unknown == [run_id(1)]
    assert root.versions()["scans"] == [2, 1]
    assert any("has no record" in line for line in tell_pruning(plan, young=DAY))


def test_bytes_that_a_kept_version_holds_as_well_are_not_counted_and_stay(local):
    local.run(1, *WHOLE)
    local.run(2, *WHOLE)
    shared = Path(local.place) / "masks" / run_id(2) / "a.txt"
    assert shared.stat().st_nlink == 2

    plan = local.prune(keep=1)

    counted = sum(size for each in plan.doomed for size in each.files.values())
    assert plan.freed == counted - len("same in every run")
    assert shared.read_text() == "same in every run"


def test_half_written_files_and_folders_go_once_they_are_old(local):
    local.run(1, *WHOLE)
    part = f".scans.txt.{'0' * 32}.part"
    half = Path(local.place) / "masks" / run_id(9)
    draft = Path(local.place) / "masks" / f".{run_id(9)}.{'1' * 32}.part"
    old = [Path(local.place) / "scans.txt" / run_id(1) / part, half / "a.txt", draft / "a.txt"]
    young = [Path(local.place) / "checkpoints" / part]
    for path in (*old, *young):
        path.parent.mkdir(exist_ok=True)
        path.write_text("half")
    for path in old:
        os.utime(path, ((NOW - 2 * DAY).timestamp(),) * 2)
    os.utime(young[0], (NOW.timestamp(),) * 2)

    local.prune(keep=1)

    assert not old[0].exists()
    assert not half.exists()
    assert not draft.exists()
    assert young[0].exists()


def test_a_users_own_files_stay(local):
    local.run(1, *WHOLE)
    local.run(2, *WHOLE)
    own = [Path(local.place) / "scans.txt" / "notes", Path(local.place) / "masks" / "old masks"]
    for folder in own:
        folder.mkdir()
        (folder / "mine.txt").write_text("mine")

    local.prune(keep=1)

    assert all((folder / "mine.txt").exists() for folder in own)


def test_a_checkpoint_goes_only_if_a_run_that_goes_asked_for_it_and_no_other_did(root):
    root.run(1, *WHOLE, checkpoints=["old", "shared"])
    root.run(2, *WHOLE, checkpoints=["shared"])
    folder = root.catalog["checkpoints"].load()
    for name in ("old", "shared", "nobodys"):
        folder.slot(name).write(b"state")

    root.prune(keep=1)

    assert [folder.slot(name).read() is None for name in ("old", "shared", "nobodys")] == [
        True,
        False,
        False,
    ]


def test_that_a_removed_run_looked_at_the_test_scans_stays_known(root):
    root.run(1, *WHOLE)
    root.run(2, *WHOLE)
    root.catalog["looks"].replace_version(run_id(1), {"run_id": run_id(1)})

    root.prune(keep=1)

    assert root.catalog["looks"].read_version(run_id(1)) == {"run_id": run_id(1)}
    assert root.versions()["run_record"] == [2]


def test_pruning_twice_finds_nothing_the_second_time(root):
    root.run(1, *WHOLE)
    root.run(2, "report", based_on=1)
    root.prune(keep=1)

    assert not root.plan(keep=1).doomed


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from([WHOLE, ("train", "report"), ("report",), ("process",)]),
            st.integers(0, 5),
        ),
        max_size=6,
    ),
    st.integers(1, 3),
)
def test_every_input_of_what_is_needed_is_needed(history, keep):
    records, whole = {}, [1]
    records[1] = begin_run(
        "1",
        steps=[STEPS[n] for n in WHOLE],
        outputs=["scans", "masks", "weights", "report"],
        inputs={},
    )
    for number, (names, base) in enumerate(history, start=2):
        steps, before = [STEPS[name] for name in names], records[whole[base % len(whole)]]
        made = [name for _, written in steps for name in written]
        read = {n for taken, _ in steps for n in taken} - {*made, "study"}
        records[number] = begin_run(
            str(number),
            steps=steps,
            outputs=made,
            inputs={name: before.version_of(name) for name in read},
            based_on=before,
        )
        whole += [number] if "report" in made else []
    runs = {str(number): [to_document(record)] for number, record in records.items()}

    needed = find_needed([str(number) for number in whole[-keep:]], runs)

    for name, version in needed:
        record = from_document(version, runs[version][0])
        for source in record.made_from.get(name, ()):
            if source != "study":
                assert (source, record.version_of(source)) in needed


def test_a_comparison_with_a_run_that_is_gone_keeps_nothing_of_it(root):
    root.run(1, *WHOLE)
    root.run(2, *WHOLE, compared=[run_id(9)])

    plan = root.plan(keep=1)

    assert list(plan.choice.kept) == [run_id(2)]
    assert plan.choice.going == [run_id(1)]
