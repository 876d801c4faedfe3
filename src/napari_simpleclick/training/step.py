"""One training step: simulate the clicks of an annotator on a batch, and learn from the predictions."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np
import torch
from torch import Tensor, nn

from napari_simpleclick.clicks import Click, positions
from napari_simpleclick.model.click_maps import draw_disks
from napari_simpleclick.model.simpleclick import SimpleClick
from napari_simpleclick.training.click_sampler import sample_click
from napari_simpleclick.training.shapes import Rng
from napari_simpleclick.training.sources import Work

Loss = Callable[[Tensor, Tensor], Tensor]

NOTHING: Mapping[int, Work] = {}

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
        every_round: bool = True,
        obedience: float = 0.0,
    ) -> None:
        super().__init__()
        self.model = model
        self.loss = loss
        self.every_round = every_round
        self.obedience = obedience

    def forward(
        self,
        images: Tensor,
        targets: Tensor,
        rng: Rng,
        rounds: int,
        unlearned: int = 0,
        begun: Mapping[int, Work] = NOTHING,
        carried: Mapping[int, Work] = NOTHING,
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
        begun, carried
            As in `Batch`.

        Returns
        -------
        loss, iou
            Number to minimise, and the mean IoU of the last prediction.
        """
        features = self.encode(images.permute(0, 3, 1, 2).float() / 255)
        truth, wanted = targets.cpu().numpy(), targets[:, None].float()
        chances = rng.spawn(len(truth))  # one for each sample, so that threads do not exchange their draws
        previous = torch.zeros_like(wanted[:, 0])
        clicks: list[list[Click]] = [[] for _ in truth]
        take_over(begun, previous, clicks)
        predicted = (previous > 0.5).cpu().numpy()
        losses = []
        last = unlearned + rounds
        for number in range(last + 1):
            again = number == 1 and rng.random() < AGAIN
            if again:
                previous = blurred(previous, int(rng.choice(BLURS)))
            else:
                click_once(chances, predicted, truth, clicks)
                previous = blurred(previous) if number and rng.random() < FORGET else previous
            if number == last:
                take_over(carried, previous, clicks)
            learn = number == last or (self.every_round and number >= unlearned)
            with torch.set_grad_enabled(learn):
                logits = self.model.decode(features, draw_guidance(previous, clicks)).float()
                if learn:
                    losses.append(self.loss(logits, wanted) + self.obedience * disobedience(logits, clicks))
            previous = torch.sigmoid(logits.detach())[:, 0]
            predicted = (previous > 0.5).cpu().numpy()
        return torch.stack(losses).mean(), mean_iou(logits.detach() > 0, wanted > 0)

    def encode(self, images: Tensor) -> list[Tensor]:
        """Features of the images, once for all clicks.

        When they are learned, on the CPU in float32: gradients of depthwise convolutions are slow there in bfloat16.
        """
        stem = getattr(self.model, "stem", self.model.backbone)
        learned = any(parameter.requires_grad for parameter in stem.parameters())
        with torch.autocast("cpu", enabled=not learned and torch.is_autocast_enabled("cpu")):
            return self.model.encode(images.contiguous(memory_format=torch.channels_last))


def take_over(works: Mapping[int, Work], previous: Tensor, clicks: list[list[Click]]) -> None:
    """Put maps and clicks in the places of those of a batch, maps (batch, size, size)."""
    for place, (drawn, made) in works.items():
        previous[place], clicks[place] = drawn.to(previous.device), list(made)


def click_once(chances: Sequence[Rng], predicted: np.ndarray, truth: np.ndarray, clicks: list[list[Click]]) -> None:
    """Click every object of a batch where its prediction is wrong; in as many threads as torch computes with."""
    cv2.setNumThreads(1)  # OpenCV's own threads would make those here wait for each other
    with ThreadPoolExecutor(torch.get_num_threads()) as threads:
        found = list(threads.map(sample_click, chances, predicted, truth, clicks))
    for click, made in zip(found, clicks, strict=True):
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
    disks = np.zeros((len(clicks), 2, *previous.shape[1:]), np.uint8)
    for maps, made in zip(disks, clicks, strict=True):
        for drawn, sign in zip(maps, (True, False), strict=True):
            draw_disks(drawn, positions(made, positive=sign))
    return torch.cat([previous[:, None], torch.from_numpy(disks).to(previous.device)], dim=1)


def blurred(maps: Tensor, pixels: int = BLURS[0]) -> Tensor:
    """Maps as seen from far away: averaged over squares of so many pixels and enlarged again."""
    small = nn.functional.avg_pool2d(maps[:, None], pixels, ceil_mode=True, count_include_pad=False)
    return nn.functional.interpolate(small, size=maps.shape[-2:], mode="bilinear", align_corners=True)[:, 0]


def mean_iou(predicted: Tensor, targets: Tensor) -> Tensor:
    """Mean intersection over union of boolean maps (batch, 1, height, width)."""
    both = (predicted & targets).sum(dim=(1, 2, 3)).float()
    return (both / (predicted | targets).sum(dim=(1, 2, 3)).clamp_min(1)).mean()
