"""The methods that can explain a network, and the one way to run any of them over a study."""

from collections.abc import Callable, Iterator
from typing import TypeAlias

import torch
from torch import Tensor

from sonolens.arrays import SaliencyStack, ScanStack
from sonolens.models import ScanClassifier, borrowed, keep_freed_memory
from sonolens.saliency.cam import cam

Explainer: TypeAlias = Callable[[ScanClassifier, Tensor], Tensor]
"""Maps of one batch: (network in evaluation mode, scans ``[n, rows, cols]`` as float32 grey levels
0..255 on the network's device) -> signed maps ``[n, cell_rows, cell_cols]`` at the method's own
resolution. It leaves no hook and no gradient on the network; what else it needs is bound to it."""

EXPLAINERS: dict[str, Explainer] = {"cam": cam}
"""Every method by name; the only list of them."""


def explain_scans(
    method: str, network: ScanClassifier, scans: ScanStack, *, batch_size: int, device: str
) -> Iterator[SaliencyStack]:
    """Explain scans batch by batch, so that maps can be written away as they come.

    Args:
        method: A name in `EXPLAINERS`.
        network: The network; left as it was found once the iterator ends, fails or is closed.
        scans: Framed scans; a memory map is read one batch at a time.
        batch_size: How many scans pass through the network at once.
        device: A name in `sonolens.models.DEVICES`.

    Returns:
        An iterator over the maps of one batch after the other, in the order of `scans`; none for no
        scans.

    Raises:
        ValueError: The method or device is unknown, or `batch_size` is below 1.
        RuntimeError: The device is not there.
    """
    if method not in EXPLAINERS:
        raise ValueError(f"method {method!r} is unknown; choose from {', '.join(EXPLAINERS)}")
    if batch_size < 1:
        raise ValueError(f"batch_size is {batch_size}; at least one scan must fit into a batch")
    keep_freed_memory()
    return _explain(EXPLAINERS[method], network, scans, batch_size=batch_size, device=device)


def _explain(
    explainer: Explainer,
    network: ScanClassifier,
    scans: ScanStack,
    *,
    batch_size: int,
    device: str,
) -> Iterator[SaliencyStack]:
    with borrowed(network, device=device) as target:
        for start in range(0, len(scans), batch_size):
            batch = torch.tensor(scans[start : start + batch_size], device=target).float()
            yield explainer(network, batch).detach().float().cpu().numpy()
