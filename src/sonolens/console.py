"""The command ``sonolens``: what is done around runs; ``sonolens run`` is ``kedro run``.

Not named ``cli``, in which Kedro looks for commands of its own.
"""

# ruff: noqa: PLC0415 - a command imports what it needs: Kedro takes a second, torch two, and --help neither.

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sonolens.data_console import prune_runs, verify_data
from sonolens.past_runs import LATEST
from sonolens.reading_console import reading_task
from sonolens.version import __version__

if TYPE_CHECKING:
    from kedro.io import CatalogProtocol

    from sonolens.reproduce import Archived

DIFFERS = 3
"""Exit status of a reproduction in which a number differs."""

LEFT_OUT = 3
"""Exit status of an explanation of which some scans were left out."""

EXPLAINED = Path("explained")
"""Where explanations go if nothing else is said."""

PASSED_ON = {"ignore_unknown_options": True, "allow_extra_args": True, "help_option_names": []}


@click.group()
@click.version_option(__version__, prog_name="sonolens")
def main() -> None:
    """Look at what a breast-ultrasound classifier looks at, and keep house among its runs."""


@main.command("run", context_settings=PASSED_ON)
@click.argument("options", nargs=-1, type=click.UNPROCESSED)
def run_project(options: tuple[str, ...]) -> None:
    """Run pipelines; takes the options of `kedro run`."""
    from sonolens.__main__ import main as run

    sys.argv = ["sonolens run", *options]
    run()


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
    from sonolens.archive import archive_run
    from sonolens.prune import tell_bytes

    with failures_in_one_line(OSError, LookupError, ValueError):
        catalog = open_catalog(data_root=data_root, env=env)
        packed = archive_run(catalog, run, out, with_scans=with_scans)
    for name, why in packed.left_out.items():
        click.echo(f"Left out: {name}, {why}")
    click.echo(f"{len(packed.files)} files, {tell_bytes(out.stat().st_size)}: {out}")


@main.command("reproduce")
@click.argument("crate", type=click.Path(exists=True, path_type=Path))
@click.option("--study-path", help="Where the study's scans lie, if it is not built in.")
@click.option("--readings", help="The table of what other readers saw, if there was one.")
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
    readings: str | None,
    data_root: Path | None,
    tolerance: float,
    dry_run: bool,
) -> None:
    """Run an archived study again and compare it number by number.

    Ends with 0 if every number is the same, 3 if any differs, 1 if the crate was changed or cannot be run.
    """
    from sonolens.crate import Crate
    from sonolens.reproduce import Archived, tell_environment, tell_mixture

    project = enter_project()
    with failures_in_one_line(OSError, LookupError, ValueError), Crate(crate) as opened:
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
            same = _reproduce(
                archived, project, root, tolerance, study_path=study_path, readings=readings
            )
            sys.exit(0 if same else DIFFERS)


def _reproduce(
    archived: "Archived",
    project: Path,
    root: Path,
    tolerance: float,
    *,
    study_path: str | None,
    readings: str | None,
) -> bool:
    """Run again, compare, save and tell what was found."""
    from sonolens import reproduce as again

    again.check_study_path(archived, study_path)
    again.check_readings(archived, readings)
    if root.exists() and any(root.iterdir()):
        raise click.ClickException(f"{root} is not empty; give a fresh folder with --data-root")
    catalog = again.run_again(
        archived, project, root.absolute(), study_path=study_path, readings=readings
    )
    found = again.compare_runs(archived, catalog, tolerance=tolerance)
    catalog[again.REPRODUCTION].save(found)
    for line in again.tell_comparison(found):
        click.echo(line)
    same = again.is_reproduced(found)
    click.echo("Reproduced." if same else "Not reproduced.")
    click.echo(f"All of it: {again.find_table(catalog)}")
    return same


@main.command("explain")
@click.argument("scans", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--network",
    "network_file",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="The file that the network travels in.",
)
@click.option(
    "--trunk",
    metavar="MODULE:FUNCTION",
    help="What builds the trunk, of a network whose code is its author's own. It is imported.",
)
@click.option(
    "--mask",
    "masks",
    multiple=True,
    type=click.Path(exists=True, path_type=Path),
    help="The mass of a scan; once per scan, or one folder of files that bear the scans' names.",
)
@click.option(
    "--spacing-mm",
    type=(float, float),
    help="Height and width of a pixel, in place of what a DICOM header tells.",
)
@click.option("--frame", type=click.IntRange(min=1), help="Of DICOM files with several, from 1.")
@click.option("--method", default="cam", show_default=True, help="What draws the map.")
@click.option(
    "--names",
    type=click.Choice(["auto", "stem", "number"]),
    default="auto",
    show_default=True,
    help="What scans are called in all that is written: auto takes a picture's file name, and a number for DICOM.",
)
@click.option(
    "--pages/--no-pages",
    default=None,
    help="A picture and a page for every scan, or not; by default for a scan that comes alone.",
)
@click.option(
    "--dicom",
    is_flag=True,
    help="Also write map and regions as DICOM objects, which carry the patient's name and number as their source does.",
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=EXPLAINED,
    show_default=True,
    help="The folder to write to.",
)
def explain(network_file: Path, **asked: Any) -> None:
    """Explain SCANS, pictures or DICOM files or folders of them, by a network that was exported.

    Needs no project. Research use only, not for diagnosis. Ends with 0 if every scan was explained, 3 if some were left
    out, 1 if none could be.
    """
    from sonolens.explain import Wanted, explain_on_desk

    wanted = Wanted(
        **{name: asked.pop(name) for name in ("method", "spacing_mm", "frame", "dicom")}
    )
    with failures_in_one_line(OSError, ValueError, kedro=False):
        told = explain_on_desk(network_file, wanted=wanted, **asked)
    for line in told.lines:
        click.echo(line)
    if told.refused:
        sys.exit(LEFT_OUT if told.explained else 1)


for command in (prune_runs, verify_data, reading_task):
    main.add_command(command)


@contextmanager
def failures_in_one_line(*kinds: type[Exception], kedro: bool = True) -> Iterator[None]:
    """End the command with one line where something of these kinds fails, or, with Kedro, a dataset."""
    if kedro:
        from kedro.io import DatasetError

        kinds = (*kinds, DatasetError)
    try:
        yield
    except kinds as error:
        raise click.ClickException(" ".join(str(error).split()) or type(error).__name__) from error


def open_catalog(*, data_root: str | None, env: str | None) -> "CatalogProtocol[Any, Any]":
    """Open the catalog of the project in or above the current folder.

    Raises:
        click.ClickException: If there is no project.
    """
    from kedro.framework.session import KedroSession

    project = enter_project()
    params = {"data_root": data_root} if data_root else None
    session = KedroSession.create(project, env=env, runtime_params=params)
    return session.load_context().catalog


def enter_project() -> Path:
    """Make the project in or above the current folder known to Kedro.

    Raises:
        click.ClickException: If there is no project.
    """
    from kedro.framework.startup import bootstrap_project
    from kedro.utils import find_kedro_project

    project = find_kedro_project(Path.cwd())
    if project is None:
        raise click.ClickException(
            f"{Path.cwd().name} is in no Kedro project; go to the folder that holds conf and pyproject.toml"
        )
    bootstrap_project(project)
    return Path(project)
