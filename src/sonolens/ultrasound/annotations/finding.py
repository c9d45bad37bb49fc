"""What is burnt into a scan, or lies outside its field, and is no tissue."""

import numpy as np

from sonolens.arrays import AnnotationMap, Mask, Scan
from sonolens.ultrasound.annotations.box import Box
from sonolens.ultrasound.annotations.callipers import find_callipers
from sonolens.ultrasound.annotations.field import find_outside
from sonolens.ultrasound.annotations.lettering import find_text
from sonolens.ultrasound.annotations.margins import find_margins
from sonolens.ultrasound.annotations.sliding import grow
from sonolens.ultrasound.annotations.strokes import (
    WIDEST_PX,
    find_strokes,
    measure_prominence,
)

ANNOTATION_KINDS = {"none": 0, "text": 1, "calliper": 2, "margin": 3, "outside": 4, "given": 5}
"""Code of each kind in an annotation map; text includes logos and digits, ``given`` is the user's own mask."""

LEAST_PROMINENCE = 2.2
"""Of a stroke that may belong to a line of text."""

SMALLEST_SIDE_PX = 32
"""A smaller scan shows no letter, and has no noise to tell one from."""


def find_annotations(scan: Scan) -> AnnotationMap:
    """Mark what was burnt into a scan and what lies outside its field of view.

    Text, logos, digits, callipers and scales are told from tissue by the beam: an echo is wider across it than a
    stroke of a drawing. How often this is right is stated in docs/how-to/read-the-tables.md.

    Args:
        scan: Grey levels; row 0 is the skin side.

    Returns:
        The codes of `ANNOTATION_KINDS`; all 0 for a scan without annotations, or smaller than a letter.
    """
    marked = np.zeros(scan.shape, dtype=np.uint8)
    if min(scan.shape) < SMALLEST_SIDE_PX:
        return marked
    outside = find_outside(scan)
    for box in find_boxes(scan, outside=outside):
        marked[box.pixels] = ANNOTATION_KINDS[box.kind]
    marked[outside] = ANNOTATION_KINDS["outside"]
    return marked


def take_annotations(given: Mask) -> AnnotationMap:
    """Write a mask that somebody drew as an annotation map of one kind.

    >>> take_annotations(np.array([[True, False]]))
    array([[5, 0]], dtype=uint8)
    """
    return np.where(given, np.uint8(ANNOTATION_KINDS["given"]), np.uint8(0))


def find_boxes(scan: Scan, *, outside: Mask) -> list[Box]:
    """List the drawings on a scan: margins, lines of text, callipers.

    Args:
        scan: Grey levels.
        outside: From `find_outside`; the edge of the field is as sharp as a stroke, and is none.
    """
    prominence = measure_prominence(scan)
    if outside.any():
        prominence[grow(outside, steps=WIDEST_PX)] = 0
    text = find_text(find_strokes(prominence, least=LEAST_PROMINENCE))
    lettered: Mask = np.zeros(scan.shape, dtype=bool)
    for box in text:
        lettered[box.pixels] = True
    return [*find_margins(scan), *text, *find_callipers(scan, prominence, text=lettered)]
