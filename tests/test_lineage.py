from dataclasses import replace

import pytest

from sonolens.lineage import (
    RunRecord,
    begin_run,
    choose_world,
    from_document,
    merge_sessions,
    to_document,
)

PROCESS = (["study"], ["scans", "masks"])
TRAIN = (["scans"], ["weights"])
EXPLAIN = (["scans", "masks", "weights"], ["maps"])
REPORT = (["maps", "weights"], ["page"])


def run(version, *steps, inputs=None, based_on=None):
    return begin_run(
        version,
        steps=steps,
        outputs=[name for _, written in steps for name in written],
        inputs=inputs or {},
        based_on=based_on,
    )


def everything(*absent):
    """All versions are complete but the named ones, such as 'weights@3'."""
    return lambda name, version: f"{name}@{version}" not in absent


def versions(record, *names):
    return {name: record.version_of(name) for name in names}


FULL = run("1", PROCESS, TRAIN, EXPLAIN, REPORT)
RETRAINED = run("2", TRAIN, inputs={"scans": "1"}, based_on=FULL)
NEW_DATA = run("3", PROCESS)


def test_a_full_run_is_its_own_world():
    chosen = choose_world([FULL], needed={"scans", "weights"}, exists=everything())

    assert chosen is FULL
    assert versions(chosen, "scans", "weights") == {"scans": "1", "weights": "1"}


def test_new_weights_are_read_with_the_scans_they_were_trained_on():
    chosen = choose_world(
        [NEW_DATA, RETRAINED, FULL], needed={"scans", "masks", "weights"}, exists=everything()
    )

    assert versions(chosen, "scans", "masks", "weights") == {
        "scans": "1",
        "masks": "1",
        "weights": "2",
    }


def test_new_data_are_preferred_where_nothing_older_is_needed():
    chosen = choose_world([NEW_DATA, RETRAINED, FULL], needed={"scans"}, exists=everything())

    assert chosen is NEW_DATA


def test_a_later_run_on_old_data_does_not_hide_the_new_data():
    late = run(
        "4", EXPLAIN, inputs={"scans": "1", "masks": "1", "weights": "2"}, based_on=RETRAINED
    )

    chosen = choose_world([late, NEW_DATA, RETRAINED, FULL], needed={"scans"}, exists=everything())

    assert chosen.version_of("scans") == "3"


def test_maps_of_the_old_network_do_not_belong_with_new_weights():
    assert RETRAINED.world() == {"scans": "1", "masks": "1", "weights": "2"}

    assert choose_world([RETRAINED], needed={"maps", "weights"}, exists=everything()) is None


def test_what_was_made_from_old_weights_in_several_steps_is_left_behind_too():
    assert RETRAINED.version_of("page") is None
    assert FULL.made_from["page"] == {"maps", "weights", "scans", "masks", "study"}


def test_ancestors_are_known_across_runs():
    explained = run(
        "4", EXPLAIN, inputs={"scans": "1", "masks": "1", "weights": "2"}, based_on=RETRAINED
    )

    assert "study" in explained.made_from["maps"]
    rescanned = run("5", (["masks"], ["scans"]), inputs={"masks": "1"}, based_on=explained)
    assert rescanned.world() == {"masks": "1", "scans": "5"}


def test_a_run_that_failed_counts_for_what_it_completed():
    chosen = choose_world(
        [run("4", PROCESS, TRAIN), FULL], needed={"scans"}, exists=everything("weights@4")
    )

    assert chosen.version_of("scans") == "4"


def test_an_unfinished_output_is_never_replaced_by_an_older_one_in_the_same_world():
    failed = run("4", TRAIN, inputs={"scans": "3"}, based_on=NEW_DATA)

    chosen = choose_world(
        [failed, NEW_DATA, RETRAINED, FULL],
        needed={"scans", "weights"},
        exists=everything("weights@4"),
    )

    assert versions(chosen, "scans", "weights") == {"scans": "1", "weights": "2"}


def test_an_input_that_was_deleted_takes_its_world_with_it():
    exists = everything("masks@1")

    assert choose_world([RETRAINED, FULL], needed={"masks", "weights"}, exists=exists) is None


def test_no_run_covers_what_nobody_made():
    assert choose_world([FULL], needed={"atlas"}, exists=everything()) is None
    assert choose_world([], needed={"scans"}, exists=everything()) is None


def test_records_older_than_the_answer_are_not_read():
    def records():
        yield NEW_DATA
        yield RETRAINED
        raise AssertionError("read too far")

    assert choose_world(records(), needed={"scans"}, exists=everything()) is NEW_DATA


def test_of_equal_worlds_the_newest_run_is_taken():
    reported = run("5", REPORT, inputs={"maps": "1", "weights": "1"}, based_on=FULL)

    chosen = choose_world([reported, FULL], needed={"maps", "weights"}, exists=everything())

    assert chosen is reported
    assert chosen.version_of("page") == "5"


def test_a_failed_run_does_not_vouch_for_what_it_only_read():
    mixed = {"scans": "3", "masks": "3", "weights": "2"}
    tried = run("4", EXPLAIN, inputs=mixed)
    known = [NEW_DATA, RETRAINED, FULL]

    def chosen(record):
        return choose_world([record, *known], needed=list(mixed), exists=everything())

    assert chosen(tried) is tried
    assert chosen(replace(tried, finished=False)) is RETRAINED


def test_a_failed_run_counts_for_what_it_completed():
    failed = replace(run("4", PROCESS, TRAIN, EXPLAIN), finished=False)

    chosen = choose_world([failed, FULL], needed={"scans", "weights"}, exists=everything("maps@4"))

    assert chosen is failed


@pytest.mark.parametrize(
    ("status", "finished"), [("complete", True), ("failed", False), ("running", False)]
)
def test_a_session_that_did_not_complete_is_not_finished(status, finished):
    document = to_document(FULL) | {"status": status}

    assert from_document("1", document).finished is finished


def test_a_run_is_finished_once_one_of_its_sessions_is():
    failed = replace(FULL, finished=False)

    assert merge_sessions([failed, FULL]).finished
    assert not merge_sessions([failed, failed]).finished


def test_a_run_that_reads_nothing_inherits_nothing():
    assert NEW_DATA.world() == {"scans": "3", "masks": "3"}


def test_a_run_of_mixed_inputs_vouches_only_for_what_it_read():
    mixed = run("6", EXPLAIN, inputs={"scans": "3", "masks": "3", "weights": "2"})

    assert mixed.world() == {"scans": "3", "masks": "3", "weights": "2", "maps": "6"}


def test_only_outputs_with_versions_are_promised():
    record = begin_run(
        "1", steps=[(["scans"], ["memory", "weights"])], outputs=["weights"], inputs={"scans": "0"}
    )

    assert record.version_of("memory") is None


def test_processes_under_one_id_make_one_world():
    process, train = run("7", PROCESS), run("7", TRAIN, inputs={"scans": "7"})

    merged = merge_sessions([process, train])

    assert merged.outputs == {"scans", "masks", "weights"}
    assert merged.world() == {"scans": "7", "masks": "7", "weights": "7"}


def test_what_two_processes_read_in_different_versions_belongs_nowhere():
    merged = merge_sessions(
        [
            run("7", TRAIN, inputs={"scans": "1", "atlas": "1"}),
            run("7", REPORT, inputs={"scans": "3", "atlas": "1"}),
        ]
    )

    assert merged.version_of("scans") is None
    assert merged.version_of("atlas") == "1"


def test_sessions_of_different_runs_are_not_merged():
    with pytest.raises(ValueError, match=r"\['1', '3'\]"):
        merge_sessions([FULL, NEW_DATA])
    with pytest.raises(ValueError, match="share its id"):
        merge_sessions([])


def test_a_record_survives_its_document():
    assert from_document("2", to_document(RETRAINED)) == RETRAINED
    with pytest.raises(KeyError, match="planned"):
        from_document("2", {})


def test_what_a_run_writes_is_not_what_it_read_under_that_name():
    rewritten = run(
        "8", (["scans"], ["scans_again"]), (["atlas"], ["scans"]), inputs={"scans": "1"}
    )

    assert rewritten.version_of("scans") == "8"
    assert rewritten.world()["scans"] == "8"


def test_an_unknown_dataset_has_no_version():
    assert RunRecord("1").version_of("scans") is None
