"""The catalog as one run saw it, for notebooks and scripts that look at results."""

from pathlib import Path
from typing import Any

from kedro.framework.session import KedroSession
from kedro.framework.startup import bootstrap_project
from kedro.io import CatalogProtocol

from sonolens.datasets.run_records import RunRecords
from sonolens.datasets.versions import complete_versions, fix_versions, versioned_datasets

REPORT = "report"


def open_results(
    project: str | Path = ".",
    *,
    env: str | None = None,
    run: str | None = None,
    params: dict[str, Any] | None = None,
) -> CatalogProtocol[Any, Any]:
    """Open the catalog with every dataset fixed to the version that one run saw.

    A plain catalog takes, for each dataset on its own, the newest version, which after a failed
    or partial run may be of different runs.

    Args:
        project: The project's folder.
        env: A configuration environment such as ``busbra``.
        run: The run's id; without it the newest run that wrote a report.
        params: Runtime parameters, for example ``{"data_root": "elsewhere"}``.

    Returns:
        The catalog; datasets that the run neither made nor was made from are left as they are.

    Raises:
        LookupError: If there is no such run.
    """
    folder = Path(project).resolve()
    bootstrap_project(folder)
    session = KedroSession.create(folder, env=env, runtime_params=params)
    catalog = session.load_context().catalog
    datasets = versioned_datasets(catalog, set(catalog.keys()))
    wanted = run or next(iter(complete_versions(datasets[REPORT])), None)
    records = {record.version: record for record in RunRecords(catalog).newest_first()}
    if wanted not in records:
        raise LookupError(
            f"there is no record of run {wanted}; known are {', '.join(records) or 'none'}"
            if wanted
            else "no run has written a report yet; use `kedro run` first"
        )
    for name, version in records[wanted].world().items():
        if name in datasets and version in complete_versions(datasets[name]):
            fix_versions(datasets[name], load=version, save=version)
    return catalog
