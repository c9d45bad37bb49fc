"""Who is in a study: where its scans went, and what those of a partition are like."""

from sonolens.evaluation.participants.characteristics import describe_partitions
from sonolens.evaluation.participants.flow import trace_scan_flow
