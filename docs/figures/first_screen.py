"""Put the picture and the answer of the newest run of the built-in study into the README, or compare them with it.

python docs/figures/first_screen.py            draws and writes anew
python docs/figures/first_screen.py --compare  fails if the README shows or says something else than the run
"""

import argparse
import io
import re
import sys
from pathlib import Path

import numpy as np
from kedro.io import DataCatalog
from PIL import Image

from sonolens.pipelines.reporting.scan_figures import draw_saliency_examples
from sonolens.report.sections.reliance import say_reliance
from sonolens.report.verdicts import say_verdicts
from sonolens.results import open_results

PROJECT = Path(__file__).parents[2]
PICTURE = Path(__file__).with_suffix(".png")
README = PROJECT / "README.md"
BEGIN, END = "<!-- what make run answers -->\n", "<!-- end -->\n"
NUMBER = re.compile(r"\d+(?:\.\d+)?")
LARGEST_DIFFERENCE = {"whole": 3.0, "decimal": 0.02}
"""How far a number of the README may be from the run's: percentages and counts, and what has decimals (AUC, p). Fits of
one commit on machines of one kind are equal; another kind of processor rounds otherwise."""
SHOWN_PER_LABEL = 2
LEAST_AGREEMENT = 0.95
"""How well the signed colours of two pictures must go together. Fits of one commit on machines of one kind gave 1.00;
fits before and after a change of the training 0.85 and 0.93."""
NODE_INPUTS = (
    "scans",
    "raw_images",
    "raw_masks",
    "region_masks",
    "extreme_points",
    "saliency_maps",
)


def draw(catalog: DataCatalog) -> Image.Image:
    """Draw the first right calls of either label in Fig. 4's way."""
    gallery = catalog.load("gallery")
    right = gallery[gallery["correct"]].groupby("label").head(SHOWN_PER_LABEL)
    figure = draw_saliency_examples(right, *(catalog.load(name) for name in NODE_INPUTS))
    file = io.BytesIO()
    figure.savefig(file, format="png", dpi=130, metadata={"Software": None})
    return Image.open(file)


def agreement(one: Image.Image, other: Image.Image) -> float:
    """Correlate what is red and blue in two pictures, the maps; 0 where sizes differ."""
    if one.size != other.size:
        return 0.0
    pixels = (np.asarray(each.convert("RGB"), dtype=float) for each in (one, other))
    first, second = (each[..., 0] - each[..., 2] for each in pixels)
    return float(np.corrcoef(first.ravel(), second.ravel())[0, 1])


def answer(catalog: DataCatalog) -> str:
    """Say what the run's log ends with: what its maps show, and what its decisions hang on."""
    said = {
        "Answer": say_verdicts(catalog.load("verdict")),
        "Reliance": say_reliance(catalog.load("reliance_verdict")),
    }
    lines = [f"> **{title}**: {line}\n" for title, lines in said.items() for line in lines]
    return ">\n".join(lines)


def written() -> str:
    """Read the answer that stands in the README."""
    return README.read_text().partition(BEGIN)[2].partition(END)[0]


def write(text: str) -> None:
    """Put an answer into the README."""
    readme = README.read_text()
    README.write_text(readme.replace(BEGIN + written() + END, BEGIN + text + END))


def differences(one: str, other: str) -> list[str]:
    """List what two answers tell otherwise: other words, or numbers further apart than `LARGEST_DIFFERENCE`.

    >>> differences("Shown: 82 % against 57 %, AUC 0.99", "Shown: 80 % against 57 %, AUC 0.98")
    []
    >>> differences("Shown: 82 % against 57 %, AUC 0.99", "Shown: 78 % against 57 %, AUC 0.96")
    ['82 and 78', '0.99 and 0.96']
    >>> differences("Shown: 82 %", "Not shown: 82 %")
    ['Shown: 82 % and Not shown: 82 %']
    """
    if NUMBER.split(one) != NUMBER.split(other):
        return [f"{one} and {other}"]
    pairs = zip(NUMBER.findall(one), NUMBER.findall(other), strict=True)
    return [f"{first} and {second}" for first, second in pairs if not _near(first, second)]


def _near(first: str, second: str) -> bool:
    limit = LARGEST_DIFFERENCE["decimal" if "." in first + second else "whole"]
    return abs(float(first) - float(second)) <= limit + 1e-9


def compare(catalog: DataCatalog) -> list[str]:
    """List in what the README's picture and answer differ from a run."""
    agreed = agreement(Image.open(PICTURE), draw(catalog))
    told = differences(written(), answer(catalog))
    if agreed < LEAST_AGREEMENT:
        told.append(f"{PICTURE.name} agrees by {agreed:.2f} of 1, less than {LEAST_AGREEMENT}")
    return told


def main() -> None:
    """Draw and write, or compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--compare", action="store_true")
    parser.add_argument("--data-root", default="data")
    asked = parser.parse_args()
    catalog = open_results(PROJECT, params={"data_root": asked.data_root})
    if not asked.compare:
        draw(catalog).save(PICTURE, optimize=True)
        write(answer(catalog))
        return
    if told := compare(catalog):
        sys.exit(
            f"The README says something else than the newest run: {'; '.join(told)}. Write it anew with "
            f"python docs/figures/{Path(__file__).name}, and look at both"
        )


if __name__ == "__main__":
    main()
