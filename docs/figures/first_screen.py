"""Draw the README's first picture from the newest run of the built-in study, or compare it with that run.

python docs/figures/first_screen.py            draws it anew
python docs/figures/first_screen.py --compare  fails if it shows something else than the run
"""

import argparse
import io
import sys
from pathlib import Path

import numpy as np
from PIL import Image

from sonolens.pipelines.reporting.scan_figures import draw_saliency_examples
from sonolens.results import open_results

PROJECT = Path(__file__).parents[2]
PICTURE = Path(__file__).with_suffix(".png")
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


def draw(data_root: str) -> Image.Image:
    """Draw the first right calls of either label in Fig. 4's way."""
    catalog = open_results(PROJECT, params={"data_root": data_root})
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


def main() -> None:
    """Draw or compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--compare", action="store_true")
    parser.add_argument("--data-root", default="data")
    asked = parser.parse_args()
    drawn = draw(asked.data_root)
    if not asked.compare:
        drawn.save(PICTURE, optimize=True)
        return
    agreed = agreement(Image.open(PICTURE), drawn)
    if agreed < LEAST_AGREEMENT:
        sys.exit(
            f"{PICTURE.name} agrees with the newest run by {agreed:.2f} of 1, less than {LEAST_AGREEMENT}; draw it "
            f"anew with python docs/figures/{Path(__file__).name}, and look at both"
        )


if __name__ == "__main__":
    main()
