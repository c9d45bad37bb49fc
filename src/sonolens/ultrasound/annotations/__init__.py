"""What is no tissue on a scan: text, callipers, scales, and what lies outside the field of view."""

from sonolens.ultrasound.annotations.blanking import blank_annotations
from sonolens.ultrasound.annotations.field import find_outside
from sonolens.ultrasound.annotations.finding import (
    ANNOTATION_KINDS,
    find_annotations,
    find_boxes,
    take_annotations,
)
