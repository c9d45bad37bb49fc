"""What the whole of a map is worth: localization, faithfulness, sanity, agreement, abstention."""

from sonolens.evaluation.evidence.abstention import score_abstention, trace_abstention
from sonolens.evaluation.evidence.abstention_gain import compare_abstention
from sonolens.evaluation.evidence.agreement import compare_methods, summarise_agreement
from sonolens.evaluation.evidence.completeness import WORTH_A_WARNING, tabulate_completeness
from sonolens.evaluation.evidence.explained_decisions import ExplainedDecisions, explain_decisions
from sonolens.evaluation.evidence.faithfulness import (
    area_under,
    fill_scans,
    trace_faithfulness,
)
from sonolens.evaluation.evidence.faithfulness_scores import (
    average_faithfulness_curves,
    summarise_faithfulness,
    tabulate_faithfulness,
)
from sonolens.evaluation.evidence.localization import ScanCells, localize_evidence, measure_cells
from sonolens.evaluation.evidence.localization_scores import summarise_localization
from sonolens.evaluation.evidence.mean_mask import (
    MassShares,
    measure_mass_shares,
    score_mean_mask,
)
from sonolens.evaluation.evidence.repeatability import (
    compare_repeats,
    pair_repeats,
    summarise_repeatability,
)
from sonolens.evaluation.evidence.sanity import check_sanity, summarise_sanity
from sonolens.evaluation.evidence.similarity import compare_maps
