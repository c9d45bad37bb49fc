"""The tables of the truth card: what is known of a method's maps, and whether metrics agree about methods."""

from typing import Annotated, TypeAlias

import pandas as pd
import pandera.pandas as pa
from pandera.typing.pandas import Series

from sonolens.tables import vocabulary
from sonolens.tables.contract import Estimates, Table, fits


class TruthCard(Estimates, unique=["method", "run", "question"]):
    """What each method's maps of each run pass where the truth, or a part of it, is known.

    ``follows_weights``: `value` is how alike maps stay when nothing learned is left, the upper limit must lie below
    `against`. ``repeats``: how much more alike maps of one scan by two fits are than those of strangers.
    ``beats_mean_mask``: average precision beyond that of the mean training mask. ``agrees_with_reliance``: share of
    calls whose extreme lies in the region that they hang on, beyond chance. For these three the lower limit must lie
    above `against`, 0. ``finds_planted`` stands in `PlantedAnswers`, because another run tells it: share of the malignant
    test scans whose maximum lies where evidence was planted, whose lower limit must lie above `against`, what blind points
    score there. ``not shown`` is no proof of the opposite; ``cannot be asked`` where its number is missing.
    """

    method: Series[str]
    run: Series[str]
    baseline: Series[bool] = pa.Field(description="Knows nothing of the network.")
    question: Series[str] = pa.Field(isin=vocabulary.TRUTH_QUESTIONS)
    answer: Series[str] = pa.Field(isin=vocabulary.ANSWERS)
    value: Series[float] = pa.Field(ge=-2, le=2, nullable=True)
    ci_low: Series[float] = pa.Field(ge=-2, le=2, nullable=True)
    ci_high: Series[float] = pa.Field(ge=-2, le=2, nullable=True)
    against: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    n: Series[int] = pa.Field(ge=0, description="Scans that are asked.")


class PlantedAnswers(TruthCard, unique=["method", "run"]):
    """Whether each method of each run finds what was planted, as an experiment in the same data root tells.

    A further row of its truth card. The networks are others, of the same architecture, fitted to plants. `value` is of the weakest `plant`, `against` what blind
    points score there. ``shown`` where all fits that learnt their plant find it, and none finds anything at a dose of none.
    """

    reason: Series[str] = pa.Field(isin=vocabulary.PLANTED_REASONS)
    plant: Series[str] = pa.Field(description="The weakest; ``none`` where nothing can be asked.")
    fits_asked: Series[int] = pa.Field(ge=0, description="Plants times seeds that were learnt.")
    fits_found: Series[int] = pa.Field(ge=0)
    asked_at_none: Series[int] = pa.Field(ge=0)
    false_alarms: Series[int] = pa.Field(ge=0, description="Of those asked at none.")
    experiment: Series[str] = pa.Field(description="The run that planted; ``none`` without one.")
    made_from: Series[str] = pa.Field(isin=(*vocabulary.MADE_FROM, "none"))


class MethodRanking(Table, unique=["run", "method"]):
    """The methods of each run in the order of their mean rank, with Kendall's W of the metrics that ranked them.

    Nobody `wins` where the metrics do not agree, where two share the best mean rank, or where there are fewer than
    three methods. Baselines and doubles of CAM are not ranked.
    """

    run: Series[str]
    method: Series[str]
    mean_rank: Series[float] = pa.Field(ge=1, nullable=True, description="1 is best.")
    wins: Series[bool]
    w: Series[float] = pa.Field(ge=0, le=1, nullable=True, description="Kendall's W.")
    p_value: Series[float] = pa.Field(gt=0, le=1, nullable=True)
    metrics: Series[str] = pa.Field(description="That ranked, by name.")
    n_metrics: Series[int] = pa.Field(ge=0)
    confidence: Series[float] = pa.Field(gt=0, lt=1)


TruthCardTable: TypeAlias = Annotated[pd.DataFrame, fits(TruthCard)]
PlantedAnswersTable: TypeAlias = Annotated[pd.DataFrame, fits(PlantedAnswers)]
MethodRankingTable: TypeAlias = Annotated[pd.DataFrame, fits(MethodRanking)]
