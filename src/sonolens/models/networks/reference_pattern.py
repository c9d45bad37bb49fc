"""The reference pattern: a scan that every version draws alike, and how networks answer it."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from sonolens.models.networks.classifier import ScanClassifier

TOLERANCE = 3e-5
"""Share of the evidence by which answers of one network may differ.

In float32 and float64 they differ by 2e-8 at most, a network with another stride, or scans one pixel
larger, by 1e-4 at least (all networks, random weights, 224 px).
"""


@dataclass(frozen=True)
class ProbeAnswer:
    """What a network makes of the probe.

    Attributes:
        logit: Its logit, summed up in float64: a bias must not drown what the maps say.
        evidence: Sum over channels of what each adds to or takes from the logit, signs dropped.
    """

    logit: float
    evidence: float

    def agrees_with(self, logit: float) -> bool:
        """Whether `logit` is the same answer but for rounding, which differs between processors.

        Examples:
            >>> answer = ProbeAnswer(logit=2.0, evidence=10.0)
            >>> answer.agrees_with(2.0002), answer.agrees_with(2.0004)
            (True, False)
        """
        return abs(logit - self.logit) <= TOLERANCE * self.evidence


def probe_scan(size_px: int) -> Tensor:
    """Draw the probe: smooth waves, nowhere alike, in grey levels 0..255.

    They are counted in pixels from the lower right corner, not in shares of the side, so that a
    network sees something else at any other size, mirrored or turned.

    Args:
        size_px: Side in pixels.

    Returns:
        One scan ``[1, size_px, size_px]``.
    """
    from_end = torch.arange(size_px - 1, -1, -1, dtype=torch.float64)
    rows, cols = torch.meshgrid(from_end, from_end, indexing="ij")
    chirp = torch.sin(rows * (rows + 40) / 400) * torch.cos(cols / 5)
    drift = torch.sin((rows - 2 * cols) / 31)
    return (127.5 + 75 * chirp + 50 * drift)[None].float()


def answer_probe(network: ScanClassifier, *, size_px: int) -> ProbeAnswer:
    """Show the probe to a network.

    Args:
        network: A network in evaluation mode, on the CPU.
        size_px: Side in pixels of the scans it is made for.

    Raises:
        ValueError: The network cannot see scans of this size, or its answer is not finite.
    """
    name = network.recipe.network
    try:
        with torch.inference_mode():
            means = network.activations(probe_scan(size_px)).double().mean(dim=(0, 2, 3))
            parts = network.head.weight[0].double() * means
            answer = ProbeAnswer(
                logit=parts.sum().item() + network.bias, evidence=parts.abs().sum().item()
            )
    except RuntimeError as error:
        reason = str(error).splitlines()[0]
        raise ValueError(
            f"{name} cannot see scans of {size_px} px ({reason}); frame scans larger"
        ) from error
    if not math.isfinite(answer.logit):
        raise ValueError(
            f"{name} answers {answer.logit} to the probe scan: its fit diverged or its weights are "
            "damaged; lower the learning rate or take other weights"
        )
    return answer
