"""Engines and precisions that can be asked for, and what a network must do to stand in for the model."""

from collections.abc import Sequence
from typing import Any, Literal, Protocol, TypeAlias

import numpy as np

from napari_simpleclick.array_types import Float32
from napari_simpleclick.inference.logits import sigmoid
from napari_simpleclick.inference.recipe import InferenceRecipe
from napari_simpleclick.inference.resample import enlarge_map

Engine = Literal["auto", "torch", "openvino"]

Precision = Literal["auto", "f32", "bf16", "f16", "int8"]
"""Precision of the arithmetic; "auto" is the fastest that agrees with float32."""

TOLERANCES: dict[str, float] = {"f32": 1e-4, "f16": 0.01, "bf16": 0.01, "int8": 0.02}
"""By precision: a network is refused when its probabilities differ by more, on average, from those of float32 torch."""

Features: TypeAlias = Sequence[Any]
"""Maps (batch, ...) that a network made of images: arrays, or tensors on its device."""

Images: TypeAlias = Float32[np.ndarray, "batch 3 size size"]

Logits: TypeAlias = Float32[np.ndarray, "batch 1 size size"]


class Network(Protocol):
    """What a predictor needs: arrays in and out. Inputs are overwritten after the answer: keep none."""

    recipe: InferenceRecipe
    """What the network was trained for."""

    fixed_batch: bool
    """Whether it takes inputs of one batch size only."""

    coarse: bool
    """Whether it takes inputs of `COARSE_SIZE` pixels beside those it was made for."""

    def encode(self, image: Images) -> Features:
        """Features of images in [0, 1]."""

    def decode(self, features: Features, guidance: Images) -> Logits:
        """Logits from features and guidance."""


def trial_answer(network: Network, *, size: int, batch: int) -> Logits:
    """The probabilities that a network gives for the fixed picture and click that networks are compared on.

    Parameters
    ----------
    network
        The network to be compared.
    size
        Side of its input in pixels.
    batch
        Pictures that it takes at once.
    """
    image, guidance = fixed_input(size=size, batch=batch)
    return sigmoid(network.decode(network.encode(image), guidance))


def disagreement(expected: Logits, network: Network) -> float:
    """Mean absolute difference of a network's probabilities from the `trial_answer` of another."""
    batch, _, size, _ = expected.shape
    return float(np.abs(trial_answer(network, size=size, batch=batch) - expected).mean())


def fixed_input(*, size: int, batch: int) -> tuple[Images, Images]:
    """A blurred random picture and a positive click in its middle, the same every time."""
    # Fractions of multiples of the golden ratio: no generator that another version of numpy might change.
    coarse = np.arange(batch * 3 * (size // 16) ** 2) * ((5**0.5 - 1) / 2) % 1
    maps = coarse.astype(np.float32).reshape(batch * 3, size // 16, size // 16)
    image = np.stack([enlarge_map(each, size) for each in maps]).reshape(batch, 3, size, size)
    guidance = np.zeros((batch, 3, size, size), np.float32)
    guidance[:, 1, size // 2 - 4 : size // 2 + 5, size // 2 - 4 : size // 2 + 5] = 1
    return image, guidance
