"""What decisions hang on: the logit of every coalition of a scan's regions, shared out and judged."""

from sonolens.evaluation.reliance.asking import (
    Judge,
    Question,
    ask_coalitions,
    draw_named_coalitions,
    name_coalitions,
    pair_strangers,
)
from sonolens.evaluation.reliance.aucs import score_reliance_aucs
from sonolens.evaluation.reliance.chosen_region import score_chosen_regions
from sonolens.evaluation.reliance.game import (
    interactions,
    necessity,
    shapley_values,
    sufficiency,
)
from sonolens.evaluation.reliance.scores import (
    Measurement,
    compare_with_placebo,
    decided_scans,
    find_most_relied_on,
    measure_reliance,
    name_most_relied_on,
    score_reliance,
)
from sonolens.evaluation.reliance.shares import share_out_logits, summarise_interactions
from sonolens.evaluation.reliance.verdict import judge_reliance
from sonolens.evaluation.reliance.view_matrix import score_view_matrix
