"""What one check says of one scan."""

from typing import NamedTuple


class Finding(NamedTuple):
    """What one check says of one scan; its severity stands in `sonolens.cohort.screening.SEVERITY`."""

    scan_id: str
    check: str
    value: str
    message: str
