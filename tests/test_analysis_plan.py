import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sonolens.analysis_plan import (
    NOT_PLANNED,
    count_looks,
    hash_plan,
    hash_scans,
    say_looks,
    settle,
)

SETTINGS = {
    "study": {"reader": "phantoms", "options": {"masses": 16, "seed": 0}},
    "split": {"scheme": "holdout", "test_share": 0.25, "seed": 0},
    "training": {"labels": "given", "networks": ["tiny"], "protocol": "rigorous"},
    "evaluation": {"tolerance_mm": 0.0, "permutations": 100, "size_bounds_mm": [10.0, 20.0]},
    "explanation": {"methods": ["cam"], "point_rule": "cell"},
    "regions": {"ring": {"mode": "millimetres", "outer_mm": 5.0}},
    "reliance": {"fills": ["mean", "donor"], "nulls": ["moved"]},
    "reporting": {"seed": 0},
}
NAMES = st.text(min_size=1, max_size=3)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=10,
)


def turned(value):
    """The same settings with the keys of every group in the opposite order."""
    if isinstance(value, dict):
        return {key: turned(value[key]) for key in reversed(value)}
    return [turned(item) for item in value] if isinstance(value, list) else value


def look(run, *, plan="p", test="t", study="s", started="2026-01-01"):
    return {
        "run_id": run,
        "started": started,
        "plan_sha256": plan,
        "test_scans_sha256": test,
        "study_scans_sha256": study,
        "n_test_scans": 8,
    }


@given(st.dictionaries(NAMES, VALUES, max_size=4))
def test_the_order_of_keys_does_not_change_the_plan(settings):
    assert hash_plan(turned(settings)) == hash_plan(settings)


@pytest.mark.parametrize(
    ("group", "key", "value"),
    [
        ("training", "labels", ["given", "shuffled"]),
        ("reliance", "nulls", ["exchanged"]),
        ("evaluation", "permutations", 101),
        ("evaluation", "tolerance_mm", 0.5),
        ("evaluation", "size_bounds_mm", [20.0, 10.0]),
        ("split", "seed", 1),
        ("study", "options", {"masses": 17, "seed": 0}),
        ("regions", "ring", {"mode": "millimetres", "outer_mm": 5.000001}),
        ("explanation", "methods", ["cam", "edges"]),
    ],
)
def test_whatever_decides_what_is_scored_and_how_changes_the_plan(group, key, value):
    changed = copy.deepcopy(SETTINGS)
    changed[group][key] = value

    assert hash_plan(changed) != hash_plan(SETTINGS)


def test_what_is_only_shown_does_not_change_the_plan_and_a_group_not_known_yet_does():
    shown = SETTINGS | {name: {"anything": 1} for name in NOT_PLANNED}

    assert hash_plan(shown) == hash_plan(SETTINGS)
    assert hash_plan(SETTINGS | {"added_later": {"anything": 1}}) != hash_plan(SETTINGS)


def test_a_run_in_pieces_has_the_plan_of_a_run_in_one_go():
    whole = settle(SETTINGS, read=SETTINGS, earlier=[])
    first = {"read": ["study", "split", "training"]}
    first["settings"] = settle(SETTINGS, read=first["read"], earlier=[])
    # Whoever changes the split afterwards does not change how these scans were split.
    later = SETTINGS | {"split": {"scheme": "kfold"}}

    assert hash_plan(first["settings"]) == hash_plan(whole)
    assert settle(later, read=["evaluation", "regions"], earlier=[first]) == whole


def test_what_the_newest_source_read_counts():
    sources = [
        {"read": ["regions"], "settings": {"regions": 5}},
        {"read": ["regions"], "settings": {"regions": 8}},
        {"read": ["split"], "settings": {"regions": 99, "split": 1}},
    ]

    assert settle({}, read=(), earlier=sources) == {"regions": 8, "split": 1}


@given(st.dictionaries(NAMES, st.sampled_from(["0a", "1b", "2c"]), min_size=1), st.data())
def test_scans_are_known_by_id_and_content_in_any_order(digests, data):
    scan = data.draw(st.sampled_from(sorted(digests)))

    assert hash_scans(turned(digests)) == hash_scans(digests)
    assert hash_scans({**digests, scan: "another picture"}) != hash_scans(digests)
    assert hash_scans({k: v for k, v in digests.items() if k != scan}) != hash_scans(digests)


def test_the_first_look_says_so():
    looks = count_looks([], look("1"))

    assert looks["before"] == 0
    assert say_looks(looks).startswith("First look")
    assert "Nobody counted" in say_looks(None)


def test_every_look_at_the_same_scans_is_counted_and_those_under_other_plans_apart():
    earlier = [
        look("1", started="2026-01-01"),
        look("2", plan="q", started="2026-01-02"),
        look("3", plan="q", started="2026-01-03"),
        look("4", study="more training scans", started="2026-01-04"),
        look("5", test="u", started="2026-01-05"),
        look("6", test="u", study="another", started="2026-01-06"),
    ]

    looks = count_looks(earlier, look("7", plan="q", started="2026-01-07"))

    assert {k: looks[k] for k in ("before", "under_other_plans", "other_plans")} == {
        "before": 4,
        "under_other_plans": 2,
        "other_plans": 2,
    }
    assert looks["plan_fixed"] == "2026-01-02"
    assert looks["at_other_scans"] == 1
    assert say_looks(looks) == (
        "4 earlier runs of this data root looked at these 8 test scans, 2 of them under 2 other plans. This plan was "
        "first fixed at 2026-01-02. 1 earlier run looked at other test scans of this study."
    )


@given(st.lists(st.tuples(st.sampled_from("pq"), st.sampled_from("tu")), max_size=6))
def test_one_more_look_at_the_same_scans_counts_one_more(history):
    earlier = [look(str(n), plan=plan, test=test) for n, (plan, test) in enumerate(history)]
    before = count_looks(earlier, look("x"))["before"]

    assert count_looks([*earlier, look("y")], look("x"))["before"] == before + 1
    assert count_looks([*earlier, look("y", test="v")], look("x"))["before"] == before
    assert count_looks([*earlier, look("x", plan="q")], look("x"))["before"] == before
