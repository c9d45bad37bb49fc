"""The networks in prose: which, from where, and how they were fitted."""

from collections.abc import Iterator

import pandas as pd

from sonolens.report.methods_text.settings import (
    RunSettings,
    clause,
    listed,
    sentence,
    spread,
    spread_whole,
)
from sonolens.report.numerals import counted, percent
from sonolens.report.runs import name_homes
from sonolens.report.section import Tables

STARTS = {
    "none": "random weights",
    "imagenet": "ImageNet weights",
    "own": "the weights that its author's code gave",
}
ADAPTATIONS = {
    "linear_probe": "linear probe (the head alone learns)",
    "drs": "deep representation scaling (head and channel scales learn)",
    "batchnorm": "batch normalisation (head and its affine weights learn)",
    "last_block": "last block (head and last block learn)",
    "full": "full fine-tuning (all weights learn)",
}
OUT_OF_BOUNDS = {
    "regions": "outside mass, ring and the tissue below",
    "annotations": "on annotations",
}


def tell(settings: RunSettings, tables: Tables) -> Iterator[str]:
    """Tell networks, adaptations, starting weights, and how they learnt."""
    runs = tables["training_runs"]
    yield _tell_grid(runs)
    yield sentence(
        "The output stride was {stride} pixels per map cell.", stride=listed(runs["output_stride"])
    )
    yield _tell_learning(settings, runs)
    yield _tell_guidance(settings, runs)
    yield _tell_augmentation(settings)
    yield from _tell_protocols(runs)
    shuffled = int((runs["labels"] == "shuffled").sum())
    yield clause(
        shuffled,
        f"As a null, {counted(shuffled, 'run')} learnt labels that were exchanged between lesions.",
    )


def _tell_grid(runs: pd.DataFrame) -> str:
    starts = listed(STARTS.get(start, start) for start in runs["start"])
    adaptations = listed(ADAPTATIONS.get(name, name) for name in runs["adaptation"])
    configurations = runs["configuration"].nunique()
    homes = name_homes(runs)
    came = f"came from elsewhere, fitted to {listed(homes)}" if homes else ""
    grid = (
        f"{len(runs)} runs ({counted(configurations, 'configuration')}, {counted(runs['seed'].nunique(), 'seed')}, "
        f"{counted(runs['fold'].nunique(), 'fold')}) {came or 'were fitted'}"
        if len(runs) > 1
        else f"One network {came or 'was fitted'}"
    )
    weights = spread_whole(runs["n_weights"])
    learning = spread_whole(runs["n_learning"])
    return (
        f"{grid}: {listed(runs['network'])}, starting from {starts}, adapted by {adaptations}; {learning} of {weights} weights "
        f"learnt. Seeds of the fits: {listed(runs['seed'])}."
    )


def _tell_learning(settings: RunSettings, runs: pd.DataFrame) -> str:
    return sentence(
        "The binary cross-entropy was lowered by Adam (learning rate {rate}) in batches of {batch} scans, for at most {epochs} "
        "epochs, and no longer than {patience} epochs without a lower loss; {fitted} epochs were fitted.",
        rate=listed(f"{rate:g}" for rate in runs["learning_rate"]),
        batch=settings.look_up("training_runs", "training.batch_size"),
        epochs=settings.look_up("training_runs", "training.epochs"),
        patience=settings.look_up("training_runs", "training.patience"),
        fitted=spread(runs["epochs"], digits=6),
    )


def _tell_guidance(settings: RunSettings, runs: pd.DataFrame) -> str:
    guided = runs[runs["guidance"] != "none"] if "guidance" in runs else runs.iloc[:0]
    if guided.empty:
        return ""
    return sentence(
        "Guidance: to the loss of {runs} {weight} times the share of the class activation map's absolute evidence {where} "
        "was added, on training scans only.",
        runs=counted(len(guided), "run"),
        weight=settings.look_up("training_runs", "training.guidance_weight"),
        where=listed(OUT_OF_BOUNDS[name] for name in guided["guidance"].unique()),
    )


def _tell_augmentation(settings: RunSettings) -> str:
    changes = settings.look_up("training_runs", "training.augmentation") or {}
    told = [
        clause(changes.get("horizontal_flip"), "mirrored left to right"),
        clause(
            changes.get("max_shift"), f"shifted by up to {percent(changes.get('max_shift', 0.0))}"
        ),
        clause(
            changes.get("max_contrast"),
            f"changed in contrast by up to {percent(changes.get('max_contrast', 0.0))}",
        ),
        clause(
            changes.get("max_gain_levels"),
            f"changed in gain by up to {changes.get('max_gain_levels', 0):g} grey levels",
        ),
    ]
    return sentence(
        "Training scans were, at random, {changes}.", changes=listed(filter(None, told))
    )


def _tell_protocols(runs: pd.DataFrame) -> Iterator[str]:
    """Tell whose loss chose the epoch, which is not the same for all protocols."""
    whose = " of its own study" if name_homes(runs) else ""
    for chosen_on, found in runs.groupby("chosen_on", sort=False):
        share = "" if len(found) == len(runs) else f" ({len(found)} of {len(runs)} runs)"
        yield (
            f"The weights of the epoch with the lowest loss of the {chosen_on} scans{whose} were kept (epoch "
            f"{spread(found['best_epoch'], digits=6)}){share}."
        )
        if chosen_on == "test":
            yield "There the test scans had a say in the choice, so that these scores are flattered."
