"""The version of sonolens, which weights, reports and run records name."""

__version__ = "0.1.0"
