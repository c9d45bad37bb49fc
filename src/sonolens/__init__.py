"""sonolens: does a breast-ultrasound classifier look where a radiologist looks?

Data flows one way through the rooms; each imports only rooms before it:

``arrays | tables | parameters | progress | parallel -> ultrasound -> studies -> cohort -> regions ->
models -> evaluation -> saliency | game | travel -> figures -> report ->
explain | reading_task -> pipelines``

Kedro is known only at the edge: ``pipelines``, ``datasets``, ``hooks``, ``inputs``, ``results``,
``session``, ``settings`` and ``pipeline_registry``. ``docs/architecture.md`` says what each room owns.
"""

from typing import TYPE_CHECKING, Any

from sonolens.version import __version__

if TYPE_CHECKING:
    from sonolens.game import pointing_game

__all__ = ["__version__", "pointing_game"]


def __getattr__(name: str) -> Any:
    """Import the front door when somebody comes: what only needs a room starts seconds sooner."""
    if name != "pointing_game":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from sonolens.game import pointing_game  # noqa: PLC0415 - see above

    return pointing_game
