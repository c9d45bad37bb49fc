"""The arrays that travel between rooms, each named once.

The shapes are annotations for the reader; under pytest, beartype also checks them at run time
(``--jaxtyping-packages`` in ``pyproject.toml``). Two arguments that use the same axis name must
agree on its length. Row 0 is the skin side of a scan and rows grow with depth.
"""

from typing import TypeAlias

import numpy as np
from jaxtyping import Bool, Float, Float32, UInt8

Scan: TypeAlias = UInt8[np.ndarray, "rows cols"]
"""A B-mode scan in 8-bit grey levels on its native grid."""

FramedScan: TypeAlias = UInt8[np.ndarray, "side side"]
"""A scan as the network sees it: a square in 8-bit grey levels."""

Mask: TypeAlias = Bool[np.ndarray, "rows cols"]
"""True inside the mass; same grid as its scan."""

AnnotationMap: TypeAlias = UInt8[np.ndarray, "annotated_rows annotated_cols"]
"""What is no tissue, by kind: 0 nothing, 1 text, 2 calliper, 3 margin, 4 outside the field, 5 given."""

RegionMap: TypeAlias = UInt8[np.ndarray, "rows cols"]
"""One region code per pixel: 0 other, 1 mass, 2 peritumoral, 3 below, 4 annotation."""

DistanceMap: TypeAlias = Float[np.ndarray, "rows cols"]
"""Distance of every pixel in millimetres."""

ScanStack: TypeAlias = UInt8[np.ndarray, "scans rows cols"]
"""Framed scans of one study, in the order of its `scans` table."""

GuidanceMasks: TypeAlias = UInt8[np.ndarray, "masks mask_rows mask_cols"]
"""How much of each framed pixel is out of bounds, 0..255: all scans by one guidance, then all by the next; or none."""

SaliencyMap: TypeAlias = Float[np.ndarray, "cell_rows cell_cols"]
"""Signed evidence per map cell: positive speaks for malignant, negative for benign."""

SaliencyStack: TypeAlias = Float32[np.ndarray, "scans cell_rows cell_cols"]
"""Saliency maps of several scans from one network and one method."""

Logits: TypeAlias = Float[np.ndarray, " scans"]
"""One logit per scan; positive means malignant."""

Features: TypeAlias = Float[np.ndarray, "scans channels"]
"""What enters a network's linear output: the mean of every feature map, per scan."""

Labels: TypeAlias = Bool[np.ndarray, " scans"]
"""True where the scan shows a malignant mass."""

Points: TypeAlias = Float[np.ndarray, "points 2"]
"""(row, column) positions; whole numbers are pixel centres."""
