"""What the page says of shortcuts: the strongest first, nothing found, or why nothing can be asked."""

import pandas as pd
from tiny_run import run_inputs
from tiny_shortcuts import FOUND, audit_row, audit_table, not_asked

from sonolens.report.page import write_section
from sonolens.report.sections.shortcuts import (
    SECTION,
    find_shortcuts,
    list_asked,
    tell_baseline,
    tell_shortcuts,
)


def test_a_shortcut_is_told_with_its_auc_and_its_patients() -> None:
    assert tell_shortcuts(audit_table()) == (
        "From picture size alone the label can be told with AUC 0.71 [0.60, 0.80] on 8 patients: a network may have "
        "learnt that."
    )


def test_the_strongest_of_several_shortcuts_stands_first() -> None:
    told = tell_shortcuts(audit_table(grey=FOUND | {"auc": 0.9, "ci_high": 0.95}))

    assert told.startswith("From grey level and contrast alone the label can be told with AUC 0.90")
    assert told.endswith("Likewise from picture size with 0.71 [0.60, 0.80].")


def test_nothing_found_is_said_with_the_highest_auc() -> None:
    told = tell_shortcuts(audit_table(picture_size={"auc": 0.55}), units="lesions")

    assert told == (
        "Of picture size and grey level and contrast, none was found to tell the label of 8 lesions: the highest AUC is "
        "0.55 [0.40, 0.64], from picture size alone. A weaker shortcut can have gone unseen."
    )


def test_a_high_auc_whose_adjusted_p_is_large_is_not_found() -> None:
    assert find_shortcuts(audit_table(picture_size=FOUND | {"p_adjusted": 0.06})).empty


def test_an_auc_below_one_half_is_not_found() -> None:
    below = {"auc": 0.3, "ci_low": 0.2, "ci_high": 0.4}

    assert find_shortcuts(audit_table(picture_size=FOUND | below)).empty


def test_where_nothing_can_be_asked_the_reasons_stand() -> None:
    few = not_asked("too few patients")
    told = tell_shortcuts(audit_table(picture_size=few, grey=few))

    assert told == (
        "What a network could cheat with cannot be asked: picture size and grey level and contrast: too few patients; "
        "annotations: annotations were not looked for."
    )


def test_geometry_is_the_baseline_and_no_shortcut() -> None:
    assert "alone give AUC 0.80 [0.70, 0.90]" in tell_baseline(audit_table())
    assert "cannot be asked: few." in tell_baseline(audit_table(geometry=not_asked("few")))


def test_every_row_is_listed_with_whom_it_was_asked_of() -> None:
    held = audit_row("grey", scheme="held_out_device", device="GE Logiq 7", p_adjusted=float("nan"))
    rows = list_asked(pd.concat([audit_table(), pd.DataFrame([held])], ignore_index=True))

    assert [row.of for row in rows] == ["other patients"] * 4 + ["device GE Logiq 7"]
    assert rows[0].p_adjusted == "0.004"
    assert rows[2].reason == "annotations were not looked for"


def test_the_section_tells_what_was_asked_and_what_was_not() -> None:
    text = write_section(SECTION, run_inputs())

    assert "picture size</th><td>shortcut</td><td>other patients" in text
    assert "Not asked: annotations, for annotations were not looked for." in text
    assert "No device was held out" in text
