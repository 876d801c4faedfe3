"""One training step: simulate the clicks of an annotator on a batch, and learn from the predictions."""

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

AGAIN = 0.3
"""Chance that the first click is answered twice, the second time from the first answer: the predictor's second look."""

LATE = (3, 9)
"""Predictions before those that are learned from, at least and fewer than, where the work is late."""

BLURS = (4, 8, 16)
"""Pixels over which maps from another region are averaged: any of these at a second look, else the first."""


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
        Chance that the last prediction is of a mask from elsewhere with one click.
    every_round
        Whether every prediction is learned from; else the last one only, as in the paper.
    obedience
        Weight of the loss of clicked pixels, which a mean over all pixels hardly sees.
    """

    def __init__(
        self,
        model: SimpleClick,
        loss: Loss,
        *,
        earlier_work: float = 0.0,
        carried: float = 0.0,
        every_round: bool = True,
        obedience: float = 0.0,
    ) -> None:
        super().__init__()
        self.model = model
        self.loss = loss
        self.earlier_work = earlier_work
        self.carried = carried
        self.every_round = every_round
        self.obedience = obedience

    def forward(
        self, images: Tensor, targets: Tensor, rng: Rng, rounds: int, unlearned: int = 0
    ) -> tuple[Tensor, Tensor]:
        """Click `unlearned + rounds` times, feeding predictions back, and once more.

        Parameters
        ----------
        images
            (batch, size, size, 3) uint8.
        targets
            (batch, size, size) bool.
        rng
            Source of the clicks.
        rounds
            Predictions that are fed back.
        unlearned
            Further ones before them, which are not learned from: the network's own work up to late clicks.

        Returns
        -------
        loss, iou
            Number to minimise, and the mean IoU of the last prediction.
        """
        features = self.encode(images.permute(0, 3, 1, 2).float() / 255)
        truth, wanted = targets.cpu().numpy(), targets[:, None].float()
        beginnings = [beginning(rng, target, self.earlier_work) for target in truth]
        clicks = [made for _, made in beginnings]
        previous = torch.from_numpy(np.stack([drawn for drawn, _ in beginnings])).to(images.device)
        predicted = (previous > 0.5).cpu().numpy()
        losses = []
        last = unlearned + rounds
        for number in range(last + 1):
            again = number == 1 and rng.random() < AGAIN
            if again:
                previous = blurred(previous, int(rng.choice(BLURS)))
            else:
                click_once(rng, predicted, truth, clicks)
                previous = blurred(previous) if number and rng.random() < FORGET else previous
            if number == last:
                self.carry_over(rng, truth, previous, clicks)
            learn = number == last or (self.every_round and number >= unlearned)
            with torch.set_grad_enabled(learn):
                logits = self.model.decode(features, draw_guidance(previous, clicks)).float()
                if learn:
                    losses.append(self.loss(logits, wanted) + self.obedience * disobedience(logits, clicks))
            previous = torch.sigmoid(logits.detach())[:, 0]
            predicted = (previous > 0.5).cpu().numpy()
        return torch.stack(losses).mean(), mean_iou(logits.detach() > 0, wanted > 0)

    def carry_over(self, rng: Rng, truth: np.ndarray, previous: Tensor, clicks: list[list[Click]]) -> None:
        """Exchange, by chance, masks and clicks for a mask from a neighbouring slice and one click."""
        for place, target in enumerate(truth):
            if rng.random() < self.carried and target.any():
                mask, clicks[place] = carried_over(rng, target)
                previous[place] = torch.from_numpy(mask)

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


def click_once(rng: Rng, predicted: np.ndarray, truth: np.ndarray, clicks: list[list[Click]]) -> None:
    """Click every object of a batch where its prediction is wrong."""
    for mask, target, made in zip(predicted, truth, clicks, strict=True):
        click = sample_click(rng, mask, target, made)
        made.extend([click] if click else [])


def disobedience(logits: Tensor, clicks: list[list[Click]]) -> Tensor:
    """Cross-entropy of logits (batch, 1, size, size) at the clicked pixels, mean over all of them."""
    made = [(place, click) for place, each in enumerate(clicks) for click in each]
    if not made:
        return logits.new_zeros(())
    places, rows, cols, signs = zip(
        *((place, int(click.row), int(click.col), 1.0 if click.positive else -1.0) for place, click in made),
        strict=True,
    )
    return nn.functional.softplus(-logits.new_tensor(signs) * logits[list(places), 0, list(rows), list(cols)]).mean()


def draw_guidance(previous: Tensor, clicks: list[list[Click]]) -> Tensor:
    """Previous maps (batch, size, size) and clicks as the network's guidance, (batch, 3, size, size)."""
    _, height, width = previous.shape
    disks = np.stack(
        [[click_map(positions(made, positive=sign), height, width) for sign in (True, False)] for made in clicks]
    )
    return torch.cat([previous[:, None], torch.from_numpy(disks).to(previous.device)], dim=1)


def blurred(maps: Tensor, pixels: int = BLURS[0]) -> Tensor:
    """Maps as seen from far away: averaged over squares of so many pixels and enlarged again."""
    small = nn.functional.avg_pool2d(maps[:, None], pixels, ceil_mode=True, count_include_pad=False)
    return nn.functional.interpolate(small, size=maps.shape[-2:], mode="bilinear", align_corners=True)[:, 0]


def mean_iou(predicted: Tensor, targets: Tensor) -> Tensor:
    """Mean intersection over union of boolean maps (batch, 1, height, width)."""
    both = (predicted & targets).sum(dim=(1, 2, 3)).float()
    return (both / (predicted | targets).sum(dim=(1, 2, 3)).clamp_min(1)).mean()
