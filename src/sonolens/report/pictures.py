"""The figures of a report: how each is titled, described to who cannot see it, and embedded."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True)
class Caption:
    """What stands with a figure: its title, a sentence, and the text for who cannot see it."""

    title: str
    text: str
    alt: str


@dataclass(frozen=True)
class Picture:
    """A figure ready for a page: its dataset name, caption, and bytes as a data address."""

    name: str
    caption: Caption
    address: str


CAPTIONS = {
    "pointing_game_figure": Caption(
        "Hits against chance",
        "How often an extreme lay in each region, with intervals, beside what blind points score.",
        "Chart of the hit rate per region with its interval, beside the chance level.",
    ),
    "figure_1": Caption(
        "Fig. 1. Example scans",
        "Drawn by seed, not picked, with BI-RADS category and scale bar where these are known.",
        "Example scans in two rows: benign masses and malignant masses.",
    ),
    "figure_2": Caption(
        "Fig. 2. How a map arises",
        "The last feature maps, weighted by the classifier, add up to the signed map; its mean plus the "
        "bias is the logit.",
        "Scheme: a scan, its strongest feature maps and weights, and the signed map they add up to.",
    ),
    "figure_3": Caption(
        "Fig. 3. The regions",
        "One scan with its mass, the peritumoral ring and the region below the mass. They do not overlap.",
        "Four panels: a scan, and on it the mass, the peritumoral ring and the region below.",
    ),
    "figure_4": Caption(
        "Fig. 4. Maps and their extremes",
        "Red speaks for malignant, blue for benign; white crosses mark the largest and smallest value.",
        "Scans beside their signed saliency maps with region outlines and crosses at the extremes.",
    ),
    "roc_figure": Caption(
        "Receiver operating characteristic",
        "Sensitivity against 1 − specificity as the threshold moves; the diagonal is chance.",
        "Chart of the ROC curves beside the diagonal of chance.",
    ),
    "calibration_figure": Caption(
        "Calibration",
        "The share of malignant cases among those given about the same probability, before and after "
        "temperature scaling. Honest probabilities lie on the diagonal; points below it promise more "
        "malignancy than there was. The strip below counts the cases of every bin.",
        "Charts of the observed malignant share against the mean probability, per scan and per lesion.",
    ),
    "abstention_figure": Caption(
        "Suspending decisions by their map",
        "The share wrong of the decisions that are kept, from few kept at the left to all at the right: suspended "
        "by the map, by the network's certainty, and at random. Lower is better.",
        "Charts of the error rate against the share of decisions kept, one per method.",
    ),
    "agreement_figure": Caption(
        "Agreement of methods",
        "Do two methods put the cells of the same scan in the same order, from the most against malignancy to the "
        "most for it? 1: yes, 0: unrelated, −1: in reverse.",
        "Table of methods by methods with the mean rank correlation of their maps and its limits.",
    ),
    "faithfulness_figure": Caption(
        "Insertion and deletion",
        "How probable the call stays as the scan is hidden cell by cell, or becomes as it is shown. Solid: the strongest "
        "evidence for the call first. Dotted: cells in random order.",
        "Charts of the probability of the call against the share of the scan changed, one per method.",
    ),
    "sanity_figure": Caption(
        "Maps of a network that forgets",
        "How alike the maps stay to those of the trained network, as more and more of its weights are drawn anew from "
        "the output backwards.",
        "Charts of the likeness of maps against the parts of the network drawn anew, one per method.",
    ),
    "methods_figure": Caption(
        "Method beside method",
        "A rightly and a wrongly called scan of each label, as far as there are such, and what each method makes "
        "of it.",
        "Scans, each beside its maps by all methods with region outlines and crosses at the extremes.",
    ),
    "comparison_figure": Caption(
        "Methods, networks and resolutions",
        "How often the extreme that argues for the call lies in one of the three regions, over all test scans, beside "
        "what blind points score there and the size of a map's cell.",
        "Chart of hit rates with intervals and chance, one row per method and configuration.",
    ),
    "performance_figure": Caption(
        "Do networks that classify better point better?",
        "One dot per run: AUC against the hit rate beyond chance. Rho is Spearman's over the runs.",
        "Charts of the hit rate beyond chance against the AUC of every run, one per method.",
    ),
    "ring_sweep_figure": Caption(
        "How wide a ring",
        "Hit rate of each region as the peritumoral ring grows, beside what blind points score. A wider ring is hit more "
        "often by anything: only the distance from chance counts.",
        "Charts of the hit rate against the ring's width with intervals and chance, one per region.",
    ),
    "training_figure": Caption(
        "Training",
        "Loss after each epoch on the training and validation scans, and on the test scans where these "
        "chose the epoch.",
        "Chart of the losses per epoch.",
    ),
}
"""The figures that a report shows, by dataset name."""


def embed(figures: Mapping[str, bytes]) -> dict[str, Picture]:
    """Turn PNG files into pictures that need no file beside the page.

    Args:
        figures: The bytes of a PNG file per dataset name; exactly those of `CAPTIONS`.

    Raises:
        ValueError: If a figure is missing or unknown, or is no PNG file.
    """
    _check_names(figures)
    for name, content in figures.items():
        if not content.startswith(PNG_SIGNATURE):
            raise ValueError(
                f"figure {name} begins with {content[:8]!r}, which no PNG file does; "
                "save it as PNG before it goes into the report"
            )
    return {
        name: Picture(
            name=name,
            caption=caption,
            address=f"data:image/png;base64,{base64.b64encode(figures[name]).decode('ascii')}",
        )
        for name, caption in CAPTIONS.items()
    }


def _check_names(figures: Mapping[str, bytes]) -> None:
    missing = [name for name in CAPTIONS if name not in figures]
    unknown = [name for name in figures if name not in CAPTIONS]
    if missing or unknown:
        raise ValueError(
            f"the report shows {', '.join(CAPTIONS)}, but of these {', '.join(missing) or 'none'} "
            f"is missing, and {', '.join(unknown) or 'none'} was given besides; pass exactly these"
        )
