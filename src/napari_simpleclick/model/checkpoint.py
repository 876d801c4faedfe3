"""Checkpoints: one safetensors file holds the weights and, in its header, everything needed to build the network."""

import json
from dataclasses import asdict
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from napari_simpleclick.files import replace_when_complete
from napari_simpleclick.model.published import CheckpointError, first_line, read_published
from napari_simpleclick.model.simpleclick import SimpleClick, SimpleClickConfig

HEADER = "simpleclick"
"""Key of the header under which the configuration is stored as JSON."""


def save_checkpoint(
    path: Path,
    model: SimpleClick,
    *,
    metadata: dict[str, str] | None = None,
    dtype: torch.dtype = torch.float16,
) -> None:
    """Write a network to one file; an older file of that name stays whole until the new one is complete.

    Parameters
    ----------
    path
        Ends in `.safetensors`.
    model
        The network to write.
    metadata
        Facts to keep in the header beside the configuration, such as the name and the training command.
    dtype
        Precision on disk.

    Raises
    ------
    ValueError
        If the name does not end in `.safetensors`.
    """
    if path.suffix != ".safetensors":
        raise ValueError(f"A checkpoint's name ends in .safetensors, got {path.name}.")
    tensors = {name: tensor.detach().cpu().to(dtype).contiguous() for name, tensor in floating_state(model).items()}
    header = {**(metadata or {}), HEADER: json.dumps(asdict(model.config))}
    with replace_when_complete(path) as partial:
        partial.write_bytes(save(tensors, metadata=header))


def load_checkpoint(path: Path) -> SimpleClick:
    """Build the network that a file holds, in float32 and evaluation mode.

    Parameters
    ----------
    path
        A `.safetensors` file of ours or a published `.pth` file.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    CheckpointError
        If the file is damaged, is no SimpleClick checkpoint, or asks for code.
    """
    if not path.is_file():
        raise FileNotFoundError(f"No checkpoint at {path}.")
    config, tensors = read_safetensors(path) if path.suffix == ".safetensors" else read_published(path)
    with torch.device("meta"):
        model = SimpleClick(config)
    model.to_empty(device="cpu")
    try:
        check_names(path, model, tensors)
        model.load_state_dict(tensors, strict=False)
    except RuntimeError as error:
        raise CheckpointError(f"{path} does not fit its own configuration: {error}") from error
    return model.eval()


def read_safetensors(path: Path) -> tuple[SimpleClickConfig, dict[str, Tensor]]:
    """Configuration and tensors (float32) of a file that `save_checkpoint` wrote."""
    try:
        with safe_open(path, framework="pt") as file:
            header: dict[str, str] = file.metadata() or {}
            tensors = {name: file.get_tensor(name).float() for name in file.keys()}  # noqa: SIM118
    except (SafetensorError, OSError) as error:
        raise CheckpointError(
            f"{path} cannot be read as safetensors ({path.stat().st_size} bytes): {first_line(error)}. "
            "It is damaged or not copied completely; get it again."
        ) from error
    return config_from_header(path, header), tensors


def config_from_header(path: Path, header: dict[str, str]) -> SimpleClickConfig:
    """The configuration that the header states."""
    try:
        stored = json.loads(header[HEADER])
        return SimpleClickConfig(**{**stored, "pyramid_channels": tuple(stored["pyramid_channels"])})
    except (KeyError, TypeError, ValueError) as error:
        raise CheckpointError(
            f"{path} is no SimpleClick checkpoint: its header holds no usable entry {HEADER!r} "
            f"(got {', '.join(header) or 'an empty header'}). Write checkpoints with napari-simpleclick-train."
        ) from error


def floating_state(model: SimpleClick) -> dict[str, Tensor]:
    """The tensors of a network that carry weights; counters of batch norms are left out."""
    return {name: tensor for name, tensor in model.state_dict().items() if tensor.is_floating_point()}


def check_names(path: Path, model: SimpleClick, tensors: dict[str, Tensor]) -> None:
    """Every tensor that the network needs is there, and none is left over."""
    needed, present = set(floating_state(model)), set(tensors)
    if needed != present:
        raise CheckpointError(
            f"{path} does not fit its own configuration: missing {sorted(needed - present)[:3]}, "
            f"unexpected {sorted(present - needed)[:3]}. It is damaged or from another version."
        )
