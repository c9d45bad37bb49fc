"""The Kedro session of this project, whose id several processes can share."""

import os
import re
from datetime import datetime
from typing import Any

from kedro.framework.session import KedroSession

from sonolens.failures import tell_failures_in_one_line

RUN_ID_VARIABLE = "KEDRO_RUN_ID"
RUN_ID_FORM = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}\.\d{2}\.\d{2}\.\d{3}Z")


def check_run_id(run_id: str) -> str:
    """Return `run_id` if it has the form of Kedro's own ids, so that ids sort by time.

    Raises:
        ValueError: If it has another form or is no point in time.

    Examples:
        >>> check_run_id("2026-11-22T20.36.00.000Z")
        '2026-11-22T20.36.00.000Z'
    """
    try:
        datetime.strptime(run_id, "%Y-%m-%dT%H.%M.%S.%fZ")
        in_form = RUN_ID_FORM.fullmatch(run_id) is not None
    except ValueError:
        in_form = False
    if not in_form:
        raise ValueError(
            f"{RUN_ID_VARIABLE}={run_id!r} is no run id; give a UTC time as in "
            "2026-11-22T20.36.00.000Z, for example $(date -u +%Y-%m-%dT%H.%M.%S.000Z)"
        )
    return run_id


class SharedRunSession(KedroSession):
    """A session whose id, and so the version of all it writes, is `KEDRO_RUN_ID` where that is set.

    From its start, what a user can mend is told in one line, without a traceback.

    Raises:
        ValueError: If `KEDRO_RUN_ID` has another form than Kedro's ids.
    """

    def __init__(self, session_id: str, *args: Any, **kwargs: Any) -> None:
        tell_failures_in_one_line()
        shared = os.environ.get(RUN_ID_VARIABLE)
        super().__init__(check_run_id(shared) if shared else session_id, *args, **kwargs)
