"""What fitting costs, beside a plain PyTorch loop that does the same work.

Each route runs in fresh processes of its own, in turn, so that neither warms the other up and a busy
machine slows both. Seconds are medians; CPU seconds depend less on what else the machine does.

    python benchmarks/training_step.py [step] [epoch] [adaptations] [--repeats 3]

The table `adaptations` holds the steps of networks of which less learns against those in which everything does.
"""

import argparse
import json
import logging
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from statistics import median

import numpy as np
import torch
from torch import nn

from sonolens.models import (
    ADAPTATIONS,
    AugmentationRanges,
    FitPlan,
    LabelledScans,
    Machine,
    Schedule,
    build_network,
    fit_network,
)
from sonolens.models.fitting.augmentation import AugmentationDraw
from sonolens.models.fitting.batches import ScanBatches, Share
from sonolens.models.fitting.seeds import SCANS, epoch_seed

SIDE_PX = 224
BATCH_SIZE = 12
LEARNING_RATE = 1e-6
"""So small that rounding is not magnified from step to step and both routes must show one loss."""

STEPS = 14
WARM_UP = 4
EPOCH_SCANS = 400
WATCHED_SCANS = 48
SEED = 0
LIMITS = {"step": 0.90, "epoch": 1.00}
ADAPTATION_LIMITS = {"last_block": 0.45, "batchnorm": 0.70, "drs": 0.70}
"""Of a step in which everything learns. A linear probe still takes the forward pass, a third of it."""

CALM = AugmentationRanges(
    horizontal_flip=False, max_shift=0.0, max_contrast=0.0, max_gain_levels=0.0
)
WILD = AugmentationRanges(
    horizontal_flip=True, max_shift=0.1, max_contrast=0.1, max_gain_levels=20.0
)


@dataclass
class Clock:
    """Wall and CPU seconds from one tick to the next."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    def tick(self) -> None:
        """Note both times."""
        self.wall.append(time.perf_counter())
        self.cpu.append(time.process_time())

    def medians(self) -> dict[str, float]:
        """Median seconds between ticks."""
        return {
            name: float(np.median(np.diff(times)))
            for name, times in (("wall", self.wall), ("cpu", self.cpu))
        }


@dataclass(frozen=True)
class TimedScans(LabelledScans):
    """Scans that note when each batch is read, which is when the step before it is over."""

    clock: Clock

    def read(self, chosen: np.ndarray | slice) -> np.ndarray:
        """Note the time and read."""
        self.clock.tick()
        return super().read(chosen)


def speckle(count: int, *, seed: int, clock: Clock | None = None) -> LabelledScans:
    """Random scans, every second one malignant."""
    stack = np.random.default_rng(seed).integers(0, 256, (count, SIDE_PX, SIDE_PX), dtype=np.uint8)
    labels = np.arange(count) % 2 == 1
    parts = (stack, np.arange(count), labels, tuple(map(str, range(count))))
    return TimedScans(*parts, clock) if clock else LabelledScans(*parts)


def fit_ours(
    train: LabelledScans,
    watched: LabelledScans,
    ranges: AugmentationRanges,
    adaptation: str = "full",
) -> float:
    """One epoch as sonolens fits it; returns its train loss."""
    fit = fit_network(
        build_network("resnet18", adaptation=adaptation, weights="none", seed=SEED),
        plan=FitPlan(
            train=train,
            watched={"validation": watched},
            schedule=Schedule(
                learning_rate=LEARNING_RATE, batch_size=BATCH_SIZE, epochs=1, patience=1
            ),
            augmentation=ranges,
            seed=SEED,
        ),
        machine=Machine(device="cpu", devices=1, strategy="auto", precision="full"),
        checkpoint=None,
        name="benchmark",
    )
    return float(fit.history["train_loss"][0])


def fit_plainly(train: LabelledScans, watched: LabelledScans, ranges: AugmentationRanges) -> float:
    """One epoch as most scripts write it, in the order and with the draws of `fit_ours`."""
    network = build_network("resnet18", adaptation="full", weights="none", seed=SEED)
    network.to(memory_format=torch.contiguous_format)
    optimizer = torch.optim.Adam(network.parameters(), lr=LEARNING_RATE)
    seed = epoch_seed(SEED, epoch=1, stream=SCANS)
    drawn = ScanBatches(
        train, batch_size=BATCH_SIZE, augmentation=ranges, seed=seed, share=Share(0, 1)
    )
    total = 0.0
    for chosen in drawn.batches:
        scans = torch.tensor(train.read(chosen))
        labels = torch.tensor(train.labels[chosen]).float()
        if ranges is CALM:
            changed = scans.float()
        else:
            changed = torch.stack(
                [
                    change_plainly(scan, drawn.draw, int(position))
                    for scan, position in zip(scans, chosen, strict=True)
                ]
            )
        optimizer.zero_grad()
        loss = nn.functional.binary_cross_entropy_with_logits(network(changed), labels)
        loss.backward()
        optimizer.step()
        total += loss.item() * len(chosen)
    network.eval()
    with torch.no_grad():
        for start in range(0, len(watched), BATCH_SIZE):
            scans = torch.tensor(watched.read(slice(start, start + BATCH_SIZE)))
            network(scans.float())
    return total / len(train)


def change_plainly(scan: torch.Tensor, draw: AugmentationDraw, position: int) -> torch.Tensor:
    """Flip, shift, contrast and gain of one scan with PyTorch's own functions."""
    image = scan.float()
    if draw.flip[position]:
        image = image.flip(-1)
    down, right = (round(float(share) * SIDE_PX) for share in draw.shift[position])
    sides = (max(right, 0), max(-right, 0), max(down, 0), max(-down, 0))
    image = nn.functional.pad(image[None, None], sides, mode="replicate")[0, 0]
    top, left = max(-down, 0), max(-right, 0)
    image = image[top : top + SIDE_PX, left : left + SIDE_PX]
    toned = image * draw.contrast[position] + draw.gain_levels[position]
    return torch.where(image > 0, toned.clamp(0, 255), image)


Route = Callable[[LabelledScans, LabelledScans, AugmentationRanges], float]
ROUTES: dict[str, Route] = {
    "plain": fit_plainly,
    "sonolens": fit_ours,
    **{name: partial(fit_ours, adaptation=name) for name in ADAPTATIONS},
}
COMPARED = ("plain", "sonolens")


def measure_step(route: Route) -> dict[str, float]:
    """Median of single steps, batch reading included, once the process is warm."""
    clock = Clock()
    loss = route(
        speckle(STEPS * BATCH_SIZE, seed=1, clock=clock), speckle(BATCH_SIZE, seed=2), CALM
    )
    warm = Clock(clock.wall[WARM_UP:], clock.cpu[WARM_UP:])
    return {**warm.medians(), "loss": loss}


def measure_epoch(route: Route) -> dict[str, float]:
    """A whole epoch with augmentation and validation; imports and first calls are done before."""
    route(speckle(BATCH_SIZE, seed=3), speckle(BATCH_SIZE, seed=4), WILD)
    train, watched = speckle(EPOCH_SCANS, seed=1), speckle(WATCHED_SCANS, seed=2)
    clock = Clock()
    clock.tick()
    loss = route(train, watched, WILD)
    clock.tick()
    return {**clock.medians(), "loss": loss}


MEASURES = {"step": measure_step, "epoch": measure_epoch}
LEAST_LEARNS_LAST = ("full", "last_block", "batchnorm", "drs", "linear_probe")


def measure_afresh(measure: str, route: str) -> dict[str, float]:
    """Measure in a process that has done nothing else."""
    command = [sys.executable, __file__, "--child", measure, route]
    done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - our own file
    result: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return result


def measure_in_turn(
    measure: str, routes: Sequence[str], *, repeats: int
) -> dict[str, dict[str, float]]:
    """Measure some routes in turn, each so many times; medians by route."""
    results: dict[str, list[dict[str, float]]] = {route: [] for route in routes}
    for _ in range(repeats):
        for route, found in results.items():
            found.append(measure_afresh(measure, route))
    return {
        route: {key: median(result[key] for result in found) for key in ("wall", "cpu", "loss")}
        for route, found in results.items()
    }


def compare_adaptations(*, repeats: int) -> None:
    """Print what a step costs where less learns, over one in which everything does."""
    shown = measure_in_turn("step", LEAST_LEARNS_LAST, repeats=repeats)
    full = shown["full"]
    print(f"\nadaptations: ResNet-18, batch {BATCH_SIZE}, {SIDE_PX} px, {repeats} processes each")
    print(f"{'learns':<14}{'wall s':>10}{'CPU s':>10}{'of full':>10}{'by CPU':>10}{'limit':>8}")
    for name, row in shown.items():
        ratios = "".join(f"{row[key] / full[key]:>10.2f}" for key in ("wall", "cpu"))
        limit = f"{ADAPTATION_LIMITS[name]:>8.2f}" if name in ADAPTATION_LIMITS else ""
        print(f"{name:<14}{row['wall']:>10.3f}{row['cpu']:>10.3f}{ratios}{limit}", flush=True)


def compare(measure: str, *, repeats: int) -> None:
    """Print what both routes cost and whether they do the same."""
    shown = measure_in_turn(measure, COMPARED, repeats=repeats)
    print(f"\n{measure}: ResNet-18, batch {BATCH_SIZE}, {SIDE_PX} px, {repeats} processes each")
    print(f"{'route':<10}{'wall s':>10}{'CPU s':>10}{'train loss':>14}")
    for route, row in shown.items():
        print(f"{route:<10}{row['wall']:>10.3f}{row['cpu']:>10.3f}{row['loss']:>14.7f}")
    plain, ours = shown["plain"], shown["sonolens"]
    ratios = [ours[key] / plain[key] for key in ("wall", "cpu")]
    print(f"{'ratio':<10}{ratios[0]:>10.2f}{ratios[1]:>10.2f}   (limit {LIMITS[measure]:.2f})")
    gap = abs(ours["loss"] - plain["loss"]) / plain["loss"]
    print(f"losses differ by {gap:.1e} of their size", flush=True)


def main() -> None:
    """Compare both routes, or measure one of them in this process."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("measures", nargs="*", help="step, epoch, adaptations; all unless named")
    parser.add_argument("--repeats", type=int, default=3, help="fresh processes for each route")
    parser.add_argument("--child", nargs=2, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.child:
        logging.disable()
        measure, route = arguments.child
        print(json.dumps(MEASURES[measure](ROUTES[route])))
        return
    for measure in arguments.measures or (*MEASURES, "adaptations"):
        if measure == "adaptations":
            compare_adaptations(repeats=arguments.repeats)
        else:
            compare(measure, repeats=arguments.repeats)


if __name__ == "__main__":
    main()
