"""A run's network asked again about scans that were changed, once it has answered those that were not."""

import numpy as np
import pandas as pd
from jaxtyping import UInt8

from sonolens.arrays import Logits, ScanStack
from sonolens.models import ScanClassifier, check_framing, predict_logits, rebuild_network
from sonolens.pipelines.collections import Networks
from sonolens.pipelines.consistency import check_logits, read_weights
from sonolens.pipelines.parameters import InferenceParameters
from sonolens.tables.cohort import ScansTable


def framed_scans(
    model_inputs: ScanStack, scans: ScansTable, scan_ids: list[str]
) -> UInt8[np.ndarray, "named rows cols"]:
    """Take the framed scans named; the stack lies in the order of the table."""
    return np.asarray(model_inputs[pd.Index(scans["scan_id"]).get_indexer(scan_ids)])


def rebuild(
    model_weights: Networks,
    run: str,
    framed: UInt8[np.ndarray, "named rows cols"],
    stored: "pd.Series[float]",
    inference: InferenceParameters,
) -> ScanClassifier:
    """Rebuild a run's network, and see that it answers the framed scans as its predictions say."""
    weights = read_weights(model_weights, run)
    check_framing(weights, size_px=framed.shape[1])
    network = rebuild_network(weights)
    answered = predict(network, framed, inference)
    check_logits(answered, stored, run=run, tolerance=inference.logit_tolerance)
    return network


def predict(network: ScanClassifier, framed: ScanStack, inference: InferenceParameters) -> Logits:
    """Predict the logits of framed scans where and as the parameters say."""
    return predict_logits(network, framed, batch_size=inference.batch_size, device=inference.device)
