"""How a pretrained network is adapted to ultrasound: which of its weights learn."""

from typing import Annotated, TypeAlias

from pydantic import AfterValidator, Field
from torch import nn

from sonolens.models.networks.freezing import FixedBatchNorm, freeze
from sonolens.models.networks.own_trunk import OwnTrunk
from sonolens.models.networks.scaling import insert_scaling
from sonolens.parameters import Parameters, one_of

BlockNames: TypeAlias = tuple[tuple[str, ...], ...]
"""For each stage of a trunk, in order, the dotted names of its blocks."""

ADAPTATIONS = ("linear_probe", "drs", "batchnorm", "last_block", "full")
"""What learns, from least to most; the head always does.

``linear_probe``: the head alone. ``drs``: also channel scales between frozen blocks. ``batchnorm``:
also the factors and offsets of every batch normalisation, its statistics not. ``last_block``: also
the trunk's last block and what follows it, statistics included. ``full``: everything.
"""

DRS_PLACEMENTS = ("block", "stage")
"""Behind which parts of a trunk scaling layers stand: every block, or only each stage's last."""


class DrsOptions(Parameters):
    """Deep representation scaling: where its layers stand and what they learn."""

    placement: Annotated[str, AfterValidator(one_of(DRS_PLACEMENTS))] = Field(
        description="Behind each block, or each stage."
    )
    bias: bool = Field(description="Also shift each channel, not only scale it.")


def adapt_trunk(
    features: nn.Sequential,
    *,
    adaptation: str,
    blocks: BlockNames,
    drs_placement: str,
    drs_bias: bool,
) -> nn.Sequential:
    """Prepare a trunk for its adaptation.

    What does not learn is frozen for good: its weights take no gradient, and its batch
    normalisations keep their statistics whatever ``train()`` says.

    Args:
        features: A trunk in which everything learns; it is taken over, not copied.
        adaptation: A name in `ADAPTATIONS`.
        blocks: The trunk's blocks by stage.
        drs_placement: A name in `DRS_PLACEMENTS`; only ``drs`` reads it.
        drs_bias: Whether scaling layers also shift channels; only ``drs`` reads it.

    Returns:
        The trunk, for ``drs`` with scaling layers in it.
    """
    if adaptation == "full":
        return features
    if isinstance(features, OwnTrunk):
        features.fix()
        return features
    if adaptation == "last_block":
        freeze(features, but=_from_last_block(features, last=blocks[-1][-1]))
        return features
    freeze(features)
    if adaptation == "batchnorm":
        for module in features.modules():
            if isinstance(module, FixedBatchNorm):
                module.requires_grad_(requires_grad=True)
    if adaptation == "drs":
        scaled = [name for stage in blocks for name in stage]
        if drs_placement == "stage":
            scaled = [stage[-1] for stage in blocks]
        return insert_scaling(features, blocks=scaled, bias=drs_bias)
    return features


def _from_last_block(features: nn.Sequential, *, last: str) -> list[str]:
    """Names of the last block and of all that follows it; a stage ends with its last block."""
    parts = [name for name, _ in features.named_children()]
    return [last, *parts[parts.index(last.partition(".")[0]) + 1 :]]
