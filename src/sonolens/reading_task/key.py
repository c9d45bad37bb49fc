"""The key of a task: which scan stands behind every code. It stays with whoever asks, and never goes to a reader."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

FORMAT = 1
"""Of key and answers; it rises whenever an older version could misread one."""


class KeyedScan(BaseModel):
    """One scan of a task."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: str = Field(pattern=r"^[0-9a-f]{8}$", description="What the page calls it.")
    scan_id: str = Field(description="The name of its file, without the ending.")
    rows: int = Field(gt=0)
    cols: int = Field(gt=0)


class TaskKey(BaseModel):
    """A task: its scans in the order in which they are shown."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: int
    task: str = Field(pattern=r"^[0-9a-f]{12}$", description="Stands in page and answers too.")
    seed: int = Field(ge=0, description="Of order and codes.")
    scans: tuple[KeyedScan, ...]


def read_key(file: Path) -> TaskKey:
    """Read a key.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If it is no key, or one of a newer version.
    """
    try:
        key = TaskKey.model_validate_json(file.read_bytes())
    except ValidationError as error:
        raise ValueError(
            f"{file.name} is no key of a reading task ({error.error_count()} faults); give the key.json that was "
            "written beside the page"
        ) from error
    if key.format > FORMAT:
        raise ValueError(f"{file.name} was written by a newer sonolens; update this one")
    return key
