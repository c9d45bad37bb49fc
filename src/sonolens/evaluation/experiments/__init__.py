"""Methods, networks and planted cues against each other."""

from sonolens.evaluation.experiments.compared_runs import ComparedRun
from sonolens.evaluation.experiments.comparison import compare_pointing
from sonolens.evaluation.experiments.configurations import (
    Pointing,
    describe_configurations,
    gather_pointing,
    score_pointing,
)
from sonolens.evaluation.experiments.detection_power import (
    find_detection_limits,
    score_detection_power,
)
from sonolens.evaluation.experiments.guided import compare_guided, pair_guided
from sonolens.evaluation.experiments.performance import (
    RankCorrelation,
    correlate_performance,
    correlate_ranks_of_runs,
    relate_performance,
)
from sonolens.evaluation.experiments.planted import name_strides, score_planted_evidence
from sonolens.evaluation.experiments.planted_seeds import summarise_seeds
from sonolens.evaluation.experiments.resolution import trace_resolution
from sonolens.evaluation.experiments.reversed_shortcut import score_reversed_shortcut
from sonolens.evaluation.experiments.run_comparison import compare_runs
