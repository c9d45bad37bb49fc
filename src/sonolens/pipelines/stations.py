"""How a station is wired: every function becomes a node, its arguments the datasets of their names."""

import inspect
import re
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from kedro.pipeline import Node, Pipeline

from sonolens.parameters import Parameters

Makes: TypeAlias = Mapping[Callable[..., Any], str | list[str]]
"""What each function makes: the name of a dataset, or of several."""


def station(namespace: str, makes: Makes, *, takes: Mapping[str, str] | None = None) -> Pipeline:
    """Wire a station: a Kedro namespace that Kedro-Viz folds into one box and that runs alone.

    A node bears the name of its function. An argument takes the dataset of its name, or, where it is typed as
    a group of parameters, the group of that name: `EvaluationParameters` are ``params:evaluation``. One that has a
    default keeps it.

    Args:
        namespace: Name of the station.
        makes: Its functions, and what each makes.
        takes: The datasets of arguments that are named otherwise here, by argument.
    """
    nodes = [
        Node(function, inputs=wire(function, takes or {}), outputs=outputs, name=function.__name__)
        for function, outputs in makes.items()
    ]
    return Pipeline(nodes, namespace=namespace, prefix_datasets_with_namespace=False)


def wire(function: Callable[..., Any], takes: Mapping[str, str]) -> dict[str, str]:
    """Tell the dataset or parameters that every argument of a node takes, by argument.

    Examples:
        >>> class EvaluationParameters(Parameters): ...
        >>> def score(scans: object, scoring: EvaluationParameters) -> None: ...
        >>> wire(score, {"scans": "planted_scans"})
        {'scans': 'planted_scans', 'scoring': 'params:evaluation'}
    """
    arguments = inspect.signature(function).parameters
    return {
        name: takes.get(name) or _source(name, argument.annotation)
        for name, argument in arguments.items()
        if argument.default is inspect.Parameter.empty
    }


def _source(name: str, annotation: object) -> str:
    if isinstance(annotation, type) and issubclass(annotation, Parameters):
        group = annotation.__name__.removesuffix("Parameters")
        return f"params:{re.sub(r'(?<!^)(?=[A-Z])', '_', group).lower()}"
    return name
