"""SimpleClick: image, clicks and the previous mask in, one logit per pixel out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from napari_simpleclick.model.head import MlpHead
from napari_simpleclick.model.pyramid import STRIDES, PyramidKind, SimplePyramid
from napari_simpleclick.model.stem import ConvStem
from napari_simpleclick.model.vit import PatchEmbed, VisionTransformer

IMAGENET_MEAN, IMAGENET_STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
EFFICIENTNET_MEAN, EFFICIENTNET_STD = (0.5, 0.5, 0.5), (0.5, 0.5, 0.5)


@dataclass(frozen=True, slots=True)
class SimpleClickConfig:
    """What has to be known to build a network; stored in the header of its checkpoint.

    Parameters
    ----------
    patch_size
        Pixels per token and side.
    dim, depth, heads
        Width, number of blocks and attention heads of the transformer.
    pyramid_channels
        Channels at strides 4, 8, 16 and 32.
    head_channels
        Width of the all-MLP head.
    image_size
        Side of the network's input in pixels for which the position embedding is stored.
    stem
        "patch": SimpleClick as published. "efficientnet_lite0": image features of a pre-trained convolutional network.
    pyramid
        "simple": SimpleClick as published; the others are those of its ablation, see `pyramid.STRIDES`.
    image_blocks
        Transformer blocks that see the image alone, before the clicks are added. 0: none, as published.
    deep_stem
        Whether the convolutional stem goes on to stride 32.
    """

    patch_size: int
    dim: int
    depth: int
    heads: int
    pyramid_channels: tuple[int, int, int, int]
    head_channels: int
    image_size: int = 448
    stem: Literal["patch", "efficientnet_lite0"] = "patch"
    pyramid: PyramidKind = "simple"
    image_blocks: int = 0
    deep_stem: bool = False


class SimpleClick(nn.Module):
    """The network; its parameter names are those of the published checkpoints.

    `encode` sees only the image and `decode` adds clicks and previous map, so features can be kept between clicks.

    Raises
    ------
    ValueError
        If stem and pyramid do not fit together, or late fusion does not fit them; says what to choose.
    """

    def __init__(self, config: SimpleClickConfig) -> None:
        super().__init__()
        self.config = config
        if config.stem != "patch" and STRIDES[config.pyramid][:2] != (4, 8):
            raise ValueError(
                f"The stem {config.stem!r} adds features at strides 4 and 8; the pyramid {config.pyramid!r} has none "
                'there. Choose the pyramid "simple" or "parallel".'
            )
        patched = config.stem == "patch"
        if config.deep_stem and patched:
            raise ValueError('Only a convolutional stem is deep; got deep_stem=True and "patch". Choose another stem.')
        if config.image_blocks:
            check_late_fusion(config)
        self.backbone = VisionTransformer(
            patch_size=config.patch_size,
            dim=config.dim,
            depth=config.depth,
            heads=config.heads,
            image_size=config.image_size,
            embeds_image=patched,
        )
        if patched:
            self.patch_embed_coords = PatchEmbed(config.patch_size, config.dim)
        else:
            self.stem = ConvStem(
                config.dim, config.pyramid_channels, late=config.image_blocks > 0, deep=config.deep_stem
            )
        self.neck = SimplePyramid(config.dim, config.pyramid_channels, config.pyramid)
        self.head = MlpHead(self.neck.channels, config.head_channels)
        self.mean, self.std = (IMAGENET_MEAN, IMAGENET_STD) if patched else (EFFICIENTNET_MEAN, EFFICIENTNET_STD)

    def encode(self, image: Tensor) -> list[Tensor]:
        """Features of the image alone.

        Parameters
        ----------
        image
            (batch, 3, H, W) RGB in [0, 1]; H = W.

        Returns
        -------
        list of Tensor
            One map of tokens for the patch stem; maps at strides 4, 8, 16 for the convolutional one, the last of them
            after the transformer blocks that see the image alone.
        """
        return self.encode_normalised(self.normalise(image))

    def normalise(self, image: Tensor) -> Tensor:
        """Images (batch, 3, H, W) in [0, 1] as the image features expect them."""
        mean, std = (torch.tensor(v, dtype=image.dtype, device=image.device) for v in (self.mean, self.std))
        return (image - mean[:, None, None]) / std[:, None, None]

    def encode_normalised(self, normalised: Tensor) -> list[Tensor]:
        """What `encode` returns, for images that are normalised already."""
        if self.config.stem == "patch":
            return [self.backbone.patch_embed(normalised)]
        features = self.stem.encode(normalised)
        if self.config.image_blocks:
            tokens = self.backbone.placed(self.stem.to_tokens(features[2]))
            features[2] = self.backbone.transform(tokens, range(self.config.image_blocks))[-1]
        return features

    def decode(self, features: Sequence[Tensor], guidance: Tensor) -> Tensor:
        """Segment what the guidance points at.

        Parameters
        ----------
        features
            What `encode` returned for the image.
        guidance
            (batch, 3, H, W): previous probability map, positive-click map, negative-click map.

        Returns
        -------
        (batch, 1, H, W) Tensor
            Logits; their sigmoid is the probability of the object.
        """
        return enlarge_logits(self.coarse_logits(features, guidance), guidance)

    def coarse_logits(self, features: Sequence[Tensor], guidance: Tensor) -> Tensor:
        """What `decode` enlarges: logits (batch, 1, rows, columns) at the finest scale of the pyramid."""
        skips: Sequence[Tensor] = ()
        if self.config.stem == "patch":
            tokens = features[0] + self.patch_embed_coords(guidance)
        else:
            tokens, skips = self.stem.fuse(features, guidance)
        if self.config.image_blocks:
            maps = self.backbone.transform(tokens, range(self.config.image_blocks, self.config.depth))
        else:
            maps = self.backbone(tokens)
        pyramid = self.neck(maps)
        for level, skip in enumerate(skips):
            pyramid[level] = pyramid[level] + skip
        logits: Tensor = self.head(pyramid)
        return logits

    def forward(self, image: Tensor, guidance: Tensor) -> Tensor:
        """Logits (batch, 1, H, W) for images (batch, 3, H, W) in [0, 1] and guidance (batch, 3, H, W)."""
        return self.decode(self.encode(image), guidance)


def check_late_fusion(config: SimpleClickConfig) -> None:
    """Late fusion needs a convolutional stem, a simple pyramid, and blocks on both sides.

    Raises
    ------
    ValueError
        If it has not.
    """
    between = 0 < config.image_blocks < config.depth
    if config.stem == "patch" or config.pyramid != "simple" or not between:
        raise ValueError(
            f"Late fusion needs a convolutional stem, the pyramid 'simple', and image_blocks below {config.depth}; got "
            f"the stem {config.stem!r}, the pyramid {config.pyramid!r} and image_blocks={config.image_blocks}."
        )


def enlarge_logits(coarse: Tensor, guidance: Tensor) -> Tensor:
    """Logits (batch, 1, rows, columns) at the size of the guidance (batch, 3, H, W)."""
    return F.interpolate(coarse, size=guidance.shape[-2:], mode="bilinear", align_corners=True)
