"""``python -m sonolens`` or ``sonolens run``: run the project outside of the Kedro command line."""

import sys
from pathlib import Path

from kedro.framework.cli.utils import find_run_command
from kedro.framework.project import configure_project


def main(*args: str) -> None:
    """Run what ``kedro run`` would run, with the same options.

    Args:
        *args: Options as on the command line; those of the process when none are given.
    """
    package_name = Path(__file__).parent.name
    configure_project(package_name)
    run = find_run_command(package_name)
    run(list(args) or sys.argv[1:], prog_name="sonolens run")


if __name__ == "__main__":
    main()
