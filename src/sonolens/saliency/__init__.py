"""What mattered to the network: signed maps of evidence, and the points where they are extreme.

A map knows neither masks nor regions. Positive evidence speaks for malignant, negative for benign,
and zero stays zero.
"""

from sonolens.saliency.cam import check_identity
from sonolens.saliency.contributions import ChannelContributions, strongest_channels
from sonolens.saliency.explainers import (
    EXPLAINERS,
    ExplainedBatch,
    Explainer,
    ScanExplainer,
    check_fit,
    explain_scans,
)
from sonolens.saliency.forward_pass import ForwardPass
from sonolens.saliency.pixel_gradients import predict_even_grey
from sonolens.saliency.settings import (
    CamerasSettings,
    CentrePriorSettings,
    EdgesSettings,
    IntegratedGradientsSettings,
    MethodSettings,
    OcclusionSettings,
    ScoreCamSettings,
    SmoothGradSettings,
)
