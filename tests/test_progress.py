import logging

import pytest

from sonolens import progress
from sonolens.progress import counting, track


@pytest.fixture
def clock(monkeypatch):
    """A clock that moves by 20 seconds each time it is read."""
    ticks = iter(range(0, 10_000, 20))
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(ticks))


def lines(caplog):
    return [record.message for record in caplog.records]


def test_items_pass_unchanged():
    assert list(track(iter("abc"), description="Reading", total=3)) == ["a", "b", "c"]


def test_a_long_step_tells_how_far_it_is_and_its_end(clock, caplog):
    with caplog.at_level(logging.INFO), counting(description="Asking", total=4) as advance:
        for _ in range(8):
            advance(0.5)

    told = lines(caplog)
    assert told[0] == "Asking: 1 of 4"
    assert told[-1].startswith("Asking: 4 done in")
    assert len(told) >= 3


def test_a_step_that_is_over_at_once_leaves_no_line(caplog):
    with caplog.at_level(logging.INFO):
        list(track([1], description="Reading", total=1))

    assert lines(caplog) == []


def test_a_failing_step_does_not_say_that_it_is_done(clock, caplog):
    def fail():
        with counting(description="Asking", total=4):
            raise RuntimeError("no answer")

    with caplog.at_level(logging.INFO), pytest.raises(RuntimeError, match="no answer"):
        fail()

    assert lines(caplog) == []
