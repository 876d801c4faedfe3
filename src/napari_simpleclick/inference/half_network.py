"""The network in torch in half the precision, where that is faster."""

from collections.abc import Sequence

import torch
from torch import Tensor

from napari_simpleclick.inference.precision import Network


class HalfNetwork:
    """A network whose large products torch computes in bfloat16 or float16.

    Parameters
    ----------
    network
        The network in float32, on its device.
    device
        Where it is.
    dtype
        `torch.bfloat16` or `torch.float16`.
    """

    def __init__(self, network: Network, device: torch.device, dtype: torch.dtype) -> None:
        self.network = network
        self.device = device
        self.dtype = dtype

    def encode(self, image: Tensor) -> Sequence[Tensor]:
        """Features of images (batch, 3, size, size) in [0, 1]."""
        with torch.autocast(self.device.type, self.dtype):
            return self.network.encode(image)

    def decode(self, features: Sequence[Tensor], guidance: Tensor) -> Tensor:
        """Logits (batch, 1, size, size)."""
        with torch.autocast(self.device.type, self.dtype):
            return self.network.decode(features, guidance).float()
