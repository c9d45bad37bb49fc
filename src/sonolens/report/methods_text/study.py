"""The study in prose: what was read, what was left out, and how patients were split."""

from collections.abc import Iterator, Mapping
from typing import Any

from sonolens.report.methods_text.settings import RunSettings, clause, listed, sentence, spread
from sonolens.report.numerals import percent
from sonolens.report.runs import name_homes
from sonolens.report.section import Tables
from sonolens.tables.filled_in import is_filled, name_units
from sonolens.tables.vocabulary import PARTITIONS

ANNOTATIONS = {
    "keep": "Text, callipers and other annotations were left in the scans.",
    "blank": "Text, callipers and other annotations were replaced by the tissue around them.",
    "both": "Networks were fitted to the scans as they are and, beside, to scans whose annotations were replaced by the "
    "tissue around them.",
}
"""What networks saw of annotations, by `framing.annotations`."""


def tell(settings: RunSettings, tables: Tables) -> Iterator[str]:
    """Tell where scans come from, how they were split and framed."""
    facts, scans = tables["study_facts"], tables["scans"]
    yield str(facts["description"])
    yield _tell_reading(facts)
    malignant = int((scans["label"] == "malignant").sum())
    lesions = None if is_filled(scans, "lesion_id").any() else scans["lesion_id"].nunique()
    patients = None if is_filled(scans, "patient_id").any() else scans["patient_id"].nunique()
    yield (
        sentence(
            "The study holds {scans} scans ({benign} benign, {malignant} malignant) of {lesions} lesions in {patients} patients.",
            scans=len(scans),
            benign=len(scans) - malignant,
            malignant=malignant,
            lesions=lesions,
            patients=patients,
        )
        or f"The study holds {len(scans):,} scans ({len(scans) - malignant:,} benign, {malignant:,} malignant); "
        "not all of their lesions or patients are known."
    )
    yield from _tell_split(settings, tables)
    side = settings.look_up("model_inputs", "framing.size_px")
    yield sentence("Every scan was rescaled to {side} x {side} pixels, its sides apart.", side=side)
    yield ANNOTATIONS.get(settings.look_up("model_inputs", "framing.annotations") or "", "")


def _tell_reading(facts: Mapping[str, Any]) -> str:
    left_out = {why: n for why, n in facts["left_out"].items() if why != "screening"}
    dropped = facts["left_out"].get("screening", 0)
    reasons = listed(f"{n:,} {why}" for why, n in left_out.items())
    return (
        sentence(
            "{scans} scans were read and screened{left_out}{dropped}.",
            scans=facts["read"].get("scans"),
            left_out=clause(left_out, f", after {reasons} had been left out") or " ",
            dropped=clause(dropped, f"; screening left out {dropped:,} with errors") or " ",
        )
        .replace("  .", ".")
        .replace(" .", ".")
        .replace(" ;", ";")
    )


def _tell_split(settings: RunSettings, tables: Tables) -> Iterator[str]:
    splits = tables["splits"]
    sizes = splits.groupby(["partition", "fold"]).size()
    told = ", ".join(
        f"{spread(sizes[part], digits=9)} {part}" for part in PARTITIONS if part in sizes.index
    )
    if name_homes(tables["training_runs"]):
        yield (
            "No network was fitted to the scans that were scored; train scans, of other patients, stand in for training scans where "
            f"fixed places and donors are taken ({told} scans)."
        )
    else:
        folds, units = splits["fold"].nunique(), name_units(tables["scans"])
        yield _tell_dealing(settings, told=told, folds=folds, units=units)
        yield sentence(
            "The seed of the split was {seed}.", seed=settings.look_up("splits", "split.seed")
        )
    yield sentence(
        "Scans that are the same or may show one mass (textures correlating at {least} or more once laid on each other) "
        "stayed in one partition.",
        least=settings.look_up("screening", "screening.min_kinship"),
    )


def _tell_dealing(settings: RunSettings, *, told: str, folds: int, units: str) -> str:
    validation = settings.look_up("splits", "split.validation_share")
    test = settings.look_up("splits", "split.test_share")
    repeats = settings.look_up("splits", "split.repeats")
    match settings.look_up("splits", "split.scheme"):
        case "holdout" if validation is not None and test is not None:
            return (
                f"Partitions were dealt once by {units}: {percent(test)} of them to test, {percent(validation)} to "
                f"validation, the others to training, stratified by label and BI-RADS category ({told} scans)."
            )
        case "kfold" if validation is not None:
            return (
                f"Cross-validation had {folds} folds{clause((repeats or 1) > 1, f' in {repeats} repeats')}, dealt by {units} "
                f"and stratified by label and BI-RADS category; {percent(validation)} of the {units} of each fold were its "
                f"validation partition ({told} scans per fold)."
            )
        case "official":
            return (
                f"The {folds} folds are those that the authors of the data set published; validation partitions were "
                f"dealt by {units} ({told} scans per fold)."
            )
    return f"Partitions hold {told} scans{clause(folds > 1, f' in each of {folds} folds')}."
