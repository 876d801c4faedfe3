"""Engines and precisions that can be asked for, and what a network must do to stand in for the model."""

from collections.abc import Sequence
from typing import Literal, Protocol

import torch
from torch import Tensor, nn

Engine = Literal["auto", "torch", "openvino"]

Precision = Literal["auto", "f32", "bf16", "f16", "int8"]
"""Precision of the arithmetic; "auto" is the fastest that agrees with float32."""

TOLERANCES: dict[str, float] = {"f32": 1e-4, "f16": 0.01, "bf16": 0.01, "int8": 0.02}
"""By precision: a network is refused when its probabilities differ by more, on average, from those of float32 torch."""


class Network(Protocol):
    """What a predictor needs; `SimpleClick` is one. Inputs are overwritten after the answer: keep none."""

    def encode(self, image: Tensor) -> Sequence[Tensor]:
        """Features of images (batch, 3, size, size) in [0, 1]."""

    def decode(self, features: Sequence[Tensor], guidance: Tensor) -> Tensor:
        """Logits (batch, 1, size, size) from features and guidance (batch, 3, size, size)."""


def disagreement(model: Network, other: Network, *, size: int, batch: int, device: torch.device | str = "cpu") -> float:
    """Mean absolute difference of the probabilities of two networks on a fixed random picture with a click."""
    image, guidance = (part.to(device) for part in fixed_input(size=size, batch=batch))
    with torch.inference_mode():
        answers = [torch.sigmoid(net.decode(net.encode(image), guidance).float()) for net in (model, other)]
    return float((answers[0] - answers[1]).abs().mean())


def fixed_input(*, size: int, batch: int) -> tuple[Tensor, Tensor]:
    """A blurred random picture and a positive click in its middle, the same every time."""
    random = torch.Generator().manual_seed(0)
    image = torch.rand(batch, 3, size // 16, size // 16, generator=random)
    image = nn.functional.interpolate(image, size=(size, size), mode="bilinear", align_corners=False)
    guidance = torch.zeros(batch, 3, size, size)
    guidance[:, 1, size // 2 - 4 : size // 2 + 5, size // 2 - 4 : size // 2 + 5] = 1
    return image, guidance
