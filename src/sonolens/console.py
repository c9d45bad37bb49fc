"""The command ``sonolens``: what is done around runs; ``sonolens run`` is ``kedro run``.

Not named ``cli``, in which Kedro looks for commands of its own.
"""

import sys
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from kedro.framework.session import KedroSession
from kedro.framework.startup import bootstrap_project
from kedro.io import CatalogProtocol, DatasetError
from kedro.utils import find_kedro_project

from sonolens.failures import in_one_line
from sonolens.past_runs import LATEST
from sonolens.prune import plan_pruning, prune, tell_bytes, tell_pruning
from sonolens.version import __version__

if TYPE_CHECKING:
    from sonolens.reproduce import Archived

DIFFERS = 3
"""Exit status of a reproduction in which a number differs."""

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


@main.command("archive")
@click.argument("run", default=LATEST)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="The ZIP file to write.",
)
@click.option(
    "--with-scans",
    is_flag=True,
    help="Add scans, masks and what shows them. Patients' pictures may not be yours to publish.",
)
@click.option("--data-root", help="Where data lie, if not where the project says; any fsspec path.")
@click.option("--env", help="Configuration environment, as for `kedro run`.")
def archive(
    *, run: str, out: Path, with_scans: bool, data_root: str | None, env: str | None
) -> None:
    """Write a reported RUN - an id, a label or latest - to an RO-Crate.

    Tables, figures, splits, networks, page, settings, environment and hashes go in; scans only if asked for.
    """
    from sonolens.archive import archive_run  # noqa: PLC0415 - other commands start sooner

    try:
        catalog = open_catalog(data_root=data_root, env=env)
        packed = archive_run(catalog, run, out, with_scans=with_scans)
    except (DatasetError, OSError, LookupError, ValueError) as error:
        raise click.ClickException(in_one_line(error)) from error
    for name, why in packed.left_out.items():
        click.echo(f"Left out: {name}, {why}")
    click.echo(f"{len(packed.files)} files, {tell_bytes(out.stat().st_size)}: {out}")


@main.command("reproduce")
@click.argument("crate", type=click.Path(exists=True, path_type=Path))
@click.option("--study-path", help="Where the study's scans lie, if it is not built in.")
@click.option(
    "--data-root",
    type=click.Path(path_type=Path),
    help="An empty folder for the new run; by default beside CRATE, named as it with -reproduced.",
)
@click.option(
    "--tolerance",
    type=click.FloatRange(min=0),
    default=1e-6,
    show_default=True,
    help="Share of a number, or of 1, by which it may differ.",
)
@click.option("--dry-run", is_flag=True, help="Check hashes and software only; run nothing.")
def reproduce(
    *,
    crate: Path,
    study_path: str | None,
    data_root: Path | None,
    tolerance: float,
    dry_run: bool,
) -> None:
    """Run an archived study again and compare it number by number.

    Ends with 0 if every number is the same, 3 if any differs, 1 if the crate was changed or cannot be run.
    """
    from sonolens.crate import Crate  # noqa: PLC0415 - likewise
    from sonolens.reproduce import Archived, tell_environment, tell_mixture  # noqa: PLC0415

    project = enter_project()
    try:
        with Crate(crate) as opened:
            if faults := opened.find_faults():
                raise click.ClickException("; ".join(["the crate was changed", *faults]))
            click.echo(f"Hashes: all {len(opened.names())} files are as they were packed")
            archived = Archived.read(opened)
            for line in tell_environment(archived, project) or ["nothing differs"]:
                click.echo(f"Software: {line}")
            for line in tell_mixture(archived):
                click.echo(f"Settings: {line}")
            if not dry_run:
                root = data_root or crate.with_name(f"{crate.stem}-reproduced")
                same = _reproduce(archived, project, root, study_path, tolerance)
                sys.exit(0 if same else DIFFERS)
    except (DatasetError, OSError, LookupError, ValueError) as error:
        raise click.ClickException(in_one_line(error)) from error


def _reproduce(
    archived: "Archived", project: Path, root: Path, study_path: str | None, tolerance: float
) -> bool:
    """Run again, compare, save and tell what was found."""
    from sonolens import reproduce as again  # noqa: PLC0415

    again.check_study_path(archived, study_path)
    if root.exists() and any(root.iterdir()):
        raise click.ClickException(f"{root} is not empty; give a fresh folder with --data-root")
    catalog = again.run_again(archived, project, root.absolute(), study_path=study_path)
    found = again.compare_runs(archived, catalog, tolerance=tolerance)
    catalog[again.REPRODUCTION].save(found)
    for line in again.tell_comparison(found):
        click.echo(line)
    same = again.is_reproduced(found)
    click.echo("Reproduced." if same else "Not reproduced.")
    click.echo(f"All of it: {again.find_table(catalog)}")
    return same


def open_catalog(*, data_root: str | None, env: str | None) -> CatalogProtocol[Any, Any]:
    """Open the catalog of the project in or above the current folder.

    Raises:
        click.ClickException: If there is no project.
    """
    project = enter_project()
    params = {"data_root": data_root} if data_root else None
    session = KedroSession.create(project, env=env, runtime_params=params)
    return session.load_context().catalog


def enter_project() -> Path:
    """Make the project in or above the current folder known to Kedro.

    Raises:
        click.ClickException: If there is no project.
    """
    project = find_kedro_project(Path.cwd())
    if project is None:
        raise click.ClickException(
            f"{Path.cwd().name} is in no Kedro project; go to the folder that holds conf and pyproject.toml"
        )
    bootstrap_project(project)
    return Path(project)
