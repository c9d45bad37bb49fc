"""What ranks methods: one number per metric and method, more is better."""

import pandas as pd

from sonolens.evaluation.truth.card import COUNTED, OF_MASS, RANKED
from sonolens.tables.evidence import (
    FaithfulnessScoresTable,
    LocalizationScoresTable,
    RepeatabilityTable,
    SanityChecksTable,
)
from sonolens.tables.pointing import PointingGameTable


def tabulate_metrics(
    run: str,
    *,
    pointing_game: PointingGameTable,
    localization_scores: LocalizationScoresTable,
    faithfulness_scores: FaithfulnessScoresTable,
    sanity_checks: SanityChecksTable,
    repeatability: RepeatabilityTable,
) -> pd.DataFrame:
    """Set out every metric of one run's methods; empty where a metric was not scored.

    Args:
        repeatability: Of the run's configuration alone.

    Returns:
        Metrics down, methods across, in the order of the game.
    """
    game, localized, gains, checks = (
        table[table["run"] == run]
        for table in (pointing_game, localization_scores, faithfulness_scores, sanity_checks)
    )
    played = game.query(f"{COUNTED} and region == 'any' and rule == 'decision'")
    called = localized.query(f"{COUNTED} and region == 'mass' and evidence == 'called'")
    last = checks[(checks["depth"] == checks["depth"].max()) & (checks["measure"] == RANKED[0])]
    repeats = repeatability[repeatability["measure"] == RANKED[0]]
    columns = {
        "hit_rate": played.set_index("method")["rate"],
        "energy": called[called["score"] == "energy"].set_index("method")["mean"],
        "average_precision": called.query(OF_MASS).set_index("method")["mean"],
        **{
            str(test): of_test.groupby("method")["gain"].mean()
            for test, of_test in gains.groupby("test")
        },
        "follows_weights": -last.set_index("method")["mean"].abs(),
        "repeats": repeats.groupby("method")["above_stranger"].mean(),
    }
    methods = list(dict.fromkeys(played["method"]))
    return pd.DataFrame(columns).reindex(methods).T.astype(float)
