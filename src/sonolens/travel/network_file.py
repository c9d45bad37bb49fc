"""The file that a network travels in: safetensors, with card and digest in its header; reading runs nothing of it."""

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from pydantic import ValidationError
from torch import Tensor

from sonolens.models import (
    LENGTH_BYTES,
    Constructor,
    NetworkWeights,
    ScanClassifier,
    header_end,
    read_weights,
    rebuild_network,
    write_weights,
)
from sonolens.travel.card import FORMAT, NetworkCard
from sonolens.travel.familiarity import Familiarity
from sonolens.travel.packed_familiarity import PREFIX, from_tensors, to_tensors
from sonolens.travel.reference import check_reference
from sonolens.whole_files import write_whole

CARD, DIGEST = "network_card", "digest"
"""Keys of the header: the card, and the SHA-256 of the whole file with zeros in place of the digest."""

UNSIGNED = "0" * 64

LARGEST_HEADER = 16 * 2**20
"""Bytes of a header that are read: the hashes of a hundred thousand scans take a quarter of them."""

LARGEST_FILE = 4 * 2**30
"""Bytes of a file that are read: ten times the largest network known here."""

PICKLES = (b"PK\x03\x04", b"\x80")
"""How files begin that torch.save wrote, and that run code when they are loaded."""

EXPORT = "export the run with kedro run --pipelines export"
TAKE_ANOTHER = "take the file as it was exported, or export it anew"


@dataclass(frozen=True, eq=False)
class TravellingNetwork:
    """A network away from the run that fitted it.

    Attributes:
        network: Rebuilt, checked, in evaluation mode, on the CPU.
        card: What using it needs.
        familiarity: How far a scan is from those that trained it; None where the card says why not.
    """

    network: ScanClassifier
    card: NetworkCard
    familiarity: Familiarity | None


@dataclass(frozen=True)
class NetworkFile:
    """A file that a network travels in, of which only what is asked for is read.

    Attributes:
        path: Where it lies.
    """

    path: Path

    def read_card(self) -> NetworkCard:
        """Read its card, by `read_card`: quick, and not yet held against the weights."""
        return read_card(self.path)

    def read(self) -> TravellingNetwork:
        """Read and check all of it, by `read_network`."""
        return read_network(self.path)


def pack_network(
    weights: NetworkWeights, *, card: NetworkCard, familiarity: Familiarity | None
) -> NetworkWeights:
    """Add card, familiarity and digest to a packed network.

    The digest tells damage and careless edits. Who computes it anew can still not pass off another network,
    temperature or, where the reference pattern's call changes, threshold.

    Args:
        weights: From `sonolens.models.pack_weights`.
        card: Its card.
        familiarity: How far scans are from its training scans; its facts stand in the card too.
    """
    header = weights.header | {CARD: card.model_dump_json(), DIGEST: UNSIGNED}
    packed = NetworkWeights(tensors=weights.tensors | to_tensors(familiarity), header=header)
    signed = header | {DIGEST: sha256(write_weights(packed)).hexdigest()}
    return NetworkWeights(tensors=packed.tensors, header=signed)


def write_network(
    path: str | os.PathLike[str],
    weights: NetworkWeights,
    *,
    card: NetworkCard,
    familiarity: Familiarity | None,
) -> None:
    """Write a packed network with its card to one file, there in full or not at all.

    Args:
        path: The file; one that is there is replaced.
        weights: As for `pack_network`.
        card: Its card.
        familiarity: As for `pack_network`.
    """
    packed = pack_network(weights, card=card, familiarity=familiarity)
    write_whole(Path(path), write_weights(packed))


def read_network(
    path: str | os.PathLike[str], *, constructor: Constructor | None = None
) -> TravellingNetwork:
    """Read a network that was exported; nothing in the file is run, and nothing imported because it says so.

    Args:
        path: The file.
        constructor: What builds the trunk of a network whose code is its author's own: a function without arguments,
            ``module:function``, or a file of ``torch.export``. Without it such a network is refused, unless the
            configuration of a run allows it by its name.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: The file is no export, of a newer format, damaged, or says of its network what is not so; in
            one line that names the file, the reason and the remedy.
    """
    source = _find(path)
    try:
        return _open(source.read_bytes(), constructor)
    except ValueError as error:
        raise _refuse(source, error) from error


def read_card(path: str | os.PathLike[str]) -> NetworkCard:
    """Read the card of a network that was exported, and none of its weights.

    Its form is checked, and that it says what the header says. Whether file and digest fit, and whether the network
    answers as the card tells, is found out by `read_network` alone: use no network by a card that was read so.

    Args:
        path: The file.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: As `read_network`, as far as the header shows it.
    """
    source = _find(path)
    with source.open("rb") as file:
        start = file.read(LENGTH_BYTES)
        start += file.read(min(header_end(start), LARGEST_HEADER))
    try:
        header = _read_header(start, size=source.stat().st_size)
        card = _read_card(_read_document(header))
        _check_card(card, header)
    except ValueError as error:
        raise _refuse(source, error) from error
    return card


def _find(path: str | os.PathLike[str]) -> Path:
    source = Path(path)
    if not source.is_file():
        raise FileNotFoundError(f"{source} is no file; name one that was exported")
    size = source.stat().st_size
    if size > LARGEST_FILE:
        raise ValueError(
            f"{source.name} has {size} bytes, and no network has more than {LARGEST_FILE}; {TAKE_ANOTHER}"
        )
    return source


def _refuse(source: Path, error: ValueError) -> ValueError:
    return ValueError(f"{source.name} cannot be used: {error}")


def _open(content: bytes, constructor: Constructor | None) -> TravellingNetwork:
    header = _read_header(content, size=len(content))
    document = _read_document(header)
    _check_digest(content, header)
    card = _read_card(document)
    weights = read_weights(content)
    own = {name: each for name, each in weights.tensors.items() if not name.startswith(PREFIX)}
    network = rebuild_network(
        NetworkWeights(tensors=own, header=weights.header), constructor=constructor
    )
    _check_card(card, header)
    beside = {name: each for name, each in weights.tensors.items() if name.startswith(PREFIX)}
    return TravellingNetwork(network, card, _read_familiarity(beside, card, network))


def _read_header(content: bytes, *, size: int) -> Mapping[str, str]:
    """Read the text of a header from the start of a file of so many bytes."""
    end = header_end(content)
    if content.startswith(PICKLES) and end > size:
        raise ValueError(
            f"it was written by torch.save, whose files can run code when they are read; {EXPORT}"
        )
    if content[8:9] != b"{":
        raise ValueError(f"it is no safetensors file; {EXPORT}")
    if end > LARGEST_HEADER:
        raise ValueError(f"its header claims {end} bytes; {TAKE_ANOTHER}")
    if end > size:
        raise ValueError(f"it ends within its header; {TAKE_ANOTHER}")
    try:
        parsed = json.loads(content[8:end])
    except (ValueError, RecursionError) as error:
        raise ValueError(f"its header is damaged; {TAKE_ANOTHER}") from error
    header = parsed.get("__metadata__", {})
    if not isinstance(header, dict) or not all(isinstance(v, str) for v in header.values()):
        raise ValueError(f"its header is damaged; {TAKE_ANOTHER}")
    return header


def _read_document(header: Mapping[str, str]) -> str:
    """Find the card, and see whether this version can read it."""
    if CARD not in header:
        raise ValueError(f"it holds weights without a card; {EXPORT}")
    try:
        known = json.loads(header[CARD])
        number = known["format"]
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise ValueError(f"its card is damaged; {TAKE_ANOTHER}") from error
    if isinstance(number, int) and number > FORMAT:
        raise ValueError(f"format {number}, this version reads {FORMAT}; update sonolens")
    return header[CARD]


def _check_digest(content: bytes, header: Mapping[str, str]) -> None:
    end, told = header_end(content), header.get(DIGEST, "")
    start = content[:end]
    if re.fullmatch("[0-9a-f]{64}", told) and start.count(told.encode()) == 1:
        unsigned = sha256(start.replace(told.encode(), UNSIGNED.encode()))
        unsigned.update(memoryview(content)[end:])
        if unsigned.hexdigest() == told:
            return
    raise ValueError(
        f"its digest does not fit: it was cut short, damaged or edited since; {TAKE_ANOTHER}"
    )


def _read_card(document: str) -> NetworkCard:
    try:
        return NetworkCard.model_validate_json(document)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(step) for step in first["loc"])
        raise ValueError(
            f"its card does not hold: {where}: {first['msg']}; {TAKE_ANOTHER}"
        ) from error


def _check_card(card: NetworkCard, header: Mapping[str, str]) -> None:
    """Refuse a card that says otherwise than the header, or than the network answers."""
    told = {
        "run": (card.run, header.get("run", card.run)),
        "size_px": (str(card.framing.size_px), header.get("size_px")),
        "probe_logit": (repr(card.reference.logit), header.get("probe_logit")),
    }
    for name, (by_card, by_header) in told.items():
        if by_card != by_header:
            raise ValueError(
                f"its card says {name} {by_card} where its header says {by_header}; {TAKE_ANOTHER}"
            )
    try:
        check_reference(card.reference, card.decisions)
    except ValueError as error:
        raise ValueError(f"{error}; {TAKE_ANOTHER}") from error


def _read_familiarity(
    tensors: Mapping[str, Tensor], card: NetworkCard, network: ScanClassifier
) -> Familiarity | None:
    if (card.familiarity is None) != (not tensors):
        raise ValueError(f"its card and its tables disagree on familiarity; {TAKE_ANOTHER}")
    if card.familiarity is None:
        return None
    familiarity = from_tensors(tensors, card.familiarity)
    if len(familiarity.centre) != network.head.in_features:
        raise ValueError(
            f"its familiarity is of {len(familiarity.centre)} features where its network has "
            f"{network.head.in_features}; {TAKE_ANOTHER}"
        )
    return familiarity
