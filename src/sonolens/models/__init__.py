"""What is explained: networks that tell malignant from benign, their fitting and their predictions.

A network sees scans, never a mask or a region. Torchvision and Lightning are imported in this room
only, and only when they are needed.
"""

from sonolens.models.adaptation import ADAPTATIONS
from sonolens.models.allocator import keep_freed_memory
from sonolens.models.augmentation import AugmentationDraw, apply_augmentation, draw_augmentation
from sonolens.models.backbones import NETWORKS, build_network
from sonolens.models.classifier import FeatureMaps, LogitBatch, Recipe, ScanBatch, ScanClassifier
from sonolens.models.devices import DEVICES, borrowed, choose_device
from sonolens.models.fitting import Fit, fit_network
from sonolens.models.packing import pack_weights, rebuild_network
from sonolens.models.prediction import predict_logits
from sonolens.models.weights import NetworkWeights

__all__ = [
    "ADAPTATIONS",
    "DEVICES",
    "NETWORKS",
    "AugmentationDraw",
    "FeatureMaps",
    "Fit",
    "LogitBatch",
    "NetworkWeights",
    "Recipe",
    "ScanBatch",
    "ScanClassifier",
    "apply_augmentation",
    "borrowed",
    "build_network",
    "choose_device",
    "draw_augmentation",
    "fit_network",
    "keep_freed_memory",
    "pack_weights",
    "predict_logits",
    "rebuild_network",
]
