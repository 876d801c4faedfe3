"""One training step: simulate the clicks of an annotator on a batch, and learn from the predictions."""

from collections.abc import Callable, Mapping, Sequence

import torch
from torch import Tensor, nn

from napari_simpleclick.inference.recipe import COARSE_SIZE
from napari_simpleclick.model.simpleclick import SimpleClick
from napari_simpleclick.training.annotator.device_user import DeviceUser
from napari_simpleclick.training.annotator.simulated_user import ProcessorUser, SimulatedUser, Work
from napari_simpleclick.training.noise import Rng

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
        coarse: Sequence[bool] = (),
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
        coarse
            Which of the predictions are made in two looks as the predictor makes them, and both learned from: with
            crops reduced to `COARSE_SIZE`, and in full from that answer. Smaller crops are looked at once.
        begun, carried, drawn, picture_of
            As in `Batch`; without `picture_of` every picture has one target.

        Returns
        -------
        loss, iou
            Number to minimise, and the mean IoU of the last prediction.
        """
        size, last = targets.shape[-1], unlearned + rounds
        twice = {number for number, both in enumerate(coarse) if both and size > COARSE_SIZE}
        sides = (COARSE_SIZE, size) if twice else (size,)
        features = {side: self.encode(images, side, picture_of) for side in sides}
        wanted = targets[:, None].float()
        previous = torch.zeros_like(wanted[:, 0])
        user = user_of(targets, rng)
        user.take_over(begun, previous)
        losses = []
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
            for side in sides if number in twice else (size,):
                with torch.set_grad_enabled(learn):
                    logits = self.model.decode(features[side], user.guidance(resized(previous, side))).float()
                    if learn:
                        loss = self.loss(logits, (resized(wanted, side) >= 0.5).float())
                        losses.append(loss + self.click_loss_weight * user.click_loss(logits))
                previous = resized(torch.sigmoid(logits.detach())[:, 0], size)
        return torch.stack(losses).mean(), mean_iou(logits.detach() > 0, wanted > 0)

    def encode(self, images: Tensor, side: int, picture_of: Tensor | None) -> list[Tensor]:
        """Features of the images, once for all clicks.

        When they are learned, on the CPU in float32: gradients of depthwise convolutions are slow there in bfloat16.

        Parameters
        ----------
        images
            (pictures, size, size, 3) uint8.
        side
            In how many pixels they are seen.
        picture_of
            (batch,) the picture of each target, whose features are repeated for it; None where every one has its own.
        """
        stem = getattr(self.model, "stem", self.model.backbone)
        learned = any(parameter.requires_grad for parameter in stem.parameters())
        pixels = resized(images.permute(0, 3, 1, 2).float() / 255, side).contiguous(memory_format=torch.channels_last)
        with torch.autocast("cpu", enabled=not learned and torch.is_autocast_enabled("cpu")):
            features = self.model.encode(pixels)
        if picture_of is None or len(picture_of) == len(images):
            return features
        return [level[picture_of] for level in features]


def user_of(targets: Tensor, rng: Rng) -> SimulatedUser:
    """Who clicks the targets (batch, size, size): on the device that they are on, so that no map leaves a GPU."""
    return ProcessorUser(targets, rng) if targets.device.type == "cpu" else DeviceUser(targets, rng)


def resized(maps: Tensor, side: int) -> Tensor:
    """Maps (batch, size, size) or (batch, channels, size, size) in `side` pixels, as the predictor resizes regions."""
    if maps.shape[-1] == side:
        return maps
    channels = maps if maps.ndim == 4 else maps[:, None]
    found = nn.functional.interpolate(channels, size=(side, side), mode="bilinear", align_corners=True)
    return found if maps.ndim == 4 else found[:, 0]


def blurred(maps: Tensor, pixels: int = BLURS[0]) -> Tensor:
    """Maps as seen from far away: averaged over squares of `pixels` a side and enlarged again."""
    small = nn.functional.avg_pool2d(maps[:, None], pixels, ceil_mode=True, count_include_pad=False)
    return nn.functional.interpolate(small, size=maps.shape[-2:], mode="bilinear", align_corners=True)[:, 0]


def mean_iou(predicted: Tensor, targets: Tensor) -> Tensor:
    """Mean intersection over union of boolean maps (batch, 1, height, width)."""
    both = (predicted & targets).sum(dim=(1, 2, 3)).float()
    return (both / (predicted | targets).sum(dim=(1, 2, 3)).clamp_min(1)).mean()
