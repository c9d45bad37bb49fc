"""Random draws that belong to a scan, whatever batch, order or device it is explained in."""

import hashlib

import torch


def generator_of(scan_id: str, *, method: str, seed: int) -> torch.Generator:
    """A generator on the CPU of its own for one scan, method and seed."""
    digest = hashlib.sha256(f"{seed} {method} {scan_id}".encode()).digest()
    return torch.Generator().manual_seed(int.from_bytes(digest[:8], "big", signed=True))
