"""How long classification scoring takes: one run, two thousand and ten thousand scans.

Run it from the repository: ``python benchmarks/scoring.py``. Patients have one to four scans of one or
two lesions; every third of the scans is malignant. It prints the seconds and the largest memory held.
"""

import time
import tracemalloc
from collections.abc import Callable

import numpy as np
import pandas as pd
from scipy.special import expit

from sonolens.evaluation import classification
from sonolens.evaluation.statistics import Bootstrap

BOOTSTRAP = Bootstrap(resamples=2000, confidence=0.95, seed=0)
RUN = {
    "run": "net",
    "configuration": "net",
    "network": "net",
    "adaptation": "full",
    "protocol": "rigorous",
    "seed": 0,
    "fold": 0,
    "start": "none",
    "labels": "given",
    "output_stride": 32,
}
STRATA = ("2", "3", "4a", "4b", "4c", "5")


def invent_study(scans: int, *, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Invent the scans of a study and what one run predicts for them."""
    rng = np.random.default_rng(seed)
    lesion = np.sort(rng.integers(scans // 2, size=scans))
    patient = lesion // rng.integers(1, 3)
    malignant = rng.random(scans // 2)[lesion] < 1 / 3
    part = np.array(["train", "validation", "test"])[rng.choice(3, scans, p=(0.55, 0.2, 0.25))]
    logit = rng.normal(2.0 * malignant - 1, 1.5)
    table = pd.DataFrame(
        {
            "scan_id": [f"s{place:05d}" for place in range(scans)],
            "lesion_id": [f"l{place:05d}" for place in lesion],
            "patient_id": [f"p{place:05d}" for place in patient],
            "view": rng.choice(["longitudinal", "transverse"], scans),
            "label": np.where(malignant, "malignant", "benign"),
            "birads": rng.choice(STRATA, scans),
            "device": rng.choice(["A", "B", "C"], scans),
            "size_mm": rng.gamma(4, 4, scans),
        }
    )
    predictions = table[["scan_id", "lesion_id", "label"]].assign(
        run="net",
        partition=part[patient % scans],
        logit=logit,
        temperature=1.3,
        probability=expit(logit / 1.3),
    )
    return table, predictions


def measure(name: str, work: Callable[[], pd.DataFrame]) -> None:
    """Print how long some work takes, and how much memory at most; both are measured apart."""
    begin = time.perf_counter()
    rows = len(work())
    seconds = time.perf_counter() - begin
    tracemalloc.start()
    work()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    print(f"{name:<46}{rows:>7} rows{seconds:>8.2f} s{peak / 2**20:>8.0f} MB")


def measure_study(scans: int, *, seed: int) -> None:
    """Measure every table of scores for one study."""
    table, predictions = invent_study(scans, seed=seed)
    runs = pd.DataFrame([RUN])
    forming = {"lesion_probability": "mean"}
    settings = forming | {"bootstrap": BOOTSTRAP}
    points = classification.choose_operating_points(predictions, runs, **forming)
    decisions = classification.decide_scans(predictions, table, points)
    rivals, of_rivals = invent_rivals(decisions, seed=seed)
    print(f"\n{scans} scans, {table['patient_id'].nunique()} patients, 2,000 resamples")
    measure(
        "score_classification",
        lambda: classification.score_classification(
            decisions, table, points, size_bounds_mm=(10.0, 20.0), bins=10, **settings
        ),
    )
    measure(
        "trace_calibration",
        lambda: classification.trace_calibration(predictions, bins=10, confidence=0.95, **forming),
    )
    measure(
        "score_configurations",
        lambda: classification.score_configurations(decisions, runs, points, **settings),
    )
    measure(
        "measure_optimism",
        lambda: classification.measure_optimism(decisions, runs, points, **settings),
    )
    measure(
        f"compare_configurations, {len(rivals)} of them",
        lambda: classification.compare_configurations(of_rivals, rivals, **settings),
    )


def invent_rivals(decisions: pd.DataFrame, *, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Invent ten configurations that predict the test scans a little differently."""
    rng = np.random.default_rng(seed)
    tested = decisions[decisions["partition"] == "test"]
    names = [f"net{number}" for number in range(10)]
    tables = []
    for name in names:
        logit = tested["logit"] + rng.normal(size=len(tested))
        tables.append(
            tested.assign(run=name, logit=logit, temperature=1.0, probability=expit(logit))
        )
    rivals = pd.DataFrame([RUN | {"run": name, "configuration": name} for name in names])
    return rivals, pd.concat(tables, ignore_index=True)


if __name__ == "__main__":
    for size in (2_000, 10_000):
        measure_study(size, seed=0)
