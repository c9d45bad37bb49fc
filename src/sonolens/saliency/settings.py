"""What saliency methods leave free to choose; ``conf`` holds the values that their authors published."""

from typing import Annotated

from pydantic import Field, model_validator

from sonolens.parameters import Parameters

Grey = Annotated[float, Field(ge=0, le=255)]


class ScoreCamSettings(Parameters):
    """Which channels Score-CAM asks about, and what hides the rest of the scan."""

    channels: int | None = Field(
        ge=1,
        description="How many vote, those first that move the logit most to first order, at one forward "
        "pass per scan each; none: all, as published.",
    )
    baseline_grey: Grey = Field(description="Grey level of what a channel hides.")


class CamerasSettings(Parameters):
    """The sizes at which CAMERAS looks: the scan's own, then larger in steps (Jalwana 2021)."""

    largest_px: int = Field(
        ge=1, description="No size is larger; a scan that is larger is seen at its own size only."
    )
    step_px: int = Field(ge=1, description="From one size to the next.")


class IntegratedGradientsSettings(Parameters):
    """The path from an empty scan to the scan."""

    steps: int = Field(ge=1, description="Points of the path where the gradient is taken.")
    baseline_grey: Grey = Field(
        description="Grey level of the empty scan. What is as dark as it gets no evidence."
    )


class SmoothGradSettings(Parameters):
    """The noisy copies of a scan whose gradients are averaged."""

    samples: int = Field(ge=1, description="Noisy copies per scan.")
    noise_share: float = Field(
        ge=0, description="Standard deviation of the noise, share of the scan's grey range."
    )


class OcclusionSettings(Parameters):
    """The grey square that is moved over a scan (Zeiler & Fergus 2014)."""

    window_px: int = Field(ge=1, description="Side of the square; a multiple of the stride.")
    stride_px: int = Field(ge=1, description="How far it moves, and the side of a map's cells.")
    fill_grey: Grey = Field(description="Its grey level.")

    @model_validator(mode="after")
    def _whole_strides(self) -> "OcclusionSettings":
        if self.window_px % self.stride_px:
            raise ValueError(
                f"window_px is {self.window_px}; it must be a multiple of stride_px {self.stride_px}"
            )
        return self


class CentrePriorSettings(Parameters):
    """The Gaussian of the centre prior."""

    sigma_share: float = Field(
        gt=0,
        description="Its standard deviation, share of the scan's rows and of its columns; a quarter is "
        "about what eye tracking finds. It moves no extreme.",
    )


class EdgesSettings(Parameters):
    """How fine the edges are."""

    sigma_px: float = Field(gt=0, description="Smoothing that keeps speckle from being an edge.")


class MethodSettings(Parameters):
    """What all methods leave free to choose; each field but `seed` is named for its method."""

    score_cam: ScoreCamSettings = Field(description="Of Score-CAM.")
    cameras: CamerasSettings = Field(description="Of CAMERAS.")
    integrated_gradients: IntegratedGradientsSettings = Field(
        description="Of integrated gradients."
    )
    smooth_grad: SmoothGradSettings = Field(description="Of SmoothGrad.")
    occlusion: OcclusionSettings = Field(description="Of occlusion.")
    centre_prior: CentrePriorSettings = Field(description="Of the baseline of that name.")
    edges: EdgesSettings = Field(description="Of the baseline of that name.")
    seed: int = Field(
        ge=0,
        description="Of methods that draw at random; with a scan's name it fixes that scan's draws, "
        "whatever the batch, the order or the device.",
    )
