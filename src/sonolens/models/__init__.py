"""What is explained: networks that tell malignant from benign, their fitting and their predictions.

A network sees scans, never a mask or a region. Torchvision and Fabric are imported in this room
only, and only when they are needed.
"""

from sonolens.models.allocator import keep_freed_memory
from sonolens.models.devices import DEVICES, borrowed, choose_device
from sonolens.models.fitting.augmentation import (
    AugmentationDraw,
    AugmentationRanges,
    apply_augmentation,
    draw_augmentation,
)
from sonolens.models.fitting.checkpoints import CheckpointSlot
from sonolens.models.fitting.fingerprint import fingerprint_fit
from sonolens.models.fitting.fit import Fit, Kept, fit_network
from sonolens.models.fitting.labelled_scans import LabelledScans
from sonolens.models.fitting.machine import PRECISIONS, STRATEGIES, Machine
from sonolens.models.fitting.schedule import Schedule
from sonolens.models.networks.adaptation import ADAPTATIONS, DRS_PLACEMENTS
from sonolens.models.networks.backbones import NETWORKS, Architecture
from sonolens.models.networks.building import build_network
from sonolens.models.networks.classifier import (
    FeatureMaps,
    LogitBatch,
    Recipe,
    ScanBatch,
    ScanClassifier,
)
from sonolens.models.networks.counting import WeightCount, count_weights
from sonolens.models.networks.initial_weights import describe_start, read_starting_weights
from sonolens.models.networks.receptive_field import receptive_field_px
from sonolens.models.networks.saving import check_framing, pack_weights, rebuild_network
from sonolens.models.networks.weight_randomisation import randomise_cascade
from sonolens.models.networks.weights_file import NetworkWeights
from sonolens.models.prediction import predict_logits

__all__ = [
    "ADAPTATIONS",
    "DEVICES",
    "DRS_PLACEMENTS",
    "NETWORKS",
    "PRECISIONS",
    "STRATEGIES",
    "Architecture",
    "AugmentationDraw",
    "AugmentationRanges",
    "CheckpointSlot",
    "FeatureMaps",
    "Fit",
    "Kept",
    "LabelledScans",
    "LogitBatch",
    "Machine",
    "NetworkWeights",
    "Recipe",
    "ScanBatch",
    "ScanClassifier",
    "Schedule",
    "WeightCount",
    "apply_augmentation",
    "borrowed",
    "build_network",
    "check_framing",
    "choose_device",
    "count_weights",
    "describe_start",
    "draw_augmentation",
    "fingerprint_fit",
    "fit_network",
    "keep_freed_memory",
    "pack_weights",
    "predict_logits",
    "randomise_cascade",
    "read_starting_weights",
    "rebuild_network",
    "receptive_field_px",
]
