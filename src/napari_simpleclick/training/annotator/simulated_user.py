"""The simulated annotator of a training step, one for every sample of a batch."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

import cv2
import numpy as np
import torch
from torch import Tensor, nn

from napari_simpleclick.clicks import Click
from napari_simpleclick.model.click_maps import draw_prompts
from napari_simpleclick.prompts import marked_pixels
from napari_simpleclick.training.annotator.click_sampler import sample_click
from napari_simpleclick.training.noise import Rng

Work = tuple[Tensor, list[Click]]
"""A previous map, (size, size) float16 in [0, 1], and the clicks that belong to it."""


class SimulatedUser(Protocol):
    """Sees the targets of a batch, and clicks where predictions are wrong.

    Guidance and losses may be asked at a smaller side than that of the targets, for coarse looks.
    """

    def take_over(self, works: Mapping[int, Work], previous: Tensor) -> None:
        """Replace clicks, and maps (batch, size, size) in place, by those of works made elsewhere."""

    def click(self, predicted: Tensor) -> None:
        """Click every sample once where its prediction (batch, size, size) bool is wrong."""

    def guidance(self, previous: Tensor) -> Tensor:
        """Previous maps (batch, side, side) and all clicks as the network's guidance, (batch, 3, side, side)."""

    def click_loss(self, logits: Tensor) -> Tensor:
        """Cross-entropy of logits (batch, 1, side, side) at the clicked pixels, mean over all of them."""


class ProcessorUser:
    """The annotator on the processor, with exact distances.

    Parameters
    ----------
    targets
        (batch, size, size) bool.
    rng
        Source of the clicks.
    """

    def __init__(self, targets: Tensor, rng: Rng) -> None:
        self.truth = targets.cpu().numpy()
        self.chances = rng.spawn(len(self.truth))  # one for each sample, so that threads do not exchange their draws
        self.clicks: list[list[Click]] = [[] for _ in self.truth]

    def take_over(self, works: Mapping[int, Work], previous: Tensor) -> None:
        """Replace clicks, and maps in place, by those of works made elsewhere."""
        for place, (drawn, made) in works.items():
            previous[place], self.clicks[place] = drawn.to(previous.device), list(made)

    def click(self, predicted: Tensor) -> None:
        """Click every sample where its prediction is wrong."""
        click_once(self.chances, predicted.cpu().numpy(), self.truth, self.clicks)

    def guidance(self, previous: Tensor) -> Tensor:
        """Previous maps and clicks as the network's guidance."""
        return draw_guidance(previous, self.clicks, previous.shape[-1] / self.truth.shape[-1])

    def click_loss(self, logits: Tensor) -> Tensor:
        """Cross-entropy at the clicked pixels."""
        return click_loss(logits, self.clicks, logits.shape[-1] / self.truth.shape[-1])


def click_once(chances: Sequence[Rng], predicted: np.ndarray, truth: np.ndarray, clicks: list[list[Click]]) -> None:
    """Click every object of a batch where its prediction is wrong; in as many threads as torch computes with."""
    cv2.setNumThreads(1)  # OpenCV's own threads would make those here wait for each other
    with ThreadPoolExecutor(torch.get_num_threads()) as threads:
        found = list(threads.map(sample_click, chances, predicted, truth, clicks))
    for click, made in zip(found, clicks, strict=True):
        made.extend([click] if click else [])


def click_loss(logits: Tensor, clicks: list[list[Click]], scale: float = 1) -> Tensor:
    """Cross-entropy of logits (batch, 1, side, side) at the clicked pixels, mean over all of them.

    Of a scribble the pixels along it count; a box or lasso says nothing of the pixels below its line. `scale` is the
    size of a clicked pixel in those of the logits.
    """
    made = [
        (place, int(row * scale), int(col * scale), 1.0 if click.positive else -1.0)
        for place, each in enumerate(clicks)
        for click in each
        for row, col in marked_pixels(click)
    ]
    if not made:
        return logits.new_zeros(())
    places, rows, cols, signs = zip(*made, strict=True)
    return nn.functional.softplus(-logits.new_tensor(signs) * logits[list(places), 0, list(rows), list(cols)]).mean()


def draw_guidance(previous: Tensor, clicks: list[list[Click]], scale: float = 1) -> Tensor:
    """Previous maps and clicks as the network's guidance, (batch, 3, side, side) float32.

    Parameters
    ----------
    previous
        (batch, side, side) probabilities.
    clicks
        Of every sample, in pixels of its target.
    scale
        Size of such a pixel in those of the guidance.
    """
    drawn = np.zeros((len(clicks), 2, *previous.shape[1:]), np.float32)
    for maps, made in zip(drawn, clicks, strict=True):
        draw_prompts(maps, made, scale=(scale, scale))
    return torch.cat([previous[:, None], torch.from_numpy(drawn).to(previous.device)], dim=1)
