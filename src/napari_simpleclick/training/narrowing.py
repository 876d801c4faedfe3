"""Weights for a network with a narrower pyramid and head: the channels of a wider one that its next layer hears most.

A network that starts from them knows most of what the wider one knew, where random weights would have to learn it.
"""

import torch
from torch import Tensor

PYRAMID: dict[str, tuple[str, ...]] = {
    "neck.down_4.0": ("tokens", "wide_4"),
    "neck.down_4.1": ("wide_4",),
    "neck.down_4.3": ("wide_4", "half_4"),
    "neck.down_4.4": ("half_4",),
    "neck.down_4.5": ("out_4", "half_4"),
    "neck.down_4.6": ("out_4",),
    "neck.down_8.0": ("tokens", "wide_8"),
    "neck.down_8.1": ("wide_8",),
    "neck.down_8.2": ("out_8", "wide_8"),
    "neck.down_8.3": ("out_8",),
    "neck.down_16.0": ("out_16", "tokens"),
    "neck.down_16.1": ("out_16",),
    "neck.down_32.0": ("wide_32", "tokens"),
    "neck.down_32.1": ("wide_32",),
    "neck.down_32.2": ("out_32", "wide_32"),
    "neck.down_32.3": ("out_32",),
    "stem.skips.0.0": ("out_4", "fine_4"),
    "stem.skips.0.1": ("out_4",),
    "stem.skips.1.0": ("out_8", "fine_8"),
    "stem.skips.1.1": ("out_8",),
    "head.convs.0.conv": ("head_0", "out_4"),
    "head.convs.1.conv": ("head_1", "out_8"),
    "head.convs.2.conv": ("head_2", "out_16"),
    "head.convs.3.conv": ("head_3", "out_32"),
    "head.fusion_conv.conv": ("mixed", "heads"),
    "head.conv_seg": ("logit", "mixed"),
}
"""What the axes of a layer's weights run over; a bias runs over what the layer makes."""

HEARD_BY = {
    "wide_4": "neck.down_4.3",
    "half_4": "neck.down_4.5",
    "out_4": "head.convs.0.conv",
    "wide_8": "neck.down_8.2",
    "out_8": "head.convs.1.conv",
    "out_16": "head.convs.2.conv",
    "wide_32": "neck.down_32.2",
    "out_32": "head.convs.3.conv",
    "heads": "head.fusion_conv.conv",
    "mixed": "head.conv_seg",
}
"""The layer that a set of channels goes into: what it multiplies with small weights can be spared."""

TRANSPOSED = ("neck.down_4.0", "neck.down_4.3", "neck.down_8.0")
"""Layers that make channels of their second axis."""


def narrowed(wide: dict[str, Tensor], narrow: dict[str, Tensor]) -> dict[str, Tensor]:
    """The tensors of a wide network, cut to the shapes of a narrow one of the same layers.

    Parameters
    ----------
    wide, narrow
        Tensors of both by name; of the narrow network only names and shapes matter.

    Returns
    -------
    dict
        The tensors of `wide` whose names occur in `narrow`, in the shapes that they have there.
    """
    kept: dict[str, Tensor] = {}
    for space, layer in HEARD_BY.items():
        axes = PYRAMID[layer]
        weight = f"{layer}.weight"
        count = narrow[weight].shape[axes.index(space)]
        kept[space] = loudest(wide[weight], axes.index(space), count, parts=4 if space == "heads" else 1)
    for number, part in enumerate(kept["heads"].chunk(4)):
        kept[f"head_{number}"] = part - number * (wide["head.fusion_conv.conv.weight"].shape[1] // 4)
    return {name: cut(tensor, name, kept) for name, tensor in wide.items() if name in narrow}


def loudest(weight: Tensor, axis: int, count: int, *, parts: int = 1) -> Tensor:
    """Indices along an axis of the `count` slices of largest norm, ascending; as many from each of some equal parts.

    Examples
    --------
    >>> loudest(torch.tensor([[1.0, 0.0, -3.0, 2.0]]), 1, 2)
    tensor([2, 3])
    >>> loudest(torch.tensor([[1.0, 0.0, -3.0, 2.0]]), 1, 2, parts=2)
    tensor([0, 2])
    """
    norms = torch.linalg.vector_norm(weight.transpose(0, axis).flatten(1), dim=1).reshape(parts, -1)
    chosen = norms.topk(count // parts, dim=1).indices.sort(dim=1).values
    indices: Tensor = (chosen + torch.arange(parts)[:, None] * norms.shape[1]).flatten()
    return indices


def cut(tensor: Tensor, name: str, kept: dict[str, Tensor]) -> Tensor:
    """A tensor with the kept channels only."""
    layer, _, kind = name.rpartition(".")
    spaces = PYRAMID.get(layer, ())
    if kind == "bias" and spaces:
        spaces = spaces[1:] if layer in TRANSPOSED else spaces[:1]
    for axis, space in enumerate(spaces):
        if space in kept:
            tensor = tensor.index_select(axis, kept[space])
    return tensor
