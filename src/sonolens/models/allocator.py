"""Memory of the process: glibc keeps what large tensors give back, and running out has a remedy."""

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import torch

M_TRIM_THRESHOLD = -1
M_MMAP_THRESHOLD = -3
KEPT_BLOCK_BYTES = 1 << 30
NEVER_TRIM_BYTES = 2**31 - 1

OUT_OF_MEMORY = ("out of memory", "can't allocate memory", "not enough memory")
"""What torch's allocators for GPU, glibc and Windows say in an otherwise plain RuntimeError."""


@cache
def keep_freed_memory() -> bool:
    """Let the process keep freed blocks of up to 1 GiB for its next tensors; results do not change.

    By default glibc returns blocks above 32 MiB to the kernel at once, and fetching them again costs
    a page fault every 4 KiB: a third of the time of a ResNet-50 at batch sizes above ten.

    Returns:
        Whether glibc took both settings; False where another C library is in use.
    """
    try:
        mallopt = ctypes.CDLL("libc.so.6").mallopt
    except (OSError, AttributeError):
        return False
    return bool(
        mallopt(M_MMAP_THRESHOLD, KEPT_BLOCK_BYTES) and mallopt(M_TRIM_THRESHOLD, NEVER_TRIM_BYTES)
    )


@contextmanager
def batches_that_fit(*, batch_size: int) -> Iterator[None]:
    """Turn running out of memory into an error that names the batch size; others pass.

    Raises:
        RuntimeError: Memory ran out inside the block.
    """
    try:
        yield
    except (torch.OutOfMemoryError, MemoryError, RuntimeError) as error:
        first_line, *_ = str(error).splitlines() or [""]
        told = any(sentence in first_line for sentence in OUT_OF_MEMORY)
        if not (told or isinstance(error, torch.OutOfMemoryError | MemoryError)):
            raise
        raise RuntimeError(
            f"memory ran out with batch_size {batch_size}; lower it ({first_line})"
        ) from error
