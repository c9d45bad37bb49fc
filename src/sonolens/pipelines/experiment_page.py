"""The last node of an experiment that runs by name: it writes a page of its own."""

from functools import partial, update_wrapper

from kedro.pipeline import Node, Pipeline

from sonolens.report.experiment import inputs_of_experiment, write_experiment
from sonolens.report.section import Section


def page_of_experiment(
    section: Section, *, namespace: str, report: str, scans: str = "scans"
) -> Pipeline:
    """Write the section of an experiment on a page of its own; what it is made of stands with the section.

    Args:
        section: What the page says.
        namespace: The station that it ends.
        report: The dataset of the page.
        scans: The dataset of the scans that it is about.
    """
    node = Node(
        update_wrapper(partial(write_experiment, section), write_experiment),
        inputs={name: scans if name == "scans" else name for name in inputs_of_experiment(section)},
        outputs=report,
        name=write_experiment.__name__,
    )
    return Pipeline([node], namespace=namespace, prefix_datasets_with_namespace=False)
