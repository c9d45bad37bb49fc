"""Salted hashes of scans, by which somebody else's copy of a training scan is found out, and only that."""

from collections.abc import Iterable
from hashlib import blake2b, sha256

import numpy as np

from sonolens.arrays import Scan
from sonolens.travel.card import ScanHashes

HASH_BYTES = 16


def digest_scan(scan: Scan) -> bytes:
    """Take the unsalted digest of a scan's size and grey levels; it stays where the scan is.

    >>> digest_scan(np.zeros((2, 3), np.uint8)) == digest_scan(np.zeros((3, 2), np.uint8))
    False
    """
    digest = sha256(np.array(scan.shape, dtype="<i8").tobytes())
    digest.update(np.ascontiguousarray(scan).data)
    return digest.digest()


def hash_scans(digests: Iterable[bytes], *, run: str) -> ScanHashes:
    """Hash scans with a salt that is made of all of them.

    Who has a scan, to the last grey level, can tell that it is among them: that is what they are for, so they
    tell who took part to whoever has the scan already. Nobody gets a picture, a size or an id back from them, nor
    learns from two cards whether their studies share scans, because the salts differ; only guessing a whole scan
    would help. A scan that was cut, scaled or compressed since has another hash. What finds such copies (`cohort.fingerprints`) is a
    thumbnail of the scan, nearly a picture, and so does not travel.

    Args:
        digests: From `digest_scan`, of the scans that fitted or chose the network.
        run: Name of its fit.
    """
    known = sorted(set(digests))
    salt = sha256(b"".join([run.encode(), *known])).hexdigest()
    return ScanHashes(salt=salt, hashes=tuple(sorted(_hash(each, salt=salt) for each in known)))


def is_among(scan: Scan, hashed: ScanHashes) -> bool:
    """Whether exactly this scan fitted or chose the network."""
    return has_digest(hashed, digest_scan(scan))


def has_digest(hashed: ScanHashes, digest: bytes) -> bool:
    """Whether exactly the scan of this digest fitted or chose the network; for scans that many networks are asked about."""
    return _hash(digest, salt=hashed.salt) in hashed.hashes


def _hash(digest: bytes, *, salt: str) -> str:
    return blake2b(digest, key=bytes.fromhex(salt), digest_size=HASH_BYTES).hexdigest()
