"""A study: what a reader makes of a data set, whatever its published format."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from sonolens.arrays import Mask, Scan
from sonolens.studies.picture import read_mask
from sonolens.studies.remarks import remark
from sonolens.tables import vocabulary

FOUND = "until then they are found by the program"


@dataclass(frozen=True)
class MaskFile:
    """Reads a mask from a file, and can be asked for its name."""

    path: Path

    def __call__(self) -> Mask:
        """Read the mask; see `read_mask`."""
        return read_mask(self.path)


@dataclass(frozen=True)
class Study:
    """The scans of one data set, listed in a table and read one by one.

    Attributes:
        name: Short name of the data set.
        scans: One row per scan, checked against `sonolens.tables.Scans`.
        images: Reads a scan by its id.
        masks: Reads a scan's mass by its id; same grid as the scan.
        description: One sentence on origin and licence for the report.
        published: How many `scans`, `patients`, `lesions`, `benign` and `malignant` scans its authors
            published; only what they state, nothing for a study without a publication.
        left_out: How many scans were read but cannot be used, by reason, for example ``normal``.
        official_folds: The authors' own folds, `scan_id` and `fold` (from 1), if they published any.
        annotations: Reads what the user marked on a scan as no tissue, by its id; only scans that have such
            a mask. Whether it is usable, `read_annotations` sees.
        descriptors: What a radiologist noted of the scans, checked against `sonolens.tables.Descriptors`, if
            the study tells.
        readings: What other readers saw of the scans, checked against `sonolens.tables.readers.Readings`, if any did.
        reader_masks: Reads the mass that a reader drew, by the id of the reading; only readings that have one.

    Raises:
        ValueError: If the study is empty, knows only one label, or lacks an image or mask.
    """

    name: str
    scans: pd.DataFrame
    images: Mapping[str, Callable[[], Scan]]
    masks: Mapping[str, Callable[[], Mask]]
    description: str
    published: Mapping[str, int] = field(default_factory=dict)
    left_out: Mapping[str, int] = field(default_factory=dict)
    official_folds: pd.DataFrame | None = None
    annotations: Mapping[str, Callable[[], Mask]] = field(default_factory=dict)
    descriptors: pd.DataFrame | None = None
    readings: pd.DataFrame | None = None
    reader_masks: Mapping[str, Callable[[], Mask]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        listed = list(self.scans["scan_id"])
        if not listed:
            raise ValueError(f"study {self.name!r} holds no scan; check its path and reader")
        self._check_ids()
        for kind, readers in (("image", self.images), ("mask", self.masks)):
            missing = [scan_id for scan_id in listed if scan_id not in readers]
            if missing:
                raise ValueError(
                    f"study {self.name!r} has no {kind} for {missing[0]!r} and {len(missing) - 1} more scans; "
                    "complete the data set or remove these rows"
                )
        labels = set(self.scans["label"])
        unknown = sorted(labels - set(vocabulary.LABELS))
        if unknown:
            scan_id = self.scans.loc[self.scans["label"] == unknown[0], "scan_id"].iloc[0]
            raise ValueError(
                f"scan {scan_id!r} of study {self.name!r} has the unknown label {unknown[0]!r}; "
                "labels are benign and malignant"
            )
        if len(labels) < len(vocabulary.LABELS):
            raise ValueError(
                f"study {self.name!r} holds {len(listed)} scans, all {labels.pop()}; "
                "a classifier needs benign and malignant masses"
            )

    def read_annotations(self, scan_id: str, scan: Scan) -> Mask | None:
        """Read what the user marked on a scan as no tissue.

        Returns:
            None where nothing was given. What cannot be read, or has another size than the scan, is remarked
            (``unusable_annotations``) and None too: the scan keeps its place, and annotations are found.
        """
        read = self.annotations.get(scan_id)
        if read is None:
            return None
        name = f" {str(read.path)!r}" if isinstance(read, MaskFile) else ""
        try:
            given = read()
        except (OSError, ValueError) as error:
            remark("unusable_annotations", "", f"annotations cannot be read: {error}; {FOUND}")
            return None
        if given.shape != scan.shape:
            message = f"annotations{name} are {_size(given)} pixels but the scan {_size(scan)}; draw them on the native scan; {FOUND}"
            remark("unusable_annotations", _size(given), message)
            return None
        return given

    def _check_ids(self) -> None:
        """Refuse scans that are listed twice, or that belong to nobody."""
        twice = self.scans.loc[self.scans["scan_id"].duplicated(), "scan_id"]
        if len(twice):
            raise ValueError(
                f"study {self.name!r} lists scan {twice.iloc[0]!r} twice; "
                "give every scan an id of its own"
            )
        for column in ("lesion_id", "patient_id"):
            if column in self.scans and self.scans[column].isna().any():
                scan_id = self.scans.loc[self.scans[column].isna(), "scan_id"].iloc[0]
                raise ValueError(
                    f"scan {scan_id!r} of study {self.name!r} has no {column}; fill it, with the "
                    "scan's own id if nothing else is known"
                )

    def image(self, scan_id: str) -> Scan:
        """Read one scan and check it against its mask.

        Args:
            scan_id: Id from the `scans` table.

        Returns:
            The scan in 8-bit grey levels.

        Raises:
            ValueError: If the mask has another size than the scan, or is empty.
        """
        scan, mask = self.images[scan_id](), self.masks[scan_id]()
        if mask.shape != scan.shape:
            raise ValueError(
                f"mask of scan {scan_id!r} is {_size(mask)} pixels but the scan is {_size(scan)}; "
                "draw the mask on the native scan or remove the scan from the study"
            )
        if not mask.any():
            raise ValueError(
                f"mask of scan {scan_id!r} is empty, so it has no region to point at; "
                "remove the scan from the study"
            )
        return scan


def _size(image: np.ndarray) -> str:
    """Height x width as text.

    >>> _size(np.zeros((600, 800)))
    '600 x 800'
    """
    return f"{image.shape[0]} x {image.shape[1]}"
