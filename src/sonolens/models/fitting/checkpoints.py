"""Checkpoints: the state of a fit as bytes, and back without running any code they might hold."""

import hashlib
import io
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pickle import UnpicklingError
from typing import Any, Protocol, runtime_checkable

import torch

from sonolens.models.fitting.early_stopping import Epoch, State, TrainingHistory
from sonolens.models.networks.classifier import ScanClassifier

HEADING = b"sonolens fit 1\n"
"""First line of a checkpoint; the second is the sha256 of the rest, which torch itself checks nowhere."""

REMEDY = "delete that checkpoint to start this fit anew"


@runtime_checkable
class CheckpointSlot(Protocol):
    """A place for the state of one fit, named in errors by its ``str``."""

    def read(self) -> bytes | None:
        """Return what was written last, or None."""
        ...

    def write(self, content: bytes) -> None:
        """Replace what was written; afterwards the slot holds either all of `content` or what it held."""
        ...


@dataclass(frozen=True)
class Learner:
    """What a fit that is not over needs to go on.

    Attributes:
        weights: State of the network after the newest epoch.
        optimizer: State dict of the optimizer.
        precision: State dict of the gradient scaler; empty without one.
    """

    weights: State
    optimizer: Mapping[str, Any]
    precision: Mapping[str, Any]


@dataclass(frozen=True)
class Checkpoint:
    """State of a fit after its newest epoch; `learner` is None once the fit is over."""

    history: TrainingHistory
    learner: Learner | None


def changing_state(network: ScanClassifier) -> State:
    """Copy to the CPU what a fit changes in a network: the weights that learn, and the buffers."""
    frozen = {name for name, weight in network.named_parameters() if not weight.requires_grad}
    return {
        name: tensor.detach().cpu().clone()
        for name, tensor in network.state_dict().items()
        if name not in frozen
    }


def pack_checkpoint(checkpoint: Checkpoint) -> bytes:
    """Turn the state of a fit into bytes."""
    learner = checkpoint.learner
    buffer = io.BytesIO()
    torch.save(
        {
            "epochs": [asdict(epoch) for epoch in checkpoint.history.epochs],
            "kept": {name: dict(state) for name, state in checkpoint.history.kept.items()},
            "learner": None
            if learner is None
            else {
                "weights": dict(learner.weights),
                "optimizer": dict(learner.optimizer),
                "precision": dict(learner.precision),
            },
        },
        buffer,
    )
    payload = buffer.getbuffer()
    return b"".join([HEADING, hashlib.sha256(payload).hexdigest().encode(), b"\n", payload])


def unpack_checkpoint(content: bytes, *, source: str) -> Checkpoint:
    """Read what `pack_checkpoint` wrote.

    Args:
        content: The bytes.
        source: Where they come from, for the error.

    Raises:
        ValueError: The bytes are not whole, or no checkpoint of this version.
    """
    heading, _, rest = content.partition(b"\n")
    digest, _, payload = rest.partition(b"\n")
    if heading + b"\n" != HEADING:
        raise ValueError(f"checkpoint {source} is not one that this version wrote; {REMEDY}")
    if hashlib.sha256(payload).hexdigest().encode() != digest:
        raise ValueError(
            f"checkpoint {source} is corrupt: its bytes are not those that were written; {REMEDY}"
        )
    try:
        state = torch.load(io.BytesIO(payload), map_location="cpu", weights_only=True)
        learner = state["learner"]
        return Checkpoint(
            TrainingHistory(
                epochs=tuple(Epoch(**epoch) for epoch in state["epochs"]),
                kept=state["kept"],
            ),
            learner=None if learner is None else Learner(**learner),
        )
    except (UnpicklingError, RuntimeError, EOFError, LookupError, TypeError, ValueError) as error:
        reason = str(error).partition("\n")[0]
        raise ValueError(
            f"checkpoint {source} holds no state of a fit ({reason}); {REMEDY}"
        ) from error


def check_checkpoint(
    checkpoint: Checkpoint, *, changing: State, watched: tuple[str, ...], epochs: int, source: str
) -> None:
    """Refuse the state of another fit.

    Args:
        checkpoint: What was read.
        changing: What this fit changes in its network.
        watched: Partitions that this fit watches.
        epochs: Most epochs of this fit.
        source: Where the state comes from, for the error.

    Raises:
        ValueError: Partitions, epochs or weights are not those of this fit.
    """
    history = checkpoint.history
    numbers = [epoch.epoch for epoch in history.epochs]
    if not numbers or numbers != list(range(1, len(numbers) + 1)) or len(numbers) > epochs:
        raise ValueError(
            f"checkpoint {source} holds epochs {numbers} of a fit of {epochs}; {REMEDY}"
        )
    partitions = [history.kept, *(epoch.watched_losses for epoch in history.epochs)]
    if any(set(names) != set(watched) for names in partitions):
        raise ValueError(
            f"checkpoint {source} watched {', '.join(history.kept)} where this fit watches "
            f"{', '.join(watched)}; {REMEDY}"
        )
    states = list(history.kept.values())
    if checkpoint.learner is not None:
        states.append(checkpoint.learner.weights)
    expected = {name: tensor.shape for name, tensor in changing.items()}
    for state in states:
        given = {name: tensor.shape for name, tensor in state.items()}
        if given != expected:
            differing = sorted(
                name for name in given | expected if given.get(name) != expected.get(name)
            )
            raise ValueError(
                f"checkpoint {source} belongs to another network: {differing[0]} differs; {REMEDY}"
            )
