"""Settings of nodes that tests call on tiny tables, where those of `conf` would take long."""

from sonolens.pipelines.parameters import EvaluationParameters

QUICK_SCORING = EvaluationParameters(
    partition="test",
    tolerance_mm=0.0,
    confidence=0.95,
    resamples=100,
    permutations=100,
    seed=0,
    lesion_probability="mean",
    size_bounds_mm=(10.0, 20.0),
    calibration_bins=4,
)
