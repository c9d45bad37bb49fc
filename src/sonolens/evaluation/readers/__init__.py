"""Readers beside each other and beside the network: how far people agree, and what a map's extreme is worth on their scale."""

from sonolens.evaluation.readers.agreement import compare_scan, score_agreement
from sonolens.evaluation.readers.birads import compare_with_reader_birads
from sonolens.evaluation.readers.network import score_beside_readers
from sonolens.evaluation.readers.pointing import describe_point, score_reader_points
from sonolens.evaluation.readers.scan_readings import ScanReadings, usable_readings
from sonolens.evaluation.readers.targets import read_targets
