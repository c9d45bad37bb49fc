"""Labelled scans: the rows of a stack that one partition may learn from or be measured on."""

import mmap
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, TypeAlias

import numpy as np
from jaxtyping import Bool, Integer, UInt8

from sonolens.arrays import ScanStack

PartitionRows: TypeAlias = Integer[np.ndarray, " _"]
"""Row numbers of a partition in its stack."""

PartitionLabels: TypeAlias = Bool[np.ndarray, " _"]
"""True where a scan of the partition shows a malignant mass."""


@dataclass(frozen=True)
class MappedFile:
    """A memory-mapped array as another process can map it again, instead of a copy of its bytes."""

    path: str
    shape: tuple[int, ...]
    offset: int

    def open(self) -> ScanStack:
        """Map the file."""
        return np.memmap(self.path, dtype=np.uint8, mode="r", shape=self.shape, offset=self.offset)


@dataclass(frozen=True)
class LabelledScans:
    """One partition of a study: which rows of its stack, their labels and their ids.

    Nothing is copied until `read` is asked for a batch. Sent to another process, a memory-mapped
    stack travels as the name of its file.

    Attributes:
        stack: Framed scans of the whole study; may be memory-mapped.
        rows: Row of each scan of the partition in `stack`.
        labels: Its label, True for malignant.
        scan_ids: Its id, for messages.

    Raises:
        ValueError: The lengths differ, or a row lies outside the stack.
    """

    stack: ScanStack
    rows: PartitionRows
    labels: PartitionLabels
    scan_ids: Sequence[str]

    def __post_init__(self) -> None:
        for name, items in (("labels", self.labels), ("scan_ids", self.scan_ids)):
            if len(items) != len(self.rows):
                raise ValueError(
                    f"there are {len(self.rows)} rows but {len(items)} {name}; give one per row"
                )
        outside = self.rows[(self.rows < 0) | (self.rows >= len(self.stack))]
        if outside.size:
            raise ValueError(
                f"row {outside[0]} is not in the stack, which has {len(self.stack)} scans; "
                "take rows and stack from the same study"
            )

    def __len__(self) -> int:
        return len(self.rows)

    def read(self, chosen: PartitionRows | slice) -> UInt8[np.ndarray, "_ rows cols"]:
        """Read the scans at positions `chosen` within the partition, as an array of their own."""
        return self.stack[self.rows[chosen]]

    def __getstate__(self) -> dict[str, Any]:
        state = {field.name: getattr(self, field.name) for field in fields(self)}
        stack = self.stack
        base: object = stack.base
        # A view of a map keeps the offset of the whole map, so only a whole map can be named.
        if (
            isinstance(stack, np.memmap)
            and isinstance(base, mmap.mmap)
            and stack.filename is not None
            and stack.flags.c_contiguous
        ):
            state["stack"] = MappedFile(str(stack.filename), stack.shape, stack.offset)
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        for name, value in state.items():
            opened = value.open() if isinstance(value, MappedFile) else value
            object.__setattr__(self, name, opened)
