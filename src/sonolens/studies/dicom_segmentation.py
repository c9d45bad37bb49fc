"""Masses drawn as a DICOM segmentation: which picture each frame was drawn on, and of which segment.

Binary segmentations have one frame per picture and segment, label maps one per picture, whose values
are numbers of segments (DICOM PS3.3 C.8.20.2). Both refer to pictures, and to frames of pictures.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from jaxtyping import Shaped
from pydicom.dataset import Dataset

from sonolens.arrays import Mask
from sonolens.studies.dicom_header import items, numbers, read_pixels, refusal, text, whole
from sonolens.studies.dicom_tissue import TissueBox, WholeMask, cut_mask

BINARY, LABEL_MAP = "BINARY", "LABELMAP"


class Reference(NamedTuple):
    """A picture that something was drawn on.

    Attributes:
        instance: Its SOP Instance UID.
        frame: Which of its frames, from 1; none for all of them.
    """

    instance: str
    frame: int | None

    def covers(self, instance: str, frame: int) -> bool:
        """Say whether one frame of a picture is meant."""
        return self.instance == instance and self.frame in {None, frame}


class Drawn(NamedTuple):
    """The frame of a picture whose mass is asked for.

    Attributes:
        instance: SOP Instance UID of the picture.
        frame: Which of its frames, from 1.
        frames: How many frames the picture has.
        box: Its tissue box.
    """

    instance: str
    frame: int
    frames: int
    box: TissueBox


def list_references(header: Dataset, name: str) -> set[Reference]:
    """List what a segmentation was drawn on; `name` is that of its file, for the errors."""
    of_frames = [
        reference
        for group in items(header, "PerFrameFunctionalGroupsSequence", name)
        for reference in _frame_sources(group, name)
    ]
    framed = {reference.instance for reference in of_frames}
    listed = {
        text(instance, "ReferencedSOPInstanceUID", name)
        for item in items(header, "ReferencedSeriesSequence", name)
        for instance in items(item, "ReferencedInstanceSequence", name)
    }
    return {*of_frames, *(Reference(instance, None) for instance in listed - framed)}


def read_segmentation(path: Path, *, drawn: Drawn, segment: int | None = None) -> Mask:
    """Join the frames of a DICOM segmentation that were drawn on one frame of a picture.

    Args:
        path: The segmentation, binary or a label map.
        drawn: The frame of the picture.
        segment: Number of the segment that is the mass; may be left out where there is one.

    Returns:
        True inside the mass.

    Raises:
        ValueError: If it is of another kind, has several segments or not the one asked for, has
            another size than the picture, was drawn on another picture, or does not tell on which frame.
    """
    name = path.name
    file, pixels = read_pixels(path)
    kind = text(file, "SegmentationType", name)
    if kind not in {BINARY, LABEL_MAP}:
        raise refusal(name, f"is a {kind} segmentation", "save the mass as a binary one")
    frames = pixels.reshape(-1, *pixels.shape[-2:])
    groups = items(file, "PerFrameFunctionalGroupsSequence", name) or [Dataset()] * len(frames)
    if len(groups) != len(frames):
        raise refusal(
            name, f"has {len(frames)} frames but tells of {len(groups)}", "export it anew"
        )
    places = _find_frames(list_references(file, name), groups, drawn=drawn, name=name)
    segments = _list_segments(file, name)
    masses = {number: np.zeros(frames.shape[1:], dtype=bool) for number in segments}
    for place in places:
        for number, mass in _split(
            frames[place], groups[place], file, segments=segments, name=name
        ):
            masses[number] = masses.get(number, False) | mass
    number = _choose_segment(masses, segments, segment, what=f"is a {kind} segmentation", name=name)
    return cut_mask(masses[number], box=drawn.box, name=name)


def _frame_sources(group: Dataset, name: str) -> Iterator[Reference]:
    """List the pictures one frame of a segmentation was derived from."""
    for derivation in items(group, "DerivationImageSequence", name):
        for source in items(derivation, "SourceImageSequence", name):
            instance = text(source, "ReferencedSOPInstanceUID", name)
            frames = numbers(source, "ReferencedFrameNumber", name)
            yield from (Reference(instance, int(frame)) for frame in frames)
            if not frames:
                yield Reference(instance, None)


def _find_frames(
    references: set[Reference], groups: Sequence[Dataset], *, drawn: Drawn, name: str
) -> list[int]:
    """Find the frames of a segmentation that were drawn on one frame of a picture."""
    everywhere = {each.instance for each in references} <= {drawn.instance}
    sources = [
        set(_frame_sources(group, name)) for group in groups
    ]  # may leave out the only source
    told = [{each.frame for each in source} - {None} for source in sources]
    if drawn.frames > 1 and everywhere and len(groups) > 1 and not all(told):
        raise refusal(
            name,
            f"does not tell on which of its picture's {drawn.frames} frames each of its own was drawn",
            "export it with ReferencedFrameNumber, or draw a picture for each",
        )
    places = [
        place
        for place, source in enumerate(sources)
        if any(each.covers(drawn.instance, drawn.frame) for each in source)
        or (not source and everywhere)
    ]
    if not places:
        raise refusal(name, "was drawn on another picture", "correct its name or reference")
    return places


def _list_segments(file: Dataset, name: str) -> dict[int, str]:
    """List the segments by number, without a label map's background."""
    found = {}
    for place, item in enumerate(items(file, "SegmentSequence", name), start=1):
        number = whole(item, "SegmentNumber", name)
        found[place if number is None else number] = text(item, "SegmentLabel", name)
    if text(file, "SegmentationType", name) == LABEL_MAP:
        found.pop(_background(file, name), None)
    return found


def _background(file: Dataset, name: str) -> int:
    return whole(file, "PixelPaddingValue", name) or 0


def _split(
    frame: Shaped[np.ndarray, "rows cols"],
    group: Dataset,
    file: Dataset,
    *,
    segments: Mapping[int, str],
    name: str,
) -> Iterator[tuple[int, WholeMask]]:
    """Part one frame into its segments: a label map has several, another one."""
    if text(file, "SegmentationType", name) == LABEL_MAP:
        for value in set(np.unique(frame).tolist()) - {_background(file, name)}:
            yield value, frame == value
        return
    only = next(iter(segments)) if len(segments) == 1 else 0
    for holder in (group, *items(file, "SharedFunctionalGroupsSequence", name)):
        for item in items(holder, "SegmentIdentificationSequence", name):
            only = whole(item, "ReferencedSegmentNumber", name) or only
    yield only, frame > 0


def _choose_segment(
    masses: Mapping[int, WholeMask],
    segments: Mapping[int, str],
    segment: int | None,
    *,
    what: str,
    name: str,
) -> int:
    """Choose the only segment, or the one asked for."""
    if segment is None and len(masses) == 1:
        return next(iter(masses))
    if segment is not None and segment in masses:
        return segment
    told = ", ".join(
        f"{number} {segments.get(number, '')!r} ({mass.sum():,} px)"
        for number, mass in sorted(masses.items())
    )
    asked = "" if segment is None else f" and has no segment {segment}"
    raise refusal(
        name,
        f"{what} of {len(segments) or len(masses)} segments, {told}{asked}",
        "write the number of the mass in a column mask_value of the table, or save the mass as the only "
        "segment",
    )
