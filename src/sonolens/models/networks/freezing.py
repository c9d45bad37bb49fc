"""Frozen parts of a network: neither their weights nor their statistics move."""

from collections.abc import Collection

from torch import nn


class FixedBatchNorm(nn.BatchNorm2d):
    """Batch normalisation that keeps its stored statistics, whatever ``train()`` says."""

    def train(self, mode: bool = True) -> "FixedBatchNorm":  # noqa: ARG002 - that is the point
        """Stay in evaluation mode."""
        return super().train(False)


def freeze(features: nn.Sequential, *, but: Collection[str] = ()) -> None:
    """Freeze, in place, the weights and statistics of all modules except the named ones.

    Args:
        features: A trunk; its batch normalisations are replaced by `FixedBatchNorm`.
        but: Dotted names of modules that go on learning, with all they contain.
    """
    for path, module in list(features.named_modules()):
        if any(f"{path}.".startswith(f"{name}.") for name in but):
            continue
        for weight in module.parameters(recurse=False):
            weight.requires_grad_(requires_grad=False)
        if isinstance(module, nn.BatchNorm2d):
            features.set_submodule(path, _fixed(module))


def _fixed(norm: nn.BatchNorm2d) -> FixedBatchNorm:
    fixed = FixedBatchNorm(norm.num_features, eps=norm.eps)
    fixed.load_state_dict(norm.state_dict())
    return fixed.requires_grad_(requires_grad=False).eval()
