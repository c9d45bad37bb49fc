"""Experiments that run by name, as the report of a study tells them: what each asks, and how its table is put into words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import pandas as pd

from sonolens.report.section import Section
from sonolens.report.sections import (
    chosen_region,
    detection_power,
    mask_uncertainty,
    reversed_shortcut,
    view_matrix,
)


@dataclass(frozen=True)
class AskedExperiment:
    """One experiment.

    Attributes:
        pipeline: Its name.
        question: What it asks.
        section: The section of its own page.
        table: The dataset that answers.
        page: The dataset of its page.
        say: Puts the table into sentences, each with its number, interval, n, and what would be there by chance.
    """

    pipeline: str
    question: str
    section: Section
    table: str
    page: str
    say: Callable[[pd.DataFrame], list[str]]

    def describe(self, run_id: str, table: pd.DataFrame) -> list[dict[str, Any]]:
        """Tell what a run of it found, a row per sentence: the columns of `AskedExperiments` but those of runs."""
        about: Mapping[str, Any] = {
            "experiment": self.pipeline,
            "title": self.section.title,
            "question": self.question,
            "page": self.address_of(run_id),
        }
        return [{**about, "place": n, "sentence": line} for n, line in enumerate(self.say(table))]

    def address_of(self, run_id: str) -> str:
        """Tell where the page that a run wrote lies, from the folder of a report."""
        return quote(f"../../{self.page}.html/{run_id}/{self.page}.html")


EXPERIMENTS = (
    AskedExperiment(
        "planted_evidence",
        "What could these explanations have found, had it been there?",
        detection_power.SECTION,
        table="detection_power",
        page="detection_power_page",
        say=detection_power.say_power,
    ),
    AskedExperiment(
        "mask_uncertainty",
        "How far do hits hang on where the annotations lie?",
        mask_uncertainty.SECTION,
        table="mask_uncertainty",
        page="mask_uncertainty_page",
        say=mask_uncertainty.say_uncertainty,
    ),
    AskedExperiment(
        "region_views",
        "What do networks tell that never saw a region, or saw nothing else?",
        view_matrix.SECTION,
        table="view_matrix",
        page="view_matrix_page",
        say=view_matrix.say_views,
    ),
    AskedExperiment(
        "chosen_region",
        "Can one region be read instead of the whole scan?",
        chosen_region.SECTION,
        table="chosen_regions",
        page="chosen_regions_page",
        say=chosen_region.say_chosen,
    ),
    AskedExperiment(
        "reversed_shortcut",
        "Does guidance protect from a shortcut that turns around?",
        reversed_shortcut.SECTION,
        table="reversed_shortcut",
        page="reversed_shortcut_page",
        say=reversed_shortcut.say_reversed,
    ),
)
"""In the order in which a report tells them."""
