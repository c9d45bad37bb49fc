"""Planted evidence: how often maps point to where the evidence is known to lie."""

from typing import Any

import numpy as np
import pandas as pd

from sonolens.evaluation.classification.roc import (
    auc,
    bootstrap_aucs,
    call_malignant,
    closest_to_corner,
)
from sonolens.evaluation.statistics.intervals import Bootstrap, bootstrap_rates, limits_of, ratio
from sonolens.tables.training import PredictionsTable
from sonolens.tables.vocabulary import PLANTED_REGIONS

FITTED = ["cue", "network", "seed"]
"""What one network was fitted on, and how."""


def score_planted_evidence(
    hits: pd.DataFrame, predictions: PredictionsTable, *, bootstrap: Bootstrap
) -> pd.DataFrame:
    """Score every method on every network and planted cue.

    A scan is called malignant from the threshold on that lies closest to the corner of the
    validation scans' ROC curve. Where that finds no malignant test scan `n` is 0 and there is no
    rate; the regions stay in the table.

    Args:
        hits: A `PlantedHits` table.
        predictions: The `PlantedPredictions` of the same networks.

    Returns:
        A `PlantedEvidence` table.
    """
    judged_by = dict(list(predictions.groupby(FITTED, sort=False)))
    scored = []
    for fitted, of_network in hits.groupby(FITTED, sort=False):
        judged = judged_by[fitted]
        of_fit: dict[str, Any] = dict(zip(FITTED, fitted, strict=True)) | _score_network(
            judged, bootstrap
        )
        found = _found(judged)
        for method, maps in of_network.groupby("method", sort=False):
            table = _score_method(maps, found, bootstrap)
            scored.append(table.assign(**of_fit, method=method, confidence=bootstrap.confidence))
    return pd.concat(scored, ignore_index=True)


def _score_network(judged: pd.DataFrame, bootstrap: Bootstrap) -> dict[str, float]:
    """How well the network tells the test scans apart, and how far each of its cells sees."""
    test = judged[judged["partition"] == "test"]
    malignant = (test["label"] == "malignant").to_numpy()
    logits = test["logit"].to_numpy(dtype=float)
    area = auc(malignant, logits)
    drawn = bootstrap_aucs(
        malignant, logits, test["patient_id"], resamples=bootstrap.resamples, seed=bootstrap.seed
    )
    low, high = limits_of(
        area, drawn, patients=test["patient_id"].nunique(), confidence=bootstrap.confidence
    )
    return {
        "auc": area,
        "auc_ci_low": low,
        "auc_ci_high": high,
        "receptive_field_px": float(judged["receptive_field_px"].iloc[0]),
    }


def _found(judged: pd.DataFrame) -> pd.Series:
    """The patients of the malignant test scans that were called malignant, by scan."""
    chosen_on = judged[judged["partition"] == "validation"]
    threshold = closest_to_corner(
        (chosen_on["label"] == "malignant").to_numpy(), chosen_on["logit"].to_numpy(dtype=float)
    )
    called = call_malignant(judged["logit"].to_numpy(dtype=float), threshold)
    malignant = (judged["partition"] == "test") & (judged["label"] == "malignant")
    return judged[malignant & called].set_index("scan_id")["patient_id"]


def _score_method(maps: pd.DataFrame, found: pd.Series, bootstrap: Bootstrap) -> pd.DataFrame:
    """Score one method on one network; axes are scan and region, the union last."""
    counted = maps[maps["scan_id"].isin(found.index)]
    planted = maps.groupby("region")["planted"].first().reindex(list(PLANTED_REGIONS[:-1]))
    hit, share, exchanged = (
        _by_region(counted, column, planted) for column in ("hit", "cell_share", "exchanged")
    )
    pointing = ~hit.isna().any(axis=1)
    hit, share, exchanged = hit[pointing], share[pointing], exchanged[pointing]
    rates = bootstrap_rates(
        hit.to_numpy(dtype=float),
        np.ones(hit.shape),
        found.loc[hit.index].to_numpy(dtype=object),
        bootstrap=bootstrap,
    )
    chance = share.mean().to_numpy(dtype=float)
    return pd.DataFrame(
        {
            "region": PLANTED_REGIONS,
            "planted": [*planted, True],
            "n": int(pointing.sum()),
            "n_silent": int((~pointing).sum()),
            "hits": hit.sum().to_numpy(dtype=float),
            "rate": rates.value,
            "ci_low": rates.ci_low,
            "ci_high": rates.ci_high,
            "chance": chance,
            "enrichment": ratio(rates.value, chance),
            "exchanged": exchanged.mean().to_numpy(dtype=float),
            "cell_row_mm": maps["cell_row_mm"].mean(),
            "cell_col_mm": maps["cell_col_mm"].mean(),
        }
    )


def _by_region(counted: pd.DataFrame, column: str, planted: pd.Series) -> pd.DataFrame:
    """One row per scan, one column per region; regions are disjoint, so the union is a sum."""
    wide = counted.pivot_table(index="scan_id", columns="region", values=column, dropna=False)
    wide = wide.reindex(columns=list(planted.index))
    union = wide.loc[:, planted.to_numpy(dtype=bool)].sum(axis=1, skipna=False).clip(0, 1)
    return wide.assign(planted=union)
