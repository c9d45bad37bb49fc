"""Numbers in, numbers out: classification, the pointing game, evidence, experiments, and their statistics.

This room sees tables, region maps and points, never a network and never a plot. Its wings carry the names
of the topics in `tables`, `pipelines`, `figures` and the report.
"""
