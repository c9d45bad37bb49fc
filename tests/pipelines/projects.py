"""The project with its data in a folder of a test."""

import pickle
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import yaml
from kedro.framework.hooks import hook_impl
from kedro.framework.project import pipelines
from kedro.framework.session import KedroSession
from kedro.io import DataCatalog
from kedro.pipeline.node import Node
from omegaconf import _utils, base, grammar_parser

from sonolens.datasets.versions import versioned_datasets
from sonolens.settings import SESSION_CLASS

PROJECT = Path(__file__).parents[2]


def spare_parsing() -> None:
    """Read YAML with libyaml and remember what interpolations parse to: tests open one conf a hundred times.

    What is read is the same; commands of the docs, each a process of its own, read it the usual way.
    """
    quick = type("QuickLoader", (yaml.CSafeLoader, _utils.get_yaml_loader()), {})
    _utils.get_yaml_loader = lambda: quick
    _utils.parse = base.parse = cache(grammar_parser.parse)


class InputsAreReadOnly:
    """Notices a node that changes what it was given."""

    @hook_impl
    def before_node_run(self, node: Node, inputs: dict[str, Any]) -> None:
        self.before = {name: _fingerprint(value) for name, value in inputs.items()}

    @hook_impl
    def after_node_run(self, node: Node, inputs: dict[str, Any]) -> None:
        changed = [
            name for name, value in inputs.items() if _fingerprint(value) != self.before[name]
        ]
        assert not changed, f"{node.name} changed its inputs {changed}; return new objects instead"


def _in_full(name: str, asked: tuple[str, ...]) -> str:
    """The name of a node with its station before it."""
    (full,) = {each for each in _nodes(asked) if name in (each, each.rpartition(".")[2])}
    return full


@cache
def _nodes(asked: tuple[str, ...]) -> frozenset[str]:
    pipelines.set_requested(None)  # a run before may have asked for few
    chosen = [pipelines[each] for each in asked or ("__default__",)]
    return frozenset(node.name for each in chosen for node in each.nodes)


def _fingerprint(value: Any) -> bytes:
    return pickle.dumps(value)


@dataclass(frozen=True)
class Project:
    """The project; every run watches that no node changes its inputs."""

    data_root: Path
    env: str = "test"

    def run(self, *names: str, **options: Any) -> None:
        for asked in {"node_names", "from_nodes", "to_nodes"} & set(options):
            options[asked] = [_in_full(name, names) for name in options[asked]]
        with self.session(**options.pop("params", {})) as session:
            session._hook_manager.register(InputsAreReadOnly())
            session.run(pipeline_names=list(names) or None, **options)

    def session(self, **params: Any) -> KedroSession:
        pipelines.set_requested(None)  # parameters are typed by the pipelines that were asked for
        return SESSION_CLASS.create(
            project_path=PROJECT,
            env=self.env,
            runtime_params={"data_root": str(self.data_root), **params},
        )

    def open_catalog(self) -> DataCatalog:
        with self.session() as session:
            return session.load_context().catalog

    @property
    def catalog(self) -> DataCatalog:
        """The catalog, built once; the newest versions are looked for each time it is asked for."""
        for dataset in versioned_datasets(self._built, set(self._built.keys())).values():
            dataset.release()
        return self._built

    @cached_property
    def _built(self) -> DataCatalog:
        return self.open_catalog()
