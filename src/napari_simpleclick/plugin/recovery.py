"""Recovery: the work on an image is saved by itself, and offered again when the image is opened the next time."""

import hashlib
import os
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from platformdirs import user_data_path

from napari_simpleclick.data.files import replace_when_complete
from napari_simpleclick.data.intensity import subset
from napari_simpleclick.data.volume import SliceView
from napari_simpleclick.inference.session_file import SessionWriter, read_session
from napari_simpleclick.plugin.planes import layer_data

if TYPE_CHECKING:
    from napari.layers import Image

    from napari_simpleclick.plugin.controller import Controller


class Recovery:
    """Saves what a controller holds, and brings it back.

    Parameters
    ----------
    controller
        Owns layers and annotator.
    folder
        Where session files go; a folder of the user if None.
    """

    def __init__(self, controller: "Controller", folder: Path | None = None) -> None:
        self.controller = controller
        self.folder = folder or user_data_path("napari-simpleclick", appauthor=False) / "recovery"
        self.path: Path | None = None
        self._image: Image | None = None
        self._writer = SessionWriter()
        self._saved = ""
        self._continued = False

    def find(self) -> Path | None:
        """The file with earlier work on the present image, if there is any and nothing was done since."""
        controller = self.controller
        if controller.image is not None and controller.image is not self._image:
            self._begin(controller.image)
        untouched = controller.annotator is not None and not controller.annotator.sessions
        return self.path if untouched and self.path is not None and self.path.exists() else None

    def save(self) -> None:
        """Save on the worker, between clicks, unless nothing changed.

        The file before is kept as `.before`, and earlier work that was not restored under the time of its writing.
        """
        controller = self.controller
        if controller.annotator is None or not controller.annotator.sessions or controller.image is None:
            return
        self.find()
        if self.path is None:
            return
        annotator, writer, path = controller.annotator, self._writer, self.path
        about = {"image": controller.image.name, "shape": list(layer_data(controller.image).shape)}

        def write() -> str:
            text = writer.text(annotator, about)
            if text != self._saved:
                if not self._continued:
                    set_aside(path)
                write_rotated(path, text)
                self._continued = True
            return text

        controller.run(write, self._keep, controller.failed.emit)

    def restore(self) -> int:
        """Bring back the earlier work; returns the number of objects.

        Raises
        ------
        SessionFileError
            If the file is damaged.
        """
        path, controller = self.find(), self.controller
        if path is None or controller.image is None:
            return 0
        _, steps = read_session(path)
        data, rgb = layer_data(controller.image), bool(controller.image.rgb)
        planes = {key: plane_of(key, data, rgb=rgb) for _, key in steps}
        controller.restore(planes, steps)
        self._continued = True
        return len({object_id for object_id, _ in steps})

    def _begin(self, image: "Image") -> None:
        self._image, self.path, self._writer, self._saved, self._continued = image, None, SessionWriter(), "", False
        data = layer_data(image)

        def found(name: str) -> None:
            if image is self._image:
                self.path = self.folder / f"{name}.simpleclick.json"
                self.controller.changed.emit()

        self.controller.run(lambda: fingerprint(data), found, self.controller.failed.emit)

    def _keep(self, text: str) -> None:
        self._saved = text


def when(path: Path) -> str:
    """When a file was written, for the user."""
    return datetime.fromtimestamp(path.stat().st_mtime).strftime("%d %b %H:%M")


def write_rotated(path: Path, text: str) -> None:
    """Write a file at once or not at all, keeping the one before."""
    with replace_when_complete(path) as partial:
        partial.write_text(text)
        if path.exists():
            os.replace(path, path.with_suffix(".before"))


def set_aside(path: Path) -> None:
    """Give a file that exists the time of its writing as part of its name, so that it is never written over."""
    if path.exists():
        os.replace(path, path.with_suffix(f".{path.stat().st_mtime_ns // 10**9}.json"))


def fingerprint(data: Any) -> str:
    """What tells an image from others: its shape, type, and parts of its first, middle and last plane."""
    digest = hashlib.sha256(f"{data.shape} {data.dtype}".encode())
    for part in (0, 1, 2):
        index = tuple(part * (size - 1) // 2 for size in data.shape[:-2])
        digest.update(np.ascontiguousarray(subset(np.asarray(data[index]))).tobytes())
    return digest.hexdigest()[:16]


def plane_of(key: Any, data: Any, *, rgb: bool) -> SliceView:
    """The plane of an array that has this key; see `SliceView.key`."""
    axes, *places = key
    return SliceView(data, tuple(place or 0 for place in places), axes, rgb=rgb)
