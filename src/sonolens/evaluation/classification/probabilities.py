"""Probabilities that can be taken at their word: logits divided by a temperature."""

import pandas as pd
from scipy.special import expit

from sonolens.evaluation.classification.temperature import fit_temperature

UNSCALED = 1.0


def scale_probabilities(judged: pd.DataFrame, *, protocol: str) -> pd.DataFrame:
    """Turn the logits of one run into probabilities.

    Args:
        judged: Scans of one run with `logit`, `label` and `partition`.
        protocol: ``rigorous`` fits the temperature to the validation scans; ``paper`` has none, so the
            probability is the sigmoid that the paper's network ends with.

    Returns:
        The same rows with `temperature` and `probability`.

    References:
        Guo et al. (2017), "On calibration of modern neural networks", section 4.2.
    """
    temperature = UNSCALED
    if protocol == "rigorous":
        validation = judged[judged["partition"] == "validation"]
        temperature = fit_temperature(
            validation["logit"].to_numpy(dtype=float),
            (validation["label"] == "malignant").to_numpy(dtype=bool),
        )
    return divide_logits(judged, temperature=temperature)


def divide_logits(judged: pd.DataFrame, *, temperature: float) -> pd.DataFrame:
    """Turn the logits of one run into probabilities by a temperature that is settled.

    Args:
        judged: Scans of one run with `logit`.
        temperature: Above 0; 1 leaves the sigmoid as it is.

    Returns:
        The same rows with `temperature` and `probability`.
    """
    scaled = judged["logit"].to_numpy(dtype=float) / temperature
    return judged.assign(temperature=temperature, probability=expit(scaled))
