"""Who is in the study, and in which partition: whole patients, both labels, by seed."""

from sonolens.cohort.splits import split_holdout

__all__ = ["split_holdout"]
