"""scans, splits, model_inputs -> model_weights, predictions and their scores."""

import numpy as np
import pandas as pd
from scipy.special import expit

from sonolens.arrays import Labels, ScanStack
from sonolens.evaluation import classification
from sonolens.models import (
    NetworkWeights,
    build_network,
    fit_network,
    pack_weights,
    predict_logits,
    rebuild_network,
)
from sonolens.pipelines.collections import Networks
from sonolens.pipelines.training.parameters import (
    EvaluationParameters,
    InferenceParameters,
    TrainingParameters,
)


def train_networks(
    scans: pd.DataFrame,
    splits: pd.DataFrame,
    model_inputs: ScanStack,
    training: TrainingParameters,
    inference: InferenceParameters,
) -> tuple[dict[str, NetworkWeights], pd.DataFrame]:
    """Fit one network per fold on its training scans and keep the epoch that validates best."""
    malignant = _malignant(scans)
    weights, histories = {}, []
    for fold, split in splits.groupby("fold"):
        run = f"{training.network}-{training.adaptation}-seed{training.seed}-fold{fold}"
        in_train, in_validation = (
            scans["scan_id"].isin(split.loc[split["partition"] == partition, "scan_id"]).to_numpy()
            for partition in ("train", "validation")
        )
        fit = fit_network(
            build_network(
                training.network,
                adaptation=training.adaptation,
                weights=training.weights,
                seed=training.seed,
                drs_bias=training.drs_bias,
            ),
            train_scans=model_inputs[in_train],
            train_labels=malignant[in_train],
            validation_scans=model_inputs[in_validation],
            validation_labels=malignant[in_validation],
            learning_rate=training.learning_rate,
            batch_size=training.batch_size,
            epochs=training.epochs,
            patience=training.patience,
            **training.augmentation.model_dump(),
            seed=training.seed,
            device=inference.device,
        )
        header = {
            "run": run,
            "fold": str(fold),
            "seed": str(training.seed),
            "start": training.weights,
        }
        weights[run] = pack_weights(fit.network, size_px=model_inputs.shape[1], header_extra=header)
        histories.append(fit.history.assign(run=run, start=training.weights))
    return weights, pd.concat(histories, ignore_index=True)


def predict_scans(
    model_weights: Networks,
    scans: pd.DataFrame,
    splits: pd.DataFrame,
    model_inputs: ScanStack,
    inference: InferenceParameters,
) -> pd.DataFrame:
    """Let every network judge every scan of its fold."""
    tables = []
    for run, load_weights in model_weights.items():
        weights = load_weights()
        logits = predict_logits(
            rebuild_network(weights),
            model_inputs,
            batch_size=inference.batch_size,
            device=inference.device,
        )
        fold = splits[splits["fold"] == int(weights.header["fold"])]
        judged = scans[["scan_id", "lesion_id", "label"]].assign(
            run=run, logit=logits, probability=expit(logits.astype(np.float64))
        )
        tables.append(
            judged.merge(fold[["scan_id", "partition"]], on="scan_id", validate="one_to_one")
        )
    return pd.concat(tables, ignore_index=True)


def choose_operating_points(predictions: pd.DataFrame) -> pd.DataFrame:
    """Fix each network's threshold on the validation scans, before any test scan is scored."""
    return classification.choose_operating_points(predictions, chosen_on="validation")


def score_classification(
    predictions: pd.DataFrame,
    scans: pd.DataFrame,
    operating_points: pd.DataFrame,
    evaluation: EvaluationParameters,
) -> pd.DataFrame:
    """Score every network per scan and per lesion."""
    return classification.score_classification(
        predictions,
        scans,
        operating_points,
        resamples=evaluation.resamples,
        confidence=evaluation.confidence,
        seed=evaluation.seed,
    )


def trace_roc(predictions: pd.DataFrame) -> pd.DataFrame:
    """Trace every network's ROC curve per scan and per lesion."""
    return classification.trace_roc(predictions)


def _malignant(scans: pd.DataFrame) -> Labels:
    """Labels as the network learns them: True is malignant."""
    return (scans["label"] == "malignant").to_numpy(dtype=bool)
