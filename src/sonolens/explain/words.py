"""The words of one explained scan: sentences of probability, calibration, calls and map."""

from sonolens.explain.document import (
    Answer,
    Call,
    CaseSet,
    Explanation,
    Extreme,
    NetworkFacts,
    Score,
)
from sonolens.figures.reliance.regions import FILL_NAMES, REGION_NAMES
from sonolens.report.numerals import amount, percent, score_with_interval

FILL_WORDS = FILL_NAMES
REGION_WORDS = {
    **REGION_NAMES,
    "other": "elsewhere",
    "any": "any of the three",
    "none": "no region",
}

PROPERTY_WORDS = {
    "rows_px": "height of the picture in pixels",
    "cols_px": "width of the picture in pixels",
    "spacing_row_mm": "height of a pixel in mm",
    "spacing_col_mm": "width of a pixel in mm",
    "depth_mm": "depth of the field in mm",
    "width_mm": "width of the field in mm",
    "mean_grey": "mean grey level",
    "sd_grey": "spread of grey levels",
    "black_share": "share of black pixels",
    "mass_height_mm": "height of the mass in mm",
    "mass_width_mm": "width of the mass in mm",
    "annotation_share": "share of annotations",
}

RULE_WORDS = {
    "closest_to_corner": "nearest to the corner of the ROC curve",
    "youden": "largest sum of sensitivity and specificity",
    "sensitivity_90": "sensitivity of 90 %",
    "sensitivity_95": "sensitivity of 95 %",
}

METRIC_WORDS = {
    "brier": "Brier score",
    "calibration_slope": "slope",
    "calibration_intercept": "intercept",
    "ece": "expected calibration error",
}

SURE = 0.005
"""A probability nearer than this to 0 or 1 is not rounded to it."""


def tell_number(value: float) -> str:
    """Print a number with three digits and a true minus sign.

    >>> tell_number(-0.1234), tell_number(12.0)
    ('−0.123', '12')
    """
    return amount(value).replace("-", "−")


def tell_probability(value: float) -> str:
    """Print a probability with two decimals, never as certainty.

    >>> tell_probability(0.631), tell_probability(0.9999), tell_probability(0.0)
    ('0.63', 'above 0.99', 'below 0.01')
    """
    if value >= 1 - SURE:
        return "above 0.99"
    return "below 0.01" if value < SURE else f"{value:.2f}"


def tell_answer(answer: Answer) -> str:
    """Tell the probability."""
    return (
        f"The network gives this scan a probability of malignancy of {tell_probability(answer.probability)} "
        f"(logit {tell_number(answer.logit)}, temperature {tell_number(answer.temperature)})."
    )


def tell_calibration(network: NetworkFacts) -> str:
    """Tell how far a probability of this network can be taken at its word."""
    if not network.calibration:
        return "How well its probabilities are calibrated is not told, so this one is a score and no risk."
    scores = network.calibration
    told = ", ".join(f"{METRIC_WORDS[name]} {tell_score(score)}" for name, score in scores.items())
    n = next(iter(scores.values())).n
    return (
        f"On {n} test scans of its own study: {told} (Brier score: 0 is perfect, 0.25 is what always saying 50 % scores; "
        "slope: 1, intercept: 0 is ideal). On scans of another hospital nobody has measured it; the share of cancers "
        "there alone shifts every probability."
    )


def tell_score(score: Score) -> str:
    """Print a score with its interval, if it has one."""
    nothing = float("nan")
    low, high = (nothing if each is None else each for each in (score.ci_low, score.ci_high))
    return score_with_interval(score.value, low, high)


def tell_call(call: Call) -> str:
    """Tell what one operating point calls, and what chose it."""
    rule = RULE_WORDS.get(call.rule, call.rule)
    whose = "" if call.level == "scan" else " (of a lesion, seen in this scan alone)"
    start = "no probability" if call.threshold is None else f"{call.threshold:.2f}"
    return (
        f"{call.call}: malignant from {start} on, {rule}, chosen on {call.chosen_on} scans{whose}"
    )


def tell_set(found: CaseSet) -> str:
    """Tell which labels the scan may have by the rule for abstaining.

    >>> tell_set(CaseSet(alpha=0.1, labels=("benign", "malignant"), patients=(20, 12)))
    'It is left open: where 10 % of either label may be missed, it may be benign or malignant (by 20 and 12 validation patients).'
    """
    start = f"where {percent(found.alpha)} of either label may be missed, it"
    behind = " and ".join(map(str, found.patients))
    if len(found.labels) == 1:
        return f"Where {percent(found.alpha)} of either label may be missed, it is {found.labels[0]} (by {behind} validation patients)."
    may = "may be benign or malignant" if found.labels else "is like neither label"
    return f"It is left open: {start} {may} (by {behind} validation patients)."


def tell_network(network: NetworkFacts) -> str:
    """Tell what the network was fitted to, and how well it did there."""
    auc = "not told" if network.auc is None else f"{tell_score(network.auc)}, n = {network.auc.n}"
    return (
        f"{network.run}, fitted to {network.training_scans} scans of {network.study} (chosen by {network.validation_scans}); "
        f"AUC on test scans of the same study: {auc}."
    )


def name_extreme(extreme: Extreme, *, signed: bool) -> str:
    """Name one extreme by what it says: the largest value of a map without a positive one speaks for benign too."""
    if not signed:
        return {"max": "strongest", "min": "weakest"}[extreme.extreme]
    if extreme.extreme == "max":
        return "most malignant" if extreme.value > 0 else "least benign"
    return "most benign" if extreme.value < 0 else "least malignant"


def tell_extreme(extreme: Extreme, *, signed: bool) -> str:
    """Tell where one extreme lies and what it adds."""
    name = name_extreme(extreme, signed=signed).capitalize()
    if extreme.depth_mm is None or extreme.lateral_mm is None:
        where = f"row {extreme.row_px:.0f}, column {extreme.col_px:.0f} px, no scale"
    else:
        where = f"{extreme.depth_mm:.1f} mm deep, {extreme.lateral_mm:.1f} mm from the left edge"
    adds = ""
    if extreme.logit_part is not None:
        share = "" if extreme.logit_share is None else f", {tell_share(extreme.logit_share)}"
        adds = f"; adds {tell_number(extreme.logit_part)} to the logit{share}"
    region = (
        "" if extreme.region is None else f"; {REGION_WORDS.get(extreme.region, extreme.region)}"
    )
    tied = f"; one of {extreme.tied} that tie" if extreme.tied > 1 else ""
    return f"{name}: {where}{region}{adds}{tied}"


def tell_share(share: float) -> str:
    """Tell what part of a logit is, or how much speaks against it.

    >>> tell_share(0.05), tell_share(-0.04)
    ('5 % of it', 'against it by 4 %')
    """
    return f"{percent(share)} of it" if share >= 0 else f"against it by {percent(-share)}"


def tell_law(told: Explanation) -> str:
    """Tell whether the map leaves anything of the logit out."""
    law = told.map.law
    if law is None:
        return f"Maps of {told.map.method} do not have to add up to the logit."
    return (
        f"The map leaves nothing out: its mean {tell_number(law.map_mean)} and the bias {tell_number(law.bias)} make "
        f"{tell_number(law.total)}, the logit is {tell_number(law.logit)}."
    )
