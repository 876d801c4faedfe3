"""Convolutional stem: features of a pre-trained EfficientNet-Lite0 take the place of the patch embedding.

The image's features do not depend on the clicks, so one pass serves every click in the same region of interest.
Clicks and the previous map enter by a stem of their own, of the same strides, and are added at every stride.
"""

from collections.abc import Sequence

import timm
import torch.nn.functional as F
from torch import Tensor, nn

from napari_simpleclick.model.pyramid import norm

FEATURE_CHANNELS = (24, 40, 112)
"""Channels of the features at strides 4, 8 and 16."""

STAGES = 5
"""Stages of EfficientNet-Lite0 that reach stride 16; the later ones are cut off, unless the stem is deep."""

DEEP_CHANNELS = 320
"""Channels of the features at stride 32, after all seven stages."""


class ConvStem(nn.Module):
    """Image features at strides 4, 8, 16, the matching guidance features, and the way into ViT and pyramid.

    Parameters
    ----------
    dim
        Width of the transformer's tokens.
    pyramid_channels
        Channels of the pyramid; the two finest receive a skip connection.
    late
        Whether the guidance is added behind transformer blocks that have seen the image alone.
    deep
        Whether the features at stride 32, the last that were trained to tell what a picture shows, are added to those
        at stride 16.
    """

    def __init__(self, dim: int, pyramid_channels: Sequence[int], *, late: bool = False, deep: bool = False) -> None:
        super().__init__()
        self.late, self.deep = late, deep
        indices = (1, 2, 3, 4) if deep else (1, 2, 3)
        self.features = timm.create_model(
            "tf_efficientnet_lite0", pretrained=False, features_only=True, out_indices=indices
        )
        if deep:
            self.deep_norm = norm(DEEP_CHANNELS)
            self.from_deep = nn.Conv2d(DEEP_CHANNELS, FEATURE_CHANNELS[2], 1, bias=False)
            nn.init.zeros_(self.from_deep.weight)  # a network that did not know them goes on as it was
        else:
            self.features.blocks = self.features.blocks[:STAGES]
        self.norms = nn.ModuleList(norm(channels) for channels in FEATURE_CHANNELS)
        widths = (16, *FEATURE_CHANNELS)
        self.guidance = nn.ModuleList(
            nn.Sequential(nn.Conv2d(before, after, 3, stride=2, padding=1), norm(after), nn.GELU())
            for before, after in zip((3, *widths), widths, strict=False)
        )
        self.to_tokens = nn.Conv2d(FEATURE_CHANNELS[2], dim, 1)
        if late:
            self.to_guidance = nn.Conv2d(FEATURE_CHANNELS[2], dim, 1, bias=False)
        self.skips = nn.ModuleList(
            nn.Sequential(nn.Conv2d(before, after, 3, padding=1), norm(after), nn.GELU())
            for before, after in zip(FEATURE_CHANNELS[:2], pyramid_channels[:2], strict=True)
        )

    def train(self, mode: bool = True) -> "ConvStem":
        """Batch norms keep their pre-trained statistics: the features stay in evaluation mode."""
        super().train(mode)
        self.features.eval()
        return self

    def encode(self, image: Tensor) -> list[Tensor]:
        """(batch, 3, H, W) normalised image to its features at strides 4, 8 and 16."""
        maps = self.features(image)
        features = [scale(feature) for scale, feature in zip(self.norms, maps[:3], strict=True)]
        if self.deep:
            added = self.from_deep(self.deep_norm(maps[3]))
            size = features[2].shape[-2:]
            features[2] = features[2] + F.interpolate(added, size=size, mode="bilinear", align_corners=False)
        return features

    def fuse(self, features: Sequence[Tensor], guidance: Tensor) -> tuple[Tensor, list[Tensor]]:
        """Add the guidance (batch, 3, H, W) to the image's features: tokens (batch, dim, H / 16, W / 16), two skips.

        With late fusion the third of the features are tokens already.
        """
        guides = []
        for stage in self.guidance:
            guidance = stage(guidance)
            guides.append(guidance)
        fused = [feature + guide for feature, guide in zip(features[:2], guides[1:3], strict=True)]
        skips = [skip(scale) for skip, scale in zip(self.skips, fused, strict=True)]
        if self.late:
            return features[2] + self.to_guidance(guides[3]), skips
        return self.to_tokens(features[2] + guides[3]), skips
