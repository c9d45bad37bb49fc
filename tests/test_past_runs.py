import pytest

from sonolens.past_runs import PastRun, check_label, find_run, split_names

FIRST, SECOND, THIRD = (f"2026-01-0{day}T00.00.00.000Z" for day in (1, 2, 3))


def past(run_id, label=None, *, reported=True, status="complete", **session):
    def nothing(name):
        raise LookupError(name)

    told = {"label": label, "status": status, **session}
    return PastRun(run_id, "", [told], reported, nothing, nothing)


RUNS = [past(THIRD, reported=False), past(SECOND, "wide ring"), past(FIRST, "narrow")]


@pytest.mark.parametrize(
    ("name", "run_id"),
    [("latest", SECOND), ("wide ring", SECOND), ("wide_ring", SECOND), (THIRD, THIRD)],
)
def test_a_run_is_found_by_its_id_its_label_or_as_the_newest_that_was_reported(name, run_id):
    assert find_run(name, RUNS, where="data").run_id == run_id


def test_an_unknown_run_is_refused_with_the_nearest_known_name():
    with pytest.raises(LookupError, match=r"no run 'narow' in data; did you mean narrow\?"):
        find_run("narow", RUNS, where="data")


def test_a_label_that_two_reported_runs_bear_names_neither():
    with pytest.raises(LookupError, match="borne by 2 runs"):
        find_run("wide ring", [past(THIRD, "wide ring"), *RUNS[1:]], where="data")


def test_a_label_tried_again_names_the_run_that_got_to_its_report():
    tried = past(THIRD, "wide ring", reported=False, status="failed")

    assert find_run("wide ring", [tried, *RUNS[1:]], where="data").run_id == SECOND


def test_no_run_is_the_latest_where_none_was_reported():
    with pytest.raises(LookupError, match="no run in data has written a report"):
        find_run("latest", RUNS[:1], where="data")


@pytest.mark.parametrize("label", ["latest", FIRST, "a@b", "two\nlines", "x" * 81])
def test_a_label_that_could_name_something_else_is_refused(label):
    with pytest.raises(ValueError, match="label="):
        check_label(label)


def test_names_are_parted_by_blanks_and_a_list_stays_a_list():
    assert split_names("a b_c@s3://x") == [("a", ""), ("b_c", "s3://x")]
    assert split_names(["b c", "latest"]) == [("b c", ""), ("latest", "")]
    assert split_names(None) == []


def test_a_run_whose_last_process_ended_well_is_complete_and_one_without_record_is_neither():
    assert past(FIRST).state == "complete"
    assert past(FIRST, status="running").state == "partial"
    assert PastRun(FIRST, "", [], True, print, print).state == "no record"


def test_a_parameter_is_looked_up_in_the_run_before_what_it_was_made_with():
    made_with = {THIRD: {"fit": {"epochs": 9, "seed": 5}}}
    run = past(FIRST, parameters={"fit": {"epochs": 3}}, made_with=made_with)

    assert run.parameter("fit", "epochs") == 3
    assert run.parameter("fit", "seed") == 5
    assert run.parameter("fit", "speed") is None
