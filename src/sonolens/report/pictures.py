"""Figures on the page: each is titled, described to who cannot see it, and embedded."""

import base64
import io
from dataclasses import dataclass

from PIL import Image

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
SMALL_BYTES = 50_000
"""Pictures up to this size are embedded as they are."""
WEBP_QUALITY = 90
"""Lines and letters stay sharp, and of speckle nothing is lost that an eye would see."""
KINDS = {PNG_SIGNATURE: "png", b"<?xml": "svg+xml"}
"""What the file of a figure begins with, and what kind of picture it is then."""


@dataclass(frozen=True, kw_only=True)
class Caption:
    """What stands with a figure: its dataset's name, a title, a sentence, and the text for who cannot see it.

    Where it shows `intervals`, what they are taken over is said if that is not patients. Where the table that it is
    `drawn_from` is empty there is nothing to see, and the sentence `nothing` stands instead; without one, the section
    says so itself.
    """

    name: str
    title: str
    text: str
    alt: str
    intervals: bool = False
    drawn_from: str = ""
    nothing: str = ""


@dataclass(frozen=True)
class Picture:
    """A figure ready for a page: its caption, a note that follows it, and its bytes as a data address.

    The address is empty where nothing was drawn.
    """

    caption: Caption
    address: str
    note: str = ""


def embed(caption: Caption, content: bytes, *, units: str = "patients") -> Picture:
    """Turn a PNG or SVG file into a picture that needs no file beside the page.

    Args:
        caption: What stands with it.
        content: The file.
        units: What its intervals are taken over.

    Raises:
        ValueError: If the bytes are of no such file.
    """
    kind = next((kind for begin, kind in KINDS.items() if content.startswith(begin)), None)
    if kind is None:
        raise ValueError(
            f"figure {caption.name} begins with {content[:8]!r}, which no PNG or SVG file does; "
            "save it as one of them before it goes into the report"
        )
    if kind == "png" and len(content) > SMALL_BYTES:
        kind, content = _shrink(content)
    encoded = base64.b64encode(content).decode("ascii")
    note = f" Intervals over {units}." if caption.intervals and units != "patients" else ""
    return Picture(caption, f"data:image/{kind};base64,{encoded}", note)


def _shrink(content: bytes) -> tuple[str, bytes]:
    """Write a picture of scans as WebP, four times smaller at this quality; the file that it was made from stays as it is."""
    written = io.BytesIO()
    with Image.open(io.BytesIO(content)) as picture:
        picture.convert("RGB").save(written, "WEBP", quality=WEBP_QUALITY, method=4)
    return min(("png", content), ("webp", written.getvalue()), key=lambda each: len(each[1]))
