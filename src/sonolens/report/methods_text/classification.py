"""Calls and their scores in prose: temperature, thresholds, intervals and comparisons."""

from collections.abc import Iterator

from sonolens.report.methods_text.settings import RunSettings, clause, listed, sentence, spread
from sonolens.report.numerals import percent
from sonolens.report.runs import confidence_of, name_homes
from sonolens.report.scores import JUDGED_BY, RULES
from sonolens.report.section import Tables
from sonolens.tables.filled_in import name_units


def tell(settings: RunSettings, tables: Tables) -> Iterator[str]:
    """Tell how logits became calls, and how these were scored."""
    decisions, metrics = tables["decisions"], tables["classification_metrics"]
    temperatures = decisions["temperature"].unique()
    whose = " of the networks' own study" if name_homes(tables["training_runs"]) else ""
    yield clause(
        (temperatures != 1).any(),
        f"Logits were divided by a temperature that was fitted to the validation scans{whose} "
        f"({spread(temperatures)}).",
    )
    points = tables["operating_points"]
    scan_points = points[(points["level"] == "scan") & (points["rule"] == JUDGED_BY)]
    yield sentence(
        "A scan was called malignant from the threshold on that lies closest to the upper left corner of the ROC curve of the "
        "{chosen_on} ({threshold}); it was then kept. Further thresholds: {rules}.",
        chosen_on=clause(len(scan_points), f"{listed(scan_points['chosen_on'])} scans{whose}"),
        threshold=spread(scan_points["threshold"]),
        rules=listed(RULES[rule] for rule in RULES if rule in set(points["rule"]) - {JUDGED_BY}),
    )
    yield sentence(
        "The probability of a lesion is the {rule} over its scans.",
        rule=settings.look_up("classification_metrics", "evaluation.lesion_probability"),
    )
    yield sentence(
        "Intervals are {confidence} expanded percentile intervals (Hesterberg 2015) over {resamples} bootstrap resamples of {units} (seed {seed}); the AUC "
        "also has DeLong's.",
        confidence=percent(confidence_of(metrics)) if len(metrics) else None,
        resamples=settings.look_up("classification_metrics", "evaluation.resamples"),
        units=name_units(tables["scans"]),
        seed=settings.look_up("classification_metrics", "evaluation.seed"),
    )
    compared = tables["configuration_comparison"]
    yield clause(
        len(compared),
        "AUCs of configurations were compared in pairs on the same cases (DeLong's test, and resampled patients), p values "
        "adjusted by Holm's method.",
    )
