"""A user's own trunk: where it comes from, and how it stands in a network whose code is not ours."""

import hashlib
import importlib
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

EXPORTED = ".pt2"
"""Ending of a file that ``torch.export.save`` wrote."""

CONSTRUCTOR = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*(\.[A-Za-z_]\w*)*")

LIBRARIES = ("torch", "torchvision")
"""Packages whose version, not whose source, tells what a trunk is."""


class OwnTrunk(nn.Sequential):
    """A trunk that somebody else wrote, as the only part of a network's features.

    Nothing is looked for inside it, and nothing in it is exchanged: its layers may be of any kind.

    Attributes:
        source: Digest of its code, so that a fit of other code is another fit.
        pooled: Whether it gives one vector per scan, for example its class token, and so no map.
        receptive_field_px: Side of the square that one of its cells sees, as it was measured.
    """

    trunk: nn.Module

    def __init__(
        self, trunk: nn.Module, *, source: str, pooled: bool, receptive_field_px: float
    ) -> None:
        super().__init__()
        self.source = source
        self.pooled = pooled
        self.receptive_field_px = receptive_field_px
        self.fixed = False
        self.has_modes = _has_modes(trunk)
        self.trunk = trunk

    def fix(self) -> None:
        """Keep weights and statistics as they are from now on, whatever ``train()`` says."""
        self.requires_grad_(requires_grad=False)
        self.fixed = True
        self.train(self.training)

    def train(self, mode: bool = True) -> "OwnTrunk":
        """Change the mode of what has modes; an exported program has the one that it was exported in."""
        self.training = mode
        if self.has_modes:
            self.trunk.train(mode and not self.fixed)
        return self

    def forward(self, colours: Tensor) -> Tensor:
        """Feature maps ``[scans, channels, rows, cols]``; a pooled vector is a map of a single cell."""
        maps: Tensor = self.trunk(colours)
        return maps[:, :, None, None] if self.pooled else maps

    def extra_repr(self) -> str:
        """Tell the code apart, too: a fit is known by its network's description."""
        return f"source={self.source}, fixed={self.fixed}"


@dataclass(frozen=True)
class TrunkSource:
    """Where a trunk comes from.

    Attributes:
        build: Builds it; what it draws at random comes from torch's global generator.
        named: What it is called in messages.
    """

    build: Callable[[], object]
    named: str


def check_source(source: str) -> None:
    """Refuse what can be no source of a trunk, without importing or opening anything.

    Args:
        source: ``package.module:function``, or the path of a file that ``torch.export.save`` wrote.

    Raises:
        ValueError: It is neither, or there is no such file.
    """
    if source.endswith(EXPORTED):
        if not Path(source).expanduser().is_file():
            raise ValueError(f"{source!r} is no file; export the trunk with torch.export.save")
    elif not CONSTRUCTOR.fullmatch(source):
        raise ValueError(
            f"{source!r} is neither package.module:function nor a {EXPORTED} file of torch.export; give one of them"
        )


def find_source(source: str) -> TrunkSource:
    """Import the constructor that `source` names, or get ready to open the file.

    Either runs code of whoever wrote it: a module's as any import does, and an exported file's because its reader
    falls back to pickle. So it is called for what a user named, never for what a weights file says.

    Args:
        source: As for `check_source`, which see.

    Raises:
        ValueError: The module cannot be imported, or has no such function.
    """
    check_source(source)
    if source.endswith(EXPORTED):
        return TrunkSource(lambda: _open_exported(Path(source).expanduser()), source)
    module, _, path = source.partition(":")
    try:
        found: object = importlib.import_module(module)
    except Exception as error:  # a user's module can fail in any way
        raise ValueError(
            f"module {module} cannot be imported ({tell_briefly(error)}); install it, or name its folder in PYTHONPATH"
        ) from error
    for step in path.split("."):
        if not hasattr(found, step):
            raise ValueError(f"module {module} has no {path}; name a function that it defines")
        found = getattr(found, step)
    if not callable(found):
        raise ValueError(  # noqa: TRY004 - what a user can mend is a ValueError
            f"{source} is a {type(found).__name__}; name a function that builds a trunk"
        )
    return TrunkSource(found, source)


def digest_code(trunk: nn.Module, source: TrunkSource) -> str:
    """Hash the code that makes a trunk: the exported file, or the modules that define its layers and its constructor.

    What those modules import beyond that is not seen.
    """
    if source.named.endswith(EXPORTED):
        return hashlib.sha256(Path(source.named).expanduser().read_bytes()).hexdigest()
    defining = {type(part).__module__ for part in trunk.modules()}
    defining.add(getattr(source.build, "__module__", None) or "")
    digest = hashlib.sha256(source.named.encode())
    for name in sorted(defining):
        if name.partition(".")[0] not in LIBRARIES:
            digest.update(_read_code(name))
    return digest.hexdigest()


def tell_briefly(error: Exception) -> str:
    """Say what went wrong in one line."""
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[0]}" if lines else type(error).__name__


def _read_code(module: str) -> bytes:
    try:
        return Path(str(sys.modules[module].__file__)).read_bytes()
    except (KeyError, AttributeError, OSError):
        return module.encode()  # typed into a session, or compiled


def _open_exported(path: Path) -> nn.Module:
    try:
        return torch.export.load(str(path)).module()
    except Exception as error:  # a damaged file can make its reader fail in any way
        raise ValueError(
            f"{path.name} is no program of torch.export that this torch can open ({tell_briefly(error)}); "
            "export the trunk anew with torch.export.save"
        ) from error


def evaluating(trunk: nn.Module) -> nn.Module:
    """Put a trunk into evaluation mode, if it has one."""
    return trunk.eval() if _has_modes(trunk) else trunk


def _has_modes(trunk: nn.Module) -> bool:
    try:
        trunk.train(trunk.training)
    except NotImplementedError:
        return False
    return True
