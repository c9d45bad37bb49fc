"""Files that are there in full or not at all."""

from pathlib import Path
from uuid import uuid4


def write_whole(path: Path, content: bytes) -> None:
    """Write a file beside its place and move it there, so that nobody finds half of it; an older one is replaced."""
    passing = path.with_name(f".{path.name}.{uuid4().hex}.part")
    try:
        passing.write_bytes(content)
        passing.replace(path)
    finally:
        passing.unlink(missing_ok=True)
