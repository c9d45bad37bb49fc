"""What saliency methods leave free to choose, with the values their authors published."""

from dataclasses import dataclass, field

BLACK = 0.0
WHITE = 255.0
IMAGENET_GREY = 114.5
"""ImageNet's mean colour as a grey level: the zero of a normalised input, which authors fill with."""


@dataclass(frozen=True)
class ScoreCamSettings:
    """Which channels Score-CAM asks about, and what hides the rest of the scan.

    Attributes:
        channels: How many channels vote, those first that move the logit most to first order; None
            for all, as published. Each costs one forward pass per scan.
        baseline_grey: Grey level of what a channel hides.
    """

    channels: int | None = None
    baseline_grey: float = IMAGENET_GREY

    def __post_init__(self) -> None:
        if self.channels is not None:
            _need(self.channels >= 1, "score_cam.channels", self.channels, "at least 1, or none")
        _need_grey("score_cam.baseline_grey", self.baseline_grey)


@dataclass(frozen=True)
class CamerasSettings:
    """The sizes at which CAMERAS looks: the scan's own, then larger in steps (Jalwana 2021).

    Attributes:
        largest_px: No size is larger; a scan that already is larger is seen at its own size only.
        step_px: From one size to the next.
    """

    largest_px: int = 924
    step_px: int = 100

    def __post_init__(self) -> None:
        _need(self.largest_px >= 1, "cameras.largest_px", self.largest_px, "at least 1")
        _need(self.step_px >= 1, "cameras.step_px", self.step_px, "at least 1")


@dataclass(frozen=True)
class IntegratedGradientsSettings:
    """The path from an empty scan to the scan.

    Attributes:
        steps: Points of the path where the gradient is taken; the authors advise 20 to 300.
        baseline_grey: Grey level of the empty scan; black, as published. What is as dark as the
            baseline gets no evidence, anechoic tissue under black above all.
    """

    steps: int = 50
    baseline_grey: float = BLACK

    def __post_init__(self) -> None:
        _need(self.steps >= 1, "integrated_gradients.steps", self.steps, "at least 1")
        _need_grey("integrated_gradients.baseline_grey", self.baseline_grey)


@dataclass(frozen=True)
class SmoothGradSettings:
    """The noisy copies of a scan whose gradients are averaged (Smilkov 2017: 50 copies, 10-20 %).

    Attributes:
        samples: Noisy copies per scan.
        noise_share: Standard deviation of the noise as a share of the scan's grey range.
    """

    samples: int = 50
    noise_share: float = 0.15

    def __post_init__(self) -> None:
        _need(self.samples >= 1, "smooth_grad.samples", self.samples, "at least 1")
        _need(self.noise_share >= 0, "smooth_grad.noise_share", self.noise_share, "0 or more")


@dataclass(frozen=True)
class OcclusionSettings:
    """The grey square that is moved over a scan (Zeiler & Fergus 2014).

    Attributes:
        window_px: Side of the square; a multiple of the stride.
        stride_px: How far it moves at a time, and the side of a map's cells.
        fill_grey: Its grey level.
    """

    window_px: int = 32
    stride_px: int = 16
    fill_grey: float = IMAGENET_GREY

    def __post_init__(self) -> None:
        _need(self.stride_px >= 1, "occlusion.stride_px", self.stride_px, "at least 1")
        fits = self.window_px >= 1 and self.window_px % self.stride_px == 0
        _need(fits, "occlusion.window_px", self.window_px, f"a multiple of {self.stride_px}")
        _need_grey("occlusion.fill_grey", self.fill_grey)


@dataclass(frozen=True)
class CentrePriorSettings:
    """The Gaussian of the centre prior.

    Attributes:
        sigma_share: Its standard deviation as a share of the scan's rows and of its columns; a
            quarter is about what eye tracking finds. It moves no extreme.
    """

    sigma_share: float = 0.25

    def __post_init__(self) -> None:
        _need(self.sigma_share > 0, "centre_prior.sigma_share", self.sigma_share, "above 0")


@dataclass(frozen=True)
class EdgesSettings:
    """How fine the edges are.

    Attributes:
        sigma_px: Standard deviation of the smoothing that keeps speckle from being an edge.
    """

    sigma_px: float = 3.0

    def __post_init__(self) -> None:
        _need(self.sigma_px > 0, "edges.sigma_px", self.sigma_px, "above 0")


@dataclass(frozen=True)
class MethodSettings:
    """What all methods leave free to choose; each field is named for its method.

    Attributes:
        seed: Seed of the random methods; with a scan's name it fixes that scan's draws, whatever
            the batch, the order or the device.
    """

    score_cam: ScoreCamSettings = field(default_factory=ScoreCamSettings)
    cameras: CamerasSettings = field(default_factory=CamerasSettings)
    integrated_gradients: IntegratedGradientsSettings = field(
        default_factory=IntegratedGradientsSettings
    )
    smooth_grad: SmoothGradSettings = field(default_factory=SmoothGradSettings)
    occlusion: OcclusionSettings = field(default_factory=OcclusionSettings)
    centre_prior: CentrePriorSettings = field(default_factory=CentrePriorSettings)
    edges: EdgesSettings = field(default_factory=EdgesSettings)
    seed: int = 0


def _need(holds: bool, name: str, value: int | float, wanted: str) -> None:
    if not holds:
        raise ValueError(f"{name} is {value}; it must be {wanted}")


def _need_grey(name: str, value: float) -> None:
    _need(BLACK <= value <= WHITE, name, value, "a grey level from 0 to 255")
