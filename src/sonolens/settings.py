"""Settings that Kedro reads when the project starts."""

from sonolens.hooks import OneWorld
from sonolens.session import SharedRunSession

HOOKS = (OneWorld(),)
DISABLE_HOOKS_FOR_PLUGINS = ("kedro-telemetry",)
SESSION_CLASS = SharedRunSession

CONFIG_LOADER_ARGS = {
    "base_env": "base",
    "default_run_env": "local",
    # An environment states what differs from base, down to a single nested key.
    "merge_strategy": {"parameters": "soft", "globals": "soft"},
}
