"""The truth card of a small run, written down by hand."""

from typing import Any

import pandas as pd
from tiny_scores import NAN, RUN

from sonolens.evaluation.truth import refuse_planted
from sonolens.tables.experiments import AskedExperiments
from sonolens.tables.truth import MethodRanking, PlantedAnswers, TruthCard

ASKED = {
    "follows_weights": ("shown", 0.12, 0.02, 0.22, 0.5),
    "repeats": ("cannot be asked", NAN, NAN, NAN, NAN),
    "beats_mean_mask": ("not shown", -0.03, -0.09, 0.03, 0.0),
    "agrees_with_reliance": ("shown", 0.25, 0.05, 0.41, 0.0),
}
"""Question -> answer, value, limits, what it is held against."""


def card_table(method: str = "cam", run: str = RUN, **asked: tuple[Any, ...]) -> pd.DataFrame:
    columns = ("answer", "value", "ci_low", "ci_high", "against")
    about = {"method": method, "run": run, "baseline": method == "edges", "n": 8}
    about |= {"partition": "test", "confidence": 0.95}
    rows = [
        about | {"question": question} | dict(zip(columns, told, strict=True))
        for question, told in (ASKED | asked).items()
    ]
    return TruthCard.validate(pd.DataFrame(rows))


def planted_table(method: str = "cam", run: str = RUN, **told: Any) -> pd.DataFrame:
    """Nothing was planted, unless `told`."""
    about = {"method": method, "run": run, "baseline": method == "edges", "partition": "test"}
    about |= {"question": "finds_planted", "confidence": 0.95}
    about |= {"experiment": "none", "made_from": "none"} | refuse_planted("no experiment")
    return PlantedAnswers.validate(pd.DataFrame([about | told]))


FOUND = {"answer": "shown", "reason": "answered", "value": 0.63, "ci_low": 0.45, "ci_high": 0.81}
FOUND |= {"against": 0.09, "n": 38, "plant": "foci_mass", "fits_asked": 2, "fits_found": 2}
FOUND |= {"asked_at_none": 2, "experiment": "2026-01-01", "made_from": "this study"}
"""What an experiment tells that found its plant."""


def asked_table(*sentences: str, **told: Any) -> pd.DataFrame:
    """One experiment by name, told in sentences."""
    about = {"experiment": "region_views", "title": "Networks that never saw a region"}
    about |= {"question": "What do networks tell?", "run": "2026-01-02", "name": "views"}
    about |= {"made_from": "this run", "source": "2026-01-01", "page": "../../views.html"}
    rows = [about | {"place": place, "sentence": line} for place, line in enumerate(sentences)]
    table = pd.DataFrame(rows).assign(**told) if rows else AskedExperiments.empty()
    return AskedExperiments.validate(table)


def ranking_table(
    methods: tuple[str, ...] = ("cam", "occlusion", "eigen_cam"), run: str = RUN, **values: Any
) -> pd.DataFrame:
    """Six metrics that agree, and the first method wins."""
    told = {
        "run": run,
        "method": list(methods),
        "mean_rank": [1.25 + place for place in range(len(methods))],
        "wins": [place == 0 for place in range(len(methods))],
        "w": 0.72,
        "p_value": 0.004,
        "metrics": "hit_rate energy average_precision insertion deletion follows_weights",
        "n_metrics": 6,
        "confidence": 0.95,
    }
    return MethodRanking.validate(pd.DataFrame(told | values))
