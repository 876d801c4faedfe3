"""Optimiser and learning rate."""

import math
from collections.abc import Iterable

import torch
from torch import nn

from napari_simpleclick.training.settings import TrainingSettings

LOWEST = 0.03
"""Learning rate at the end, as a part of the highest."""


def create_optimizer(model: nn.Module, settings: TrainingSettings) -> torch.optim.AdamW:
    """AdamW with weight decay on matrices only, and a smaller rate for the pre-trained image features."""
    groups = []
    for pretrained in (False, True):
        for decays in (False, True):
            parameters = [
                parameter
                for name, parameter in model.named_parameters()
                if is_pretrained(name) == pretrained and (parameter.ndim > 1) == decays
            ]
            factor = settings.stem_rate if pretrained else 1.0
            groups.append(
                {"params": parameters, "factor": factor, "weight_decay": settings.weight_decay if decays else 0.0}
            )
    return torch.optim.AdamW([group for group in groups if group["params"]], lr=settings.learning_rate, fused=True)


def is_pretrained(name: str) -> bool:
    """Whether a parameter belongs to the pre-trained image features."""
    return "stem.features." in name


def freeze(parameters: Iterable[tuple[str, nn.Parameter]], frozen: bool) -> None:
    """Exclude the pre-trained image features from learning, or include them again."""
    for name, parameter in parameters:
        if is_pretrained(name):
            parameter.requires_grad_(not frozen)


def set_learning_rate(
    optimizer: torch.optim.Optimizer, settings: TrainingSettings, step: int, progress: float
) -> float:
    """Linear warm-up over steps, then a half cosine over the run; returns the rate."""
    warm = min(1.0, (step + 1) / settings.warmup)
    cosine = LOWEST + (1 - LOWEST) * (1 + math.cos(math.pi * min(progress, 1.0))) / 2
    rate = settings.learning_rate * warm * cosine
    for group in optimizer.param_groups:
        group["lr"] = rate * group["factor"]
    return rate
