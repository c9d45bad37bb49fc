"""Tables, figures and what the run says of itself -> one report."""

from kedro.pipeline import Node, Pipeline

from sonolens.report import write_report
from sonolens.report.sections import INPUTS


def page_station() -> Pipeline:
    """Write the page; what it is made of stands with its sections."""
    return Pipeline(
        [
            Node(
                write_report,
                inputs={name: name for name in INPUTS},
                outputs="report",
                name="write_report",
            )
        ],
        namespace="page",
        prefix_datasets_with_namespace=False,
    )
