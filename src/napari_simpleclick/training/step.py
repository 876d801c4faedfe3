"""One training step: simulate the clicks of an annotator on a batch, and learn from the predictions."""

from collections.abc import Callable, Mapping

import torch
from torch import Tensor, nn

from napari_simpleclick.model.simpleclick import SimpleClick
from napari_simpleclick.training.device_user import DeviceUser
from napari_simpleclick.training.shapes import Rng
from napari_simpleclick.training.simulated_user import ProcessorUser, SimulatedUser
from napari_simpleclick.training.sources import Work

Loss = Callable[[Tensor, Tensor], Tensor]

NOTHING: Mapping[int, Work] = {}

FORGET = 0.3
"""Chance that a previous map is blurred, as it is when the region of interest has changed."""

AGAIN = 0.3
"""Chance that the first click is answered twice, the second time from the first answer: the predictor's zoom-in."""

LATE = (3, 9)
"""Predictions before those that are learned from, at least and fewer than, where the work is late."""

BLURS = (4, 8, 16)
"""Pixels over which maps from another region are averaged: any of these at zoom-in, else the first."""


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
    click_loss_weight
        Weight of the loss of clicked pixels, which a mean over all pixels hardly sees.
    """

    def __init__(
        self,
        model: SimpleClick,
        loss: Loss,
        *,
        every_round: bool = True,
        click_loss_weight: float = 0.0,
    ) -> None:
        super().__init__()
        self.model = model
        self.loss = loss
        self.every_round = every_round
        self.click_loss_weight = click_loss_weight

    def forward(
        self,
        images: Tensor,
        targets: Tensor,
        rng: Rng,
        rounds: int,
        unlearned: int = 0,
        begun: Mapping[int, Work] = NOTHING,
        carried: Mapping[int, Work] = NOTHING,
        drawn: Mapping[int, Work] = NOTHING,
        picture_of: Tensor | None = None,
    ) -> tuple[Tensor, Tensor]:
        """Click `unlearned + rounds` times, feeding predictions back, and once more.

        Parameters
        ----------
        images
            (pictures, size, size, 3) uint8.
        targets
            (batch, size, size) bool.
        rng
            Source of the clicks.
        rounds
            Predictions that are fed back.
        unlearned
            Further ones before them, which are not learned from: the network's own work up to late clicks.
        begun, carried, drawn, picture_of
            As in `Batch`; without `picture_of` every picture has one target.

        Returns
        -------
        loss, iou
            Number to minimise, and the mean IoU of the last prediction.
        """
        features = self.encode(images.permute(0, 3, 1, 2).float() / 255)
        if picture_of is not None and len(picture_of) > len(images):
            features = [level[picture_of] for level in features]
        wanted = targets[:, None].float()
        previous = torch.zeros_like(wanted[:, 0])
        user = user_of(targets, rng)
        user.take_over(begun, previous)
        losses = []
        last = unlearned + rounds
        for number in range(last + 1):
            again = number == 1 and rng.random() < AGAIN
            if again:
                previous = blurred(previous, int(rng.choice(BLURS)))
            else:
                user.click(previous > 0.5)
                previous = blurred(previous) if number and rng.random() < FORGET else previous
            if number == 0:
                user.take_over(drawn, previous)
            if number == last:
                user.take_over(carried, previous)
            learn = number == last or (self.every_round and number >= unlearned)
            with torch.set_grad_enabled(learn):
                logits = self.model.decode(features, user.guidance(previous)).float()
                if learn:
                    losses.append(self.loss(logits, wanted) + self.click_loss_weight * user.click_loss(logits))
            previous = torch.sigmoid(logits.detach())[:, 0]
        return torch.stack(losses).mean(), mean_iou(logits.detach() > 0, wanted > 0)

    def encode(self, images: Tensor) -> list[Tensor]:
        """Features of the images, once for all clicks.

        When they are learned, on the CPU in float32: gradients of depthwise convolutions are slow there in bfloat16.
        """
        stem = getattr(self.model, "stem", self.model.backbone)
        learned = any(parameter.requires_grad for parameter in stem.parameters())
        with torch.autocast("cpu", enabled=not learned and torch.is_autocast_enabled("cpu")):
            return self.model.encode(images.contiguous(memory_format=torch.channels_last))


def user_of(targets: Tensor, rng: Rng) -> SimulatedUser:
    """Who clicks the targets (batch, size, size): on the device that they are on, so that no map leaves a GPU."""
    return ProcessorUser(targets, rng) if targets.device.type == "cpu" else DeviceUser(targets, rng)


def blurred(maps: Tensor, pixels: int = BLURS[0]) -> Tensor:
    """Maps as seen from far away: averaged over squares of `pixels` a side and enlarged again."""
    small = nn.functional.avg_pool2d(maps[:, None], pixels, ceil_mode=True, count_include_pad=False)
    return nn.functional.interpolate(small, size=maps.shape[-2:], mode="bilinear", align_corners=True)[:, 0]


def mean_iou(predicted: Tensor, targets: Tensor) -> Tensor:
    """Mean intersection over union of boolean maps (batch, 1, height, width)."""
    both = (predicted & targets).sum(dim=(1, 2, 3)).float()
    return (both / (predicted | targets).sum(dim=(1, 2, 3)).clamp_min(1)).mean()
