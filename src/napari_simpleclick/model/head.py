"""All-MLP head: project every scale to one width, bring all to stride 4, fuse, one logit per pixel."""

from collections import OrderedDict
from collections.abc import Sequence

import torch.nn.functional as F
from torch import Tensor, nn


class MlpHead(nn.Module):
    """SegFormer's head as SimpleClick uses it (section 3.3).

    Parameters
    ----------
    pyramid_channels
        Channels of the incoming maps, finest first.
    channels
        Width of the head.
    """

    def __init__(self, pyramid_channels: Sequence[int], channels: int) -> None:
        super().__init__()
        self.convs = nn.ModuleList(pointwise(width, channels) for width in pyramid_channels)
        self.fusion_conv = pointwise(len(pyramid_channels) * channels, channels)
        self.dropout = nn.Dropout2d(0.1)
        self.conv_seg = nn.Conv2d(channels, 1, 1)

    def forward(self, maps: Sequence[Tensor]) -> Tensor:
        """Maps, finest first, to logits (batch, 1, height, width) of the size of the first."""
        size = maps[0].shape[-2:]
        projected = [conv(scale) for conv, scale in zip(self.convs, maps, strict=True)]
        # The published head resizes, concatenates, then multiplies. Both are linear and resizing keeps constants, so
        # every scale is multiplied by its part of the weights where it is small, and only the products are resized.
        mix, activation = self.fusion_conv
        weights = mix.get_parameter("weight").chunk(len(projected), dim=1)
        products = [F.conv2d(p, weight) for p, weight in zip(projected, weights, strict=True)]
        fused = products[0] + mix.get_parameter("bias")[:, None, None]
        for product in products[1:]:
            fused = fused + F.interpolate(product, size=size, mode="bilinear", align_corners=False)
        logits: Tensor = self.conv_seg(self.dropout(activation(fused)))
        return logits


def pointwise(incoming: int, outgoing: int) -> nn.Sequential:
    """A 1x1 convolution and ReLU, named `conv` as in the published checkpoints."""
    return nn.Sequential(OrderedDict(conv=nn.Conv2d(incoming, outgoing, 1), activation=nn.ReLU()))
