"""Whole runs side by side: how well they classify, where they point and what they hang on."""

import itertools
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from sonolens.evaluation.classification.auc_bootstrap import compare_aucs_bootstrap
from sonolens.evaluation.classification.case_scores import auc_limits
from sonolens.evaluation.classification.configurations import list_tested_cases
from sonolens.evaluation.classification.delong import compare_aucs_delong
from sonolens.evaluation.classification.roc import EVEN, auc, bootstrap_aucs
from sonolens.evaluation.experiments.compared_runs import (
    ComparedRun,
    Pair,
    check_lesions,
    find_shared_scans,
    pair_configurations,
)
from sonolens.evaluation.experiments.samples import (
    Sample,
    compare_resampled,
    compare_samples,
    sample_hits,
    seed_apart,
)
from sonolens.evaluation.reliance.scores import decided_scans, measure_reliance
from sonolens.evaluation.statistics.intervals import Bootstrap
from sonolens.evaluation.statistics.multiple_tests import holm_adjust
from sonolens.tables.reliance import keep_first_null
from sonolens.tables.run_comparison import RunComparison
from sonolens.tables.vocabulary import LEVELS, RELIANCE_REGIONS


def compare_runs(
    runs: Sequence[ComparedRun], *, partition: str, permutations: int, bootstrap: Bootstrap
) -> pd.DataFrame:
    """Compare every two runs by AUC, hit rates and shares of reliance.

    Scans are shared where they have the same name and, bit by bit, the same picture, and both runs scored them.
    Where any is, the pair is compared on the shared ones alone, whatever their calls; else either run counts with
    its own scans, and patients are resampled apart. Configurations are compared with those of their name, or, where
    each run has one only, with each other; of each a scan counts once, seeds and folds averaged.

    Args:
        runs: At least two, their order that of first and second.
        partition: Whose scans count.
        permutations: How often two sides are exchanged at most.

    Returns:
        A `RunComparison` table.

    Raises:
        ValueError: If two runs define a lesion differently, or have nothing that can be compared.
    """
    tables = []
    for pair in itertools.combinations(runs, 2):
        shared = find_shared_scans(*pair, partition=partition)
        check_lesions(*pair)
        rows = [
            row | {"first_configuration": names[0], "second_configuration": names[1]}
            for names in pair_configurations(*pair)
            for row in compare_pair(
                pair, names, shared, partition, permutations=permutations, bootstrap=bootstrap
            )
        ]
        tables.append(pd.DataFrame(rows).assign(**_tell_pair(pair, shared, partition)))
    table = pd.concat(tables, ignore_index=True)
    adjusted = table.groupby(["quantity", "test"])["p_value"].transform(
        lambda p_values: holm_adjust(p_values.to_numpy(dtype=float))
    )
    table = table.assign(p_adjusted=adjusted, partition=partition, confidence=bootstrap.confidence)
    columns = list(RunComparison.to_schema().columns)
    return table.reindex(columns=columns)


def compare_pair(
    pair: Pair,
    names: tuple[str, str],
    shared: Sequence[str],
    partition: str,
    *,
    permutations: int,
    bootstrap: Bootstrap,
) -> Iterator[dict[str, Any]]:
    """Compare a configuration of one run with one of another, or of the same, on the scans that they share.

    Args:
        pair: The runs.
        names: A configuration of each.
        shared: Names of the scans that both scored.
        partition: Whose scans count.
        permutations: How often two sides are exchanged at most.

    Yields:
        A row per quantity, method or fill, region, rule and test.
    """
    yield from _compare_aucs(pair, names, shared, partition, bootstrap=bootstrap)
    found = [
        {each.method: each for each in run.pointings if each.configuration == name}
        for run, name in zip(pair, names, strict=True)
    ]
    samples = [
        ("hit_rate", method, [sample_hits(each[method]) for each in found])
        for method in found[0]
        if method in found[1]
    ]
    relied = [_sample_reliance(run, name, partition) for run, name in zip(pair, names, strict=True)]
    samples += [
        ("reliance_share", fill, [each[fill] for each in relied])
        for fill in relied[0]
        if fill in relied[1]
    ]
    for quantity, what, (first, second) in samples:
        both = sorted(set(shared) & set(first.scan_ids) & set(second.scan_ids))
        named = {"method": what} if quantity == "hit_rate" else {"rule": what}
        for row in compare_samples(
            first, second, shared=both, permutations=permutations, bootstrap=bootstrap
        ):
            yield row | named | {"quantity": quantity}


def _compare_aucs(
    pair: Pair,
    names: tuple[str, str],
    shared: Sequence[str],
    partition: str,
    *,
    bootstrap: Bootstrap,
) -> Iterator[dict[str, Any]]:
    """Compare AUCs per scan and per lesion; on shared scans by DeLong's test too."""
    decided = [_decisions_of(*each, partition) for each in zip(pair, names, strict=True)]
    both = set(shared).intersection(*(each["scan_id"] for each in decided))
    if both:
        decided = [each[each["scan_id"].isin(both)] for each in decided]
    cases = [_average_cases(run, decisions) for run, decisions in zip(pair, decided, strict=True)]
    for level in LEVELS:
        first, second = (each[each["level"] == level].sort_values("case_id") for each in cases)
        told = {"quantity": "auc", "level": level, "paired": bool(both)}
        told |= _tell_auc("first", first, bootstrap) | _tell_auc("second", second, bootstrap)
        yield from (told | row for row in _test_aucs(first, second, bool(both), bootstrap))


def _decisions_of(run: ComparedRun, configuration: str, partition: str) -> pd.DataFrame:
    about = run.training_runs
    fits = about.loc[about["configuration"] == configuration, "run"]
    mine = run.decisions["run"].isin(fits) & (run.decisions["partition"] == partition)
    # What is scored here stands for what is tested, whatever its partition is called.
    return run.decisions[mine].assign(partition="test")


def _average_cases(run: ComparedRun, decisions: pd.DataFrame) -> pd.DataFrame:
    """The cases of one configuration, each once: its mean over seeds and folds."""
    about = run.training_runs[run.training_runs["run"].isin(decisions["run"])]
    cases = list_tested_cases(decisions, about, lesion_probability=run.lesion_probability)
    rules = {"malignant": "first", "probability": "mean", "patient_id": "first"}
    return cases.groupby(["level", "case_id"]).agg(rules).reset_index()


def _tell_auc(side: str, cases: pd.DataFrame, bootstrap: Bootstrap) -> dict[str, Any]:
    labels, scores, patients = _arrays(cases)
    low, high = auc_limits(labels, scores, patients, bootstrap=bootstrap)
    told = {"n": len(cases), "value": auc(labels, scores), "low": low, "high": high, "chance": EVEN}
    return {f"{side}_{name}": value for name, value in told.items()}


def _test_aucs(
    first: pd.DataFrame, second: pd.DataFrame, paired: bool, bootstrap: Bootstrap
) -> Iterator[dict[str, Any]]:
    one, other = _arrays(first), _arrays(second)
    if not all(each[0].any() and not each[0].all() for each in (one, other)):
        yield {"test": "paired bootstrap" if paired else "independent bootstrap"}
    elif paired:
        labels, scores, patients = one
        found = {
            "paired bootstrap": compare_aucs_bootstrap(
                labels, scores, other[1], patients, bootstrap=bootstrap
            ),
            "delong": compare_aucs_delong(
                labels, scores, other[1], confidence=bootstrap.confidence
            ),
        }
        for test, apart in found.items():
            numbers = (apart.difference, apart.ci_low, apart.ci_high, apart.p_value)
            names = ("difference", "ci_low", "ci_high", "p_value")
            yield {"test": test} | dict(zip(names, numbers, strict=True))
    else:
        sides = list(zip((one, other), seed_apart(bootstrap), strict=True))
        drawn = [bootstrap_aucs(*side, bootstrap=resampling) for side, resampling in sides]
        rarer = [
            len(set(patients[labels == kind]))
            for labels, _, patients in (one, other)
            for kind in (True, False)
        ]
        yield {"test": "independent bootstrap"} | compare_resampled(
            (auc(*one[:2]), auc(*other[:2])),
            (drawn[0], drawn[1]),
            patients=min(rarer),
            confidence=bootstrap.confidence,
        )


def _arrays(cases: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return (
        cases["malignant"].to_numpy(dtype=bool),
        cases["probability"].to_numpy(dtype=float),
        cases["patient_id"].to_numpy(),
    )


def _sample_reliance(run: ComparedRun, configuration: str, partition: str) -> dict[str, Sample]:
    """Tell by fill what share of reliance each region of a scan has, beside its placebo; runs averaged."""
    about = run.training_runs
    fits = about.loc[about["configuration"] == configuration, "run"]
    reliance = run.region_reliance[run.region_reliance["run"].isin(fits)]
    own, placebo = reliance[reliance["null"] == "none"], reliance[reliance["null"] != "none"]
    tables = {}
    for of_null, name in ((own, "values"), (keep_first_null(placebo), "chance")):
        tables[name] = [
            (str(fit), measure.fill, decided, measure.shares)
            for fit, rows in of_null.groupby("run", sort=False)
            for decided in [decided_scans(rows, run.decisions, partition=partition)]
            for measure in measure_reliance(rows, decided)
            if measure.measure == "share"
        ]
    samples = {}
    for fill in dict.fromkeys(each[1] for each in tables["values"]):
        values, patients = _average_fits(tables["values"], fill)
        chance, _ = _average_fits(tables["chance"], fill)
        samples[fill] = Sample(
            values.index.to_numpy(dtype=object),
            patients.reindex(values.index).to_numpy(),
            values.to_numpy(dtype=float),
            chance.reindex(values.index).to_numpy(dtype=float),
            pd.DataFrame({"region": RELIANCE_REGIONS}),
        )
    return samples


def _average_fits(
    measured: Sequence[tuple[str, str, pd.DataFrame, np.ndarray]], fill: str
) -> tuple[pd.DataFrame, "pd.Series[str]"]:
    """Average the shares of every scan over the fits that were asked about it."""
    chosen = [each for each in measured if each[1] == fill]
    if not chosen:
        return pd.DataFrame(columns=list(RELIANCE_REGIONS)), pd.Series(dtype=str)
    shares = pd.concat(
        [pd.DataFrame(each[3], each[2].index, columns=list(RELIANCE_REGIONS)) for each in chosen]
    )
    patients = pd.concat([each[2]["patient_id"] for each in chosen])
    return shares.groupby(level=0).mean(), patients.groupby(level=0).first()


def _tell_pair(pair: Pair, shared: Sequence[str], partition: str) -> dict[str, Any]:
    told: dict[str, Any] = {"n_shared": len(shared)}
    for side, run in zip(("first", "second"), pair, strict=True):
        scored = run.decisions.loc[run.decisions["partition"] == partition, "scan_id"].nunique()
        told |= {side: run.name, f"{side}_label": run.label or None}
        told |= {f"{side}_scans": scored, f"{side}_regions": run.regions}
    return told
