"""The simulated annotator on a GPU: all samples of a batch at once, without a copy to the processor.

Depth is counted in erosions instead of measured exactly. Errors deeper than `DEEPEST` have a plateau on which any pixel
is as good as another, which suits clicks of people.
"""

from collections.abc import Mapping

import torch
import torch.nn.functional as F
from torch import Tensor

from napari_simpleclick.inference.recipe import COARSE_SIZE
from napari_simpleclick.model.click_maps import CLICK_RADIUS
from napari_simpleclick.prompts import marked_pixels
from napari_simpleclick.training.annotator.click_sampler import DEEP, EXACT
from napari_simpleclick.training.annotator.simulated_user import Work, draw_guidance
from napari_simpleclick.training.noise import Rng

DEEPEST = 64
"""Erosions that are counted, in pixels; the picture's border counts as background."""


class DeviceUser:
    """The annotator of a batch whose targets are on a device.

    Parameters
    ----------
    targets
        (batch, size, size) bool.
    rng
        Seeds the generator of the device.
    """

    def __init__(self, targets: Tensor, rng: Rng) -> None:
        self.targets = targets
        self.generator = torch.Generator(targets.device).manual_seed(int(rng.integers(1 << 62)))
        batch, size, _ = targets.shape
        self.points = torch.zeros(batch, 2, size, size, dtype=torch.bool, device=targets.device)
        self.disks = {
            side: torch.zeros(batch, 2, side, side, device=targets.device) for side in {size, min(size, COARSE_SIZE)}
        }
        self.axis = torch.arange(size, device=targets.device)

    def take_over(self, works: Mapping[int, Work], previous: Tensor) -> None:
        """Replace clicks, and maps in place, by those of works made elsewhere."""
        for place, (drawn, made) in works.items():
            previous[place] = drawn.to(previous.device, non_blocking=True)
            for side, disks in self.disks.items():
                guidance = draw_guidance(torch.zeros(1, side, side), [made], side / len(drawn))
                disks[place] = guidance[0, 1:].to(previous.device, non_blocking=True)
            points = torch.zeros(2, *drawn.shape, dtype=torch.bool)
            for click in made:
                for row, col in marked_pixels(click):
                    points[0 if click.positive else 1, row, col] = True
            self.points[place] = points.to(previous.device, non_blocking=True)

    def click(self, predicted: Tensor) -> None:
        """Click every sample where its prediction is wrong; one without an error is not clicked."""
        errors = torch.stack([self.targets & ~predicted, predicted & ~self.targets], dim=1)
        depths = eroded_depth(errors).masked_fill(self.points.any(dim=1, keepdim=True), 0)
        deepest = depths.amax(dim=(2, 3))
        positive = deepest[:, 0] > deepest[:, 1]
        chosen = torch.where(positive[:, None, None], depths[:, 0], depths[:, 1])
        row, col = self.drawn(chosen)
        wrong = deepest.amax(dim=1) > 0
        sign = (torch.stack([positive, ~positive], dim=1) & wrong[:, None])[..., None, None]
        for side, disks in self.disks.items():
            scale = side / len(self.axis)
            self.disks[side] = torch.maximum(disks, (self.near(row * scale, col * scale, side) & sign).float())
        self.points[torch.arange(len(row), device=row.device), (~positive).long(), row, col] |= wrong

    def drawn(self, depths: Tensor) -> tuple[Tensor, Tensor]:
        """Rows and columns (batch,) of pixels: the deepest, one half as deep, or any by its depth, as people click."""
        batch, _, size = depths.shape
        deepest = depths.amax(dim=(1, 2), keepdim=True).clamp_min(1)
        chance = torch.rand(batch, 1, 1, generator=self.generator, device=depths.device)
        exact, deep = (depths >= deepest).float(), (depths >= deepest / 2).float()
        weights = torch.where(chance < EXACT, exact, torch.where(chance < EXACT + DEEP, deep, depths))
        noise = torch.rand(depths.shape, generator=self.generator, device=depths.device).clamp_min(1e-12)
        # The largest of log(weight) + Gumbel noise is a draw by weight.
        race = weights.log() - (-noise.log()).clamp_min(1e-12).log()
        place = race.flatten(1).argmax(dim=1)
        return place // size, place % size

    def near(self, row: Tensor, col: Tensor, side: int) -> Tensor:
        """The disks of clicks, (batch, 1, side, side) bool.

        Parameters
        ----------
        row, col
            (batch,) places of the clicks, in pixels of the maps.
        side
            Of the maps, in pixels; not larger than that of the targets.
        """
        rows, cols = self.axis[:side, None] - row[:, None, None, None], self.axis[:side] - col[:, None, None, None]
        return rows**2 + cols**2 <= CLICK_RADIUS**2

    def guidance(self, previous: Tensor) -> Tensor:
        """Previous maps and clicks as the network's guidance."""
        return torch.cat([previous[:, None], self.disks[previous.shape[-1]]], dim=1)

    def click_loss(self, logits: Tensor) -> Tensor:
        """Cross-entropy at the clicked pixels."""
        signed = torch.cat([-logits, logits], dim=1)
        points = F.adaptive_max_pool2d(self.points.float(), logits.shape[-1])
        return (F.softplus(signed) * points).sum() / points.sum().clamp_min(1)


def eroded_depth(errors: Tensor) -> Tensor:
    """Number of erosions that each pixel survives, at most `DEEPEST`; shape of `errors`, (batch, maps, size, size).

    A square and a cross take turns, which counts along octagons: within a tenth of Euclidean distances.
    """
    left = F.pad(errors.to(torch.float16 if errors.is_cuda else torch.float32), (1, 1, 1, 1))
    depth = torch.zeros_like(left)
    for number in range(min(DEEPEST, errors.shape[-1] // 2)):
        depth = depth + left
        lost = 1 - left
        square = F.max_pool2d(lost, 3, stride=1, padding=1)
        rows, cols = (
            F.max_pool2d(lost, kernel, stride=1, padding=pad) for kernel, pad in (((3, 1), (1, 0)), ((1, 3), (0, 1)))
        )
        left = 1 - (square if number % 3 == 1 else torch.maximum(rows, cols))
    return depth[..., 1:-1, 1:-1].float()
