"""What a run found, told last; and the index of runs, which every report joins."""

import logging
from typing import Any

from kedro.framework.hooks import hook_impl
from kedro.io import CatalogProtocol

from sonolens.datasets.versions import complete_versions, file_of

LOOKED_AT = {
    "screening_sheet": "Scans with their masks and findings",
    "detection_power_page": "Detection power",
    "view_matrix_page": "Networks that never saw a region",
    "chosen_regions_page": "Can explanations improve classification?",
    "reversed_shortcut_page": "A shortcut that turns around",
    "mask_uncertainty_page": "How far hits hang on the annotations",
    "comparison_page": "Comparison",
    "report": "Report",
}
"""Catalog entries that people open, and what they are called; a run that made one says where it lies."""

VERDICT = "verdict"
"""Catalog entry with what a run's maps show; a run that made it says so at its end."""

RELIANCE = "reliance_verdict"
"""Catalog entry with what a run's decisions hang on; likewise."""

REPORT, RUNS, INDEX, LATEST = "report", "runs", "index", "latest"
"""Catalog entries: the page of a run, all runs, and what leads to their pages."""

logger = logging.getLogger(__name__)

outcome = logging.getLogger("sonolens.outcome")
"""What a run found and where it lies, in lines that `conf/logging.yml` leaves unbroken, so that they can be copied."""


class Outcome:
    """Lists a run that wrote a report in the index, and ends the log with what was found.

    Registered last and called last: the record is closed, and whoever else has something to say has said it.
    """

    @hook_impl(trylast=True)
    def after_pipeline_run(
        self, run_params: dict[str, Any], catalog: CatalogProtocol[Any, Any]
    ) -> None:
        """Tell the outcome of a run that came to its end."""
        _tell(catalog, run_params["run_id"])

    @hook_impl(trylast=True)
    def on_pipeline_error(
        self, run_params: dict[str, Any], catalog: CatalogProtocol[Any, Any]
    ) -> None:
        """Tell what a run found before it failed."""
        _tell(catalog, run_params["run_id"])


def say_outcome(catalog: CatalogProtocol[Any, Any], run_id: str) -> None:
    """Log what a run's maps show, and where its pictures and pages lie; the report last."""
    if VERDICT in catalog and run_id in complete_versions(catalog[VERDICT]):
        # The report knows networks and figures; what makes no verdict starts without them.
        from sonolens.report.verdicts import say_verdicts  # noqa: PLC0415

        for line in say_verdicts(catalog[VERDICT].load()):
            outcome.info("Answer: %s", line)
    if RELIANCE in catalog and run_id in complete_versions(catalog[RELIANCE]):
        from sonolens.report.sections.reliance import say_reliance  # noqa: PLC0415

        for line in say_reliance(catalog[RELIANCE].load()):
            outcome.info("Reliance: %s", line)
    for name, title in LOOKED_AT.items():
        if name in catalog and run_id in complete_versions(catalog[name]):
            outcome.info("%s: %s", title, file_of(catalog[name], run_id))


def list_runs(catalog: CatalogProtocol[Any, Any]) -> None:
    """Write the index of runs, and let ``latest`` lead to the newest report.

    A catalog without the entries is left alone. An index that cannot be written fails no run.
    """
    if any(name not in catalog for name in (RUNS, INDEX, LATEST)):
        return
    from sonolens.pipelines.index.pipeline import write_index  # noqa: PLC0415 - knows figures

    try:
        page, newest = write_index(catalog[RUNS].load())
        catalog[INDEX].save(page)
        catalog[LATEST].save(newest)
    except Exception as error:
        reason = f"{type(error).__name__}: {error}".splitlines()[0].replace("[", "(")
        logger.warning(
            "The index of runs could not be written: %s. Write it with `kedro run --pipelines index`",
            reason,
        )


def _tell(catalog: CatalogProtocol[Any, Any], run_id: str) -> None:
    if REPORT in catalog and run_id in complete_versions(catalog[REPORT]):
        list_runs(catalog)
    say_outcome(catalog, run_id)
