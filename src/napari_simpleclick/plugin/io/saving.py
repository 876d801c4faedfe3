"""Saving: the masks of the present image into a file, on a thread of its own."""

from pathlib import Path
from typing import Any

import numpy as np

from napari_simpleclick.data.errors import VolumeError
from napari_simpleclick.plugin.io.save_masks import formats, save_masks, suggested_path
from napari_simpleclick.plugin.io.tiff_reader import told_by_file
from napari_simpleclick.plugin.io.writers import finest
from napari_simpleclick.plugin.jobs.worker import Runs
from napari_simpleclick.plugin.workspace.image_file import image_file
from napari_simpleclick.plugin.workspace.workspace import Workspace


class Saving:
    """Writes the labels layer.

    Parameters
    ----------
    workspace
        Has image and labels.
    run
        Writes, so that the window answers meanwhile.
    """

    def __init__(self, workspace: Workspace, run: Runs) -> None:
        self.workspace, self.run = workspace, run
        self._last: Path | None = None

    @property
    def formats(self) -> list[str]:
        """Names of the formats that can hold the masks."""
        labels = self.workspace.labels
        return formats(labels.ndim) if labels is not None else []

    def suggested(self) -> Path | None:
        """Beside the image, or where masks were saved last; None, and a message, if there is nothing to save."""
        workspace = self.workspace
        if workspace.image is None or workspace.labels is None:
            workspace.status.emit("There are no masks to save: outline an object first.")
            return None
        path = suggested_path(workspace.image.name, image_file(workspace.image))
        return path if self._last is None else self._last / path.name

    def save(self, path: Path) -> None:
        """Write the masks as they are now; the ending of the name tells the format."""
        workspace = self.workspace
        if workspace.labels is None:
            return
        data, meta, _ = workspace.labels.as_layer_data_tuple()
        pixels = np.array(finest(data))  # clicks may go on while it is written
        source = image_file(workspace.image) if workspace.image is not None else None
        if source is not None and path.resolve() == Path(source).resolve():
            workspace.failed.emit(VolumeError(f"{path} is the image, which would be lost. Choose another name."))
            return
        workspace.status.emit(f"Saving {path.name} …")

        def write() -> tuple[Path, int]:
            return save_masks(path, pixels, told_by_file(meta, source, pixels.shape)), len(
                np.unique(pixels[pixels > 0])
            )

        def written(result: tuple[Path, int]) -> None:
            file, count = result
            self._last = file.parent
            workspace.status.emit(f"Saved {count} object{'' if count == 1 else 's'}: {file}")

        self.run(write, written, self._failed)

    def _failed(self, error: Any) -> None:
        self.workspace.failed.emit(error)
