"""Which copies of a scan are found, what strangers are mistaken, and what the search costs.

python benchmarks/duplicates.py FOLDER [FOLDER ...] [--every 1] [--part second] [--montage pairs.png]
python benchmarks/duplicates.py --scans 10000

FOLDER holds scans as pictures; files whose name holds "mask" or "tumor" or "other" are left out. Only every n-th scan
is changed; each changed copy is looked for among all scans of the folder. `--part` takes every second case (the first number in a
file's name), so that thresholds can be chosen on one part and judged on the other.
"""

import argparse
import io
import re
import resource
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw
from scipy import ndimage

from sonolens.cohort import Fingerprint, take_fingerprint
from sonolens.cohort.duplicates import MIN_KINSHIP, find_alike_pairs
from sonolens.studies.picture import read_scan

MIN_CORRELATION = 0.9
"""That of conf/base."""

Change = Callable[[np.ndarray], np.ndarray]


def crop(share: float) -> Change:
    """Cut the share off each side."""

    def change(scan: np.ndarray) -> np.ndarray:
        rows, cols = (round(share * side) for side in scan.shape)
        return scan[rows : scan.shape[0] - rows, cols : scan.shape[1] - cols]

    return change


def shift(pixels: int) -> Change:
    """Move the picture down and right in its frame; black comes in."""
    return lambda scan: np.pad(scan, ((pixels, 0), (pixels, 0)))[: scan.shape[0], : scan.shape[1]]


def border(pixels: int, grey: int) -> Change:
    """Put a plain border around."""
    return lambda scan: np.pad(scan, pixels, constant_values=grey)


def turn(degrees: float) -> Change:
    """Turn about the middle; black comes in."""
    return lambda scan: ndimage.rotate(scan, degrees, reshape=False, order=1)


def mark(scan: np.ndarray) -> np.ndarray:
    """Burn in two lines of text, three callipers and a dotted measure."""
    marked = Image.fromarray(scan)
    pen = ImageDraw.Draw(marked)
    rows, cols = scan.shape
    pen.text((0.05 * cols, 0.05 * rows), "LEFT BREAST 3 O'CLOCK", fill=255)
    pen.text((0.5 * cols, 0.9 * rows), "DIST 12.4 mm", fill=255)
    for x, y in ((0.4 * cols, 0.4 * rows), (0.6 * cols, 0.45 * rows), (0.5 * cols, 0.6 * rows)):
        pen.line((x - 5, y, x + 5, y), fill=255)
        pen.line((x, y - 5, x, y + 5), fill=255)
    pen.line((0.4 * cols, 0.4 * rows, 0.6 * cols, 0.45 * rows), fill=255)
    return np.asarray(marked)


def compress(scan: np.ndarray) -> np.ndarray:
    """Save as JPEG of quality 40."""
    file = io.BytesIO()
    Image.fromarray(scan).save(file, "JPEG", quality=40)
    return np.asarray(Image.open(file))


def resize(scan: np.ndarray) -> np.ndarray:
    """Squash to a square of 224 pixels."""
    return np.asarray(Image.fromarray(scan).resize((224, 224), Image.Resampling.BICUBIC))


CHANGES: dict[str, Change] = {
    **{f"crop {share} % of each side": crop(share / 100) for share in (2, 5, 10)},
    **{f"shift {pixels} px": shift(pixels) for pixels in (5, 10, 20)},
    **{f"black border {pixels} px": border(pixels, 0) for pixels in (10, 20)},
    **{f"white border {pixels} px": border(pixels, 255) for pixels in (10, 20)},
    "flip": lambda scan: scan[:, ::-1],
    "upside down": lambda scan: scan[::-1],
    "negative": lambda scan: 255 - scan,
    **{f"turn {degrees} degrees": turn(degrees) for degrees in (1, 2, 5)},
    "text and callipers": mark,
    "JPEG, quality 40": compress,
    "224 x 224": resize,
    "brighter: 1.3 x grey + 25": lambda scan: np.clip(1.3 * scan + 25, 0, 255).astype(np.uint8),
    "gamma 0.6": lambda scan: (255 * (scan / 255) ** 0.6).astype(np.uint8),
    "crop 5 %, turn 2, flip, text, JPEG": lambda scan: compress(
        mark(turn(2)(crop(0.05)(scan))[:, ::-1])
    ),
}


def find_scans(folders: list[Path], part: str | None) -> list[Path]:
    """List the scans of the folders, or those with an odd or even number."""
    files = sorted(file for folder in folders for file in folder.rglob("*") if is_scan(file))
    cases = sorted({str(number_of(file)) for file in files})
    wanted = cases if part is None else cases[["first", "second"].index(part) :: 2]
    return [file for file in files if str(number_of(file)) in wanted]


def is_scan(file: Path) -> bool:
    """Whether a file is a picture and, by its name, no mask."""
    picture = file.suffix.lower() in {".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff"}
    return picture and not re.search("mask|tumor|other", file.name.lower())


def number_of(file: Path) -> int:
    """The first number in a file's name: the case, in published sets."""
    return int((re.search(r"\d+", file.stem) or ["0"])[0])


def tell_detection(scans: list[np.ndarray], taken: list[Fingerprint], *, every: int) -> None:
    """Print for every change how many copies are found, and how alike they are."""
    places = list(range(0, len(scans), every))
    print(f"\n| change of {len(places)} scans | same scan | kept together | lowest | median |")
    print("|---|---|---|---|---|")
    for name, change in CHANGES.items():
        copies = [take_fingerprint(np.ascontiguousarray(change(scans[place]))) for place in places]
        pairs, correlation = find_alike_pairs([*taken, *copies], min_correlation=0.01)
        likeness = dict(zip(map(tuple, pairs.tolist()), correlation, strict=True))
        found = np.array(
            [likeness.get((place, len(scans) + k), 0.0) for k, place in enumerate(places)]
        )
        same, kept = (np.mean(found >= least) for least in (MIN_CORRELATION, MIN_KINSHIP))
        print(
            f"| {name} | {same:.0%} | {kept:.0%} | {found.min():.2f} | {np.median(found):.2f} |",
            flush=True,
        )


def tell_pairs(files: list[Path], taken: list[Fingerprint], montage: Path | None) -> None:
    """Print the likest pairs of different cases, and draw those that are kept together."""
    begin = time.perf_counter()
    pairs, correlation = find_alike_pairs(taken, min_correlation=0.01)
    seconds = time.perf_counter() - begin
    cases = np.array([(str(file.parent), number_of(file)) for file in files], dtype=object)
    apart = (cases[pairs[:, 0]] != cases[pairs[:, 1]]).any(axis=1)
    order = np.flatnonzero(apart)[np.argsort(-correlation[apart])]
    print(f"{len(files)} scans, {len(files) * (len(files) - 1) // 2} pairs, {seconds:.1f} s")
    same, kept = ((correlation[apart] >= least).sum() for least in (MIN_CORRELATION, MIN_KINSHIP))
    within = correlation[~apart]
    print(f"pairs of two cases: {same} the same scan, {kept} kept together; the likest:")
    for place in order[:20]:
        first, second = (files[k].stem for k in pairs[place])
        print(f"  {correlation[place]:.3f}  {first}  {second}")
    if within.size:
        print(f"likest pair of one case: {within.max():.3f}")
    drawn = [place for place in order if correlation[place] >= MIN_KINSHIP]
    if montage is not None and drawn:
        rows = [
            np.hstack(
                [np.asarray(Image.fromarray(read_scan(files[k])).resize((360, 300))) for k in pair]
            )
            for pair in pairs[drawn]
        ]
        Image.fromarray(np.vstack(rows)).save(montage)


def tell_cost(scans: int) -> None:
    """Print what it costs to compare so many scans of random speckle."""
    rng = np.random.default_rng(0)
    taken = []
    for place in range(scans):
        speckle = ndimage.gaussian_filter(rng.random((64, 64)), 1.5)
        scaled = 200 * (speckle - speckle.min()) / np.ptp(speckle)
        taken.append(Fingerprint(str(place), scaled.astype(np.float16)))
    begin = time.perf_counter(), time.process_time()
    pairs, _ = find_alike_pairs(taken, min_correlation=MIN_KINSHIP)
    wall, cpu = time.perf_counter() - begin[0], time.process_time() - begin[1]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{scans} scans: {wall:.0f} s, CPU {cpu:.0f} s, peak {peak:.0f} MiB, {len(pairs)} pairs")


def main() -> None:
    """Print the tables that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", type=Path, nargs="*")
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--part", choices=["first", "second"])
    parser.add_argument("--montage", type=Path)
    parser.add_argument("--scans", type=int)
    asked = parser.parse_args()
    if asked.scans:
        tell_cost(asked.scans)
    if asked.folders:
        files = find_scans(asked.folders, asked.part)
        scans = [read_scan(file) for file in files]
        begin = time.perf_counter()
        taken = [take_fingerprint(scan) for scan in scans]
        print(f"fingerprints: {1000 * (time.perf_counter() - begin) / len(scans):.1f} ms per scan")
        tell_pairs(files, taken, asked.montage)
        tell_detection(scans, taken, every=asked.every)


if __name__ == "__main__":
    main()
