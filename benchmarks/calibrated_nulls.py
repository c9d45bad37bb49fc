"""Whether p values are uniform where nothing is true, and whether 95 % intervals hold the truth as often: by brute force.

Run it from the repository: ``python benchmarks/calibrated_nulls.py`` (200 studies; minutes), ``--studies 1000`` for
narrower limits, ``--patients 200`` for a larger study. Every study has patients of one to three scans, so that scans of a
patient are not independent. Its maps, probabilities and shares are drawn at random: nothing is to be found. For every
metric it prints how often p lies below 0.05 with Wilson's interval, one-sided Kolmogorov-Smirnov (p values smaller than
uniform ones), and how often the interval holds the truth: chance, 0 or 0.5 where it is known, else the mean over all studies.
"""

import argparse
import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import pandas as pd
from scipy import stats

import sonolens
from sonolens.evaluation import evidence, truth
from sonolens.evaluation.classification.auc_bootstrap import compare_aucs_bootstrap
from sonolens.evaluation.classification.case_scores import score_ranking
from sonolens.evaluation.classification.cases import as_arrays, form_cases, group_cases
from sonolens.evaluation.reliance import compare_with_placebo
from sonolens.evaluation.statistics import Bootstrap, bootstrap_rates
from sonolens.evaluation.statistics.intervals import wilson_interval

CONFIDENCE = 0.95
LEVEL = 1 - CONFIDENCE
MALIGNANT = 0.4
GRID, SCAN_PX = (7, 7), (70, 84)
Told = dict[str, tuple[float, float, float, float]]
"""Metric -> value, lower and upper limit, p value; NaN where it has none."""

TRUTHS = {
    "AUC": 0.5,
    "difference of two AUCs": 0.0,
    "reliance: share beyond placebo": 0.0,
    "repeatability above strangers": 0.0,
    "agreement with reliance beyond chance": 0.0,
}
"""The others are held against the mean over all studies."""


def draw_patients(patients: int, rng: np.random.Generator) -> np.ndarray:
    """Draw the patient of every scan; each has one to three."""
    return np.repeat(np.arange(patients), rng.integers(1, 4, patients))


def draw_masks(patient_ids: np.ndarray, rng: np.random.Generator) -> list[np.ndarray]:
    """Draw ellipses, those of a patient about one place."""
    rows, cols = np.indices(SCAN_PX)
    centres = rng.uniform((25, 25), (45, 60), (patient_ids.max() + 1, 2))[patient_ids]
    centres = centres + rng.normal(0, 3, centres.shape)
    axes = rng.uniform(6, 13, centres.shape)
    return [
        ((rows - row) / down) ** 2 + ((cols - col) / across) ** 2 <= 1
        for (row, col), (down, across) in zip(centres, axes, strict=True)
    ]


def play(patient_ids: np.ndarray, rng: np.random.Generator) -> Told:
    """Play the pointing game with random maps that patients share in part."""
    masks = draw_masks(patient_ids, rng)
    own = rng.normal(size=(patient_ids.max() + 1, *GRID))[patient_ids]
    maps = own + rng.normal(size=own.shape)
    malignant = (rng.random(patient_ids.max() + 1) < MALIGNANT)[patient_ids]
    table = sonolens.pointing_game(
        maps,
        masks,
        spacing_mm=0.5,
        malignant=malignant,
        called=malignant,
        patient_ids=patient_ids,
    ).query("rule == 'max' and subset == 'all' and label == 'both'")
    return {
        f"pointing, {row.region}": (row.rate, row.ci_low, row.ci_high, row.p_value)
        for row in table.itertuples()
    }


def localize(patient_ids: np.ndarray, rng: np.random.Generator, bootstrap: Bootstrap) -> Told:
    """Score whole random maps, with the intervals of `localization_scores`."""
    values: dict[str, list[float]] = {"energy": [], "average_precision": []}
    for mask in draw_masks(patient_ids, rng):
        cells = evidence.measure_cells(mask.astype(np.uint8), GRID, spacing_mm=(0.5, 0.5), seed=0)
        for row in evidence.localize_evidence(rng.normal(size=GRID), cells):
            if row["evidence"] == "positive" and row["region"] == "mass":
                values.get(str(row["score"]), []).append(float(row["value"]))
    scored = np.array(list(values.values())).T
    rates = bootstrap_rates(scored, np.ones_like(scored), patient_ids, bootstrap=bootstrap)
    return {
        f"localization, {name}": (rates.value[n], rates.ci_low[n], rates.ci_high[n], np.nan)
        for n, name in enumerate(values)
    }


def rank(patient_ids: np.ndarray, rng: np.random.Generator, bootstrap: Bootstrap) -> Told:
    """Rank scans by what a network that knows nothing says; it says alike things of one patient."""
    label = np.where(rng.random(patient_ids.max() + 1) < MALIGNANT, "malignant", "benign")[
        patient_ids
    ]
    logit = rng.normal(size=patient_ids.max() + 1)[patient_ids] + rng.normal(size=len(patient_ids))
    scans = [f"s{number}" for number in range(len(patient_ids))]
    decisions = pd.DataFrame(
        {"run": "net", "scan_id": scans, "lesion_id": scans, "patient_id": patient_ids.astype(str)}
        | {"partition": "test", "label": label, "logit": logit, "temperature": 1.0}
        | {"probability": 1 / (1 + np.exp(-logit))}
    )
    cases = group_cases(form_cases(decisions, lesion_probability="mean"))
    area = score_ranking(as_arrays(cases["net", "scan", "test"]), bootstrap=bootstrap)
    return {"AUC": (area.value, area.ci_low, area.ci_high, np.nan)}


def set_beside(patient_ids: np.ndarray, rng: np.random.Generator, bootstrap: Bootstrap) -> Told:
    """Compare the AUCs of two networks on the same scans; both know nothing, and they half agree."""
    labels = np.zeros(len(patient_ids), dtype=bool)
    while labels.all() or not labels.any():
        labels = (rng.random(patient_ids.max() + 1) < MALIGNANT)[patient_ids]
    first, second = rng.normal(size=(2, len(patient_ids)))
    told = compare_aucs_bootstrap(
        labels,
        first,
        (first + second) / 2,
        patient_ids,
        bootstrap=bootstrap,
    )
    limits = (told.ci_low, told.ci_high)
    return {"difference of two AUCs": (told.difference, *limits, told.p_value)}


def hang(patient_ids: np.ndarray, rng: np.random.Generator, bootstrap: Bootstrap) -> Told:
    """Compare shares of reliance with those of placebos drawn alike."""
    own, placebo = rng.beta(1, 4, (2, len(patient_ids), 1))
    row = compare_with_placebo(
        own, placebo, patient_ids, permutations=999, bootstrap=bootstrap
    ).iloc[0]
    limits = (row["difference_low"], row["difference_high"])
    return {"reliance: share beyond placebo": (row["difference"], *limits, row["p_value"])}


def repeat(patient_ids: np.ndarray, rng: np.random.Generator, bootstrap: Bootstrap) -> Told:
    """Compare maps of two fits that share what is common to all scans, and nothing of any scan."""
    common = rng.normal(size=GRID)
    first, second = (common + rng.normal(size=(len(patient_ids), *GRID)) for _ in range(2))
    compared = evidence.compare_repeats(first, second, patient_ids, seed=bootstrap.seed)
    compared = compared[compared["measure"] == "rank_correlation"]
    about = {"configuration": "net", "method": "cam", "varied": "seed", "first": "a", "second": "b"}
    table = compared.assign(
        scan_id=[f"s{number}" for number in compared["scan"]],
        patient_id=patient_ids[compared["scan"]].astype(str),
        **about,
    ).drop(columns="scan")
    row = evidence.summarise_repeatability(table, bootstrap=bootstrap).iloc[0]
    limits = (row["ci_low"], row["ci_high"])
    return {"repeatability above strangers": (row["above_stranger"], *limits, np.nan)}


def agree(patient_ids: np.ndarray, rng: np.random.Generator, bootstrap: Bootstrap) -> Told:
    """Compare extremes with what calls hang on, both drawn by one law of regions."""
    names, law = ["mass", "peritumoral", "below"], [0.5, 0.3, 0.2]
    scans = [f"s{number}" for number in range(len(patient_ids))]
    pointed, hung = rng.choice(names, (2, len(scans)), p=law)
    points = pd.DataFrame({"scan_id": scans, "extreme": "max", "region": pointed, "share": 1.0})
    decided = pd.DataFrame({"scan_id": scans, "patient_id": patient_ids, "called": True})
    accord = truth.compare_with_reliance(
        points, decided, pd.Series(hung, index=scans), bootstrap=bootstrap
    )
    limits = (accord.beyond_low, accord.beyond_high)
    return {
        "agreement with reliance beyond chance": (accord.value - accord.chance, *limits, np.nan)
    }


def order(rng: np.random.Generator, seed: int) -> Told:
    """Let six metrics of chance rank five methods."""
    metrics = pd.DataFrame(
        rng.random((6, 5)), index=[f"m{n}" for n in range(6)], columns=list("abcde")
    )
    ranked = truth.rank_methods(metrics, permutations=999, confidence=CONFIDENCE, seed=seed)
    return {"Kendall's W of methods": (np.nan, np.nan, np.nan, float(ranked["p_value"].iloc[0]))}


def invent(patients: int, *, resamples: int, seed: int) -> Told:
    """Invent one study and score it by every metric."""
    rng = np.random.default_rng(seed)
    bootstrap = Bootstrap(resamples=resamples, confidence=CONFIDENCE, seed=seed)
    patient_ids = draw_patients(patients, rng)
    return (
        play(patient_ids, rng)
        | localize(patient_ids, rng, bootstrap)
        | rank(patient_ids, rng, bootstrap)
        | set_beside(patient_ids, np.random.default_rng([seed, 1]), bootstrap)
        | hang(patient_ids, rng, bootstrap)
        | repeat(patient_ids, rng, bootstrap)
        | agree(patient_ids, rng, bootstrap)
        | order(rng, seed)
    )


def tell(name: str, told: np.ndarray) -> str:
    """Write one line of the table; axes of `told` are study and value, limits, p."""
    value, low, high, p = told.T
    expected = TRUTHS.get(name, float(np.nanmean(value)) if np.isfinite(value).any() else np.nan)
    known = np.isfinite(low) & np.isfinite(high)
    held = ((low <= expected) & (expected <= high))[known]
    cells = [
        name,
        _share(held),
        f"{np.mean(expected < low[known]):.1%} / {np.mean(expected > high[known]):.1%}"
        if known.any()
        else "-",
    ]
    asked = p[np.isfinite(p)]
    small = stats.kstest(asked, "uniform", alternative="greater").pvalue if len(asked) else np.nan
    cells += [_share(asked <= LEVEL), f"{small:.3f}" if len(asked) else "-"]
    return "| " + " | ".join(cells) + " |"


def _share(held: np.ndarray) -> str:
    if not len(held):
        return "-"
    low, high = wilson_interval(int(held.sum()), len(held), confidence=CONFIDENCE)
    return f"{held.mean():.1%} [{low:.1%}, {high:.1%}]"


def main() -> None:
    """Simulate the studies and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--studies", type=int, default=200)
    parser.add_argument("--patients", type=int, default=60)
    parser.add_argument("--resamples", type=int, default=1000)
    asked = parser.parse_args()
    studies = [
        invent(asked.patients, resamples=asked.resamples, seed=seed)
        for seed in range(asked.studies)
    ]
    print(f"{asked.studies} studies of {asked.patients} patients, {asked.resamples} resamples")
    print(
        "| metric | interval holds the truth | truth below / above it | p at most 0.05 | smaller than uniform, p |"
    )
    print("|---|---|---|---|---|")
    for name in studies[0]:
        print(tell(name, np.array([study[name] for study in studies])))


if __name__ == "__main__":
    main()
