"""Saliency maps in prose: methods, regions, the pointing game, and what else was asked of the maps."""

from collections.abc import Iterator

import pandas as pd

from sonolens.report.methods import knows_nothing
from sonolens.report.methods_text.settings import (
    RunSettings,
    clause,
    listed,
    sentence,
    spread,
    spread_whole,
)
from sonolens.report.numerals import percent
from sonolens.report.runs import describe_scoring
from sonolens.report.section import Tables
from sonolens.saliency import EXPLAINERS
from sonolens.tables.filled_in import name_units

POINT_RULES = {
    "cell": "An extreme is the centre of the cell where the map is largest or smallest",
    "first_maximum": "An extreme is the first pixel where the interpolated map is largest or smallest",
}
EXTREME_RULES = {
    "either": "either extreme",
    "max": "the maximum alone",
    "min": "the minimum alone",
    "decision": "the one that goes with the call",
}
HELD_AGAINST = {
    "chance": "blind points (the share of the cells in the region)",
    "location_prior": "the fixed places that suit the training masks best",
    "centre_prior": "the extremes of the mean map of the training scans",
}
"""What hits stand beside, by the column that tells it."""


def tell(settings: RunSettings, tables: Tables) -> Iterator[str]:
    """Tell how maps were drawn, which regions they were held against, and how hits were counted."""
    game = tables["pointing_game"]
    if game.empty:
        return
    methods = list(dict.fromkeys(game["method"]))
    drawn = [_name(method) for method in methods if not knows_nothing(method)]
    blind = [_name(method) for method in methods if knows_nothing(method)]
    yield sentence(
        "Saliency maps were drawn by {methods}; positive values speak for malignant.",
        methods=listed(drawn, most=len(drawn)),
    )
    yield sentence(
        "Maps that know nothing of the network stood beside: {methods}.",
        methods=listed(blind, most=len(blind)),
    )
    yield from _tell_regions(settings, game)
    yield from _tell_game(settings, tables)


def _name(method: str) -> str:
    reference = f" ({EXPLAINERS[method].reference})" if method in EXPLAINERS else ""
    return f"{method}{reference}"


def _tell_regions(settings: RunSettings, game: pd.DataFrame) -> Iterator[str]:
    below = settings.look_up("region_masks", "regions.below") or {}
    depth = below.get("max_depth_mm")
    excluded = below.get("exclude_ring")
    yield (
        f"Regions were the mass as outlined, a peritumoral ring ({listed(game['ring'])} from its outline)"
        + clause(below, f", and what lies below the mass in its columns{_trim(below)}")
        + clause(depth is not None, f", down to {depth} mm")
        + clause(excluded, " outside the ring")
        + ". Annotations belong to no region."
    )


def _trim(below: dict[str, float]) -> str:
    trim = below.get("lateral_trim", 0.0)
    return clause(trim, f" ({percent(trim)} of its width cut off on each side)")


def _tell_game(settings: RunSettings, tables: Tables) -> Iterator[str]:
    game = tables["pointing_game"]
    scoring = describe_scoring(game)
    rule = settings.look_up("extreme_points", "explanation.point_rule") or ""
    tolerance = game["tolerance_mm"].max()
    words = "; one within {tolerance} mm of a region is in it." if tolerance else "."
    yield sentence(
        "{rule}" + words,
        rule=POINT_RULES.get(rule, ""),
        **({"tolerance": float(tolerance)} if tolerance else {}),
    )
    rules = listed(EXTREME_RULES[name] for name in EXTREME_RULES if name in set(game["rule"]))
    yield (
        f"A hit is a scan with an extreme in the region ({rules}, counted apart); counted were correctly called {scoring['partition']} scans whose "
        "map is not constant."
    )
    known = {column for column in HELD_AGAINST if game[column].notna().any()}
    yield sentence(
        "Hits were held against {nulls}.",
        nulls=listed(words for column, words in HELD_AGAINST.items() if column in known),
    )
    yield from _tell_certainty(settings, tables)
    yield clause(len(tables["annotation_hits"]), "Extremes on annotations were counted as well.")
    sweep = tables["ring_sweep"]
    yield sentence(
        "The game was played again with other rings: {rings}.",
        rings=listed(sweep["ring"], most=12) if len(sweep) else None,
    )


def _tell_certainty(settings: RunSettings, tables: Tables) -> Iterator[str]:
    game = tables["pointing_game"]
    yield sentence(
        "Rates have {confidence} expanded percentile intervals over {resamples} bootstrap resamples of {units} (seed {seed}).",
        confidence=percent(describe_scoring(game)["confidence"]),
        resamples=settings.look_up("pointing_game", "evaluation.resamples"),
        units=name_units(tables["scans"]),
        seed=settings.look_up("pointing_game", "evaluation.seed"),
    )
    exchanged = game.loc[game["p_value"].notna(), "permutations"]
    yield sentence(
        "p values come from {permutations} exchanges of the maps between the scans of different patients, adjusted by Holm's method "
        "over the regions and labels of a method, run and rule.",
        permutations=spread_whole(exchanged),
    )


def tell_checks(settings: RunSettings, tables: Tables) -> Iterator[str]:
    """Tell what else was asked of maps and scans; only what was."""
    faithfulness, sanity = tables["faithfulness_scores"], tables["sanity_checks"]
    yield sentence(
        "Faithfulness was asked of {n} scans per run by deletion and insertion of cells in {steps} steps, deleted cells showing {fill}, "
        "against a random order.",
        n=spread(faithfulness["n"], digits=6) if len(faithfulness) else None,
        steps=settings.look_up("faithfulness_scores", "faithfulness.steps"),
        fill={"mean": "the mean grey level", "blurred": "the blurred scan"}.get(
            settings.look_up("faithfulness_scores", "faithfulness.fill") or ""
        ),
    )
    yield sentence(
        "Sanity was asked of {n} scans per run by drawing the weights anew from the output on.",
        n=spread(sanity["n"], digits=6) if len(sanity) else None,
    )
    words = {
        "map_completeness": "Whether maps add up to the logit was checked.",
        "localization_scores": "Whole maps were scored against the regions (energy, rank accuracy, average precision, distance).",
        "repeatability": "Maps of the same scans by networks that were fitted again were compared.",
        "abstention_scores": "Whether decisions whose map points nowhere relevant are worse was scored.",
        "descriptor_agreement": "Maps and reliance were compared with what a radiologist noted.",
        "reader_agreement": "Readers were compared with each other and with the study's own masks: Dice, distances between outlines, centres and "
        "points, and Cohen's kappa with quadratic weights of BI-RADS.",
        "reader_comparison": "Extremes of maps and points of readers were held against the same drawings, in hits and millimetres, beside blind points.",
        "shortcut_audit": "How well the label is told by what is not the appearance of the mass was asked of other patients.",
    }
    for name, told in words.items():
        yield clause(len(tables[name]), told)
