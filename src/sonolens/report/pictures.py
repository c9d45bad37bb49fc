"""Figures on the page: each is titled, described to who cannot see it, and embedded."""

import base64
from dataclasses import dataclass

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True, kw_only=True)
class Caption:
    """What stands with a figure: its dataset's name, a title, a sentence, and the text for who cannot see it.

    Where it shows `intervals`, what they are taken over is said if that is not patients.
    """

    name: str
    title: str
    text: str
    alt: str
    intervals: bool = False


@dataclass(frozen=True)
class Picture:
    """A figure ready for a page: its caption, a note that follows it, and its bytes as a data address."""

    caption: Caption
    address: str
    note: str = ""


def embed(caption: Caption, content: bytes, *, units: str = "patients") -> Picture:
    """Turn a PNG file into a picture that needs no file beside the page.

    Args:
        caption: What stands with it.
        content: The file.
        units: What its intervals are taken over.

    Raises:
        ValueError: If the bytes are no PNG file.
    """
    if not content.startswith(PNG_SIGNATURE):
        raise ValueError(
            f"figure {caption.name} begins with {content[:8]!r}, which no PNG file does; "
            "save it as PNG before it goes into the report"
        )
    encoded = base64.b64encode(content).decode("ascii")
    note = f" Intervals over {units}." if caption.intervals and units != "patients" else ""
    return Picture(caption, f"data:image/png;base64,{encoded}", note)
