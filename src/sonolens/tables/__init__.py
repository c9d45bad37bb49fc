"""The contract of every table that reaches disk: its columns, units, ranges and keys.

The catalog names these classes as validators, so Kedro checks a table whenever it is saved or
loaded. Unknown is empty, never guessed. Columns ending in ``_mm`` are millimetres on the native
grid, ``_px`` are native pixels (0 is the centre of the first), rates and probabilities lie
between 0 and 1.
"""

from sonolens.tables.cohort import MassMeasurements, Scans, Screening, Splits
