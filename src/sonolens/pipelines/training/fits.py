"""What a node does with one point of the grid: its scans, its fit, its weights and its facts."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from jaxtyping import Bool

from sonolens.arrays import GuidanceMasks, ScanStack
from sonolens.models import (
    Fit,
    FitPlan,
    Guidance,
    LabelledScans,
    Machine,
    NetworkWeights,
    ScanClassifier,
    build_network,
    count_weights,
    describe_start,
    fingerprint_fit,
    fit_network,
    pack_weights,
)
from sonolens.pipelines.collections import Checkpoints
from sonolens.pipelines.parameters import InferenceParameters
from sonolens.pipelines.training.grid import CHOOSERS, PlannedFit
from sonolens.pipelines.training.parameters import TrainingParameters
from sonolens.tables.cohort import ScansTable
from sonolens.tables.vocabulary import GUIDANCES, PARTITIONS


@dataclass(frozen=True)
class GridFits:
    """The fits of a grid; asking for one a second time reads it from its checkpoint.

    Attributes:
        scans: The `Scans` table, in the order of `model_inputs`.
        model_inputs: Framed scans, or all with annotations and then all without; may be memory-mapped.
        guidance_masks: How much of each framed pixel is out of bounds: all scans by one guidance, then by the next.
        checkpoints: Where fits leave their state.
        training: What is fitted, and how.
        inference: Where networks run.
    """

    scans: pd.DataFrame
    splits: pd.DataFrame
    model_inputs: ScanStack
    guidance_masks: GuidanceMasks
    checkpoints: Checkpoints
    training: TrainingParameters
    inference: InferenceParameters

    def start(self, planned: PlannedFit) -> ScanClassifier:
        """Build the network before its fit."""
        return build_network(
            planned.network,
            adaptation=planned.adaptation,
            weights=self.training.start_of(planned.network),
            seed=planned.seed,
            output_stride=planned.output_stride,
            **self.training.drs_options(planned.adaptation),
        )

    def fit(self, planned: PlannedFit) -> Fit:
        """Fit a network, or take up what an earlier run left of the same fit."""
        training = self.training
        partitions = self.partitions(planned)
        start = self.start(planned)
        plan = FitPlan(
            train=partitions["train"],
            watched={name: partitions[name] for name in CHOOSERS[training.protocol].values()},
            schedule=training.schedule_of(planned.network, planned.adaptation),
            augmentation=training.augmentation,
            seed=planned.seed,
            guidance=self.guide(planned, partitions["train"]),
        )
        machine = Machine(device=self.inference.device, **training.hardware.model_dump())
        slot = self.checkpoints.slot(fingerprint_fit(start, plan=plan, machine=machine))
        return fit_network(
            start, plan=plan, machine=machine, checkpoint=slot, name=planned.run("rigorous")
        )

    def partitions(self, planned: PlannedFit) -> dict[str, LabelledScans]:
        """Gather the scans of one fold by partition, with the labels that the fit is told."""
        split = self.splits[self.splits["fold"] == planned.fold]
        partition_of = self.scans["scan_id"].map(split.set_index("scan_id")["partition"])
        malignant = (self.scans["label"] == "malignant").to_numpy(dtype=bool)
        if planned.labels == "shuffled":
            malignant = shuffle_labels(self.scans, partition_of, seed=planned.seed)
        scan_ids = self.scans["scan_id"].to_numpy(dtype=object)
        first = len(self.scans) if planned.blank else 0
        gathered = {}
        for partition in PARTITIONS:
            rows = (partition_of == partition).to_numpy().nonzero()[0]
            gathered[partition] = LabelledScans(
                stack=self.model_inputs,
                rows=first + rows,
                labels=malignant[rows],
                scan_ids=list(scan_ids[rows]),
            )
        return gathered

    def guide(self, planned: PlannedFit, train: LabelledScans) -> Guidance | None:
        """Tell one fit where the evidence of its training scans is astray; masks of other scans stay unread.

        Raises:
            ValueError: The masks are of another grid.
        """
        guided = self.training.guided
        if planned.guidance not in guided:
            return None
        if len(self.guidance_masks) != len(guided) * len(self.scans):
            raise ValueError(
                f"guidance_masks hold {len(self.guidance_masks)} pictures, but {len(guided)} guidances of "
                f"{len(self.scans)} scans are asked for; draw them anew with kedro run --pipelines training"
            )
        first = guided.index(planned.guidance) * len(self.scans)
        where = replace(
            train,
            stack=self.guidance_masks,
            rows=first + train.rows % len(self.scans),
        )
        return Guidance(where, weight=self.training.guidance_weight)

    def refuse_without_places(self, plans: Sequence[PlannedFit]) -> None:
        """Refuse to guide a user's own network that has no maps, before hours of other fits.

        Raises:
            ValueError: Its trunk pools by itself.
        """
        asked = {each.network: each for each in plans if each.guidance in self.training.guided}
        for name, planned in asked.items():
            if name in self.training.own_networks and not self.start(planned).has_maps:
                raise ValueError(
                    f"network {name} pools by itself, so that its evidence has no place and cannot be guided; set "
                    "training.guidances to none, or let its trunk end in feature maps"
                )

    def pack(self, planned: PlannedFit, protocol: str) -> NetworkWeights:
        """Pack the weights that one protocol keeps of a fit."""
        network = self.fit(planned).network_of(CHOOSERS[self.training.protocol][protocol])
        header = {
            "run": planned.run(protocol),
            "fold": str(planned.fold),
            "seed": str(planned.seed),
            "start": describe_start(self.training.start_of(planned.network)),
            "labels": planned.labels,
            "annotations": planned.annotations,
        }
        # A network that was fitted by labels alone is told as before there was guidance.
        header |= {"guidance": planned.guidance} if planned.guidance != GUIDANCES[0] else {}
        return pack_weights(network, size_px=self.model_inputs.shape[1], header_extra=header)


def shuffle_labels(
    scans: ScansTable, partition_of: pd.Series, *, seed: int
) -> Bool[np.ndarray, " scans"]:
    """Exchange the labels of whole lesions within each partition, but for the test scans.

    What a network learns from them it cannot know of the test scans: its AUC there is 0.5 but for
    chance, and its maps show what maps look like that have nothing to tell.

    Args:
        partition_of: The partition of each scan, in the same order.
        seed: Seed of the exchange.

    Returns:
        True for malignant, in the order of `scans`. Every partition keeps its number of malignant
        lesions, and a lesion's scans share one label.

    References:
        Adebayo et al., Sanity checks for saliency maps, NeurIPS 2018: the data randomisation test.
    """
    draw = np.random.default_rng(seed)
    malignant = np.array(scans["label"] == "malignant")
    for partition in PARTITIONS:
        if partition == "test":
            continue
        inside = (partition_of == partition).to_numpy()
        lesions = scans.loc[inside, ["lesion_id"]].assign(malignant=malignant[inside])
        label_of = lesions.drop_duplicates("lesion_id").set_index("lesion_id")["malignant"]
        exchanged = pd.Series(draw.permutation(np.array(label_of)), index=label_of.index)
        malignant[inside] = exchanged[lesions["lesion_id"]]
    return malignant


def describe_run(
    fit: Fit, planned: PlannedFit, *, protocol: str, training: TrainingParameters
) -> dict[str, Any]:
    """Tell one run as a row of the `TrainingRuns` table."""
    chosen_on = CHOOSERS[training.protocol][protocol]
    weights = count_weights(fit.start)
    return {
        "run": planned.run(protocol),
        "configuration": planned.configuration(protocol),
        "network": planned.network,
        "adaptation": planned.adaptation,
        "protocol": protocol,
        "seed": planned.seed,
        "fold": planned.fold,
        "start": describe_start(training.start_of(planned.network)),
        "labels": planned.labels,
        "annotations": planned.annotations,
        "guidance": planned.guidance,
        "output_stride": fit.start.recipe.output_stride,
        "learning_rate": training.learning_rate_of(planned.network, planned.adaptation),
        "n_weights": weights.total,
        "n_learning": weights.learning,
        "chosen_on": chosen_on,
        "best_epoch": fit.kept[chosen_on].epoch,
        "epochs": fit.kept[chosen_on].last_epoch,
    }


def trace_epochs(fit: Fit, *, run: str, chosen_on: str) -> pd.DataFrame:
    """Tell a run's epochs as rows of the `TrainingHistory` table.

    Of a fit watched on two partitions a run shows what it would have seen alone.
    """
    kept = fit.kept[chosen_on]
    epochs = fit.history[fit.history["epoch"] <= kept.last_epoch]
    unseen = {} if chosen_on == "test" else {"test_loss": float("nan")}
    return epochs.assign(run=run, best=epochs["epoch"] == kept.epoch, **unseen)
