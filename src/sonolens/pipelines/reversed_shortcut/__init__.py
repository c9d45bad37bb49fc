"""Calliper marks that go with one label in training and with the other in the test; not part of `kedro run`."""

from sonolens.pipelines.reversed_shortcut.pipeline import create_pipeline
