"""Whether a compiled engine pays for the trunk that maps come from, with what it compiled kept between runs.

Every route runs twice, each time in a fresh process: the first fills the folder of kept artefacts, the second finds it full.
Told are the seconds until the first batch is through, and then the time of each scan; beside them how far feature maps moved,
relative to the largest value of all.

    python benchmarks/engines.py [--networks resnet18 resnet50] [--routes eager compile aot onnx] [--scans 96]

`onnx` needs onnx, onnxscript and onnxruntime, which nothing else does.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn.utils import parametrize

from saliency import build_ours, speckle
from sonolens.models import keep_freed_memory
from sonolens.saliency.forward_pass import AT_ONCE_ON_CPU
from sonolens.saliency.inference_copy import fold_normalisation, view_frozen

Trunk = Callable[[Tensor], Tensor]
ROUTES = ("eager", "compile", "aot", "onnx")


class FeatureMaps(nn.Module):
    """A network up to its feature maps, its normalisation folded for good."""

    def __init__(self, name: str) -> None:
        super().__init__()
        scans = torch.zeros(1, 224, 224)
        folded = fold_normalisation(view_frozen(build_ours(name), device=scans.device), scans)
        for module in folded.modules():
            if parametrize.is_parametrized(module, "weight"):
                parametrize.remove_parametrizations(module, "weight", leave_parametrized=True)
        self.network = folded.requires_grad_(False).eval()

    def forward(self, scans: Tensor) -> Tensor:
        """Feature maps of some scans."""
        return self.network.activations(scans)


def by_eager(trunk: FeatureMaps, _scans: Tensor, _kept: Path) -> Trunk:
    """PyTorch as it is."""
    return trunk


def by_compile(trunk: FeatureMaps, _scans: Tensor, _kept: Path) -> Trunk:
    """`torch.compile`, whose cache lies in the kept folder."""
    return torch.compile(trunk, dynamic=False)


def by_aot(trunk: FeatureMaps, scans: Tensor, kept: Path) -> Trunk:
    """AOTInductor: a package that is made once and loaded."""
    package = kept / "trunk.pt2"
    if not package.exists():
        exported = torch.export.export(trunk, (scans,))
        torch._inductor.aoti_compile_and_package(exported, package_path=str(package))
    return torch._inductor.aoti_load_package(str(package))


def by_onnx(trunk: FeatureMaps, scans: Tensor, kept: Path) -> Trunk:
    """ONNX Runtime on an exported copy."""
    import onnxruntime  # noqa: PLC0415 - a peer that need not be there

    exported = kept / "trunk.onnx"
    if not exported.exists():
        torch.onnx.export(trunk, (scans,), str(exported), dynamo=True)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = torch.get_num_threads()
    session = onnxruntime.InferenceSession(
        str(exported), options, providers=["CPUExecutionProvider"]
    )
    (name,) = (each.name for each in session.get_inputs())
    return lambda batch: torch.from_numpy(session.run(None, {name: batch.numpy()})[0])


def measure(name: str, route: str, kept: Path, count: int) -> dict[str, float]:
    """Set one route up, and take its time on every batch of `count` scans."""
    torch.set_grad_enabled(False)
    keep_freed_memory()
    scans = torch.tensor(speckle(count)).float()
    batches = torch.split(scans, AT_ONCE_ON_CPU)
    trunk = FeatureMaps(name)
    expected = trunk(batches[0])
    started = time.perf_counter()
    run = globals()[f"by_{route}"](trunk, batches[0], kept)
    found = run(batches[0])
    ready = time.perf_counter() - started
    started, cpu = time.perf_counter(), time.process_time()
    for batch in batches:
        run(batch)
    return {
        "ready_s": ready,
        "wall_ms": 1000 * (time.perf_counter() - started) / count,
        "cpu_ms": 1000 * (time.process_time() - cpu) / count,
        "moved": float((found - expected).abs().max() / expected.abs().max()),
    }


def in_own_process(name: str, route: str, kept: str, count: int) -> dict[str, float]:
    """Measure in a process that has nothing but what is kept."""
    command = [sys.executable, __file__, "--one", route, "--networks", name, "--kept", kept]
    known = os.environ | {"TORCHINDUCTOR_CACHE_DIR": f"{kept}/inductor"}
    done = subprocess.run(  # noqa: S603 - our own file
        [*command, "--scans", str(count)], check=True, stdout=subprocess.PIPE, text=True, env=known
    )
    return json.loads(done.stdout.splitlines()[-1])


def main() -> None:
    """Print one line for each network, route and state of the folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--networks", nargs="+", default=["resnet18", "resnet50"])
    parser.add_argument("--routes", nargs="+", choices=ROUTES, default=list(ROUTES))
    parser.add_argument("--scans", type=int, default=96)
    parser.add_argument("--one", choices=ROUTES, help=argparse.SUPPRESS)
    parser.add_argument("--kept", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        print(json.dumps(measure(given.networks[0], given.one, given.kept, given.scans)))
        return
    for name in given.networks:
        plain = None
        for route in given.routes:
            with tempfile.TemporaryDirectory() as kept:
                for state in ("first", "kept"):
                    took = in_own_process(name, route, kept, given.scans)
                    plain = plain or took
                    print(
                        f"{name:10} {route:8} {state:6} ready after {took['ready_s']:6.2f} s, "
                        f"{took['wall_ms']:6.1f} ms a scan (CPU {took['cpu_ms']:6.1f}), "
                        f"{took['wall_ms'] / plain['wall_ms']:.2f} of eager, moved {took['moved']:.1e}",
                        flush=True,
                    )


if __name__ == "__main__":
    main()
