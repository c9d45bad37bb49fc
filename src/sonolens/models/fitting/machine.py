"""The machine of a fit: on which devices it runs, and in which precision they multiply."""

from typing import Annotated, Literal, TypeAlias

import torch
from pydantic import AfterValidator, Field

from sonolens.models.devices import DEVICES, choose_device
from sonolens.parameters import Parameters, one_of

STRATEGIES = ("auto", "ddp_spawn", "ddp_fork")
"""How several processes start. ``auto`` spawns: a fork after threads have run may hang."""

PRECISIONS = ("auto", "full", "mixed")
"""``full``: float32. ``mixed``: products in 16 bits, on CUDA only. ``auto``: mixed on CUDA."""

FabricPrecision: TypeAlias = Literal["32-true", "bf16-mixed", "16-mixed"]


class Hardware(Parameters):
    """How many devices share a fit, and in which precision they multiply."""

    devices: int = Field(ge=1, description="Devices, or processes on the CPU, that share a batch.")
    strategy: Annotated[str, AfterValidator(one_of(STRATEGIES))] = Field(
        description="How several processes are started."
    )
    precision: Annotated[str, AfterValidator(one_of(PRECISIONS))] = Field(
        description="Full is float32; mixed needs a GPU; auto is mixed on CUDA."
    )


class Machine(Hardware):
    """Where a network is fitted."""

    device: Annotated[str, AfterValidator(one_of(DEVICES))] = Field(
        description="Which kind of device fits; auto is the fastest there is."
    )


def choose_precision(machine: Machine) -> FabricPrecision:
    """Find the precision of a fit under the name that Fabric gives it.

    Returns:
        ``32-true``, ``bf16-mixed``, or ``16-mixed`` on GPUs without bfloat16.

    Raises:
        ValueError: Mixed precision was asked for without a CUDA GPU.
        RuntimeError: The device is not there.
    """
    kind = choose_device(machine.device).type
    if machine.precision == "full" or (machine.precision == "auto" and kind != "cuda"):
        return "32-true"
    if kind != "cuda":
        raise ValueError(
            f"precision mixed needs a CUDA GPU but the device is {kind}; "
            "set precision to auto or full"
        )
    return "bf16-mixed" if torch.cuda.is_bf16_supported() else "16-mixed"


def check_machine(machine: Machine) -> None:
    """Refuse what this computer cannot do.

    Raises:
        RuntimeError: There are fewer GPUs than asked for, or the device is not there.
        ValueError: Precision or strategy and device do not go together.
    """
    kind = choose_device(machine.device).type
    there = {"cuda": torch.cuda.device_count(), "mps": 1}.get(kind, machine.devices)
    if machine.devices > there:
        raise RuntimeError(
            f"devices is {machine.devices} but only {there} of kind {kind} is there; "
            f"set devices to {there} or less"
        )
    if machine.strategy == "ddp_fork" and kind == "cuda" and machine.devices > 1:
        raise ValueError(
            "strategy ddp_fork cannot share GPUs, because CUDA does not survive a fork; "
            "set strategy to auto or ddp_spawn"
        )
    choose_precision(machine)
