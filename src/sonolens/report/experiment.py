"""The page of an experiment that runs by name: one section, written as it would be in the report."""

from collections.abc import Mapping
from typing import Any

from sonolens.report.layout import open_templates
from sonolens.report.page import write_section
from sonolens.report.scripts import write_policy
from sonolens.report.section import Section


def inputs_of_experiment(section: Section) -> tuple[str, ...]:
    """Name what the page of a section is made of."""
    figures = (caption.name for caption in section.figures)
    return tuple(dict.fromkeys(("run_context", "scans", *section.needs, *figures)))


def write_experiment(
    section: Section, run_context: Mapping[str, Any], **tables_and_figures: Any
) -> str:
    """Put one section on a page of its own, under the run that made it.

    Args:
        section: What the page says.
        run_context: What the run says of itself.
        tables_and_figures: The other datasets of `inputs_of_experiment`.

    Returns:
        An HTML document that needs no other file.
    """
    page = open_templates().get_template("experiment.html")
    written = write_section(section, tables_and_figures)
    return page.render(run=run_context, section=section, written=written, policy=write_policy())
