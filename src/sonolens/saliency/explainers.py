"""The methods that can explain a network, and the one way to run any of them over a study."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import KW_ONLY, dataclass
from functools import cached_property, partial
from typing import Literal, TypeAlias

import numpy as np
import torch
from jaxtyping import Float32
from torch import Tensor

from sonolens.arrays import Features, SaliencyStack, ScanStack
from sonolens.models import ScanClassifier, choose_device, keep_freed_memory
from sonolens.saliency.baselines import centre_prior, edges, random
from sonolens.saliency.cam import cam
from sonolens.saliency.cameras import cameras
from sonolens.saliency.channel_cams import ablation_cam, eigen_cam, score_cam
from sonolens.saliency.forward_pass import ForwardPass, to_numpy
from sonolens.saliency.gradient_cams import grad_cam, grad_cam_pp, hires_cam, layer_cam
from sonolens.saliency.inference_copy import fold_normalisation, view_frozen
from sonolens.saliency.occlusion import occlusion
from sonolens.saliency.pixel_gradients import integrated_gradients, smooth_grad
from sonolens.saliency.settings import MethodSettings

Explain: TypeAlias = Callable[[ForwardPass, MethodSettings], Tensor]
"""Maps of one batch ``[scans, cell_rows, cell_cols]`` at the method's own resolution; it takes its own
settings out of all."""


@dataclass(frozen=True)
class Explainer:
    """A saliency method, and what a table of its results must say about it.

    Attributes:
        explain: Draws the maps of a batch.
        reference: Where it was published.
        signed: Negative values argue for benign. The minimum of an unsigned map is only where there
            is least.
        resolution: Whether a map has the scan's pixels, or fewer and larger cells.
        knows_network: False for maps that are the same for every network.
        same_as_cam_on_gap: Behind global average pooling and a linear output its maps are CAM's, up to
            a positive factor per network. Agreement with CAM is then no finding.
        needs_maps: Whether it works on the feature maps or their cells, which a trunk that pools by itself lacks.
        adds_up: What gives the logit behind global average pooling and a linear output: with the head's bias the
            ``mean`` of all cells, or their ``sum``; ``difference`` where the sum is, nearly, what the logit is beyond
            that of an even grey. None where cells are no parts of the logit.
    """

    explain: Explain
    reference: str
    _: KW_ONLY
    signed: bool = True
    resolution: Literal["cells", "pixels"] = "cells"
    knows_network: bool = True
    same_as_cam_on_gap: bool = False
    needs_maps: bool = True
    adds_up: Literal["mean", "sum", "difference"] | None = None


EXPLAINERS: dict[str, Explainer] = {
    "cam": Explainer(
        lambda seen, _: cam(seen), "Zhou 2016", same_as_cam_on_gap=True, adds_up="mean"
    ),
    "grad_cam": Explainer(
        lambda seen, _: grad_cam(seen), "Selvaraju 2017", same_as_cam_on_gap=True, adds_up="sum"
    ),
    "grad_cam_pp": Explainer(lambda seen, _: grad_cam_pp(seen), "Chattopadhay 2018"),
    "hires_cam": Explainer(
        lambda seen, _: hires_cam(seen), "Draelos 2020", same_as_cam_on_gap=True, adds_up="sum"
    ),
    "layer_cam": Explainer(
        lambda seen, _: layer_cam(seen), "Jiang 2021", same_as_cam_on_gap=True, adds_up="sum"
    ),
    "eigen_cam": Explainer(lambda seen, _: eigen_cam(seen), "Muhammad 2020", signed=False),
    "score_cam": Explainer(lambda seen, chosen: score_cam(seen, chosen.score_cam), "Wang 2020"),
    "ablation_cam": Explainer(lambda seen, _: ablation_cam(seen), "Desai 2020"),
    "cameras": Explainer(
        lambda seen, chosen: cameras(seen, chosen.cameras), "Jalwana 2021", resolution="pixels"
    ),
    "integrated_gradients": Explainer(
        lambda seen, chosen: integrated_gradients(seen, chosen.integrated_gradients),
        "Sundararajan 2017",
        resolution="pixels",
        needs_maps=False,
        adds_up="difference",
    ),
    "smooth_grad": Explainer(
        lambda seen, chosen: smooth_grad(seen, chosen.smooth_grad, seed=chosen.seed),
        "Smilkov 2017",
        resolution="pixels",
        needs_maps=False,
    ),
    "occlusion": Explainer(
        lambda seen, chosen: occlusion(seen, chosen.occlusion), "Zeiler 2014", needs_maps=False
    ),
    "centre_prior": Explainer(
        lambda seen, chosen: centre_prior(seen, chosen.centre_prior),
        "Tatler 2007",
        signed=False,
        knows_network=False,
    ),
    "edges": Explainer(
        lambda seen, chosen: edges(seen, chosen.edges),
        "Adebayo 2018",
        signed=False,
        resolution="pixels",
        knows_network=False,
        needs_maps=False,
    ),
    "random": Explainer(
        lambda seen, chosen: random(seen, chosen.seed), "chance", knows_network=False
    ),
}
"""Every method by name; the only list of them."""


@dataclass(frozen=True)
class ExplainedBatch:
    """What a network says about some scans, and why.

    Attributes:
        scan_ids: Names of the scans.
        logits: The logit of each; positive means malignant.
        maps: By method, one map per scan at the method's own resolution.
        features: What enters the network's linear output, as `sonolens.models.pool_features` gives it.
    """

    scan_ids: tuple[str, ...]
    logits: Float32[np.ndarray, " scans"]
    maps: dict[str, SaliencyStack]
    features: Features


def check_fit(methods: Sequence[str], *, network: str, has_maps: bool) -> None:
    """Refuse methods that work on feature maps where a network has none.

    Args:
        methods: Names in `EXPLAINERS`.
        network: What it is called, for the error.
        has_maps: Whether it has; see `ScanClassifier.has_maps`.

    Raises:
        ValueError: A method does not fit; the first one is named, with those that do.
    """
    unfit = [method for method in methods if EXPLAINERS[method].needs_maps and not has_maps]
    if unfit:
        fit = [name for name, each in EXPLAINERS.items() if not each.needs_maps]
        raise ValueError(
            f"method {unfit[0]} works on feature maps, but network {network} gives one vector per scan, as a class token "
            f"is, and no map; choose from {', '.join(fit)}, or let the trunk return its maps or its tokens as a grid"
        )


def explain_scans(
    methods: Sequence[str],
    network: ScanClassifier,
    scans: ScanStack,
    *,
    scan_ids: Sequence[str],
    run: str,
    settings: MethodSettings,
    batch_size: int,
    device: str,
    undefined: Literal["refuse", "keep"] = "refuse",
) -> Iterator[ExplainedBatch]:
    """Explain scans batch by batch, so that maps can be written away as they come.

    All methods share one forward pass of a batch; those that need more passes make them in batches
    too. They work on a frozen double of the network over the same weights, and hold nothing once the
    last batch is read or the iterator is dropped.

    Args:
        methods: Names in `EXPLAINERS`.
        network: The network; it is not touched. Its weights must stay as they are until the last
            batch is read.
        scans: Framed scans; a memory map is read one batch at a time.
        scan_ids: Names of the scans.
        run: Name of the network's run, for errors.
        settings: What the methods leave free to choose.
        batch_size: How many scans pass through the network at once.
        device: A name in `sonolens.models.DEVICES`.
        undefined: What is done with maps that hold infinite or undefined values.

    Returns:
        An iterator over one batch after the other, in the order of `scans`; none for no scans. It
        raises ValueError where a logit is infinite or undefined, naming method, run and scan, likewise a map, unless such
        maps are kept, and where a method does not fit the network or the scans.

    Raises:
        ValueError: A method or the device is unknown or does not fit the network, `batch_size` is below
            1, or there are more or fewer names than scans.
        RuntimeError: The device is not there.
    """
    explainer = ScanExplainer(
        tuple(methods),
        network,
        scans[:1],
        run=run,
        settings=settings,
        device=device,
        undefined=undefined,
    )
    if batch_size < 1:
        raise ValueError(f"batch_size is {batch_size}; at least one scan must fit into a batch")
    if len(scan_ids) != len(scans):
        raise ValueError(f"{len(scans)} scans have {len(scan_ids)} names; give each scan its own")
    parts = (slice(start, start + batch_size) for start in range(0, len(scans), batch_size))
    return (explainer.explain(scans[part], scan_ids[part]) for part in parts)


@dataclass(frozen=True, eq=False)
class ScanExplainer:
    """Explains batches of scans by one network, which it makes ready once, where the first batch is explained.

    Until then it holds what it was given, and can be sent to another process.

    Attributes:
        methods: Names in `EXPLAINERS`.
        network: The network; it is not touched. Its weights must stay as they are until the last batch is explained.
        first: The study's first scan, whatever batch is explained: the frozen double is compared with the network on it.
        run: Name of the network's run, for errors.
        settings: What the methods leave free to choose.
        device: A name in `sonolens.models.DEVICES`.
        undefined: What is done with maps that hold infinite or undefined values.

    Raises:
        ValueError: A method or the device is unknown or does not fit the network.
        RuntimeError: The device is not there.
    """

    methods: tuple[str, ...]
    network: ScanClassifier
    first: ScanStack
    _: KW_ONLY
    run: str
    settings: MethodSettings
    device: str
    undefined: Literal["refuse", "keep"] = "refuse"

    def __post_init__(self) -> None:
        """Refuse what cannot be done before anything is."""
        unknown = [method for method in self.methods if method not in EXPLAINERS]
        if unknown:
            raise ValueError(
                f"method {unknown[0]!r} is unknown; choose from {', '.join(EXPLAINERS)}"
            )
        network = self.network
        check_fit(self.methods, network=network.recipe.network, has_maps=network.has_maps)
        choose_device(self.device)

    def explain(self, scans: ScanStack, scan_ids: Sequence[str]) -> ExplainedBatch:
        """Explain a batch; see `explain_scans`."""
        double = self._double
        batch = torch.tensor(scans, device=choose_device(self.device)).float()
        seen = ForwardPass(double, batch, tuple(scan_ids))
        logits = to_numpy(seen.logits)
        refuse = partial(_refuse_undefined, run=self.run, scan_ids=seen.scan_ids)
        maps = {}
        for method in self.methods:
            # Some methods fail in odd ways on what is undefined, so the logits are looked at before.
            if EXPLAINERS[method].knows_network:
                refuse(logits, kind="logit", method=method)
            maps[method] = to_numpy(EXPLAINERS[method].explain(seen, self.settings))
            if self.undefined == "refuse":
                refuse(maps[method], kind="map", method=method)
        features = to_numpy(seen.activations.float().mean(dim=(2, 3)))
        return ExplainedBatch(seen.scan_ids, logits, maps, features)

    @cached_property
    def _double(self) -> ScanClassifier:
        """The network, frozen and with its normalisation folded."""
        device = choose_device(self.device)
        keep_freed_memory()
        first = torch.tensor(self.first, device=device).float()
        return fold_normalisation(view_frozen(self.network, device=device), first)


def _refuse_undefined(
    values: Float32[np.ndarray, "scans ..."],
    *,
    kind: str,
    method: str,
    run: str,
    scan_ids: Sequence[str],
) -> None:
    broken = ~np.isfinite(values).reshape(len(values), -1).all(axis=1)
    if broken.any():
        raise ValueError(
            f"the {kind} of method {method}, run {run}, scan {scan_ids[int(broken.argmax())]} holds "
            "infinite or undefined values; is the network sound?"
        )
