"""The command ``sonolens reading-task``: scans for a reader in one page, and the answers read back."""

# ruff: noqa: PLC0415 - as in `sonolens.console`

from pathlib import Path

import click

TASK, READINGS = Path("reading-task"), Path("readings.csv")
"""Where the page goes, and where answers go, if nothing else is said."""


@click.command("reading-task")
@click.argument("scans", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--seed", type=click.IntRange(min=0), help="Of order and codes; by default a new one."
)
@click.option("--draw", type=click.IntRange(min=1), help="So many scans, drawn at random; all.")
@click.option(
    "--read",
    "answers",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Read answers back instead, one file per reader.",
)
@click.option(
    "--key",
    "keys",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="With --read: the key that was written beside the page.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help=f"The folder for page and key ({TASK}), or, with --read, the table ({READINGS}).",
)
def reading_task(
    *,
    scans: tuple[Path, ...],
    seed: int | None,
    draw: int | None,
    answers: tuple[Path, ...],
    keys: tuple[Path, ...],
    out: Path | None,
) -> None:
    """Write SCANS - pictures, DICOM files, folders of them - into one offline page for a reader, without names and in random order.

    The reader points, draws the outline, gives BI-RADS and confidence, and saves a file; --read turns such files
    into the table that `study.readings` takes. Needs no project.
    """
    from sonolens.console import failures_in_one_line
    from sonolens.reading_task import read_answers, write_task

    if bool(scans) == bool(answers):
        raise click.UsageError("give scans to be read, or answers with --read and --key")
    if answers and not keys:
        raise click.UsageError("--read needs --key, the key.json that was written beside the page")
    with failures_in_one_line(OSError, ValueError, kedro=False):
        told = (
            read_answers(answers, keys, out or READINGS)
            if answers
            else write_task(scans, out or TASK, seed=seed, draw=draw)
        )
    for line in told:
        click.echo(line)
