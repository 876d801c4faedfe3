"""The network in torch, in float32 or in half the precision, for arrays."""

from contextlib import AbstractContextManager, nullcontext

import numpy as np
import torch
from torch import Tensor

from napari_simpleclick.inference.engines.network import Features, Images, Logits
from napari_simpleclick.inference.recipe import recipe_for
from napari_simpleclick.model.simpleclick import SimpleClick


class TorchNetwork:
    """A model that torch computes on a device.

    Parameters
    ----------
    model
        The model; it is moved to the device.
    device
        Where it runs.
    dtype
        `torch.bfloat16` or `torch.float16` computes large products in half the precision; None in float32.
    """

    def __init__(
        self, model: SimpleClick, device: torch.device | str = "cpu", dtype: torch.dtype | None = None
    ) -> None:
        self.model = model.to(device).eval()
        self.device = torch.device(device)
        self.dtype = dtype
        self.recipe = recipe_for(model.config.stem)
        self.fixed_batch, self.coarse = False, True

    def encode(self, image: Images) -> Features:
        """Features of images in [0, 1], as tensors on the device."""
        with torch.inference_mode(), self._precision():
            return self.model.encode(self._tensor(image))

    def decode(self, features: Features, guidance: Images) -> Logits:
        """Logits from features and guidance."""
        with torch.inference_mode(), self._precision():
            logits = self.model.decode(features, self._tensor(guidance))
        answer: np.ndarray = logits.float().cpu().numpy()
        return answer

    def _tensor(self, maps: np.ndarray) -> Tensor:
        return torch.from_numpy(maps).to(self.device)

    def _precision(self) -> AbstractContextManager[object]:
        return nullcontext() if self.dtype is None else torch.autocast(self.device.type, self.dtype)
