"""Networks of a user's own: those that the configuration allows by name, and how one is built."""

import copy
import logging
import re
from collections.abc import Callable, Mapping
from functools import cached_property

import torch
from torch import nn

from sonolens.models.networks.backbones import NETWORKS, Architecture
from sonolens.models.networks.own_checks import TrunkFacts, build_checked, measure_trunk
from sonolens.models.networks.own_trunk import (
    OwnTrunk,
    TrunkSource,
    check_source,
    digest_code,
    evaluating,
    find_source,
)

logger = logging.getLogger(__name__)

OWN_NAME = re.compile(r"[a-z][a-z0-9_]*")
OWN_ADAPTATIONS = ("linear_probe", "full")
"""What can be done to a trunk without looking into it."""

OWN_RENAMES = ((r"^(?!features\.|head\.|grey_)", "trunk."),)
"""From the names in the trunk's own state dict to those in the network."""

Constructor = str | Callable[[], nn.Module]
"""A function that builds a trunk, or where it is: as for `check_source`."""


class OwnNetwork:
    """One network of a user's own at one size of scans; nothing is imported before it is asked for."""

    def __init__(self, name: str, constructor: Constructor, *, size_px: int) -> None:
        self.name = name
        self.size_px = size_px
        self._constructor = constructor

    def at(self, size_px: int) -> "OwnNetwork":
        """The same network for scans of another size, as a file that travels may have been fitted to."""
        if size_px == self.size_px:
            return self
        return OwnNetwork(self.name, self._constructor, size_px=size_px)

    @cached_property
    def architecture(self) -> Architecture:
        """Build the trunk once, check it, and tell what there is to know.

        Raises:
            ValueError: As `find_source`, `build_checked` and `measure_trunk`.
        """
        facts, source = self.facts, self._source
        return Architecture(
            lambda: self._draw(source, facts),
            channels=facts.channels,
            stages=(),
            output_strides=(facts.output_stride,),
            adaptations=OWN_ADAPTATIONS,
            renames=OWN_RENAMES,
        )

    @cached_property
    def facts(self) -> TrunkFacts:
        """What is measured of it; see `architecture` for errors."""
        with torch.random.fork_rng(devices=[]):
            torch.default_generator.manual_seed(0)
            trunk = copy.deepcopy(build_checked(self.name, self._source))
            found = measure_trunk(self.name, evaluating(trunk), size_px=self.size_px)
        logger.info("Network %s (%s): %s", self.name, self._source.named, found.tell())
        return found

    @cached_property
    def _source(self) -> TrunkSource:
        if isinstance(self._constructor, str):
            try:
                return find_source(self._constructor)
            except ValueError as error:
                raise ValueError(f"network {self.name}: {error}") from error
        named = getattr(self._constructor, "__qualname__", type(self._constructor).__name__)
        return TrunkSource(self._constructor, named)

    def _draw(self, source: TrunkSource, facts: TrunkFacts) -> OwnTrunk:
        # A constructor may hand out the same module each time, and a fit must not change another's.
        trunk = copy.deepcopy(build_checked(self.name, source))
        return OwnTrunk(
            trunk,
            source=digest_code(trunk, source),
            pooled=facts.pooled,
            receptive_field_px=facts.receptive_field_px,
        )


_allowed: dict[str, OwnNetwork] = {}


def allow_own_networks(own: Mapping[str, str], *, size_px: int) -> None:
    """Allow the networks that the configuration names, and none that it named before.

    Args:
        own: By name, where each trunk comes from; see `find_source`. Nothing is imported yet.
        size_px: Side of the framed scans.

    Raises:
        ValueError: As `check_own_networks`.
    """
    check_own_networks(own)
    _allowed.clear()
    _allowed.update({name: OwnNetwork(name, own[name], size_px=size_px) for name in own})


def check_own_networks(own: Mapping[str, str]) -> None:
    """Refuse a name that cannot be, or a source that is none, without importing anything.

    Raises:
        ValueError: A name is taken or malformed, or a source is none; see `check_source`.
    """
    for name, source in own.items():
        if name in NETWORKS:
            raise ValueError(f"network {name} is built in; give your own another name")
        if not OWN_NAME.fullmatch(name):
            raise ValueError(
                f"{name!r} cannot name a network; take small letters, digits and _, with a letter first"
            )
        try:
            check_source(source)
        except ValueError as error:
            raise ValueError(f"network {name}: {error}") from error


def find_own_network(name: str) -> OwnNetwork:
    """Find a network that the configuration allows.

    Raises:
        ValueError: It allows none of this name.
    """
    if name not in _allowed:
        known = ", ".join((*NETWORKS, *_allowed))
        raise ValueError(
            f"network {name!r} is unknown; choose from {known}, or allow your own by training.own_networks"
        )
    return _allowed[name]


def find_architecture(name: str) -> Architecture:
    """Find a network, built in or allowed.

    Raises:
        ValueError: There is none of this name, or a user's own cannot be built.
    """
    return NETWORKS[name] if name in NETWORKS else find_own_network(name).architecture
