"""What is known of methods beforehand: which see no network, and which draw the maps of CAM."""

from collections.abc import Iterable

from sonolens.saliency import EXPLAINERS

KNOWS_NOTHING = "knows nothing"
SAME_AS_CAM = "CAM by construction"


def mark(method: str) -> str:
    """Mark a method as a page does; an ordinary one has no mark.

    >>> mark("random"), mark("grad_cam"), mark("cam")
    ('knows nothing', 'CAM by construction', '')
    """
    if knows_nothing(method):
        return KNOWS_NOTHING
    return SAME_AS_CAM if method != "cam" and draws_cam(method) else ""


def knows_nothing(method: str) -> bool:
    """Say whether a method sees no network; its rows are the floor."""
    return method in EXPLAINERS and not EXPLAINERS[method].knows_network


def choose_method(methods: Iterable[str], *, preferred: str) -> str:
    """Choose of whose maps one sentence speaks: the preferred method, or the first that sees the network.

    It is no choice by what was found.

    >>> choose_method(["edges", "eigen_cam", "cam"], preferred="cam")
    'cam'
    >>> choose_method(["edges", "eigen_cam"], preferred="cam")
    'eigen_cam'
    """
    told = list(dict.fromkeys(methods))
    return preferred if preferred in told else [*baselines_last(told), preferred][0]


def draws_cam(method: str) -> bool:
    """Say whether the maps are those of CAM by construction, those of CAM among them."""
    return method in EXPLAINERS and EXPLAINERS[method].same_as_cam_on_gap


def distinct(methods: Iterable[str]) -> list[str]:
    """Leave out baselines, and all but the first of those that draw the same maps."""
    told = [method for method in methods if not knows_nothing(method)]
    same = [method for method in told if draws_cam(method)]
    return [method for method in told if method not in same[1:]]


def baselines_last(methods: Iterable[str]) -> list[str]:
    """Put the methods that know nothing last and keep the order otherwise."""
    return sorted(methods, key=knows_nothing)
