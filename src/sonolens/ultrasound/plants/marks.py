"""Marks that are no tissue: calliper crosses, lettering, a step of gain. Their site is where they may be put."""

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from sonolens.arrays import Mask, Scan
from sonolens.ultrasound.bmode import WHITE
from sonolens.ultrasound.plants.canvas import Canvas

ARM_MM = 1.2
"""Half the width of a calliper's cross."""
LETTERS = "R 10 N4"
"""Side, hour and distance from the nipple, as makers write them."""
LETTER_SHARE = 0.045
"""Height of a letter over that of the scan."""
GAIN_DB = 6.0
"""How far one slider of the time-gain compensation is off, at full strength."""


def plant_calliper(canvas: Canvas, *, strength: float, rng: np.random.Generator) -> Scan:
    """Lay a measurement's two crosses onto the scan, at either side of the mass; strength is how opaque they are."""
    del rng
    return _lay(canvas, _crosses(canvas), strength)


def plant_text(canvas: Canvas, *, strength: float, rng: np.random.Generator) -> Scan:
    """Write letters into the corner of the scan's top that lies farther from the mass; strength is how opaque they are."""
    del rng
    return _lay(canvas, _letters(canvas), strength)


def plant_gain_step(canvas: Canvas, *, strength: float, rng: np.random.Generator) -> Scan:
    """Make the site louder throughout: a band of depth in which the gain is off by strength times `GAIN_DB`."""
    del rng
    return canvas.brighten(strength * GAIN_DB)


def find_calliper_sites(mass: Mask, *, spacing_mm: tuple[float, float], reach_mm: float) -> Mask:
    """Find the squares about the two ends of a mass's width, where its crosses are put."""
    site = np.zeros_like(mass)
    down, across = (max(round(reach_mm / pixel), 1) for pixel in spacing_mm)
    for row, col in _ends(mass):
        site[max(row - down, 0) : row + down + 1, max(col - across, 0) : col + across + 1] = True
    return site


def find_letter_site(mass: Mask) -> Mask:
    """Find the box that letters need, in the corner of the top that lies farther from the mass."""
    height, width = _letter_size(mass.shape)
    site = np.zeros_like(mass)
    left = np.argwhere(mass)[:, 1].mean() > mass.shape[1] / 2
    margin = height // 2
    cols = slice(margin, margin + width) if left else slice(-margin - width, -margin)
    site[margin : margin + height, cols] = True
    return site


def find_gain_band(mass: Mask, *, spacing_mm: tuple[float, float], band_mm: float) -> Mask:
    """Find a band of depth above a mass, or, where there is no room, below it; empty where there is none either."""
    rows = np.flatnonzero(mass.any(axis=1))
    band = max(round(band_mm / spacing_mm[0]), 1)
    clear = max(band // 4, 1)
    site = np.zeros_like(mass)
    if rows[0] - clear - band >= 0:
        site[rows[0] - clear - band : rows[0] - clear] = True
    elif rows[-1] + 1 + clear + band <= len(mass):
        site[rows[-1] + 1 + clear : rows[-1] + 1 + clear + band] = True
    return site


def _lay(canvas: Canvas, mark: Mask, strength: float) -> Scan:
    opaque = min(strength, 1.0) * (mark & canvas.site)
    return np.rint(canvas.scan + opaque * (WHITE - canvas.scan.astype(float))).astype(np.uint8)


def _crosses(canvas: Canvas) -> Mask:
    mark = np.zeros_like(canvas.mass)
    down, across = (max(round(ARM_MM / pixel), 2) for pixel in canvas.spacing_mm)
    for row, col in _ends(canvas.mass):
        mark[max(row - down, 0) : row + down + 1, col] = True
        mark[row, max(col - across, 0) : col + across + 1] = True
    return mark


def _ends(mass: Mask) -> list[tuple[int, int]]:
    """Find the pixels at either end of a mass's width."""
    cols = np.flatnonzero(mass.any(axis=0))
    return [(int(np.flatnonzero(mass[:, col]).mean()), int(col)) for col in (cols[0], cols[-1])]


def _letter_size(shape: tuple[int, ...]) -> tuple[int, int]:
    height = max(round(shape[0] * LETTER_SHARE), 9)
    left, _, right, _ = ImageFont.load_default(size=height).getbbox(LETTERS)
    return round(height * 1.2), int(right - left) + 2


def _letters(canvas: Canvas) -> Mask:
    height, _ = _letter_size(canvas.scan.shape)
    rows, cols = np.argwhere(canvas.site).min(axis=0)
    picture = Image.new("L", canvas.scan.shape[::-1])
    font = ImageFont.load_default(size=max(round(height / 1.2), 9))
    ImageDraw.Draw(picture).text((int(cols), int(rows)), LETTERS, fill=255, font=font)
    return np.asarray(picture) > WHITE / 2
