"""The methods of a study as prose that an author can paste: told from what was run, and from nothing else."""

from collections.abc import Mapping
from typing import Any

from sonolens.report.methods_text import classification, maps, reliance, study, training
from sonolens.report.methods_text.settings import RunSettings
from sonolens.report.methods_text.software import tell_software

PARAGRAPHS = {
    "Study": study.tell,
    "Networks": training.tell,
    "Classification": classification.tell,
    "Saliency maps": maps.tell,
    "Region reliance": reliance.tell,
    "Further checks": maps.tell_checks,
    "Software": tell_software,
}

METHODS_NEEDS = (
    "run_context",
    "study_facts",
    "scans",
    "splits",
    "training_runs",
    "decisions",
    "operating_points",
    "classification_metrics",
    "configuration_comparison",
    "pointing_game",
    "annotation_hits",
    "ring_sweep",
    "reliance_verdict",
    "reliance_scores",
    "faithfulness_scores",
    "sanity_checks",
    "map_completeness",
    "repeatability",
    "localization_scores",
    "abstention_scores",
    "descriptor_agreement",
    "reader_agreement",
    "reader_comparison",
    "shortcut_audit",
)
"""The datasets that the prose is told from."""


def write_methods(run_context: Mapping[str, Any], **tables: Any) -> str:
    """Write the methods of a study from its tables and from the parameters that made them.

    A sentence stands only if all that it tells is known: what was not run, and parameters that no record has,
    are left out. Every table must be given; one of an optional part may be empty.

    Args:
        run_context: What the run says of itself.
        tables: The other datasets of `METHODS_NEEDS`.

    Returns:
        Plain text: a heading, and a paragraph of one line, per part.
    """
    settings = RunSettings.of(run_context)
    told = {
        heading: " ".join(filter(None, tell(settings, tables)))
        for heading, tell in PARAGRAPHS.items()
    }
    return "\n".join(f"{heading}\n{text}\n" for heading, text in told.items() if text)
