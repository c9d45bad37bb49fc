"""The words that tables use: labels, partitions, checks, regions, metrics."""

from collections.abc import Collection, Mapping
from typing import TypeAlias

LABELS = ("benign", "malignant")
COUNTED_LABELS = (*LABELS, "both")
LEARNT_LABELS = ("given", "shuffled")
"""What a network learns: the lesions' labels, or the same exchanged by chance."""

GUIDANCES = ("none", "regions", "annotations")
"""What a fit is told beside labels: nothing, that evidence outside mass, ring and below costs, or evidence on annotations."""

MARK_PLACES = ("edge", "aside")
"""Where calliper marks are burnt in: at the ends of the mass, or away from mass, ring and below."""

MARK_READINGS = ("unmarked", "as_trained", "reversed")
"""Which scans bear marks: none, most malignant ones as they were learnt, or as many benign ones."""

SEEN_ANNOTATIONS = ("as framed", "blank")
"""What a network sees of annotations: what `framing.annotations` says, or, beside it, the scans without them."""

VIEWS = ("longitudinal", "transverse")
BIRADS = ("2", "3", "4", "4a", "4b", "4c", "5", "6")
PARTITIONS = ("train", "validation", "test")
CHECKS = (
    "unreadable",
    "tiny_scan",
    "no_content",
    "coloured_scan",
    "mask_size",
    "empty_mask",
    "mask_levels",
    "inverted_mask",
    "large_mask",
    "tiny_mask",
    "open_outline",
    "thin_mask",
    "stray_pixels",
    "mask_at_border",
    "many_components",
    "same_mask",
    "bright_masses",
    "unusable_annotations",
    "absent_spacing",
    "implausible_spacing",
    "identical_scans",
    "near_identical_scans",
    "kindred_scans",
    "conflicting_duplicates",
    "lesion_with_two_labels",
    "patient_with_many_lesions",
    "column_like_an_id",
    "unusable_id",
    "unportable_id",
    "formula_like_id",
)
LEVELS = ("scan", "lesion")
REGION_NAMES = ("mass", "peritumoral", "below")

Unions: TypeAlias = Mapping[str, Collection[str]]
"""Regions that play, by name: each the union of some of mass, peritumoral, below and other."""

PLAYED_REGIONS: Unions = {
    **{name: (name,) for name in REGION_NAMES},
    "any": REGION_NAMES,
}
"""The regions of the paper's game; ``any`` is at least one of the three."""

POINTED_REGIONS = (*REGION_NAMES, "other", "annotation", "none")
"""Where a point can lie; ``annotation`` is no tissue, ``none`` stands for a map without an extreme."""

PLANTED_REGIONS = (*REGION_NAMES, "other", "annotation", "planted")
"""The whole scan in regions, ``annotation`` where a mark was planted, and the union of those that hold the evidence."""

SUBSETS = ("correct", "wrong", "all")
EXTREMES = ("max", "min")
OUTCOMES = ("false negative", "false positive", "true positive", "true negative")
"""What became of a call, errors first, and missed cancers before all."""

POINTING_RULES = ("either", "max", "min", "decision")
QUESTIONS = ("above_chance", "above_location", "own_scan", "off_annotations", "discriminates")
"""What a verdict asks: of the map whether it hits more often than blind points and than fixed places, whether it is
tied to its own scan and keeps off annotations; of the network whether it tells malignant from benign."""

ANSWERS = ("not shown", "cannot be asked", "shown")
"""What a yardstick says, the weakest first."""

TRUTH_QUESTIONS = (
    "follows_weights",
    "repeats",
    "finds_planted",
    "beats_mean_mask",
    "agrees_with_reliance",
)
"""What is asked of a method where the truth, or a part of it, is known: whether its maps lose what they show with the
weights, come back when the network is fitted again, point where evidence was planted, fit masses better than the mean
training mask, and point at the region that the decision hangs on."""

PLANTED_REASONS = (
    "answered",
    "no experiment",
    "other networks",
    "other methods",
    "not learnt",
    "too few scans",
)
"""Why what was planted cannot be asked of a method's maps of a run, if it cannot: nothing was planted in this data root, or
not for this network at this stride; the method did not explain it there; the network learnt no plant; too few scans count."""

MADE_FROM = ("this run", "this study", "phantoms", "another study")
"""What an experiment that runs by name was made from, as a report sees it; the nearest first. ``this study``: of the same
reader and options, but not from the results on the page."""

COMPARED_RULES = ("decision", "either")
"""The rules under which methods and configurations are compared."""

COMPARISON_KINDS = ("method", "configuration")
COMPARED_QUANTITIES = ("auc", "hit_rate", "reliance_share")
"""What runs are compared by."""

GUIDED_QUANTITIES = (*COMPARED_QUANTITIES, "brier")
"""What a guided network is compared by with one that was fitted by labels alone."""

RUN_TESTS = ("delong", "paired bootstrap", "paired exchange", "independent bootstrap")
"""How two runs are compared: on the same cases, or each on its own."""

PROTOCOLS = ("rigorous", "paper")
"""``rigorous``: validation scans choose epoch, temperature and threshold. ``paper``: test scans choose
epoch and threshold, and there is no temperature."""

OPERATING_RULES = ("closest_to_corner", "youden", "sensitivity_90", "sensitivity_95")
"""How a threshold is found on a ROC curve; the first is the paper's, by which a scan is judged."""

RANKING_METRICS = ("auc", "auc_delong")
"""Need no threshold. The same area twice: its interval from resampled patients, and DeLong's."""

CALL_METRICS = ("accuracy", "sensitivity", "specificity", "ppv", "npv")
"""Shares of calls made at a threshold, one row per operating rule."""

CALIBRATION_METRICS = ("brier", "calibration_slope", "calibration_intercept", "ece")
"""How far probabilities can be taken at their word; after temperature scaling."""

UNSCALED_METRICS = tuple(f"{metric}_unscaled" for metric in CALIBRATION_METRICS)
"""The same for the probabilities before temperature scaling."""

METRICS = (*RANKING_METRICS, *CALL_METRICS, *CALIBRATION_METRICS, *UNSCALED_METRICS)

EVIDENCE = ("positive", "negative", "absolute")
"""Positive speaks for malignant, negative for benign."""

FAITHFULNESS_TESTS = ("insertion", "deletion")
LOCALIZATION_SCORES = ("energy", "rank_accuracy", "iou", "average_precision", "distance_mm")

SET_TAXONOMIES = ("marginal", "label", "birads")
"""By what conformal sets are calibrated apart: not at all, by the label asked about, by BI-RADS category."""

SET_MEASURES = (
    "coverage",
    "singleton",
    "both",
    "empty",
    "only_benign",
    "only_malignant",
    "spared_beyond_missed",
)
"""What conformal sets are scored by. ``only_benign`` among benign cases counts biopsies that could be spared,
among malignant ones cancers missed; ``spared_beyond_missed`` is the difference of the two shares."""

ABSTENTION_STRATEGIES = ("map", "certainty", "random")
"""Which decisions are suspended first."""

AGREEMENT_MEASURES = (
    "rank_correlation",
    "max_distance_mm",
    "min_distance_mm",
    "max_same_region",
    "min_same_region",
)
"""How alike the maps of two methods are; distances lie between their extremes."""

SIMILARITY_MEASURES = ("rank_correlation", "absolute_rank_correlation", "ssim")
"""How alike two maps of one scan are."""

SHORTCUTS = ("picture_size", "device", "field", "grey", "annotations", "position")
"""What is not the appearance of the mass, and may tell its label."""

GEOMETRY = "geometry"
"""The drawn mask alone: size, aspect and place of the mass."""

AUDIT_SCHEMES = ("grouped_folds", "held_out_device")
"""Of whom a fit is asked: other patients, or the patients of another device."""

RELIANCE_REGIONS = (*REGION_NAMES, "other", "annotation")
"""All regions of a scan, which are shown or left out."""

FILLS = ("mean", "blurred", "donor", "tissue", "shuffled")
"""What is shown in place of a region that is left out."""

RELIANCE_NULLS = ("moved", "exchanged", "randomised")
"""What reliance is held against: the regions' shapes ``moved`` aside, those of another patient's scan
``exchanged`` for them, and a network whose weights were drawn anew, ``randomised``."""

RELIANCE_MEASURES = ("hangs_most", "share", "sign_differs")
RELIANCE_VIEWS = ("whole", "without", "alone", "value")
"""What of a scan tells the label: all, all but a region, the region alone, its Shapley value."""

REGION_VIEWS = (
    "whole",
    *(f"without_{name}" for name in RELIANCE_REGIONS),
    *(f"{name}_alone" for name in RELIANCE_REGIONS),
)
"""What of a scan a network is fitted to or asked of: all, all but a region, or the region alone."""

RELIANCE_ANSWERS = ("shown", "undecided", "not shown", "cannot be asked")
"""Whether decisions hang on a region; ``undecided`` where fills differ."""

SIZE_CRITERIA = ("observed_to_expected", "calibration_slope", "auc")
"""What the size of an external validation is planned for."""

REGION_QUESTIONS = ("pointing", "reliance")
"""What is asked of a network and a region: whether maps point there, and whether calls hang on it."""

DESCRIPTOR_STEMS: Unions = {
    "below": ("posterior", "shadow", "enhancement"),
    "peritumoral": ("margin", "halo", "border", "boundary", "contour"),
    "other": ("skin",),
    "mass": ("echo", "calcif", "interior", "internal"),
}
"""By region, what the name of a descriptor of it holds; the first that fits goes, so that an echogenic halo is one."""

DESCRIPTOR_READINGS = ("points", "share", "value")
"""What is read of a region: where maps point, its share of reliance, and what it adds to the logit."""

STUDY_READER = "study"
"""What the study's own drawings and categories are called among readers."""

READER_MEASURES = (
    "dice",
    "centroid_distance_mm",
    "surface_distance_mm",
    "point_distance_mm",
    "same_region",
    "birads_kappa",
    "same_birads",
)
"""How alike two readers are: in the mass that they drew, where they pointed, and what they called it."""

POINT_MEASURES = ("hit", "distance_mm", "apart_mm")
"""What a point is worth: whether it lies in a mass, how far from it, and how far from a reader's point."""

READER_RULES = ("decision", "max")
"""Which extreme of a map stands beside a reader's point: one of them, for a reader points once."""

FLOW_PARENTS = {
    "found": "",
    "not_usable": "found",
    "screened": "found",
    "dropped": "screened",
    "kept": "screened",
    "warned": "kept",
    "alike": "kept",
    **dict.fromkeys(PARTITIONS, "kept"),
    "in_no_partition": "kept",
    "decided": "partition",
    "undecided": "partition",
    "called_malignant": "decided",
    "called_benign": "decided",
    "true_positive": "called_malignant",
    "false_positive": "called_malignant",
    "true_negative": "called_benign",
    "false_negative": "called_benign",
    "pointing": "decided",
    "silent": "decided",
    "without_map": "decided",
    "asked": "decided",
    "not_asked": "decided",
}
"""The boxes of the flow of scans, each with the box that it is a part of; ``partition``: the box of its own partition."""

FLOW_DIVISIONS: Unions = {
    "reading": ("not_usable", "screened"),
    "screening": ("dropped", "kept"),
    "splitting": (*PARTITIONS, "in_no_partition"),
    "deciding": ("decided", "undecided"),
    "calls": ("called_malignant", "called_benign"),
    "called malignant": ("true_positive", "false_positive"),
    "called benign": ("true_negative", "false_negative"),
    "maps": ("pointing", "silent", "without_map"),
    "reliance": ("asked", "not_asked"),
}
"""What divides a box into others that hold each of its scans once; ``warned`` and ``alike`` only remark on some of them."""

CALL_COUNTS = ("true_positive", "false_positive", "false_negative", "true_negative")
"""What becomes of a case: called malignant rightly or wrongly, called benign wrongly or rightly."""

CHARACTERISTICS = ("number", "label", "birads", "view", "device", "size_mm", "depth_mm", "age")
"""What the scans of a partition are like: how many, and of what kind."""

UNITS = ("scan", "lesion", "patient")

REPRODUCED_KINDS = ("rows", "number", "text", "bytes")
"""What of a run made again is held against the archived one."""

REPRODUCTION_VERDICTS = ("exact", "within tolerance", "differs", "not compared")
"""How alike the two are."""
