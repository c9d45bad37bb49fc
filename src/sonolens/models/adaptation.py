"""How a pretrained network is adapted to ultrasound: which of its weights learn."""

from torch import nn

from sonolens.models.scaling import fix_statistics, insert_scaling

ADAPTATIONS = ("full", "drs")
"""``full``: every weight learns. ``drs``: channel scales and the head learn, the rest is frozen."""


def adapt_trunk(features: nn.Sequential, *, adaptation: str, drs_bias: bool) -> nn.Sequential:
    """Prepare a trunk for its adaptation; the head of a network learns in all of them.

    Args:
        features: A trunk of trainable stages; it is taken over, not copied.
        adaptation: A name in `ADAPTATIONS`.
        drs_bias: Whether deep representation scaling also shifts channels; only for ``drs``.

    Returns:
        The trunk; for ``drs`` frozen, with statistics that stay and scaling layers that learn.

    Raises:
        ValueError: The adaptation is unknown, or `drs_bias` is set for another than ``drs``.
    """
    if adaptation not in ADAPTATIONS:
        raise ValueError(
            f"adaptation {adaptation!r} is unknown; choose from {', '.join(ADAPTATIONS)}"
        )
    if adaptation == "full":
        if drs_bias:
            raise ValueError("drs_bias belongs to adaptation drs; unset it or choose drs")
        return features
    fix_statistics(features)
    features.requires_grad_(requires_grad=False)
    return insert_scaling(features, bias=drs_bias)
