"""Read the published checkpoints (`.pth`) without running anything that their pickle asks for.

The files hold tensors beside a configuration that names classes of the original code base. Tensors are read by torch's
own allow-list reader; the original classes become inert stand-ins; every other name is refused.
"""

import zipfile
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from napari_simpleclick.model.simpleclick import SimpleClickConfig

ORIGINAL_PACKAGE = "isegm."
"""Package of the original code base, whose classes are named in the files and never imported."""

UNUSED = ("backbone.cls_token", "backbone.fc_norm.", "backbone.head.", "head.up_conv1.", "head.up_conv2.")
"""Tensors of the published files that no prediction uses."""

HEADS = {160: 4, 768: 12, 1024: 16, 1280: 16}
"""Attention heads by width, for files whose configuration does not tell."""


class CheckpointError(ValueError):
    """A checkpoint cannot be read, is not ours, or asks for code."""


class Inert:
    """Stands in for a class or function of the original code base; keeps its state as data and does nothing."""

    def __init__(self, *args: object) -> None:
        self.args = args


def read_published(path: Path) -> tuple[SimpleClickConfig, dict[str, Tensor]]:
    """Configuration and used tensors of a published checkpoint.

    Parameters
    ----------
    path
        A file written by `torch.save` with the entries `state_dict` and `config`.

    Raises
    ------
    CheckpointError
        If the file is damaged, is no such checkpoint, or names code outside the allow-list.
    """
    content = read_without_code(path)
    if not (isinstance(content, dict) and isinstance(content.get("state_dict"), dict)):
        raise CheckpointError(
            f"{path} is no SimpleClick checkpoint: expected the entries 'state_dict' and 'config', "
            f"got {describe(content)}. Choose one of the published .pth files or a .safetensors file of ours."
        )
    tensors = {}
    for name, tensor in content["state_dict"].items():
        if isinstance(name, str) and not name.startswith(UNUSED):
            check_tensor(path, name, tensor)
            tensors[name] = tensor
    return infer_config(path, tensors, content.get("config")), tensors


def check_tensor(path: Path, name: str, tensor: object) -> None:
    """Raise unless a tensor is one whose numbers are all in the file: a stride of 0 claims more than there is.

    Raises
    ------
    CheckpointError
        If it is no such tensor.
    """
    there = isinstance(tensor, Tensor) and tensor.layout == torch.strided and not tensor.is_quantized
    if not (there and isinstance(tensor, Tensor) and tensor.nbytes <= tensor.untyped_storage().nbytes()):
        raise CheckpointError(
            f"{path} was refused: {name!r} is no plain tensor whose numbers are in the file. Get the file from the "
            "authors again."
        )


def require_uncompressed(path: Path) -> None:
    """Raise for an archive that grows when it is read: torch writes its files uncompressed.

    Raises
    ------
    CheckpointError
        If its content is larger than the file.
    """
    if not zipfile.is_zipfile(path):
        return
    with zipfile.ZipFile(path) as archive:
        size = sum(entry.file_size for entry in archive.infolist())
    if size > path.stat().st_size:
        raise CheckpointError(
            f"{path} was refused: it holds {size} bytes in {path.stat().st_size}, and torch writes checkpoints without "
            "compression. Get the file from the authors again."
        )


def read_without_code(path: Path) -> Any:
    """Unpickle data and tensors only.

    Raises
    ------
    CheckpointError
        If the file is damaged or its pickle names anything but tensors, containers and the original classes.
    """
    try:
        require_uncompressed(path)
        named = torch.serialization.get_unsafe_globals_in_checkpoint(path)
        foreign = [name for name in named if not name.startswith(ORIGINAL_PACKAGE)]
        if foreign:
            raise CheckpointError(
                f"{path} was refused: its pickle asks for {', '.join(sorted(foreign))}, and a checkpoint needs only "
                "tensors. It may be harmful; get the file from the authors again and compare its sha256."
            )
        with torch.serialization.safe_globals([(Inert, name) for name in named]):
            return torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # bytes that somebody made up can raise anything in an unpickler
        if isinstance(error, CheckpointError):
            raise
        raise CheckpointError(
            f"{path} cannot be read as a checkpoint ({path.stat().st_size} bytes): {first_line(error)}. "
            "It is damaged, not downloaded completely, or another kind of file; get it again."
        ) from error


def infer_config(path: Path, tensors: dict[str, Tensor], config: object) -> SimpleClickConfig:
    """Architecture from the shapes of the tensors; only the number of attention heads is read from `config`.

    Raises
    ------
    CheckpointError
        If a tensor that tells is missing.
    """
    try:
        dim, _, patch_size, _ = tensors["patch_embed_coords.proj.weight"].shape
        depth = 1 + max(int(name.split(".")[2]) for name in tensors if name.startswith("backbone.blocks."))
        pyramid = tuple(tensors[f"head.convs.{level}.conv.weight"].shape[1] for level in range(4))
        grid = round((tensors["backbone.pos_embed"].shape[1] - 1) ** 0.5)
        return SimpleClickConfig(
            patch_size=patch_size,
            dim=dim,
            depth=depth,
            heads=stored_heads(config) or HEADS[dim],
            pyramid_channels=(pyramid[0], pyramid[1], pyramid[2], pyramid[3]),
            head_channels=tensors["head.convs.0.conv.weight"].shape[0],
            image_size=grid * patch_size,
        )
    except (LookupError, ValueError, AttributeError, TypeError, ArithmeticError) as error:
        raise CheckpointError(
            f"{path} is no SimpleClick checkpoint: {first_line(error)} is missing or unexpected among its "
            f"{len(tensors)} tensors. Choose one of the published .pth files or a .safetensors file of ours."
        ) from error


def stored_heads(config: object) -> int | None:
    """Number of attention heads that the published configuration states, None if it does not."""
    entry = config
    for key in ("params", "backbone_params", "value", "num_heads"):
        entry = entry.get(key) if isinstance(entry, dict) else None
    return entry if isinstance(entry, int) else None


def describe(content: object) -> str:
    """What a file held, in a few words."""
    if isinstance(content, dict):
        return f"the entries {', '.join(map(repr, list(content)[:5]))}"
    return f"a {type(content).__name__}"


def first_line(error: BaseException) -> str:
    """First sentence of an error's text."""
    return (str(error) or type(error).__name__).splitlines()[0].split(". ")[0]
