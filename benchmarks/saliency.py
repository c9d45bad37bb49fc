"""What class activation maps and their extremes cost, beside a plain forward pass of the same scans.

Each route runs in fresh processes of its own, in turn, so that neither warms the other up and a busy
machine slows both. Times are medians; CPU time depends less on what else the machine does.

    python benchmarks/saliency.py [time] [memory] [passes] [extremes] [--networks resnet50 resnet18]
"""

import argparse
import gc
import importlib.util
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from statistics import median

import numpy as np
import torch
import yaml
from scipy import ndimage
from torch import nn
from torchvision import models

from sonolens.evaluation.pointing import locate_extremes
from sonolens.models import ScanClassifier, build_network
from sonolens.saliency import EXPLAINERS, MethodSettings, explain_scans
from sonolens.tables.vocabulary import EXTREMES

CONF = Path(__file__).parents[1] / "conf" / "base" / "parameters_explainability.yml"

SIDE_PX = 224
BATCH_SIZE = 12
SCANS = 96
GRAIN_PX = (2.0, 40.0)
NATIVE = (600, 800)
MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
SHARING = (
    *("cam", "grad_cam", "grad_cam_pp", "hires_cam", "layer_cam", "eigen_cam", "ablation_cam"),
    *("centre_prior", "edges", "random"),
)
"""Methods that need nothing of the trunk but its feature maps."""

TIME_LIMIT = 0.60
FASTER_THAN_GRADCAM = 4.0
MEMORY_LIMIT = 1.10


@cache
def speckle(count: int) -> np.ndarray:
    """Random scans with grains of all sizes, made one by one so that they leave no peak of memory."""
    rng = np.random.default_rng(1)
    scans = np.empty((count, SIDE_PX, SIDE_PX), dtype=np.uint8)
    for scan, grain_px in zip(scans, rng.uniform(*GRAIN_PX, count), strict=True):
        smooth = ndimage.gaussian_filter(rng.standard_normal(scan.shape), grain_px)
        scan[:] = (128 + 60 * smooth / smooth.std()).clip(0, 255)
    return scans


def scatter_statistics(network: nn.Module) -> nn.Module:
    """Draw what batch normalisation learns, so that folding it has something to fold."""
    generator = torch.Generator().manual_seed(2)
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.running_mean.normal_(0, 0.1, generator=generator)
            module.running_var.uniform_(0.5, 1.5, generator=generator)
    return network.eval()


def build_plain(name: str) -> nn.Module:
    """Torchvision's network with one output, as most scripts build it."""
    return scatter_statistics(models.get_model(name, weights=None, num_classes=1))


def build_ours(name: str) -> ScanClassifier:
    """The network of sonolens."""
    network = build_network(name, adaptation="full", weights="none", seed=0)
    scatter_statistics(network)
    return network


def batches(scans: np.ndarray) -> Iterator[torch.Tensor]:
    """Normalised colour batches, as most scripts make them."""
    mean, std = (torch.tensor(values).reshape(3, 1, 1) for values in (MEAN, STD))
    for start in range(0, len(scans), BATCH_SIZE):
        grey = torch.tensor(scans[start : start + BATCH_SIZE]).float() / 255
        yield (grey[:, None] - mean) / std


@cache
def as_in_conf() -> MethodSettings:
    """The settings that a study starts with."""
    told = yaml.safe_load(CONF.read_text())["explanation"]
    return MethodSettings(**{name: told[name] for name in MethodSettings.model_fields})


def run_plain(network: nn.Module, scans: np.ndarray) -> np.ndarray:
    """The logits alone: what every map costs at least, without a setting."""
    with torch.inference_mode():
        return np.concatenate([network(batch).numpy() for batch in batches(scans)])


def run_ours(
    network: ScanClassifier, scans: np.ndarray, methods: Sequence[str] = ("cam",)
) -> np.ndarray:
    """Maps of a study and the points of both extremes of the first method."""
    found = []
    for batch in explain_scans(
        methods,
        network,
        scans,
        scan_ids=[str(number) for number in range(len(scans))],
        run="benchmark",
        settings=as_in_conf(),
        batch_size=BATCH_SIZE,
        device="cpu",
    ):
        found += [points_of(saliency) for saliency in batch.maps[methods[0]]]
    return np.array(found)


def points_of(saliency: np.ndarray) -> list[list[float]]:
    """The first point of either extreme on the native grid."""
    return [
        locate_extremes(saliency, on=NATIVE, extreme=extreme, rule="cell")[0].tolist()
        for extreme in EXTREMES
    ]


def run_gradcam(network: nn.Module, scans: np.ndarray) -> np.ndarray:
    """Maps of pytorch-grad-cam, whose logit is the evidence of malignancy."""
    from pytorch_grad_cam import GradCAM  # noqa: PLC0415 - a peer that need not be there
    from pytorch_grad_cam.utils.model_targets import (  # noqa: PLC0415
        BinaryClassifierOutputTarget,
    )

    with GradCAM(model=network, target_layers=[network.layer4]) as explain:
        return np.concatenate(
            [
                explain(input_tensor=batch, targets=[BinaryClassifierOutputTarget(1)] * len(batch))
                for batch in batches(scans)
            ]
        )


Run = Callable[[nn.Module, np.ndarray], np.ndarray]
ROUTES: dict[str, tuple[Callable[[str], nn.Module], Run, int]] = {
    "plain": (build_plain, run_plain, SCANS),
    "sonolens": (build_ours, run_ours, SCANS),
    "grad-cam": (build_plain, run_gradcam, 2 * BATCH_SIZE),
}
"""How each route builds its network and runs it, and on how many scans it is timed."""


def measure_time(name: str, route: str) -> dict[str, float]:
    """Milliseconds per scan of a warm process; copying and folding the network count."""
    build, run, count = ROUTES[route]
    network, scans = build(name), speckle(count)
    run(network, scans[:BATCH_SIZE])
    wall, cpu = time.perf_counter(), time.process_time()
    run(network, scans)
    seconds = {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}
    return {key: 1000 * value / count for key, value in seconds.items()}


def peak_mib() -> float:
    """The most memory the process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def tensors_mib() -> float:
    """Memory of all tensors that Python knows, each storage once."""
    gc.collect()
    storages = {
        each.untyped_storage().data_ptr(): each.untyped_storage().nbytes()
        for each in gc.get_objects()
        if isinstance(each, torch.Tensor)
    }
    return sum(storages.values()) / 2**20


def measure_memory(name: str, route: str) -> dict[str, float]:
    """Peaks above the imports and above the inputs, and what is held once the maps are gone."""
    scans = speckle(4 * BATCH_SIZE)
    imported = peak_mib()
    build, run, _ = ROUTES[route]
    network = build(name)
    built, before = peak_mib(), tensors_mib()
    run(network, scans)
    return {
        "peak": peak_mib() - imported,
        "run": peak_mib() - built,
        "held": tensors_mib() - before,
    }


def count_passes(name: str) -> dict[str, list[int]]:
    """Scans of each pass through the trunk: for CAM alone, and for all methods that can share."""
    network, seen = build_ours(name), list[int]()
    network.features.register_forward_hook(
        lambda _module, inputs, _output: seen.append(len(inputs[0]))
    )
    counted = {}
    for title, methods in (("cam", SHARING[:1]), ("shared", SHARING)):
        run_ours(network, speckle(2 * BATCH_SIZE), methods)
        counted[title] = seen.copy()
        seen.clear()
    return counted


def count_moved(name: str) -> dict[str, int]:
    """How many extremes lie elsewhere than those of CAM by plain torch with the same weights."""
    ours, plain = build_ours(name), build_plain(name)
    weights = ours.features.state_dict() | {
        f"fc.{key}": weight for key, weight in ours.head.state_dict().items()
    }
    plain.load_state_dict(weights)
    maps: list[torch.Tensor] = []
    plain.layer4.register_forward_hook(lambda _module, _inputs, output: maps.append(output))
    scans = speckle(SCANS)
    run_plain(plain, scans)
    cams = torch.einsum("k,nkij->nij", weights["fc.weight"][0], torch.cat(maps)).numpy()
    expected = np.array([points_of(saliency) for saliency in cams])
    moved = (run_ours(ours, scans) != expected).any(axis=2)
    places = np.unique(expected.reshape(-1, 2), axis=0)
    return {"moved": int(moved.sum()), "extremes": moved.size, "places": len(places)}


def measure_methods(name: str) -> dict[str, float]:
    """Seconds per scan of every method by itself, on one batch."""
    network, scans = build_ours(name), speckle(BATCH_SIZE)
    run_ours(network, scans)
    taken = {}
    for method in EXPLAINERS:
        started = time.perf_counter()
        run_ours(network, scans, (method,))
        taken[method] = (time.perf_counter() - started) / len(scans)
    return taken


CHILDREN = {
    "methods": measure_methods,
    "time": measure_time,
    "memory": measure_memory,
    "passes": count_passes,
    "extremes": count_moved,
}


def measure_afresh(*arguments: str) -> dict:
    """Measure in a process that has done nothing else."""
    command = [sys.executable, __file__, "--child", *arguments]
    done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - our own file
    return json.loads(done.stdout.splitlines()[-1])


def compare(measure: str, name: str, *, routes: Sequence[str], repeats: int) -> dict:
    """Medians of what each route costs, measured in turn."""
    results: dict[str, list[dict[str, float]]] = {route: [] for route in routes}
    for _ in range(repeats):
        for route, found in results.items():
            found.append(measure_afresh(measure, name, route))
    return {
        route: {key: median(result[key] for result in found) for key in found[0]}
        for route, found in results.items()
    }


def print_time(name: str, *, repeats: int) -> None:
    """Print milliseconds per scan and their ratios."""
    peer = importlib.util.find_spec("pytorch_grad_cam") is not None
    shown = compare(
        "time",
        name,
        routes=[route for route in ROUTES if peer or route != "grad-cam"],
        repeats=repeats,
    )
    print(f"{'route':<12}{'wall ms/scan':>14}{'CPU ms/scan':>14}")
    for route, row in shown.items():
        print(f"{route:<12}{row['wall']:>14.1f}{row['cpu']:>14.1f}")
    wall, cpu = (shown["sonolens"][key] / shown["plain"][key] for key in ("wall", "cpu"))
    print(f"{'ratio':<12}{wall:>14.2f}{cpu:>14.2f}   (sonolens / plain; limit {TIME_LIMIT:.2f})")
    if not peer:
        print("pytorch-grad-cam is not installed, so it is not measured")
        return
    wall, cpu = (shown["grad-cam"][key] / shown["sonolens"][key] for key in ("wall", "cpu"))
    print(
        f"{'ratio':<12}{wall:>14.2f}{cpu:>14.2f}   "
        f"(grad-cam / sonolens; at least {FASTER_THAN_GRADCAM:.0f})"
    )


def print_memory(name: str, *, repeats: int) -> None:
    """Print peaks in MiB and their ratio."""
    shown = compare("memory", name, routes=["plain", "sonolens"], repeats=repeats)
    print(f"{'route':<12}{'above imports':>16}{'above network':>16}{'held after':>12}   MiB")
    for route, row in shown.items():
        print(f"{route:<12}{row['peak']:>16.0f}{row['run']:>16.0f}{row['held']:>12.1f}")
    peak, run = (shown["sonolens"][key] / shown["plain"][key] for key in ("peak", "run"))
    print(f"{'ratio':<12}{peak:>16.2f}{run:>16.2f}   (limit of the first {MEMORY_LIMIT:.2f})")


def print_passes(name: str, **_: int) -> None:
    """Print how many scans pass through the trunk, and whether more do for more methods."""
    counted = measure_afresh("passes", name)
    print(f"CAM alone: passes of {', '.join(map(str, counted['cam']))} scans")
    same = (
        "the same" if counted["shared"] == counted["cam"] else f"{counted['shared']}: NOT the same"
    )
    print(f"{len(SHARING)} methods at once: {same}")


def print_extremes(name: str, **_: int) -> None:
    """Print how many extremes the fast route moves."""
    found = measure_afresh("extremes", name)
    print(
        f"{found['moved']} of {found['extremes']} extremes moved against plain torch, "
        f"which puts them at {found['places']} places"
    )


def print_methods(name: str, **_: int) -> None:
    """Print what every method costs, and all of them on a hundred scans."""
    taken = measure_afresh("methods", name)
    for method, seconds in sorted(taken.items(), key=lambda each: each[1]):
        print(f"{method:<22}{1000 * seconds:>10.0f} ms/scan")
    print(f"{'all, 100 scans':<22}{100 * sum(taken.values()) / 60:>10.1f} minutes")


PRINTERS: dict[str, Callable[..., None]] = {
    "methods": print_methods,
    "time": print_time,
    "memory": print_memory,
    "passes": print_passes,
    "extremes": print_extremes,
}


def main() -> None:
    """Print the tables asked for, or measure one route in this process."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "measures", nargs="*", help="methods, time, memory, passes, extremes; all unless named"
    )
    parser.add_argument("--networks", nargs="+", default=["resnet50", "resnet18"])
    parser.add_argument("--repeats", type=int, default=3, help="fresh processes for each route")
    parser.add_argument("--child", nargs="+", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.child:
        measure, *rest = arguments.child
        print(json.dumps(CHILDREN[measure](*rest)))
        return
    for name in arguments.networks:
        for measure in arguments.measures or PRINTERS:
            load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
            print(f"\n{measure}: {name}, batch {BATCH_SIZE}, {SIDE_PX} px; load {load}")
            PRINTERS[measure](name, repeats=arguments.repeats)
            sys.stdout.flush()


if __name__ == "__main__":
    main()
