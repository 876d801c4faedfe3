"""One training step: simulate the clicks of an annotator on a batch, and learn from the last prediction."""

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor, nn

from napari_simpleclick.clicks import Click, positions
from napari_simpleclick.model.click_maps import click_map
from napari_simpleclick.model.simpleclick import SimpleClick
from napari_simpleclick.training.carried import carried_over
from napari_simpleclick.training.click_sampler import sample_click
from napari_simpleclick.training.earlier_work import earlier_work
from napari_simpleclick.training.shapes import Rng

Loss = Callable[[Tensor, Tensor], Tensor]

FORGET = 0.3
"""Chance that a previous map is blurred, as it is when the region of interest has changed."""


class ClickTraining(nn.Module):
    """The network with its simulated annotator; a module, so that data-parallel training wraps all of it.

    Parameters
    ----------
    model
        The network that learns.
    loss
        Maps logits and targets, both (batch, 1, size, size), to a number.
    earlier_work
        Chance that a sample starts in the middle of the work, with a mask and clicks.
    carried
        Chance that what is learned from is a mask from elsewhere with one click.
    """

    def __init__(self, model: SimpleClick, loss: Loss, *, earlier_work: float = 0.0, carried: float = 0.0) -> None:
        super().__init__()
        self.model = model
        self.loss = loss
        self.earlier_work = earlier_work
        self.carried = carried

    def forward(self, images: Tensor, targets: Tensor, rng: Rng, rounds: int) -> tuple[Tensor, Tensor]:
        """Click `rounds` times without learning, once more with.

        Parameters
        ----------
        images
            (batch, size, size, 3) uint8.
        targets
            (batch, size, size) bool.
        rng
            Source of the clicks.
        rounds
            Predictions that are fed back before the one that is learned from.

        Returns
        -------
        loss, iou
            Number to minimise, and the mean IoU of the last prediction.
        """
        features = self.encode(images.permute(0, 3, 1, 2).float() / 255)
        truth = targets.cpu().numpy()
        beginnings = [beginning(rng, target, self.earlier_work) for target in truth]
        clicks = [made for _, made in beginnings]
        previous = torch.from_numpy(np.stack([drawn for drawn, _ in beginnings])).to(images.device)
        predicted = (previous > 0.5).cpu().numpy()
        for number in range(rounds + 1):
            for row, target, made in zip(predicted, truth, clicks, strict=True):
                click = sample_click(rng, row, target, made)
                made.extend([click] if click else [])
            if number == rounds:
                break
            guidance = draw_guidance(previous, clicks)
            with torch.no_grad():
                probability = torch.sigmoid(self.model.decode(features, guidance).float())[:, 0]
            previous = blurred(probability) if rng.random() < FORGET else probability
            predicted = (probability > 0.5).cpu().numpy()
        for place, target in enumerate(truth):
            if rng.random() < self.carried and target.any():
                mask, clicks[place] = carried_over(rng, target)
                previous[place] = torch.from_numpy(mask)
        logits = self.model.decode(features, draw_guidance(previous, clicks)).float()
        wanted = targets[:, None].float()
        return self.loss(logits, wanted), mean_iou(logits.detach() > 0, wanted > 0)

    def encode(self, images: Tensor) -> list[Tensor]:
        """Features of the images, once for all clicks.

        When they are learned, on the CPU in float32: gradients of depthwise convolutions are slow there in bfloat16.
        """
        stem = getattr(self.model, "stem", self.model.backbone)
        learned = any(parameter.requires_grad for parameter in stem.parameters())
        with torch.autocast("cpu", enabled=not learned and torch.is_autocast_enabled("cpu")):
            return self.model.encode(images.contiguous(memory_format=torch.channels_last))


def beginning(rng: Rng, target: np.ndarray, chance: float) -> tuple[np.ndarray, list[Click]]:
    """Map (size, size) float32 and clicks that a sample starts with: none, or by chance those of earlier work."""
    if rng.random() < chance and target.any():
        return earlier_work(rng, target)
    return np.zeros(target.shape, np.float32), []


def draw_guidance(previous: Tensor, clicks: list[list[Click]]) -> Tensor:
    """Previous maps (batch, size, size) and clicks as the network's guidance, (batch, 3, size, size)."""
    _, height, width = previous.shape
    disks = np.stack(
        [[click_map(positions(made, positive=sign), height, width) for sign in (True, False)] for made in clicks]
    )
    return torch.cat([previous[:, None], torch.from_numpy(disks).to(previous.device)], dim=1)


def blurred(maps: Tensor) -> Tensor:
    """Maps as seen from far away: averaged over 4 x 4 pixels and enlarged again."""
    small = nn.functional.avg_pool2d(maps[:, None], 4)
    return nn.functional.interpolate(small, size=maps.shape[-2:], mode="bilinear", align_corners=True)[:, 0]


def mean_iou(predicted: Tensor, targets: Tensor) -> Tensor:
    """Mean intersection over union of boolean maps (batch, 1, height, width)."""
    both = (predicted & targets).sum(dim=(1, 2, 3)).float()
    return (both / (predicted | targets).sum(dim=(1, 2, 3)).clamp_min(1)).mean()
