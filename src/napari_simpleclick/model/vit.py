"""Plain vision transformer with windowed attention, SimpleClick's backbone.

Parameter names are those of the published checkpoints, so that a file loads without a table of names.
"""

import math
from functools import partial

import torch
import torch.nn.functional as F
from timm.models.vision_transformer import Block
from torch import Tensor, nn

WINDOW_PIXELS = 224
"""Side of an attention window in pixels of the crop (the size of the MAE pre-training)."""


class PatchEmbed(nn.Module):
    """Cut a map into patches and project each to a token."""

    def __init__(self, patch_size: int, dim: int) -> None:
        super().__init__()
        self.proj = nn.Conv2d(3, dim, kernel_size=patch_size, stride=patch_size)

    def forward(self, maps: Tensor) -> Tensor:
        """(batch, 3, H, W) to (batch, dim, H / patch, W / patch)."""
        tokens: Tensor = self.proj(maps)
        return tokens


class VisionTransformer(nn.Module):
    """Transformer blocks over a square grid of tokens; most blocks look at windows, a few at everything.

    The blocks fall into groups, two for a depth of 12 and four otherwise; the last block of each group is global.
    There is no class token on the path and no final norm (SimpleClick, section 3.1).

    Parameters
    ----------
    patch_size
        Side of a patch in pixels.
    dim, depth, heads
        Width of a token, number of blocks, attention heads.
    image_size
        Side in pixels for which the position embedding is stored; other sizes resample it.
    embeds_image
        Whether the network owns the patch embedding of the image (False when a convolutional stem delivers tokens).
    """

    def __init__(
        self, *, patch_size: int, dim: int, depth: int, heads: int, image_size: int = 448, embeds_image: bool = True
    ) -> None:
        super().__init__()
        self.window = WINDOW_PIXELS // patch_size
        self.group = depth // (2 if depth == 12 else 4)
        grid = image_size // patch_size
        # The slot of the class token stays, unused, because published files carry it.
        self.pos_embed = nn.Parameter(torch.zeros(1, 1 + grid * grid, dim))
        nn.init.trunc_normal_(self.pos_embed, std=0.02)
        if embeds_image:
            self.patch_embed = PatchEmbed(patch_size, dim)
        norm = partial(nn.LayerNorm, eps=1e-6)
        self.blocks = nn.ModuleList(
            Block(dim, heads, mlp_ratio=4, qkv_bias=True, norm_layer=norm) for _ in range(depth)
        )

    def forward(self, tokens: Tensor) -> list[Tensor]:
        """Transform a grid of tokens.

        Parameters
        ----------
        tokens
            (batch, dim, rows, columns), without position embedding; rows equal columns.

        Returns
        -------
        list of Tensor
            The map after each group of blocks, each (batch, dim, rows, columns); the last is the network's output.

        Raises
        ------
        ValueError
            If the grid is larger than a window and not a whole number of windows.
        """
        return self.transform(self.placed(tokens), range(len(self.blocks)))

    def placed(self, tokens: Tensor) -> Tensor:
        """Tokens (batch, dim, side, side) with their position embedding."""
        return tokens + position_map(self.pos_embed, int(tokens.shape[-1]))

    def transform(self, tokens: Tensor, blocks: range) -> list[Tensor]:
        """The maps after each group of some blocks, for tokens (batch, dim, side, side) with their positions."""
        batch, dim, side, _ = map(int, tokens.shape)  # numbers, also for a compiler that traces
        windows = windows_per_side(side, self.window)
        x = to_windows(tokens.permute(0, 2, 3, 1), windows)
        maps = []
        for index in blocks:
            last_of_group = (index + 1) % self.group == 0
            if last_of_group and windows > 1:
                x = to_windows(from_windows(x, batch, windows), 1)
            x = self.blocks[index](x)
            if last_of_group:
                grid = x.reshape(batch, side, side, dim)
                maps.append(grid.permute(0, 3, 1, 2))  # channels last, which resizing likes
                x = to_windows(grid, windows)
        if not last_of_group:
            maps.append(from_windows(x, batch, windows).permute(0, 3, 1, 2))
        return maps


def windows_per_side(side: int, window: int) -> int:
    """How many windows fit along a side of the token grid; a grid smaller than a window counts as one.

    Raises
    ------
    ValueError
        If the side is larger than a window and no multiple of it.

    Examples
    --------
    >>> windows_per_side(28, 14), windows_per_side(7, 14)
    (2, 1)
    """
    if side <= window:
        return 1
    if side % window:
        raise ValueError(
            f"The network's input must be at most {WINDOW_PIXELS} pixels per side or a multiple of it; "
            f"got {side * WINDOW_PIXELS / window:g}. Choose 224, 448 or 672."
        )
    return side // window


def position_map(pos_embed: Tensor, side: int) -> Tensor:
    """Position embedding as a map (1, dim, side, side), resampled bicubically without antialias where sizes differ."""
    stored = math.isqrt(int(pos_embed.shape[1]) - 1)
    grid = pos_embed[:, 1:].reshape(1, stored, stored, -1).permute(0, 3, 1, 2)
    if stored == side:
        return grid
    return F.interpolate(grid, size=(side, side), mode="bicubic", align_corners=False, antialias=False)


def to_windows(grid: Tensor, windows: int) -> Tensor:
    """(batch, side, side, dim) to sequences of tokens (batch * windows**2, tokens of a window, dim)."""
    batch, side, _, dim = map(int, grid.shape)
    size = side // windows
    cut = grid.reshape(batch, windows, size, windows, size, dim).permute(0, 1, 3, 2, 4, 5)
    return cut.reshape(batch * windows * windows, size * size, dim)


def from_windows(sequences: Tensor, batch: int, windows: int) -> Tensor:
    """Undo `to_windows`."""
    size = math.isqrt(int(sequences.shape[1]))
    joined = sequences.reshape(batch, windows, windows, size, size, -1).permute(0, 1, 3, 2, 4, 5)
    return joined.reshape(batch, windows * size, windows * size, -1)
