"""The folder of the user's cache for compiled networks, with what tells whether they still compute the same."""

import json
import shutil
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from platformdirs import user_cache_path

from napari_simpleclick.files import make_private, move, replace_when_complete, writing_folder
from napari_simpleclick.inference.engines.graph_seal import is_sealed, seal
from napari_simpleclick.inference.engines.network import Logits, Precision, fixed_input
from napari_simpleclick.inference.engines.openvino_import import import_openvino
from napari_simpleclick.write_errors import told_if_not_written

if TYPE_CHECKING:
    import openvino

HALF = "half"

INT8_GRAPH, INT8_RESULT = "int8.xml", "int8.json"
"""The quantised decoder, and what it costs; see `quantisation`."""

EXPECTED = "expected.npz"
"""What float32 torch answers to the fixed picture."""

OF_FILES = "of_files"
"""Folder with the names of graphs by the hash of the checkpoint that they came from."""

FORMAT = 3
"""Changes when other graphs are made of the same weights."""

STEM = ["simpleclick", "stem"]
"""Where a graph says which stem its model has."""

KEPT = 32
"""Compiled models that stay in the cache: those that were used last."""


@lru_cache(maxsize=1)
def core() -> "openvino.Core":
    """OpenVINO's one entry for the whole process.

    On processors with AMX every `Core` gives its thread a stack for signals and takes it back when it goes. Two that go
    in the order in which they came leave the thread a stack that is unmapped, and the next signal (a child process that
    ends is enough) crashes the process.
    """
    core: openvino.Core = import_openvino().Core()
    return core


def cache_folder() -> Path:
    """Where compiled networks are kept."""
    return user_cache_path("napari-simpleclick", appauthor=False) / "openvino"


def graph_facts(*, size: int, batch: int) -> str:
    """What graphs depend on besides the weights."""
    return f"{import_openvino().__version__} {size} {batch} {FORMAT}"


def weights_kind(precision: Precision) -> str:
    """Folder for the graphs by the precision of their weights: half where the arithmetic is no finer."""
    able = core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")
    return "full" if precision == "f32" or (precision == "auto" and "BF16" not in able) else HALF


def precision_in(folder: Path, precision: Precision) -> Precision:
    """The precision to compile for: int8 where it is offered and nothing else is asked for."""
    return "int8" if precision == "auto" and int8_offered(folder) else precision


def kept_graphs(folder: Path) -> "tuple[openvino.Model, openvino.Model] | None":
    """Encoder and decoder from a folder; None if they are not there, or others than were written there."""
    paths = graph_paths(folder)
    if not is_sealed(folder, [name for path in paths for name in files_of_graph(path)]):
        return None
    try:
        encoder, decoder = (core().read_model(path) for path in paths)
        return encoder, decoder
    except RuntimeError:
        shutil.rmtree(folder, ignore_errors=True)
        return None


def save_graph(graph: "openvino.Model", path: Path, *, half: bool) -> None:
    """Write a graph beside its place and move it there: other processes may have an earlier one of it in their memory.

    Parameters
    ----------
    graph, path
        The graph, and its place, which ends in `.xml`; weights go to a `.bin` beside it.
    half
        Whether weights are kept in float16.
    """
    make_private(path.parent)
    with told_if_not_written(path), writing_folder(path.parent) as folder:
        written = folder / path.name
        import_openvino().save_model(graph, written, compress_to_fp16=half)
        for suffix in (".bin", ".xml"):  # whoever finds the second finds the first
            move(written.with_suffix(suffix), path.with_suffix(suffix))
    seal(path.parent, files_of_graph(path))


def files_of_graph(path: Path) -> tuple[str, str]:
    """Names of the weights and of the structure of a graph."""
    return path.with_suffix(".bin").name, path.name


def stem_of(graph: "openvino.Model") -> str:
    """The stem of the model that a graph was made of."""
    return str(graph.get_rt_info(STEM).astype(str))


def graph_paths(folder: Path) -> tuple[Path, Path]:
    """Files of encoder and decoder."""
    return folder / "encoder.xml", folder / "decoder.xml"


def quantised_graph(folder: Path) -> "openvino.Model":
    """The int8 decoder that was made on this machine.

    Raises
    ------
    FileNotFoundError
        If there is none; says how to make it.
    """
    path = folder / INT8_GRAPH
    try:
        if not is_sealed(folder, files_of_graph(path)):
            raise RuntimeError(f"{path} is missing, or another file than was written there.")
        return core().read_model(path)
    except RuntimeError as error:
        raise FileNotFoundError(
            "This model was not quantised to int8 on this machine for this input. "
            "Run: napari-simpleclick quantise --model NAME"
        ) from error


def int8_offered(folder: Path) -> bool:
    """Whether int8 was measured on this machine to lose little and to be faster."""
    try:
        return (folder / INT8_GRAPH).is_file() and bool(json.loads((folder / INT8_RESULT).read_text())["offered"])
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return False


def kept_answer(folder: Path, *, size: int, batch: int) -> Logits | None:
    """The probabilities of float32 torch for the fixed picture; None if they are not there, damaged, or of another.

    Parameters
    ----------
    folder
        Where the graphs are kept.
    size
        Side of the network's input in pixels.
    batch
        Pictures that the network takes at once.
    """
    if not is_sealed(folder, [EXPECTED]):
        return None
    try:
        with np.load(folder / EXPECTED, allow_pickle=False) as kept:
            probabilities, asked = kept["probabilities"], str(kept["asked"])
    except Exception:  # numpy's reader of headers raises what it likes on a damaged one
        return None
    fits = probabilities.shape == (batch, 1, size, size) and probabilities.dtype == np.float32
    return probabilities if fits and asked == asked_hash(size=size, batch=batch) else None


def keep_answer(folder: Path, probabilities: Logits) -> None:
    """Keep the probabilities of float32 torch for the fixed picture; without effect where nothing can be written."""
    batch, _, size, _ = probabilities.shape
    asked = np.array(asked_hash(size=size, batch=batch))
    write_whole(folder / EXPECTED, lambda path: np.savez(path, probabilities=probabilities, asked=asked))
    with suppress(OSError):
        seal(folder, [EXPECTED])


def asked_hash(*, size: int, batch: int) -> str:
    """Hash of the fixed picture and its click: an answer to another one tells nothing."""
    return sha256(b"".join(part.tobytes() for part in fixed_input(size=size, batch=batch))).hexdigest()


def folder_of_file(checkpoint: str, *, size: int, batch: int) -> Path | None:
    """The folder of the graphs that were made of a checkpoint, by the hash of the file; None if nobody noted it.

    Parameters
    ----------
    checkpoint
        Hash of the file.
    size, batch
        The network's input, as for `kept_answer`.
    """
    return noted_folder(note_path(checkpoint, size=size, batch=batch))


def noted_folder(note: Path) -> Path | None:
    """The folder that a note names; None if there is no such note or folder."""
    try:
        name = note.read_text().strip()
    except (OSError, ValueError):
        return None
    folder = note.parent.parent / name
    return folder if name.isalnum() and folder.is_dir() else None


def note_file(checkpoint: str, folder: Path, *, size: int, batch: int) -> None:
    """Note that graphs were made of a checkpoint; without effect where nothing can be written.

    Parameters
    ----------
    checkpoint
        Hash of the file.
    folder
        Where the graphs are kept.
    size, batch
        The network's input, as for `kept_answer`.
    """
    write_whole(note_path(checkpoint, size=size, batch=batch), lambda path: path.write_text(folder.name))


def note_path(checkpoint: str, *, size: int, batch: int) -> Path:
    """Where the name of the graphs of a checkpoint is noted."""
    named = sha256(f"{checkpoint} {graph_facts(size=size, batch=batch)}".encode()).hexdigest()[:32]
    return cache_folder() / OF_FILES / f"{named}.txt"


def write_whole(path: Path, write: Callable[[Path], object]) -> None:
    """Write a file that others see when it is complete, or not at all; without effect where that is not possible."""
    with (
        suppress(OSError),
        replace_when_complete(path, private=True) as written,
    ):  # a full or read-only disk: do without
        write(written)


def prune(cache: Path, *, used: Path) -> None:
    """Remove the compiled models that were not used for longest, so that the cache does not grow for ever."""
    try:
        used.touch()
        for note in (cache / OF_FILES).glob("*.txt"):
            if noted_folder(note) is None:
                note.unlink()
        folders = [path for path in cache.iterdir() if path.is_dir() and path.name != OF_FILES]
        folders.sort(key=lambda path: path.stat().st_mtime)
    except OSError:  # no cache, or another process removes the same
        return
    for folder in folders[:-KEPT]:
        shutil.rmtree(folder, ignore_errors=True)
