"""Checkpoints: one safetensors file holds the weights and, in its header, everything needed to build the network."""

import json
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from typing import get_args, get_type_hints

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from napari_simpleclick.files import replace_when_complete
from napari_simpleclick.model.published import CheckpointError, first_line, read_published
from napari_simpleclick.model.simpleclick import SimpleClick, SimpleClickConfig

HEADER = "simpleclick"
"""Key of the header under which the configuration is stored as JSON."""

CHECKSUM = "simpleclick.sha256"
"""Key of the header under which the hash of the tensors is stored; files of earlier versions have none."""


LARGEST = {"patch_size": 64, "dim": 8192, "depth": 128, "heads": 128, "head_channels": 8192, "image_size": 4096}
"""Largest values of a configuration, several times those of the largest published network."""


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
    header = {**(metadata or {}), HEADER: json.dumps(asdict(model.config)), CHECKSUM: checksum(tensors)}
    content = in_one_order(save(tensors, metadata=header))
    with replace_when_complete(path, size=len(content)) as partial:
        partial.write_bytes(content)


def in_one_order(file: bytes) -> bytes:
    """A safetensors file with its facts sorted: safetensors shuffles them, and the cache knows files by their hash."""
    start = 8 + int.from_bytes(file[:8], "little")
    header = json.loads(file[8:start])
    header["__metadata__"] = dict(sorted(header["__metadata__"].items()))
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
    text += b" " * (-len(text) % 8)  # tensors begin at a multiple of eight bytes
    return len(text).to_bytes(8, "little") + text + file[start:]


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
    try:
        check_config(config)
        with torch.device("meta"):  # takes no memory, whatever the configuration asks for
            model = SimpleClick(config)
        check_tensors(path, model, tensors)
        model.to_empty(device="cpu")
        model.load_state_dict(tensors, strict=False)
    except (RuntimeError, ValueError, TypeError, ArithmeticError, LookupError) as error:
        if isinstance(error, CheckpointError):
            raise
        raise CheckpointError(f"{path} does not fit its own configuration: {first_line(error)}.") from error
    return model.eval()


def read_safetensors(path: Path) -> tuple[SimpleClickConfig, dict[str, Tensor]]:
    """Configuration and tensors (float32) of a file that `save_checkpoint` wrote.

    Raises
    ------
    CheckpointError
        If the file is damaged or of another kind.
    """
    try:
        with safe_open(path, framework="pt") as file:
            header: dict[str, str] = file.metadata() or {}
            stored = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except (SafetensorError, OSError, ValueError, RuntimeError, TypeError, AttributeError) as error:
        raise CheckpointError(
            f"{path} cannot be read as safetensors ({path.stat().st_size} bytes): {first_line(error)}. "
            "It is damaged or not copied completely; get it again."
        ) from error
    config = config_from_header(path, header)
    if CHECKSUM in header and header[CHECKSUM] != checksum(stored):
        raise CheckpointError(
            f"{path} is damaged: its weights do not have the sha256 that its header states. Get the file again."
        )
    return config, {name: tensor.float() for name, tensor in stored.items()}


def checksum(tensors: dict[str, Tensor]) -> str:
    """Hash of names, types, shapes and bytes of tensors, in the order of their names."""
    digest = sha256()
    for name in sorted(tensors):
        tensor = tensors[name].contiguous()
        digest.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}\n".encode())
        digest.update(tensor.reshape(-1).view(torch.uint8).numpy().data)
    return digest.hexdigest()


def config_from_header(path: Path, header: dict[str, str]) -> SimpleClickConfig:
    """The configuration that the header states.

    Raises
    ------
    CheckpointError
        If there is none, or it cannot be used.
    """
    try:
        stored = json.loads(header[HEADER])
        return SimpleClickConfig(**{**stored, "pyramid_channels": tuple(stored["pyramid_channels"])})
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise CheckpointError(
            f"{path} is no SimpleClick checkpoint: its header holds no usable entry {HEADER!r} "
            f"(got {', '.join(header) or 'an empty header'}). Write checkpoints with napari-simpleclick-train."
        ) from error


def floating_state(model: SimpleClick) -> dict[str, Tensor]:
    """The tensors of a network that carry weights; counters of batch norms are left out."""
    return {name: tensor for name, tensor in model.state_dict().items() if tensor.is_floating_point()}


def check_config(config: SimpleClickConfig) -> None:
    """Raise unless a network of this configuration can be built by a machine of this world.

    Raises
    ------
    ValueError
        Says which value lies outside of which range.
    """
    sizes = {name: getattr(config, name) for name in LARGEST}
    sizes |= {f"pyramid_channels {place}": value for place, value in enumerate(config.pyramid_channels)}
    for name, value in sizes.items():
        largest = LARGEST.get(name, LARGEST["dim"])
        if type(value) is not int or not 1 <= value <= largest:
            raise ValueError(f"expected {name} from 1 to {largest}, got {value!r}")
    if len(config.pyramid_channels) != 4:
        raise ValueError(f"expected 4 pyramid_channels, got {len(config.pyramid_channels)}")
    if config.dim % config.heads or config.image_size % config.patch_size:
        raise ValueError(f"expected dim to be a multiple of heads, and image_size of patch_size, got {config}")
    for name in ("stem", "pyramid"):
        known = get_args(get_type_hints(SimpleClickConfig)[name])
        if getattr(config, name) not in known:
            raise ValueError(f"expected {name} to be one of {', '.join(known)}, got {getattr(config, name)!r}")


def check_tensors(path: Path, model: SimpleClick, tensors: dict[str, Tensor]) -> None:
    """Every tensor that the network needs is there with its shape, in finite numbers, and none is left over.

    Raises
    ------
    CheckpointError
        Names a tensor that is missing, unexpected, of another shape or not finite.
    """
    needed, present = floating_state(model), set(tensors)
    if needed.keys() != present:
        raise CheckpointError(
            f"{path} does not fit its own configuration: missing {sorted(needed.keys() - present)[:3]}, "
            f"unexpected {sorted(present - needed.keys())[:3]}. It is damaged or from another version."
        )
    for name, tensor in tensors.items():
        if tensor.shape != needed[name].shape:
            raise CheckpointError(
                f"{path} does not fit its own configuration: {name} has the shape {tuple(tensor.shape)}, expected "
                f"{tuple(needed[name].shape)}. It is damaged or from another version."
            )
        if not torch.isfinite(tensor).all():
            raise CheckpointError(
                f"{path} cannot be used: {name} holds values that are not finite. Its training diverged, or the file "
                "is damaged; choose an earlier checkpoint."
            )
