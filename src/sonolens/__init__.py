"""sonolens: does a breast-ultrasound classifier look where a radiologist looks?

Data flows one way through the rooms; each imports only rooms before it:

``arrays | tables | parameters | progress | parallel -> ultrasound -> studies -> cohort -> regions ->
models -> evaluation -> saliency | game | travel -> figures -> report -> pipelines``

Kedro is known only at the edge: ``pipelines``, ``datasets``, ``hooks``, ``inputs``, ``results``,
``session``, ``settings`` and ``pipeline_registry``. ``docs/architecture.md`` says what each room owns.
"""

from sonolens.game import pointing_game
from sonolens.version import __version__

__all__ = ["__version__", "pointing_game"]
