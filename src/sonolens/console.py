"""The command ``sonolens``: what is done around runs; ``sonolens run`` is ``kedro run``.

Not named ``cli``, in which Kedro looks for commands of its own.
"""

import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import click
from kedro.framework.session import KedroSession
from kedro.framework.startup import bootstrap_project
from kedro.io import CatalogProtocol, DatasetError
from kedro.utils import find_kedro_project

from sonolens.failures import in_one_line
from sonolens.prune import plan_pruning, prune, tell_pruning
from sonolens.version import __version__

PASSED_ON = {"ignore_unknown_options": True, "allow_extra_args": True, "help_option_names": []}


@click.group()
@click.version_option(__version__, prog_name="sonolens")
def main() -> None:
    """Look at what a breast-ultrasound classifier looks at, and keep house among its runs."""


@main.command("run", context_settings=PASSED_ON)
@click.argument("options", nargs=-1, type=click.UNPROCESSED)
def run_project(options: tuple[str, ...]) -> None:
    """Run pipelines; takes the options of `kedro run`."""
    from sonolens.__main__ import main as run  # noqa: PLC0415 - other commands start without Kedro's

    sys.argv = ["sonolens run", *options]
    run()


@main.command("prune")
@click.option(
    "--keep",
    type=click.IntRange(min=1),
    required=True,
    help="How many of the newest complete runs with a report stay; runs with a label stay as well.",
)
@click.option("--yes", is_flag=True, help="Remove. Without it, only what would go is told.")
@click.option(
    "--partial", is_flag=True, help="Let runs go that failed, were killed or wrote no report."
)
@click.option(
    "--older-than",
    "hours",
    type=click.FloatRange(min=0),
    default=24.0,
    show_default=True,
    help="Hours after which a run that did not end is not running any more, and half-written files are nobody's.",
)
@click.option("--paths", is_flag=True, help="Name every folder and file that goes.")
@click.option("--data-root", help="Where data lie, if not where the project says; any fsspec path.")
@click.option("--env", help="Configuration environment, as for `kedro run`.")
def prune_runs(
    *,
    keep: int,
    yes: bool,
    partial: bool,
    hours: float,
    paths: bool,
    data_root: str | None,
    env: str | None,
) -> None:
    """Remove old runs: every version that no run which stays has made, read or rests on.

    Without --yes nothing is removed: what would go is told, with its bytes.
    """
    young = timedelta(hours=hours)
    try:
        catalog = open_catalog(data_root=data_root, env=env)
        pruning = plan_pruning(catalog, keep=keep, partial=partial, young=young)
        for line in tell_pruning(pruning, young=young):
            click.echo(line)
        if paths:
            for each in pruning.doomed:
                click.echo(each.path)
        if yes:
            prune(catalog, pruning, young=young)
    except (DatasetError, OSError) as error:
        raise click.ClickException(in_one_line(error)) from error
    click.echo("Done." if yes else "Nothing was removed. To remove this, add --yes.")


def open_catalog(*, data_root: str | None, env: str | None) -> CatalogProtocol[Any, Any]:
    """Open the catalog of the project in or above the current folder.

    Raises:
        click.ClickException: If there is no project.
    """
    project = find_kedro_project(Path.cwd())
    if project is None:
        raise click.ClickException(
            f"{Path.cwd().name} is in no Kedro project; go to the folder that holds conf and pyproject.toml"
        )
    bootstrap_project(project)
    params = {"data_root": data_root} if data_root else None
    session = KedroSession.create(project, env=env, runtime_params=params)
    return session.load_context().catalog
