import logging

import pytest

from sonolens import step_times
from sonolens.step_times import StepTimes, estimate

SESSION = {
    "run_id": "new",
    "pipelines": ["__default__"],
    "env": None,
    "parameters": {"training": {"epochs": 3}},
    "platform": "Linux x86_64",
    "cores": 2,
    "runtime_params": {"study": {"path": "…/BUSBRA"}, "data_root": "…/a"},
    "inputs": {},
}
BEFORE = SESSION | {
    "run_id": "old",
    "status": "complete",
    "seconds": 700.0,
    "steps": {"intake.screen_scans": 46.0, "fitting.train_networks": 458.0},
    "runtime_params": {"study": {"path": "…/BUSBRA"}, "data_root": "…/b"},
}


def test_the_same_run_tells_how_long_it_takes_and_what_is_longest():
    told = estimate([BEFORE], SESSION)

    assert told.startswith(
        "the same took 11 min 40 s in run old, of which fitting.train_networks 7 min 38 s"
    )


@pytest.mark.parametrize(
    "change",
    [
        {"parameters": {"training": {"epochs": 4}}},
        {"cores": 64},
        {"env": "busbra"},
        {"status": "failed"},
        {"runtime_params": {"study": {"path": "…/other"}}},
        {"inputs": {"scans": "older"}},
    ],
)
def test_of_anything_else_no_time_is_foretold(change):
    assert estimate([BEFORE | change], SESSION).startswith("how long is not known")


def test_a_record_of_before_steps_were_timed_still_tells_the_whole():
    before = {key: value for key, value in BEFORE.items() if key != "steps"}

    assert "11 min 40 s in run old;" in estimate([before], SESSION)


def test_only_long_steps_leave_a_line_and_all_are_timed(monkeypatch, caplog):
    ticks = iter([0.0, 1.0, 1.0, 2.0, 21.0])
    monkeypatch.setattr(step_times.time, "monotonic", lambda: next(ticks))
    times = StepTimes()
    times.begin(2)
    with caplog.at_level(logging.INFO):
        times.start("quick")
        times.keep("quick", outputs=1)
        times.start("slow")
        times.start("slow")
        times.keep("slow", outputs=2)
        assert "slow" not in times.seconds
        times.keep("slow", outputs=2)

    assert times.seconds == {"quick": 1.0, "slow": 20.0}
    assert [record.message for record in caplog.records] == ["Step 2 of 2, slow: 20.0 s"]
