"""Where the numbers come from: versions, parameters, code and packages."""

from typing import Any

from sonolens.analysis_plan import say_looks
from sonolens.report.section import Section, Tables

RUN_FACTS = (
    "run_id",
    "label",
    "started",
    "env",
    "pipelines",
    "inputs",
    "runtime_params",
    "parameters",
    "made_with",
    "git",
    "packages",
    "python",
    "platform",
    "plan_sha256",
    "looks",
)
"""What a page needs to know of the run that it belongs to; it may also know its `files`: see `link_files`."""


def _tell(tables: Tables) -> dict[str, Any]:
    run_context = tables["run_context"]
    missing = [name for name in RUN_FACTS if name not in run_context]
    if missing:
        raise ValueError(
            f"run_context lacks {', '.join(missing)}, so the report cannot say where its numbers come "
            "from; take it from the catalog, where the run's hook puts it"
        )
    return {"run": {"files": {}, **run_context}, "looks": say_looks(run_context["looks"])}


SECTION = Section(
    "provenance", "Provenance", "provenance.html", folded=False, needs=("run_context",), tell=_tell
)
