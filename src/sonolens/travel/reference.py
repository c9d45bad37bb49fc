"""What a network makes of the reference pattern: its logit, its probability, and every frozen call."""

import math
from collections.abc import Sequence

from scipy.special import expit

from sonolens.travel.card import FrozenDecisions, OperatingPoint, ReferenceAnswer

ROUNDING = 1e-9
"""By which a probability may differ that another machine works out from the same logit."""


def answer_reference(logit: float, decisions: FrozenDecisions) -> ReferenceAnswer:
    """Turn the network's logit of the pattern into probability and calls.

    Args:
        logit: The ``probe_logit`` of the packed network.
        decisions: Its temperature and thresholds.

    Returns:
        The answer; a lesion seen in one scan has that scan's probability, whatever the level.
    """
    probability = float(expit(logit / decisions.temperature))
    return ReferenceAnswer(
        logit=logit, probability=probability, calls=_call(probability, decisions.operating_points)
    )


def check_reference(answer: ReferenceAnswer, decisions: FrozenDecisions) -> None:
    """Refuse temperature or thresholds that do not give the answer that was packed with them.

    Raises:
        ValueError: The probability, or a call, is another.
    """
    probability = float(expit(answer.logit / decisions.temperature))
    if not math.isclose(probability, answer.probability, rel_tol=ROUNDING, abs_tol=ROUNDING):
        raise ValueError(
            f"its temperature {decisions.temperature:.6g} makes the reference logit {answer.logit:.6g} a probability of "
            f"{probability:.6g}, where {answer.probability:.6g} was packed"
        )
    points = decisions.operating_points
    if _call(answer.probability, points) != answer.calls:
        raise ValueError(
            f"its {len(points)} thresholds do not give the calls of the reference pattern that were packed"
        )


def _call(probability: float, points: Sequence[OperatingPoint]) -> tuple[bool, ...]:
    return tuple(point.calls(probability) for point in points)
