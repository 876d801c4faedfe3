"""Optimizer and learning rates: what learns how fast, warm-up, and the fall at the end."""

import math
from collections.abc import Iterable
from typing import Any

import torch
from torch import nn

from napari_simpleclick.training.settings import Stem, TrainingSettings

OPTIMIZERS: dict[str, type[torch.optim.Adam]] = {"adamw": torch.optim.AdamW, "adam": torch.optim.Adam}


def create_optimizer(model: nn.Module, settings: TrainingSettings) -> torch.optim.Optimizer:
    """Optimizer with weight decay on matrices only; parameters of one learning rate form a group."""
    blocks = count_blocks(name for name, _ in model.named_parameters())
    groups: dict[tuple[float, bool], dict[str, Any]] = {}
    for name, parameter in model.named_parameters():
        key = rate_of(name, settings, blocks=blocks), parameter.ndim > 1
        decay = settings.weight_decay if parameter.ndim > 1 else 0.0
        group = groups.setdefault(key, {"params": [], "factor": key[0], "weight_decay": decay})
        group["params"].append(parameter)
    return OPTIMIZERS[settings.optimizer](list(groups.values()), lr=settings.learning_rate, fused=True)


def count_blocks(names: Iterable[str]) -> int:
    """Number of transformer blocks.

    Examples
    --------
    >>> count_blocks(["backbone.pos_embed", "backbone.blocks.0.norm1.bias", "backbone.blocks.11.norm1.bias"])
    12
    """
    return 1 + max((block_of(name) for name in names), default=-1)


def block_of(name: str) -> int:
    """Number of the transformer block that a parameter belongs to; -1 if to none."""
    _, found, rest = name.partition("backbone.blocks.")
    return int(rest.split(".")[0]) if found else -1


def rate_of(name: str, settings: TrainingSettings, *, blocks: int) -> float:
    """Learning rate of a parameter as a part of the run's; with layer decay, earlier blocks learn more slowly.

    Examples
    --------
    >>> rate_of("backbone.blocks.10.norm1.weight", TrainingSettings(layer_decay=0.5), blocks=12)
    0.25
    >>> rate_of("stem.features.conv_stem.weight", TrainingSettings(stem_rate=0.3), blocks=8)
    0.3
    """
    if is_stem(name):
        return settings.stem_rate
    if not name.startswith("backbone."):
        return 1.0
    return float(settings.layer_decay ** (blocks - block_of(name)))


def is_stem(name: str) -> bool:
    """Whether a parameter belongs to the pre-trained image features of a convolutional stem."""
    return "stem.features." in name


def is_late(name: str) -> bool:
    """Whether a parameter belongs to the stages of stride 8 and more of the pre-trained image features."""
    return any(f"stem.features.blocks.{stage}." in name for stage in range(2, 7))


def freeze(model: nn.Module, *, stem: Stem, backbone: bool) -> None:
    """Exclude the pre-trained stem or its early stages, or the transformer, from learning; everything else learns.

    Parameters
    ----------
    model
        The network; its parameters are marked.
    stem
        "frozen" excludes all of a pre-trained stem, "late" its early stages.
    backbone
        Whether the transformer is excluded.
    """
    for name, parameter in model.named_parameters():
        still = is_stem(name) and (stem == "frozen" or (stem == "late" and not is_late(name)))
        parameter.requires_grad_(not (still or (backbone and name.startswith("backbone."))))


def set_learning_rate(
    optimizer: torch.optim.Optimizer, settings: TrainingSettings, step: int, progress: float
) -> float:
    """Learning rates for a step, when `progress` (0 to 1) of the run is done; returns that of the run.

    Parameters
    ----------
    optimizer
        From `create_optimizer`: each of its groups has a `factor`.
    settings
        Highest learning rate and its schedule.
    step
        Number of the step, from 0, for the warm-up.
    progress
        Part of the run that is done, 0 to 1.
    """
    rate = settings.learning_rate * schedule(settings, step, progress)
    for group in optimizer.param_groups:
        group["lr"] = rate * group["factor"]
    return rate


def schedule(settings: TrainingSettings, step: int, progress: float) -> float:
    """Part of the highest learning rate: linear warm-up, constant until `decay_from`, then down to `last_rate`.

    Examples
    --------
    >>> recipe = TrainingSettings(warmup=100, decay_from=0.5, last_rate=0.1)
    >>> moments = (49, 0.0), (500, 0.4), (900, 0.75), (999, 1.0)
    >>> [round(schedule(recipe, step, progress), 2) for step, progress in moments]
    [0.5, 1.0, 0.55, 0.1]
    >>> paper = TrainingSettings(warmup=1, decay="step", decay_from=50 / 55, last_rate=0.1)
    >>> schedule(paper, 9, 0.90), schedule(paper, 9, 0.92)
    (1.0, 0.1)
    """
    warm = min(1.0, (step + 1) / max(settings.warmup, 1))
    late = max(progress - settings.decay_from, 0.0) / max(1 - settings.decay_from, 1e-9)
    if settings.decay == "step":
        return warm * (settings.last_rate if late > 0 else 1.0)
    return warm * (settings.last_rate + (1 - settings.last_rate) * (1 + math.cos(math.pi * min(late, 1.0))) / 2)
