"""Whether phantoms' physics is that of a wave simulator: the same reflectors through both.

Run it from the repository: ``python benchmarks/physics_against_pymust.py`` (six minutes of one core), ``--figure physics.png``
for a picture of both. It needs pymust beside what is installed: ``pip install --no-deps pymust==0.1.9``; sonolens itself does not.

The simulated probe is a linear array that listens focused at every depth. It has the frequency of phantoms, a pulse as long as theirs and the
aperture that a textbook gives for the width of their focus (`sonolens.ultrasound.pulse_echo`). It sends either focused once, at the phantoms' focus, or focused at every
depth, as a scanner with many transmit zones; phantoms do not say which of both they are. What is asked of both: speckle, the width of a point across and
along the beam at several depths, and how fast echoes fade in tissue that attenuates.

References:
    D. Garcia, SIMUS: an open-source simulator for medical ultrasound imaging, Comput. Methods Programs Biomed. 218:106726, 2022.
"""

import argparse
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from types import ModuleType

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
from matplotlib.figure import Figure
from scipy.optimize import brentq

from sonolens.ultrasound.bmode import compress_envelope, detect_envelope
from sonolens.ultrasound.mass import PIXEL_MM
from sonolens.ultrasound.measured_echoes import (
    RAYLEIGH_SNR,
    measure_slope,
    measure_speckle_snr,
    measure_width,
)
from sonolens.ultrasound.phantoms import DYNAMIC_RANGE_DB, MassPlan, Phantom, draw_scan
from sonolens.ultrasound.plants import SLOPE_DB_PER_CM, Canvas, measure_point_spread, plant_shadow
from sonolens.ultrasound.pulse_echo import (
    BEAM_SIGMA_MM,
    BEAM_SPREAD,
    CENTRE_MHZ,
    FOCUS_MM,
    LINE_MM,
    PULSE_SIGMA_MM,
    SAMPLE_MM,
    SOUND_SPEED_MM_PER_US,
    attenuate,
    draw_scatterers,
    receive,
)

INSTALL = "pymust is not installed: pip install --no-deps pymust==0.1.9"

WIDE = 2 * np.sqrt(2 * np.log(2))
"""Full width at half height of a Gaussian over its standard deviation."""
TWO_WAY = 0.886
"""The same of a focused aperture's beam, there and back, over wavelength times f-number: a squared sinc."""
DEPTHS_MM = (10.0, 14.0, 18.0, 22.0, 26.0, 30.0)
PITCH_MM, WIDTH_MM = 0.2, 0.17
SAMPLES_PER_US = 160
REACH_MM = 2.5
"""Reflectors farther from a line than this are not heard: six widths of the beam."""
FLOOR_DB = -60.0
"""Frequencies that are softer than this are left out."""

SPECKLE_MM = (12.0, 24.0)
"""Depths between which reflectors lie; two millimetres less at either end are looked at."""
SPECKLE_WIDTH_MM = 9.0
EVERY = 2
"""Of the phantoms' lines each second is simulated."""
FADING_MM = (8.0, 28.0)
FADING_LINES = 4
SLOPES_DB_PER_CM = (8.0, 16.0)
"""There and back: what a plant's shadow is at full strength, and twice that."""
FADING_POINTS_MM = np.arange(10.0, 27.0, 2.0)
NARROWER = (0.30, 0.15, 0.10)
"""Bandwidths of a longer pulse, whose frequencies all fade alike."""
RANGE_DB = DYNAMIC_RANGE_DB
THROUGH_DB = (2.0, 4.0, 8.0, 10.0)
"""What a mass takes away one way; the last is the most that a phantom's does."""
SHADOWS = 6
MORE_GAIN_DB = 18.0
"""With so much more gain no shadow is cut off at black."""
SHADOWING = MassPlan(
    seed=0,
    field_depth_mm=38.0,
    depth_mm=13.0,
    half_height_mm=3.5,
    half_widths_mm=(5.0, 6.0),
    laterals_mm=(19.0, 17.0),
    margin=0.0,
    posterior=0.0,
    interior=0.0,
    foci=0,
    foci_site="mass",
    gain_db=0.0,
)
BELOW = np.s_[
    round(18 / PIXEL_MM) : round(37 / PIXEL_MM), round(17 / PIXEL_MM) : round(21 / PIXEL_MM)
]
"""From 1.5 mm under that mass to the field's end, in the middle of its columns."""
PATCHES = 6
WAYS = ("across", "along")
WITHIN = 0.10


@dataclass(frozen=True)
class Probe:
    """A linear array.

    Attributes:
        mhz: Centre frequency.
        bandwidth: Of the probe, there and back, 6 dB down, over the centre frequency.
        f_number: Depth over aperture, of both ways.
    """

    mhz: float
    bandwidth: float
    f_number: float

    def elements_mm(self, deepest_mm: float) -> np.ndarray:
        """Tell where the elements lie, as many as the deepest point needs."""
        each_side = int(np.ceil(deepest_mm / self.f_number / 2 / PITCH_MM))
        return np.arange(-each_side, each_side + 1) * PITCH_MM


def fit_probe(pymust: ModuleType) -> Probe:
    """Work out the probe whose pulse is as long as that of phantoms, and whose focus is as narrow by the textbook.

    So at the focus the width along the beam agrees by construction; whether it stays so with depth does not.
    """
    asked_mm = WIDE * PULSE_SIGMA_MM
    found = brentq(lambda width: pulse_length_mm(pymust, width) - asked_mm, 0.2, 1.0, xtol=1e-3)
    wavelength_mm = SOUND_SPEED_MM_PER_US / CENTRE_MHZ
    return Probe(
        mhz=CENTRE_MHZ,
        bandwidth=float(found),
        f_number=WIDE * BEAM_SIGMA_MM / (TWO_WAY * wavelength_mm),
    )


def pulse_length_mm(pymust: ModuleType, bandwidth: float) -> float:
    """Measure how long the simulator's pulse is there and back, in depth, before it is sent anywhere."""
    param = pymust.utils.Param()
    param.fc, param.bandwidth = CENTRE_MHZ * 1e6, 100 * bandwidth
    pulse, seconds = pymust.getpulse(param, 2)
    step_mm = float(seconds[1]) * 1e6 * SOUND_SPEED_MM_PER_US / 2
    return measure_width(detect_envelope(np.ravel(pulse)[:, None])[:, 0], step=step_mm)


def gaussian_bandwidth() -> float:
    """Tell the 6 dB bandwidth of the phantoms' own pulse, a Gaussian, over the centre frequency."""
    return WIDE * SOUND_SPEED_MM_PER_US / (4 * np.pi * PULSE_SIGMA_MM) / CENTRE_MHZ


SOLD = Probe(mhz=7.54, bandwidth=0.93, f_number=2.0)
"""A breast probe as sold (L12-3v, as pymust lists it), at a usual f-number."""


@dataclass(frozen=True)
class Reflectors:
    """Where sound is sent back, and how strongly; all three of one length."""

    across_mm: np.ndarray
    depth_mm: np.ndarray
    strength: np.ndarray

    def about(self, line_mm: float) -> "Reflectors":
        """Those that a line hears, as seen from it."""
        near = np.abs(self.across_mm - line_mm) <= REACH_MM
        return Reflectors(self.across_mm[near] - line_mm, self.depth_mm[near], self.strength[near])


class Simulator:
    """The wave simulator, listening to one line at a time."""

    def __init__(self, pymust: ModuleType, probe: Probe, *, focus_mm: float = FOCUS_MM) -> None:
        self._pymust, self._probe, self._focus_mm = pymust, probe, focus_mm

    def focused_at(self, depth_mm: float) -> "Simulator":
        """Send with another focus."""
        return Simulator(self._pymust, self._probe, focus_mm=depth_mm)

    def lines(
        self,
        reflectors: Reflectors,
        *,
        lines_mm: np.ndarray,
        depth_mm: np.ndarray,
        db_per_cm_mhz: float = 0.0,
    ) -> np.ndarray:
        """Draw the envelope at depths x lines; the loss is one way, per centimetre and megahertz, of all tissue."""
        heard = [self._line(reflectors.about(at), depth_mm, db_per_cm_mhz) for at in lines_mm]
        return detect_envelope(np.stack(heard, axis=1))

    def _line(self, reflectors: Reflectors, depth_mm: np.ndarray, loss: float) -> np.ndarray:
        """Send, simulate, and sum what the elements hear from every depth of the line."""
        element_mm = self._probe.elements_mm(max(depth_mm[-1], self._focus_mm))
        to_focus_mm = np.hypot(element_mm, self._focus_mm)
        sends = np.abs(element_mm) <= self._focus_mm / self._probe.f_number / 2
        latest_mm = to_focus_mm[sends].max()
        delay_us = np.where(sends, (latest_mm - to_focus_mm) / SOUND_SPEED_MM_PER_US, np.nan)
        heard = self._simulate(reflectors, delay_us, loss)
        # The middle of the wave front passes depth z when the middle element's sound does.
        there_mm = latest_mm - self._focus_mm + depth_mm
        total = np.zeros(len(depth_mm))
        for element, at_mm in enumerate(element_mm):
            listens = depth_mm >= 2 * self._probe.f_number * abs(at_mm)
            us = (there_mm + np.hypot(at_mm, depth_mm)) / SOUND_SPEED_MM_PER_US
            time_us = np.arange(len(heard)) / SAMPLES_PER_US
            total += listens * np.interp(us, time_us, heard[:, element])
        return total

    def _simulate(self, reflectors: Reflectors, delay_us: np.ndarray, loss: float) -> np.ndarray:
        """Let the simulator say what every element hears, samples x elements."""
        param, options = self._pymust.utils.Param(), self._pymust.utils.Options()
        param.fc, param.fs = self._probe.mhz * 1e6, SAMPLES_PER_US * 1e6
        param.pitch, param.width = PITCH_MM / 1e3, WIDTH_MM / 1e3
        param.kerf = param.pitch - param.width
        param.Nelements, param.radius = len(delay_us), np.inf
        param.bandwidth, param.attenuation = 100 * self._probe.bandwidth, loss
        param.c = SOUND_SPEED_MM_PER_US * 1e3
        options.dBThresh = FLOOR_DB
        at = [each.reshape(-1, 1) / 1e3 for each in (reflectors.across_mm, reflectors.depth_mm)]
        strength = reflectors.strength.astype(float).reshape(-1, 1)
        echoes, _ = self._pymust.simus(*at, strength, delay_us[None] / 1e6, param, options)
        return np.asarray(echoes, dtype=np.float64)


def on_grid(scatterers: np.ndarray, *, first_mm: float) -> Reflectors:
    """Tell a simulator where the reflectors of a phantom's grid lie."""
    rows, cols = np.indices(scatterers.shape)
    return Reflectors(
        across_mm=cols.ravel() * LINE_MM,
        depth_mm=first_mm + rows.ravel() * SAMPLE_MM,
        strength=scatterers.ravel(),
    )


def scatter(depths_mm: tuple[float, float], *, width_mm: float, seed: int) -> np.ndarray:
    """Draw even tissue as for a phantom, its field as wide as told and `REACH_MM` more on both sides."""
    rows = round((depths_mm[1] - depths_mm[0]) / SAMPLE_MM)
    cols = round((width_mm + 2 * REACH_MM) / LINE_MM)
    return draw_scatterers(np.random.default_rng(seed), np.ones((rows, cols), dtype=np.float32))


def hear_phantom(scatterers: np.ndarray, *, first_mm: float) -> np.ndarray:
    """Draw the envelope of reflectors that begin at a depth as phantoms do, on the reflectors' grid."""
    above = np.zeros((round(first_mm / SAMPLE_MM), scatterers.shape[1]), dtype=np.float32)
    return detect_envelope(receive(np.vstack([above, scatterers])))[len(above) :]


def measure_points(simulator: Simulator | None, depth_mm: float) -> tuple[float, float]:
    """Measure how wide one point is, across and along, in mm; by the phantoms' own physics where there is no simulator."""
    across_mm = np.arange(-16, 17) * LINE_MM
    rows = np.arange(-27, 28)
    if simulator is None:
        alone = np.zeros((round(depth_mm / SAMPLE_MM) + 200, 201), dtype=np.float32)
        centre = round(depth_mm / SAMPLE_MM)
        alone[centre, 100] = 1
        seen = detect_envelope(receive(alone))[centre + rows, 84:117]
    else:
        point = Reflectors(np.zeros(1), np.array([depth_mm]), np.ones(1))
        seen = simulator.lines(point, lines_mm=across_mm, depth_mm=depth_mm + rows * SAMPLE_MM)
    peak = np.unravel_index(seen.argmax(), seen.shape)
    return (
        measure_width(seen[peak[0]], step=LINE_MM),
        measure_width(seen[:, peak[1]], step=SAMPLE_MM),
    )


@dataclass(frozen=True)
class Speckle:
    """Two envelopes of the same reflectors, depths x every second line, and where they begin."""

    phantom: np.ndarray
    simulated: np.ndarray

    @property
    def likeness(self) -> float:
        """Correlation of the two."""
        return float(np.corrcoef(self.phantom.ravel(), self.simulated.ravel())[0, 1])


def draw_speckle(simulator: Simulator, *, seed: int) -> Speckle:
    """Draw the same even tissue by both, about the focus."""
    scatterers = scatter(SPECKLE_MM, width_mm=SPECKLE_WIDTH_MM, seed=seed)
    rim, aside = round(2 / SAMPLE_MM), round(REACH_MM / LINE_MM)
    lines = np.arange(aside, scatterers.shape[1] - aside, EVERY)
    rows = np.arange(rim, len(scatterers) - rim)
    simulated = simulator.lines(
        on_grid(scatterers, first_mm=SPECKLE_MM[0]),
        lines_mm=lines * LINE_MM,
        depth_mm=SPECKLE_MM[0] + np.arange(len(scatterers)) * SAMPLE_MM,
    )
    phantom = hear_phantom(scatterers, first_mm=SPECKLE_MM[0])
    return Speckle(phantom[np.ix_(rows, lines)], simulated[rows])


def measure_fading(simulator: Simulator, asked: float, *, seed: int) -> tuple[float, float]:
    """Measure by how many dB per cm, there and back, the same attenuating tissue fades: in a phantom, and simulated."""
    scatterers = scatter(FADING_MM, width_mm=FADING_LINES * 8 * LINE_MM, seed=seed)
    rim, aside = round(2 / SAMPLE_MM), round(REACH_MM / LINE_MM)
    excess = np.full(scatterers.shape, asked / 2, dtype=np.float32)
    seen = [
        hear_phantom(each, first_mm=FADING_MM[0])[rim:-rim, aside:-aside]
        for each in (scatterers, attenuate(scatterers, excess))
    ]
    heard = [
        simulator.lines(
            on_grid(scatterers, first_mm=FADING_MM[0]),
            lines_mm=(aside + 8 * np.arange(FADING_LINES)) * LINE_MM,
            depth_mm=FADING_MM[0] + np.arange(len(scatterers)) * SAMPLE_MM,
            db_per_cm_mhz=loss,
        )[rim:-rim]
        for loss in (0.0, asked / 2 / CENTRE_MHZ)
    ]
    return measure_slope(*seen, sample_mm=SAMPLE_MM), measure_slope(*heard, sample_mm=SAMPLE_MM)


def compress(envelope: np.ndarray) -> np.ndarray:
    """Make grey levels of an envelope, white being four times its mean."""
    return compress_envelope(
        envelope, dynamic_range_db=RANGE_DB, reference=4 * float(envelope.mean())
    )


def level(envelope: np.ndarray) -> np.ndarray:
    """Make all depths as loud, as time gain does: a parabola through the logarithm of their means is taken away."""
    rows = np.arange(len(envelope))
    trend = np.polynomial.Polynomial.fit(rows, np.log(envelope.mean(axis=1)), 2)
    return (envelope / np.exp(trend(rows))[:, None]).astype(np.float32)


def measure_planted_shadow(envelope: np.ndarray) -> float:
    """Plant a shadow of full strength in a picture, and measure its slope in dB per cm where its sides do not soften it."""
    scan = compress(envelope)
    site = np.zeros(scan.shape, dtype=bool)
    site[round(2 / SAMPLE_MM) :] = True
    canvas = Canvas(scan, ~site, site, (SAMPLE_MM, EVERY * LINE_MM), RANGE_DB)
    shadow = plant_shadow(canvas, strength=1.0, rng=np.random.default_rng(0))
    middle = slice(round(2 / EVERY / LINE_MM), -round(2 / EVERY / LINE_MM))
    grey = [each[site.all(axis=1), middle].astype(np.float64) for each in (scan, shadow)]
    amplitude = [(10 ** ((each / 255 - 1) * RANGE_DB / 20)).astype(np.float32) for each in grey]
    return measure_slope(*amplitude, sample_mm=SAMPLE_MM)


def tell(name: str, asked: float, phantom: float, *simulated: float) -> str:
    """Write one line of a table: what was asked for, what phantoms do, and each simulation with how far the phantom is off."""
    cells = [name, f"{asked:.3f}", f"{phantom:.3f}"]
    for heard in simulated:
        off = phantom / heard - 1
        cells += [f"{heard:.3f}", f"{off:+.1%}" if abs(off) <= WITHIN else f"**{off:+.1%}**"]
    return "| " + " | ".join(cells) + " |"


def measure_shadow(through_db: float, *, gain_db: float, seed: int) -> float:
    """Measure what a phantom's picture loses below a mass, in dB, beside the same mass of average tissue."""
    pictures = []
    for loss_db in (0.0, through_db):
        # The look that lets a mass take away so much one way; `MassPlan.through_mass_db` turned around.
        look = ((loss_db + 5.0) / 15.0) ** (1 / 1.5)
        plan = replace(SHADOWING, posterior=look, gain_db=gain_db, seed=seed)
        pictures.append(draw_scan(Phantom(plan, "longitudinal"))[BELOW].astype(np.float64))
    clear, shadowed = (10 ** ((each / 255 - 1) * RANGE_DB / 20) for each in pictures)
    return float(20 * np.log10(clear.mean(axis=1) / shadowed.mean(axis=1)).mean())


def compare_shadows(*, seed: int) -> Iterator[str]:
    """Say what phantoms' pictures show of the shadow that was asked for, and write the table line by line."""
    yield "| loss below a mass, there and back, dB: asked | seen with 18 dB more gain | off | seen at usual gain | off |"
    yield "|---|---|---|---|---|"
    for through_db in THROUGH_DB:
        cells = [f"{2 * through_db:.0f}"]
        for gain_db in (MORE_GAIN_DB, 0.0):
            seen = np.mean(
                [
                    measure_shadow(through_db, gain_db=gain_db, seed=seed + each)
                    for each in range(SHADOWS)
                ]
            )
            off = seen / (2 * through_db) - 1
            cells += [f"{seen:.2f}", f"{off:+.1%}" if abs(off) <= WITHIN else f"**{off:+.1%}**"]
        yield "| " + " | ".join(cells) + " |"


def spread_of(envelope: np.ndarray) -> tuple[float, float]:
    """Estimate the width of a point from speckle, across and along, in mm, as plants do."""
    found = measure_point_spread(compress(envelope), dynamic_range_db=RANGE_DB)
    return WIDE * found.lateral_px * EVERY * LINE_MM, WIDE * found.axial_px * SAMPLE_MM


def error_of_snr(envelope: np.ndarray) -> float:
    """Say how sure the SNR of a picture is, from parts of it that lie side by side."""
    parts = np.array_split(envelope, PATCHES, axis=1)
    return float(np.std([measure_speckle_snr(part) for part in parts], ddof=1) / np.sqrt(PATCHES))


def measure_fading_of_points(simulator: Simulator, asked: float) -> float:
    """Measure by how many dB per cm single points fade in the simulator, without speckle's chance."""
    rows_mm = np.arange(-60, 61) * SAMPLE_MM
    loss_db = []
    for depth_mm in FADING_POINTS_MM:
        point = Reflectors(np.zeros(1), np.array([depth_mm]), np.ones(1))
        clear, faded = (
            simulator.lines(
                point, lines_mm=np.zeros(1), depth_mm=depth_mm + rows_mm, db_per_cm_mhz=loss
            ).max()
            for loss in (0.0, asked / 2 / CENTRE_MHZ)
        )
        loss_db.append(20 * np.log10(clear / faded))
    return float(np.polyfit(FADING_POINTS_MM / 10, loss_db, 1)[0])


def compare_fading(pymust: ModuleType, probe: Probe) -> Iterator[str]:
    """Say how fading hangs on the bandwidth of the pulse, and write the table line by line."""
    yield (
        "| fading of points, dB per cm: bandwidth | "
        + " | ".join(f"asked {asked:.0f}" for asked in SLOPES_DB_PER_CM)
        + " |"
    )
    yield "|---|" + "---|" * len(SLOPES_DB_PER_CM)
    for bandwidth in (probe.bandwidth, *NARROWER):
        simulator = Simulator(pymust, replace(probe, bandwidth=bandwidth))
        cells = [f"{measure_fading_of_points(simulator, each):.2f}" for each in SLOPES_DB_PER_CM]
        yield f"| {bandwidth:.0%} | " + " | ".join(cells) + " |"


def compare_widths(simulator: Simulator) -> Iterator[str]:
    """Ask all how wide a point is, and write the table line by line."""
    yield "| width of a point, mm | asked | phantom | one focus | phantom beside it | focus everywhere | phantom beside it |"
    yield "|---|---|---|---|---|---|---|"
    for depth_mm in DEPTHS_MM:
        sources = (None, simulator, simulator.focused_at(depth_mm))
        found = [measure_points(source, depth_mm) for source in sources]
        sigma_mm = np.hypot(BEAM_SIGMA_MM, BEAM_SPREAD * (depth_mm - FOCUS_MM))
        for way, sigma in enumerate((sigma_mm, PULSE_SIGMA_MM)):
            name = f"{WAYS[way]}, at {depth_mm:.0f} mm"
            yield tell(name, WIDE * sigma, *(widths[way] for widths in found))


def compare_echoes(simulator: Simulator, speckle: Speckle, *, seed: int) -> Iterator[str]:
    """Ask both of speckle and of fading, and write the table line by line."""
    yield "| | asked | phantom | simulated | phantom beside it |"
    yield "|---|---|---|---|---|"
    both = (speckle.phantom, speckle.simulated)
    yield tell("speckle SNR", RAYLEIGH_SNR, *map(measure_speckle_snr, both))
    levelled = (measure_speckle_snr(level(each)) for each in both)
    yield tell("speckle SNR, all depths as loud", RAYLEIGH_SNR, *levelled)
    yield tell("planted shadow, dB per cm", SLOPE_DB_PER_CM, *map(measure_planted_shadow, both))
    for asked in SLOPES_DB_PER_CM:
        yield tell("fading, dB per cm", asked, *measure_fading(simulator, asked, seed=seed))


def tell_estimates(simulator: Simulator, speckle: Speckle) -> list[str]:
    """Write what plants take a point's width to be, from speckle alone, beside the width of a point."""
    lines = []
    for name, envelope, source in (
        ("phantom", speckle.phantom, None),
        ("simulated", speckle.simulated, simulator),
    ):
        points = measure_points(source, FOCUS_MM)
        for way, found, true in zip(WAYS, spread_of(envelope), points, strict=True):
            lines.append(f"| {name}, {way} | {true:.3f} | {found:.3f} | {found / true - 1:+.1%} |")
    return lines


def draw(speckle: Speckle, simulator: Simulator) -> Figure:
    """Draw both pictures of the same reflectors, and the widths of points by depth."""
    figure = Figure(figsize=(10, 3.6), layout="constrained")
    first, second, third = figure.subplots(1, 3)
    height, width = len(speckle.phantom) * SAMPLE_MM, speckle.phantom.shape[1] * EVERY * LINE_MM
    top = SPECKLE_MM[0] + 2
    for axes, name, envelope in (
        (first, "phantom", speckle.phantom),
        (second, "wave simulator", speckle.simulated),
    ):
        axes.imshow(compress(envelope), cmap="gray", extent=(0, width, top + height, top))
        axes.set(title=name, xlabel="mm")
    first.set(ylabel="depth, mm")
    for name, style, source in (
        ("phantom", "-o", lambda _: None),
        ("one focus", "--s", lambda _: simulator),
        ("focus everywhere", ":^", simulator.focused_at),
    ):
        found = [measure_points(source(depth_mm), depth_mm) for depth_mm in DEPTHS_MM]
        for way, colour in enumerate(("C0", "C1")):
            label = f"{WAYS[way]}, {name}"
            third.plot(DEPTHS_MM, [each[way] for each in found], style, color=colour, label=label)
    third.set(xlabel="depth, mm", ylabel="width of a point, mm", ylim=(0, None))
    third.legend(frameon=False, fontsize="small")
    return figure


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--figure")
    asked = parser.parse_args()
    try:
        import pymust  # noqa: PLC0415 - only whoever runs this needs it
    except ImportError:
        raise SystemExit(INSTALL) from None
    probe = fit_probe(pymust)
    simulator = Simulator(pymust, probe)
    print(
        f"simulated probe: {probe.mhz:.1f} MHz, bandwidth {probe.bandwidth:.0%}, f/{probe.f_number:.2f}; "
        f"a Gaussian pulse as long has {gaussian_bandwidth():.0%}"
    )
    for line in compare_widths(simulator):
        print(line, flush=True)
    across, along = measure_points(Simulator(pymust, SOLD), FOCUS_MM)
    print(f"a probe as sold, f/{SOLD.f_number:.0f}: {across:.3f} mm across, {along:.3f} mm along\n")
    for line in compare_fading(pymust, probe):
        print(line, flush=True)
    print()
    speckle = draw_speckle(simulator, seed=asked.seed)
    for line in compare_echoes(simulator, speckle, seed=asked.seed + 1):
        print(line, flush=True)
    errors = [error_of_snr(level(each)) for each in (speckle.phantom, speckle.simulated)]
    print(f"standard errors of the SNR: {errors[0]:.3f}, {errors[1]:.3f}")
    print(f"correlation of both envelopes: {speckle.likeness:.3f}\n")
    print("| width of a point at the focus, mm | of a point | from speckle | off |")
    print("|---|---|---|---|")
    for line in (*tell_estimates(simulator, speckle), "", *compare_shadows(seed=asked.seed)):
        print(line)
    if asked.figure:
        draw(speckle, simulator).savefig(asked.figure, dpi=110)


if __name__ == "__main__":
    main()
