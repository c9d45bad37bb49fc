"""The contract of every table that reaches disk: its columns, units, ranges and keys.

The catalog names these classes as validators, so Kedro checks a table whenever it is saved or
loaded. Unknown is empty, never guessed. Columns ending in ``_mm`` are millimetres on the native
grid, ``_px`` are native pixels (0 is the centre of the first), rates and probabilities lie
between 0 and 1.
"""

from sonolens.tables.classification import (
    CalibrationCurve,
    ClassificationMetrics,
    ConfigurationComparison,
    ConfigurationMetrics,
    OperatingPoints,
    ProtocolOptimism,
    RocCurve,
)
from sonolens.tables.cohort import MassMeasurements, Scans, Screening, Splits
from sonolens.tables.contract import text_columns
from sonolens.tables.evidence import (
    AbstentionCurve,
    AbstentionScores,
    FaithfulnessCurve,
    FaithfulnessScores,
    LocalizationScores,
    MapAgreement,
    MapLocalization,
    MethodAgreement,
    SanityChecks,
)
from sonolens.tables.pointing import (
    ExtremePoints,
    MeanMapExtremes,
    PointingGame,
    RegionShares,
)
from sonolens.tables.shown import Gallery, PaperTable1, PaperTable2
from sonolens.tables.training import Predictions, TrainingHistory, TrainingRuns
from sonolens.tables.vocabulary import (
    ABSTENTION_STRATEGIES,
    AGREEMENT_MEASURES,
    BIRADS,
    CALIBRATION_METRICS,
    CALL_METRICS,
    CHECKS,
    EVIDENCE,
    EXTREMES,
    LABELS,
    LEVELS,
    LOCALIZATION_SCORES,
    METRICS,
    OPERATING_RULES,
    PARTITIONS,
    POINTING_RULES,
    PROTOCOLS,
    RANKING_METRICS,
    REGION_NAMES,
    SUBSETS,
    UNSCALED_METRICS,
    VIEWS,
)

__all__ = [
    "ABSTENTION_STRATEGIES",
    "AGREEMENT_MEASURES",
    "BIRADS",
    "CALIBRATION_METRICS",
    "CALL_METRICS",
    "CHECKS",
    "EVIDENCE",
    "EXTREMES",
    "LABELS",
    "LEVELS",
    "LOCALIZATION_SCORES",
    "METRICS",
    "OPERATING_RULES",
    "PARTITIONS",
    "POINTING_RULES",
    "PROTOCOLS",
    "RANKING_METRICS",
    "REGION_NAMES",
    "SUBSETS",
    "UNSCALED_METRICS",
    "VIEWS",
    "AbstentionCurve",
    "AbstentionScores",
    "CalibrationCurve",
    "ClassificationMetrics",
    "ConfigurationComparison",
    "ConfigurationMetrics",
    "ExtremePoints",
    "FaithfulnessCurve",
    "FaithfulnessScores",
    "Gallery",
    "LocalizationScores",
    "MapAgreement",
    "MapLocalization",
    "MassMeasurements",
    "MeanMapExtremes",
    "MethodAgreement",
    "OperatingPoints",
    "PaperTable1",
    "PaperTable2",
    "PointingGame",
    "Predictions",
    "ProtocolOptimism",
    "RegionShares",
    "RocCurve",
    "SanityChecks",
    "Scans",
    "Screening",
    "Splits",
    "TrainingHistory",
    "TrainingRuns",
    "text_columns",
]
