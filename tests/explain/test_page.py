"""Words on the page that no document holds."""

from sonolens.explain.document import FamiliarityCheck
from sonolens.explain.page import _tell_familiarity

FOUND = FamiliarityCheck(
    distance=7.5, threshold=5.0, unfamiliar=True, false_alarm_rate=0.05, validation_scans=40
)


def page_of(told, found):
    return _tell_familiarity(told.model_copy(update={"familiarity": found}))


def test_the_page_tells_distance_and_limit_or_that_none_was_measured(explain, new_scan):
    told = explain(new_scan)

    assert page_of(told, FOUND) == (
        "Distance of its features from those of the training scans: 7.5; beyond 5 a scan counts as unlike them, as 5 % "
        "of 40 validation scans of the same study do."
    )
    assert page_of(told, None) == "How familiar the scan is to the network could not be measured."


def test_an_infinite_distance_is_told_in_words(explain, new_scan):
    infinite = FOUND.model_copy(update={"distance": None})

    assert ": beyond any number; beyond 5" in page_of(explain(new_scan), infinite)
