"""Kedro input and output that the catalog lacks: every version is complete or absent.

This room knows file formats and Kedro, no science.
"""

from sonolens.datasets.checkpoint_folder import CheckpointFolderDataset
from sonolens.datasets.figure import FigureDataset
from sonolens.datasets.json_document import JsonDataset
from sonolens.datasets.link import LinkDataset
from sonolens.datasets.network_weights import NetworkWeightsDataset
from sonolens.datasets.new_scans import NewScansDataset
from sonolens.datasets.numpy_array import NumpyArrayDataset
from sonolens.datasets.run_record import RunRecordDataset
from sonolens.datasets.runs import ComparedRunsDataset, RunsDataset
from sonolens.datasets.study import StudyDataset, UnreadStudyDataset
from sonolens.datasets.table import TableDataset
from sonolens.datasets.text import ReportDataset, TextDataset
from sonolens.datasets.travelling_networks import TravellingNetworksDataset
from sonolens.datasets.versioned_collection import VersionedCollection
