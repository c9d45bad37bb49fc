"""Whole runs to be compared, made of what they called, where they pointed and what they hung on."""

import numpy as np
import pandas as pd
from judged import decide, judged, runs_of
from relied import relied

from sonolens.evaluation.experiments import ComparedRun, Pointing

SCANS = 40
MALIGNANT = [place % 2 == 0 for place in range(SCANS)]


def scan_ids(prefix="s", scans=SCANS):
    return [f"{prefix}{place:04d}" for place in range(scans)]


def points(hits, *, prefix="s", chance=0.3, configuration="small-full", **changes) -> Pointing:
    """Maps that hit every region as told, by both rules."""
    hits, scans = np.asarray(hits, dtype=float), len(hits)
    fields = {
        "configuration": configuration,
        "method": "cam",
        "protocol": "rigorous",
        "runs": 1,
        "scan_ids": np.array(scan_ids(prefix, scans), dtype=object),
        "patient_ids": np.array(
            [f"patient of {name}" for name in scan_ids(prefix, scans)], dtype=object
        ),
        "judged": np.ones(scans, dtype=bool),
        "maps": np.ones(scans, dtype=np.int64),
        "hits": np.repeat(hits, 8).reshape(scans, 4, 2),
        "chance": np.full((scans, 4, 2), chance),
        "drawn": np.ones((scans, 4), dtype=bool),
        "cell_mm": (5.0, 4.0),
    }
    return Pointing(**fields | changes)


def run(
    name, probability, *, hits=None, values=None, prefix="s", pictures=None, **changes
) -> ComparedRun:
    """A run of one network on scans that are lesions and patients of their own."""
    scans = len(probability)
    names = scan_ids(prefix, scans)
    shares = values if values is not None else np.ones((scans, 4))
    reliance = relied({("none", "mean"): shares, ("moved", "mean"): np.ones((scans, 4))})
    reliance["scan_id"] = reliance["scan_id"].str.replace("s", prefix, n=1)
    fields = {
        "name": name,
        "label": "",
        "decisions": decide(judged(MALIGNANT[:scans], probability, prefix=prefix)),
        "training_runs": runs_of({}),
        "region_reliance": reliance,
        "pointings": [points(np.zeros(scans) if hits is None else hits, prefix=prefix)],
        "pictures": pictures or {each: (f"picture {each}", f"mask {each}") for each in names},
        "lesion_probability": "mean",
        "regions": "ring 0-5 mm",
    }
    return ComparedRun(**fields | changes)


def guesses(seed, strength=1.0, scans=SCANS) -> np.ndarray:
    """Probabilities that tell the label so well."""
    noise = np.random.default_rng(seed).normal(size=scans)
    return 1 / (1 + np.exp(-(noise + strength * (2 * np.array(MALIGNANT[:scans]) - 1))))


def row(table: pd.DataFrame, quantity, **others) -> pd.Series:
    chosen = table["quantity"] == quantity
    for name, value in others.items():
        chosen &= table[name] == value
    (found,) = [one for _, one in table[chosen].iterrows()]
    return found
