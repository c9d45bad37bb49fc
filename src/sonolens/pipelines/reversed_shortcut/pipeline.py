"""Calliper marks that go with one label in training and with the other in the test; not part of `kedro run`."""

from kedro.pipeline import Pipeline

from sonolens.pipelines.reversed_shortcut.marking import marking_station
from sonolens.pipelines.reversed_shortcut.networks import marked_networks_station
from sonolens.pipelines.reversed_shortcut.scoring import reversed_shortcut_station


def create_pipeline() -> Pipeline:
    """Burn marks into scans, fit networks to them with and without guidance, and ask them of other marks."""
    return marking_station() + marked_networks_station() + reversed_shortcut_station()
