"""What a B-mode scan is: echoes to grey levels, the way to the network's input and back, phantoms.

This room knows physics and geometry. It knows no network.
"""

from sonolens.ultrasound.annotations import (
    ANNOTATION_KINDS,
    blank_annotations,
    find_annotations,
    take_annotations,
)
from sonolens.ultrasound.annotations.marks import Places, burn_marks, ends_of_mass, places_aside
from sonolens.ultrasound.bmode import compress_envelope, detect_envelope, resample_envelope
from sonolens.ultrasound.foci import FOCI_SITES
from sonolens.ultrasound.framing import Framing, resample_map
from sonolens.ultrasound.grid import cell_centres, from_shares, pixels_at, rescale_points, to_shares
from sonolens.ultrasound.phantoms import (
    CUES,
    MassPlan,
    Phantom,
    draw_mask,
    draw_scan,
    plan_mass,
)
