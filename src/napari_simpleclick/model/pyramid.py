"""Simple feature pyramid: maps at strides 4, 8, 16 and 32, all made from the backbone's last map."""

from collections.abc import Sequence

from torch import Tensor, nn


class SimplePyramid(nn.Module):
    """Four scales from one map (SimpleClick, section 3.2; after ViTDet).

    Parameters
    ----------
    dim
        Channels of the backbone's map.
    channels
        Channels at strides 4, 8, 16 and 32.
    """

    def __init__(self, dim: int, channels: Sequence[int]) -> None:
        super().__init__()
        c4, c8, c16, c32 = channels
        a, b, d = max(2 * c4, dim // 2), max(c8, dim // 2), max(c32, 2 * dim)
        self.down_4 = nn.Sequential(
            nn.ConvTranspose2d(dim, a, 2, stride=2),
            norm(a),
            nn.GELU(),
            nn.ConvTranspose2d(a, a // 2, 2, stride=2),
            norm(a // 2),
            nn.Conv2d(a // 2, c4, 1),
            norm(c4),
            nn.GELU(),
        )
        self.down_8 = nn.Sequential(
            nn.ConvTranspose2d(dim, b, 2, stride=2), norm(b), nn.Conv2d(b, c8, 1), norm(c8), nn.GELU()
        )
        self.down_16 = nn.Sequential(nn.Conv2d(dim, c16, 1), norm(c16), nn.GELU())
        self.down_32 = nn.Sequential(
            nn.Conv2d(dim, d, 2, stride=2), norm(d), nn.Conv2d(d, c32, 1), norm(c32), nn.GELU()
        )

    def forward(self, grid: Tensor) -> list[Tensor]:
        """(batch, dim, H / 16, W / 16) to the maps at strides 4, 8, 16 and 32."""
        return [scale(grid) for scale in (self.down_4, self.down_8, self.down_16, self.down_32)]


def norm(channels: int) -> nn.GroupNorm:
    """Layer norm over channels and positions: a group norm of one group."""
    return nn.GroupNorm(1, channels)
