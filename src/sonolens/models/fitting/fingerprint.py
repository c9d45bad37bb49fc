"""Fingerprints: what a fit is made from, as one number, so that equal fits are run once."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict
from importlib import metadata
from itertools import chain
from pathlib import Path
from typing import TypeAlias

import numpy as np
import torch

from sonolens.models.devices import choose_device
from sonolens.models.fitting.labelled_scans import LabelledScans
from sonolens.models.fitting.machine import Machine, choose_precision
from sonolens.models.fitting.plan import FitPlan
from sonolens.models.networks.classifier import ScanClassifier

LIBRARIES = ("torch", "torchvision", "pytorch-lightning")
"""Libraries whose version may change what a fit gives."""

BLOCK_SCANS = 64
"""Scans read at once."""


Piece: TypeAlias = bytes | memoryview
"""Bytes that count."""


def fingerprint_fit(
    network: ScanClassifier,
    *,
    plan: FitPlan,
    machine: Machine,
) -> str:
    """Identify a fit by its data, its parameters and the code that runs it.

    The data are pixels, labels, ids and order of the scans; the parameters include every weight that
    the fit starts from. How several processes start does not count, for it changes nothing.

    Args:
        network: Where the fit starts.
        plan: What it learns from, and how.
        machine: Where the fit runs; ``auto`` counts as what it stands for here.

    Returns:
        A sha256 in 64 hexadecimal digits.

    Raises:
        ValueError: Precision and device do not go together.
        RuntimeError: The device is not there.
    """
    guidance = plan.guidance
    # A fit without guidance is told as it was before there was any.
    guided = {} if guidance is None else {"guidance_weight": guidance.weight}
    parameters = _facts(
        **guided,
        recipe=asdict(network.recipe),
        layers=repr(network),
        schedule=plan.schedule.model_dump(),
        augmentation=plan.augmentation.model_dump(),
        seed=plan.seed,
        device=choose_device(machine.device).type,
        devices=machine.devices,
        precision=choose_precision(machine),
    )
    partitions = {"train": plan.train, **plan.watched}
    if guidance is not None:
        partitions["guidance"] = guidance.out_of_bounds
    data = (_scans(scans, partition=partition) for partition, scans in partitions.items())
    digest = hashlib.sha256(parameters)
    for piece in chain(_code(), _weights(network), *data):
        digest.update(piece)
    return digest.hexdigest()


def _facts(**facts: object) -> bytes:
    # JSON tells where one fact ends and the next begins, which bare text would not.
    return json.dumps(facts, sort_keys=True).encode() + b"\n"


def _code() -> Iterator[Piece]:
    yield _facts(libraries={name: metadata.version(name) for name in LIBRARIES})
    for module in sorted(Path(__file__).parent.glob("*.py")):
        yield _facts(module=module.name, source=module.read_text(encoding="utf-8"))


def _weights(network: ScanClassifier) -> Iterator[Piece]:
    learning = {name for name, weight in network.named_parameters() if weight.requires_grad}
    for name, tensor in network.state_dict().items():
        yield _facts(
            tensor=name,
            dtype=str(tensor.dtype),
            shape=list(tensor.shape),
            learns=name in learning,
        )
        yield tensor.detach().cpu().contiguous().flatten().view(torch.uint8).numpy().data


def _scans(scans: LabelledScans, *, partition: str) -> Iterator[Piece]:
    yield _facts(
        partition=partition,
        shape=list(scans.stack.shape[1:]),
        labels=scans.labels.tolist(),
        scan_ids=list(scans.scan_ids),
    )
    for start in range(0, len(scans), BLOCK_SCANS):
        block = np.ascontiguousarray(scans.read(slice(start, start + BLOCK_SCANS)))
        yield block.data.cast("B")
