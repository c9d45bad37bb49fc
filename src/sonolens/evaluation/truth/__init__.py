"""What a method's maps are worth where the truth, or a part of it, is known: the truth card, and whether metrics agree."""

from sonolens.evaluation.truth.card import judge_methods
from sonolens.evaluation.truth.metrics import tabulate_metrics
from sonolens.evaluation.truth.planted import ask_planted, refuse_planted
from sonolens.evaluation.truth.ranking import rank_methods
from sonolens.evaluation.truth.with_reliance import Accord, compare_with_reliance
