"""What is explained: networks that tell malignant from benign, their fitting and their predictions.

A network sees scans, never a mask or a region; a guided fit is told where evidence costs. Torchvision and Fabric are imported in this room
only, and only when they are needed.
"""

from sonolens.models.allocator import keep_freed_memory
from sonolens.models.devices import borrowed, choose_device
from sonolens.models.fitting.augmentation import AugmentationRanges
from sonolens.models.fitting.checkpoints import CheckpointSlot
from sonolens.models.fitting.fingerprint import fingerprint_fit
from sonolens.models.fitting.fit import Fit, fit_network
from sonolens.models.fitting.guidance import Guidance
from sonolens.models.fitting.labelled_scans import LabelledScans
from sonolens.models.fitting.machine import Hardware, Machine
from sonolens.models.fitting.plan import FitPlan
from sonolens.models.fitting.schedule import Pace, Schedule
from sonolens.models.networks.adaptation import ADAPTATIONS, DrsOptions
from sonolens.models.networks.backbones import NETWORKS
from sonolens.models.networks.building import build_network
from sonolens.models.networks.classifier import (
    FeatureMaps,
    LogitBatch,
    Recipe,
    ScanBatch,
    ScanClassifier,
    count_weights,
)
from sonolens.models.networks.initial_weights import describe_start
from sonolens.models.networks.own_networks import (
    OWN_ADAPTATIONS,
    Constructor,
    allow_own_networks,
    check_own_networks,
    find_own_network,
)
from sonolens.models.networks.own_trunk import EXPORTED, OwnTrunk
from sonolens.models.networks.receptive_field import receptive_field_px
from sonolens.models.networks.saving import check_framing, pack_weights, rebuild_network
from sonolens.models.networks.weight_randomisation import count_parts, randomise_cascade
from sonolens.models.networks.weights_bytes import (
    LENGTH_BYTES,
    header_end,
    read_weights,
    write_weights,
)
from sonolens.models.networks.weights_file import NetworkWeights
from sonolens.models.prediction import cut_batches, pool_features, predict_logits
from sonolens.models.timing import seconds_per_scan
