"""The commands ``sonolens prune`` and ``sonolens verify``: what is kept in a data root, and whether it is whole."""

# ruff: noqa: PLC0415 - as in `sonolens.console`

import sys
from datetime import timedelta

import click

DAMAGED = 3
"""Exit status of a verification that found a file changed or lost."""


@click.command("prune")
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
    from sonolens.console import failures_in_one_line, open_catalog
    from sonolens.prune import plan_pruning, prune, tell_pruning

    young = timedelta(hours=hours)
    with failures_in_one_line(OSError):
        catalog = open_catalog(data_root=data_root, env=env)
        pruning = plan_pruning(catalog, keep=keep, partial=partial, young=young)
        for line in tell_pruning(pruning, young=young):
            click.echo(line)
        if paths:
            for each in pruning.doomed:
                click.echo(each.path)
        if yes:
            prune(catalog, pruning, young=young)
    click.echo("Done." if yes else "Nothing was removed. To remove this, add --yes.")


@click.command("verify")
@click.option("--run", help="Only what one run has made and read: an id.")
@click.option("--data-root", help="Where data lie, if not where the project says; any fsspec path.")
@click.option("--env", help="Configuration environment, as for `kedro run`.")
def verify_data(*, run: str | None, data_root: str | None, env: str | None) -> None:
    """Compare all that runs have saved with what it was then, and tell what was made from what is damaged.

    Ends with 0 if all is as it was saved, 3 if anything is not.
    """
    from sonolens.console import failures_in_one_line, open_catalog
    from sonolens.verify import tell_verification, verify

    with failures_in_one_line(OSError, LookupError):
        found = verify(open_catalog(data_root=data_root, env=env), run_id=run)
    for line in tell_verification(found):
        click.echo(line)
    sys.exit(DAMAGED if found.damaged else 0)
