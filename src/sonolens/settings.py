"""Settings that Kedro reads when the project starts."""

import os

from sonolens.hooks import OneWorld
from sonolens.session import SharedRunSession

# Work on patients' scans does not report home, and Kedro's telemetry would write into pyproject.toml.
os.environ.setdefault("DO_NOT_TRACK", "1")

HOOKS = (OneWorld(),)
DISABLE_HOOKS_FOR_PLUGINS = ("kedro-telemetry",)
SESSION_CLASS = SharedRunSession

CONFIG_LOADER_ARGS = {
    "base_env": "base",
    "default_run_env": "local",
    # An environment names the parameters that differ from base, down to a single nested one. Its
    # globals replace a study whole: one reader's options mean nothing to another.
    "merge_strategy": {"parameters": "soft"},
}
