"""The weights of a network: those it ends with, and those it starts from."""

import logging
from dataclasses import dataclass
from pathlib import Path
from pickle import UnpicklingError

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

logger = logging.getLogger(__name__)

OWN_TRUNK = "features."
"""Prefix of the trunk's tensors in a file that sonolens wrote."""

HEADS = ("fc.", "head.", "classifier.")
"""Prefixes of classifier heads: sonolens draws its own, so a file's head is left alone."""


@dataclass(frozen=True)
class NetworkWeights:
    """All weights of one network and what is needed to rebuild it, ready for a safetensors file.

    Attributes:
        tensors: Tensors by their name in the network's state dict.
        header: What rebuilds the network around them; text only, as safetensors demands.
    """

    tensors: dict[str, Tensor]
    header: dict[str, str]


def read_starting_weights(network: str, *, weights: str | Path) -> dict[str, Tensor]:
    """Read the tensors from which `network` starts, under torchvision's names.

    Args:
        network: Name of the architecture, for example ``"resnet50"``.
        weights: ``"imagenet"`` for torchvision's first ImageNet weights (downloaded once, then taken
            from torch's cache), ``"none"`` for a random start, or a local file: a PyTorch state dict
            (read without running pickled code) or safetensors.

    Returns:
        Tensors by name; empty for ``"none"``.

    Raises:
        ConnectionError: The ImageNet weights are neither cached nor to be had.
        FileNotFoundError: `weights` is no file.
        ValueError: The file holds no plain state dict, or `network` has no ImageNet weights.
    """
    if weights == "none":
        return {}
    if weights == "imagenet":
        return _download_imagenet(network)
    path = Path(weights)
    if not path.is_file():
        raise FileNotFoundError(
            f"weights {str(weights)!r} is no file; give imagenet, none or the path of a state dict"
        )
    return _read_state(path)


def load_trunk(features: nn.Module, tensors: dict[str, Tensor], *, source: str) -> None:
    """Copy `tensors` into `features`; the classifier head a file may hold is left out.

    Args:
        features: The trunk that is written into.
        tensors: Torchvision's names, or sonolens' own, which add ``features.`` in front.
        source: Where the tensors come from, for the error.

    Raises:
        ValueError: A tensor is missing, unknown or of another shape; the first one is named.
    """
    given = {
        name.removeprefix(OWN_TRUNK): tensor
        for name, tensor in tensors.items()
        if not name.startswith(HEADS) and name not in ("grey_mean", "grey_std")
    }
    expected = features.state_dict()
    for name, tensor in expected.items():
        # Files older than PyTorch 0.4.1 do not count batches, and nothing here reads the count.
        if name not in given and not name.endswith("num_batches_tracked"):
            raise ValueError(
                f"weights from {source} lack {name}; were they saved from another network?"
            )
        if name in given and given[name].shape != tensor.shape:
            raise ValueError(
                f"weights from {source} hold {name} of shape {tuple(given[name].shape)} where the "
                f"network needs {tuple(tensor.shape)}; were they saved from another network?"
            )
    unknown = [name for name in given if name not in expected]
    if unknown:
        raise ValueError(
            f"weights from {source} hold {unknown[0]}, which the network does not have; "
            "were they saved from another network?"
        )
    features.load_state_dict(expected | given)


def _download_imagenet(network: str) -> dict[str, Tensor]:
    from torchvision import models  # noqa: PLC0415 - seconds that only this call should cost

    if network not in models.list_models():
        raise ValueError(
            f"there are no ImageNet weights for {network}; set weights to none or a path"
        )
    # The first version stands for every ResNet and is the recipe of the paper's time.
    pretrained = models.get_model_weights(network)["IMAGENET1K_V1"]
    logger.info("Loading ImageNet weights of %s from torch's cache or %s", network, pretrained.url)
    try:
        state: dict[str, Tensor] = pretrained.get_state_dict(progress=False, check_hash=True)
    except (OSError, RuntimeError) as error:
        raise ConnectionError(
            f"ImageNet weights of {network} cannot be had ({error}); allow network access to "
            f"{pretrained.url}, or set weights to the path of a local state dict, or set weights to "
            "none for a random start"
        ) from error
    return state


def _read_state(path: Path) -> dict[str, Tensor]:
    try:
        if path.suffix == ".safetensors":
            return load_file(path)
        state = torch.load(path, map_location="cpu", weights_only=True)
    except (SafetensorError, UnpicklingError, RuntimeError, EOFError) as error:
        reason = str(error).splitlines()[0]
        raise ValueError(
            f"weights file {path} is neither safetensors nor a plain state dict ({reason}); "
            "save network.state_dict() and give that file"
        ) from error
    if not isinstance(state, dict) or not all(
        isinstance(value, Tensor) for value in state.values()
    ):
        raise ValueError(
            f"weights file {path} holds more than named tensors; save network.state_dict() and "
            "give that file"
        )
    return dict(state)
