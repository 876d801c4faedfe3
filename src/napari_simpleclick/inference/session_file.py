"""Session file: clicks and masks of all objects as JSON, so that no work is lost.

Masks are kept to the pixel, so that restoring needs no network; the history of undo is not kept.
"""

import base64
import json
import zlib
from collections.abc import Hashable
from pathlib import Path
from typing import Any

import numpy as np

from napari_simpleclick.arrays import Box
from napari_simpleclick.clicks import Click
from napari_simpleclick.inference.annotator import Annotator, Place
from napari_simpleclick.inference.prediction import Patch, Prediction
from napari_simpleclick.inference.session import Step

FORMAT = 1


class SessionFileError(ValueError):
    """A file is no session file that can be read."""


Entry = dict[str, Any]
"""What the file holds of an object on a plane."""


class SessionWriter:
    """Turns the state of an annotator into text; what did not change since the last time is not encoded again."""

    def __init__(self) -> None:
        self._kept: dict[Place, tuple[Step, Entry]] = {}

    def text(self, annotator: Annotator, about: dict[str, Any]) -> str:
        """The session as JSON.

        Parameters
        ----------
        annotator
            Holds the objects.
        about
            What else to note: image, model, time.
        """
        entries = []
        for place, session in list(annotator.sessions.items()):
            steps = session.steps
            if steps:
                entries.append(self._entry(place, steps))
        return json.dumps({"format": FORMAT, **about, "objects": entries})

    def _entry(self, place: Place, steps: tuple[Step, ...]) -> Entry:
        kept = self._kept.get(place)
        if kept is None or kept[0] is not steps[-1]:
            kept = self._kept[place] = steps[-1], encoded(place, steps)
        return kept[1]


def encoded(place: Place, steps: tuple[Step, ...]) -> Entry:
    """An object on a plane as plain values."""
    clicks = [step.click for step in steps if step.click is not None]
    prediction = steps[-1].prediction
    return {
        "object": place[0],
        "plane": place[1],
        "plane_shape": prediction.plane_shape,
        "clicks": [(click.row, click.col, click.positive) for click in clicks],
        "origin": steps[-1].origin,
        "mask": packed(prediction.object_mask()),
    }


def read_session(path: Path) -> tuple[dict[str, Any], dict[Place, tuple[Step, ...]]]:
    """Read a session file.

    Returns
    -------
    about
        What was noted when the file was written.
    steps
        By object and plane; all steps show the final mask.

    Raises
    ------
    SessionFileError
        If the file is no session file, or damaged.
    """
    try:
        content = json.loads(path.read_text())
        if content["format"] != FORMAT:
            raise SessionFileError(f"{path} has format {content['format']}, expected {FORMAT}: update the plugin.")
        steps = dict(decoded(entry) for entry in content.pop("objects"))
    except (KeyError, TypeError, UnicodeDecodeError, json.JSONDecodeError, zlib.error) as error:
        raise SessionFileError(f"{path} is no session file, or damaged ({error}). Choose another one.") from error
    return content, steps


def decoded(entry: Entry) -> tuple[Place, tuple[Step, ...]]:
    """The reverse of `encoded`."""
    height, width = entry["plane_shape"]
    prediction = Prediction.from_patch(unpacked(entry["mask"]), (height, width))
    steps = [Step(Click(row, col, positive), prediction) for row, col, positive in entry["clicks"]]
    if entry["origin"] != "clicked" or not steps:
        steps.append(Step(None, prediction, entry["origin"]))
    return (entry["object"], as_key(entry["plane"])), tuple(steps)


def as_key(value: Any) -> Hashable:
    """Lists of JSON as the tuples that they were.

    Examples
    --------
    >>> as_key([[1, 2], 4, None, None])
    ((1, 2), 4, None, None)
    """
    return tuple(as_key(part) for part in value) if isinstance(value, list) else value


def packed(patch: Patch | None) -> tuple[Box, str] | None:
    """A mask as its box and compressed bits."""
    if patch is None:
        return None
    box, mask = patch
    return box, base64.b64encode(zlib.compress(np.packbits(mask).tobytes())).decode("ascii")


def unpacked(stored: Any) -> Patch | None:
    """The reverse of `packed`."""
    if stored is None:
        return None
    box = Box(*stored[0])
    bits = np.frombuffer(zlib.decompress(base64.b64decode(stored[1])), np.uint8)
    height, width = box.shape
    return box, np.unpackbits(bits, count=height * width).reshape(box.shape).astype(bool)
