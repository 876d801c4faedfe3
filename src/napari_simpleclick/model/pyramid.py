"""Feature pyramids: maps at strides 4, 8, 16 and 32 from the backbone's last map, and the ablation's alternatives."""

from collections.abc import Sequence
from typing import Literal

import torch
from torch import Tensor, nn

PyramidKind = Literal["simple", "parallel", "single", "partial"]

STRIDES: dict[PyramidKind, tuple[int, ...]] = {
    "simple": (4, 8, 16, 32),
    "parallel": (4, 8, 16, 32),
    "single": (16, 16, 16, 16),
    "partial": (8, 16),
}
"""Strides of the maps: of all scales from the last map (SimpleClick), of all scales from several stages, of one scale
four times, of the two middle scales only. The paper names the last three without defining them; this is our reading."""


class SimplePyramid(nn.Module):
    """Maps of several scales without lateral connections (SimpleClick, section 3.2; after ViTDet).

    Parameters
    ----------
    dim
        Channels of the backbone's maps.
    channels
        Channels at strides 4, 8, 16 and 32.
    kind
        Which scales there are, and what they are made from.
    """

    def __init__(self, dim: int, channels: Sequence[int], kind: PyramidKind = "simple") -> None:
        super().__init__()
        self.kind = kind
        self.channels = tuple(channels[1:3] if kind == "partial" else channels)
        for stride, width in zip(STRIDES[kind], self.channels, strict=True):
            name = f"same_{width}" if kind == "single" else f"down_{stride}"
            self.add_module(name, SCALES[stride](dim, width))

    def forward(self, maps: Sequence[Tensor]) -> list[Tensor]:
        """The backbone's maps (batch, dim, H / 16, W / 16), one per group of blocks, to the pyramid, finest first."""
        scales = list(self.children())
        if self.kind == "parallel":
            return [scale(maps[level * len(maps) // len(scales)]) for level, scale in enumerate(scales)]
        return [scale(maps[-1]) for scale in scales]


def enlarged_4(dim: int, channels: int) -> nn.Sequential:
    """From stride 16 to stride 4."""
    wide = max(2 * channels, dim // 2)
    return nn.Sequential(
        nn.ConvTranspose2d(dim, wide, 2, stride=2),
        norm(wide),
        nn.GELU(),
        nn.ConvTranspose2d(wide, wide // 2, 2, stride=2),
        norm(wide // 2),
        nn.Conv2d(wide // 2, channels, 1),
        norm(channels),
        nn.GELU(),
    )


def enlarged_2(dim: int, channels: int) -> nn.Sequential:
    """From stride 16 to stride 8."""
    wide = max(channels, dim // 2)
    return nn.Sequential(
        nn.ConvTranspose2d(dim, wide, 2, stride=2), norm(wide), nn.Conv2d(wide, channels, 1), norm(channels), nn.GELU()
    )


def same(dim: int, channels: int) -> nn.Sequential:
    """At stride 16."""
    return nn.Sequential(nn.Conv2d(dim, channels, 1), norm(channels), nn.GELU())


def reduced(dim: int, channels: int) -> nn.Sequential:
    """From stride 16 to stride 32."""
    wide = max(channels, 2 * dim)
    return nn.Sequential(
        nn.Conv2d(dim, wide, 2, stride=2), norm(wide), nn.Conv2d(wide, channels, 1), norm(channels), nn.GELU()
    )


SCALES = {4: enlarged_4, 8: enlarged_2, 16: same, 32: reduced}


def norm(channels: int) -> nn.GroupNorm:
    """Layer norm over channels and positions: a group norm of one group."""
    return MapNorm(1, channels)


class MapNorm(nn.GroupNorm):
    """A group norm of one group that uses all of a GPU.

    torch computes the statistics of a group on one of the GPU's many multiprocessors, and a single picture has a single
    group: most of the time of a pass would go there. Gradients are left to torch.
    """

    def forward(self, maps: Tensor) -> Tensor:
        """Normalise (batch, channels, rows, columns)."""
        if maps.is_cuda and not torch.is_grad_enabled():
            return scaled_and_shifted(maps, self.weight, self.bias, self.eps)
        return super().forward(maps)


def scaled_and_shifted(maps: Tensor, weight: Tensor, bias: Tensor, eps: float) -> Tensor:
    """`group_norm` of one group, by reductions and one pass over (batch, channels, rows, columns)."""
    mean = maps.mean(dim=(1, 2, 3), keepdim=True, dtype=torch.float32)
    length = torch.linalg.vector_norm(maps, dim=(1, 2, 3), keepdim=True, dtype=torch.float32)
    variance = length**2 / maps[0].numel() - mean**2
    scale = weight[:, None, None] * torch.rsqrt(variance.clamp_min(0) + eps)
    shift = bias[:, None, None] - mean * scale
    return torch.addcmul(shift.to(maps.dtype), maps, scale.to(maps.dtype))
