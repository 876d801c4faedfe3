"""Where weights are found: an explicit path, the user's folder, or the file inside the package. Never the network."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from platformdirs import user_data_path

if TYPE_CHECKING:
    from napari_simpleclick.model.simpleclick import SimpleClick

DEFAULT_MODEL = "vit_xtiny_deep_448.v8"
"""The bundled model: works at once, offline."""

WEIGHTS_VARIABLE = "NAPARI_SIMPLECLICK_WEIGHTS"
"""Environment variable that names the folder with the user's checkpoints."""

OFFERED_AT = "the authors' Google Drive, linked from the README of github.com/uncbiag/SimpleClick"

PUBLISHED_FILES = {
    "vit_xtiny_448.sbd": "sbd_vit_xtiny.pth",
    "vit_base_448.sbd": "sbd_vit_base.pth",
    "vit_base_448.cocolvis": "cocolvis_vit_base.pth",
    "vit_large_448.sbd": "sbd_vit_large.pth",
    "vit_large_448.cocolvis": "cocolvis_vit_large.pth",
    "vit_huge_448.sbd": "sbd_vit_huge.pth",
    "vit_huge_448.cocolvis": "cocolvis_vit_huge.pth",
}
"""Published models by name, and the authors' file names."""


@dataclass(frozen=True, slots=True)
class Weights:
    """A model that can be chosen.

    Parameters
    ----------
    name
        `architecture.tag`, or the name of a file in the user's folder without its ending.
    path
        Where the file is; None if it has to be got first.
    """

    name: str
    path: Path | None


def bundled_folder() -> Path:
    """Folder of the checkpoints inside the package."""
    return Path(__file__).parent / "bundled"


def weights_folder() -> Path:
    """The user's folder of checkpoints: `NAPARI_SIMPLECLICK_WEIGHTS`, else the place of user data on this system."""
    chosen = os.environ.get(WEIGHTS_VARIABLE)
    return Path(chosen) if chosen else user_data_path("napari-simpleclick", appauthor=False) / "weights"


def available_models() -> list[Weights]:
    """Every model that can be chosen: bundled, in the user's folder, and the published ones still to be got."""
    files = [*sorted(bundled_folder().glob("*.safetensors")), *user_files()]
    found = {model_name(path): path for path in files}
    names = [DEFAULT_MODEL, *(name for name in (*found, *PUBLISHED_FILES) if name != DEFAULT_MODEL)]
    return [Weights(name, found.get(name)) for name in dict.fromkeys(names)]


def user_files() -> list[Path]:
    """Checkpoints in the user's folder."""
    folder = weights_folder()
    return sorted(path for path in folder.glob("*") if path.suffix in {".safetensors", ".pth"})


def model_name(path: Path) -> str:
    """The name under which a file is offered.

    Examples
    --------
    >>> model_name(Path("cocolvis_vit_base.pth")), model_name(Path("vit_xtiny_448.mine.safetensors"))
    ('vit_base_448.cocolvis', 'vit_xtiny_448.mine')
    """
    published = {file: name for name, file in PUBLISHED_FILES.items()}
    return published.get(path.name, path.stem)


def find_weights(name_or_path: str | Path = DEFAULT_MODEL) -> Path:
    """File that holds the model.

    Parameters
    ----------
    name_or_path
        A path to a `.safetensors` or `.pth` file, or the name of a model.

    Raises
    ------
    FileNotFoundError
        If the path does not exist, or if a published model has not been got yet; says file, folder, source and check.
    ValueError
        If the name is not known; lists the right ones.
    """
    path = Path(name_or_path)
    if path.suffix in {".safetensors", ".pth"}:
        if not path.is_file():
            raise FileNotFoundError(f"No checkpoint at {path.absolute()}. Check the path, or choose a model by name.")
        return path
    models = {model.name: model.path for model in available_models()}
    if str(name_or_path) not in models:
        raise ValueError(f"Unknown model {str(name_or_path)!r}. Choose a file or one of: {', '.join(models)}.")
    found = models[str(name_or_path)]
    if found is None:
        raise FileNotFoundError(missing_message(str(name_or_path)))
    return found


def missing_message(name: str) -> str:
    """What to do to get a published model."""
    return (
        f"The model {name} is not on this machine. Get the file {PUBLISHED_FILES[name]} from {OFFERED_AT}, and put it "
        f"into {weights_folder()} (or the folder that {WEIGHTS_VARIABLE} names). The authors publish no hash: compare "
        "the size with the one shown there, and `sha256sum` with a colleague's copy. It is read without running code."
    )


def sha256(path: Path) -> str:
    """Hash of a file, as `sha256sum` prints it."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def load_model(name_or_path: str | Path = DEFAULT_MODEL) -> "SimpleClick":
    """Find and load a model, in float32 and evaluation mode, on the CPU.

    Raises
    ------
    FileNotFoundError, ValueError
        As `find_weights`.
    CheckpointError
        If the file is damaged, is no SimpleClick checkpoint, or asks for code.
    """
    from napari_simpleclick.model.checkpoint import load_checkpoint

    return load_checkpoint(find_weights(name_or_path))
