"""Starting weights: where a trunk starts, read so that no file can run code or pass for another."""

import hashlib
import logging
import re
import warnings
from http.client import HTTPException
from io import BytesIO
from pathlib import Path
from pickle import UnpicklingError

import safetensors.torch
import torch
from torch import Tensor

logger = logging.getLogger(__name__)

NAMED_STARTS = ("imagenet", "none", "own")
HASH_MARK = "#sha256="
"""Between a file's path and the digest it must have, as pip writes it."""


def read_starting_weights(network: str, *, weights: str | Path) -> dict[str, Tensor]:
    """Read the tensors from which `network` starts, under the names the file gives them.

    Args:
        network: Name of the architecture, for example ``"resnet50"``.
        weights: ``"imagenet"`` for torchvision's first ImageNet weights (downloaded once, then taken
            from torch's cache), ``"none"`` for a random start, or a local file: a PyTorch state dict
            (read without running pickled code) or safetensors. A file may carry the hash it must
            have: ``"folder/file.pth#sha256=<64 hexadecimal digits>"``.

            ``"own"`` leaves a user's own trunk as its constructor gave it.

    Returns:
        Tensors by name; empty for ``"none"`` and ``"own"``.

    Raises:
        ConnectionError: The ImageNet weights are neither cached nor to be had.
        FileNotFoundError: `weights` is no file.
        ValueError: The file has another hash or holds no plain state dict, or `network` has no
            ImageNet weights.
    """
    if weights in {"none", "own"}:
        return {}
    if weights == "imagenet":
        return _download_imagenet(network)
    path, content = _read_checked(weights)
    return _parse_state(path, content)


def describe_start(weights: str | Path) -> str:
    """Say where a network starts in a way that holds on every machine, for tables.

    Args:
        weights: As in `read_starting_weights`.

    Returns:
        ``"imagenet"``, ``"none"``, ``"own"``, or a file's name without its folder and with the hash it has:
        ``"file.pth#sha256=<64 hexadecimal digits>"``.

    Raises:
        FileNotFoundError: `weights` is no file.
        ValueError: The file has another hash than `weights` says.

    Examples:
        >>> describe_start("imagenet")
        'imagenet'
    """
    if weights in NAMED_STARTS:
        return str(weights)
    path, content = _read_checked(weights)
    return f"{path.name}{HASH_MARK}{hashlib.sha256(content).hexdigest()}"


def _read_checked(weights: str | Path) -> tuple[Path, bytes]:
    """Read a file once, so that the bytes that are checked are the bytes that are used."""
    place, mark, digest = str(weights).rpartition(HASH_MARK)
    path = Path(place if mark else str(weights))
    if mark and not re.fullmatch("[0-9a-fA-F]{64}", digest):
        raise ValueError(
            f"the hash of weights {path} is {digest!r}, but a sha256 has 64 hexadecimal digits; "
            "give all of them or leave the hash out"
        )
    if not path.is_file():
        raise FileNotFoundError(
            f"weights {str(path)!r} is no file; give imagenet, none or the path of a state dict"
        )
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ValueError(
            f"weights file {path} cannot be read ({error.strerror}); "
            "mend its rights or give another file"
        ) from error
    found = hashlib.sha256(content).hexdigest()
    if mark and found != digest.lower():
        raise ValueError(
            f"weights file {path} has sha256 {found}, but {digest.lower()} was asked for; "
            "get the right file or correct the hash"
        )
    return path, content


def _download_imagenet(network: str) -> dict[str, Tensor]:
    from torchvision import models  # noqa: PLC0415 - seconds that only this call should cost

    if network not in models.list_models():
        raise ValueError(
            f"there are no ImageNet weights for {network}; set weights to none or a path"
        )
    # The first version stands for every network and, of ResNets, is the recipe of the paper's time.
    pretrained = models.get_model_weights(network)["IMAGENET1K_V1"]
    logger.info("Loading ImageNet weights of %s from torch's cache or %s", network, pretrained.url)
    try:
        state: dict[str, Tensor] = pretrained.get_state_dict(
            progress=False, check_hash=True, weights_only=True
        )
    except (OSError, HTTPException, RuntimeError, EOFError, UnpicklingError) as error:
        raise ConnectionError(
            f"ImageNet weights of {network} cannot be had ({_first_line(error)}); allow network "
            f"access to {pretrained.url}, or set weights to the path of a local state dict, or set "
            "weights to none for a random start"
        ) from error
    return state


def _parse_state(path: Path, content: bytes) -> dict[str, Tensor]:
    try:
        if path.suffix == ".safetensors":
            return safetensors.torch.load(content)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what counts is checked below, in one error
            state = torch.load(BytesIO(content), map_location="cpu", weights_only=True)
    except Exception as error:  # a damaged or hostile file can make its reader fail in any way
        raise ValueError(
            f"weights file {path} is damaged or neither safetensors nor a plain state dict "
            f"({_first_line(error)}); get it again, or save network.state_dict() and give that file"
        ) from error
    if not isinstance(state, dict) or not all(
        isinstance(name, str) and isinstance(value, Tensor) for name, value in state.items()
    ):
        raise ValueError(
            f"weights file {path} holds more than named tensors; save network.state_dict() and "
            "give that file"
        )
    return dict(state)


def _first_line(error: Exception) -> str:
    """What went wrong, in one line and without torch's advice to read the file unsafely."""
    refused = re.search(r"WeightsUnpickler error:\s*(\S.*?)(?:\. Please|\n|$)", str(error))
    lines = [refused[1]] if refused else str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
