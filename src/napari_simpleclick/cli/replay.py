"""A session file without a window: every answer given once more, and compared with the masks in the file."""

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path, PureWindowsPath
from typing import Any, get_args

import numpy as np
from rich.console import Console
from rich.progress import track

from napari_simpleclick.annotation.session_files.format import SessionContent, SessionFileError
from napari_simpleclick.annotation.session_files.image_location import ImageLocation, is_image, locate, read_places
from napari_simpleclick.annotation.session_files.recoverable import recovery_folder
from napari_simpleclick.annotation.session_files.replay import Replay, Replayed
from napari_simpleclick.annotation.session_files.restore import RestoredSession
from napari_simpleclick.cli.notices import tell_notices
from napari_simpleclick.data.as_shown import read_as_shown
from napari_simpleclick.data.channels import ChannelsImage
from napari_simpleclick.data.file_part import file_part
from napari_simpleclick.data.fingerprint import fingerprint, is_of
from napari_simpleclick.data.io import read_volume
from napari_simpleclick.data.saving import require_output, save_mask
from napari_simpleclick.data.volume import PlaneImage, Volume, plane_at
from napari_simpleclick.inference.engines.device import devices_at_hand
from napari_simpleclick.inference.engines.network import Engine, Precision
from napari_simpleclick.inference.loading import load_predictor
from napari_simpleclick.inference.predictor import Predictor
from napari_simpleclick.inference.resample import Plane
from napari_simpleclick.model.weights import available_models

LARGEST_INPUT = 2688
"""Sides of a network's input in a session file are no larger, in pixels."""

MOST_DIFFERENCES = 20
"""So many differing masks are named."""


def run_replay(
    session: Path, image: Path | None, output: Path | None, model: str | None, console: Console
) -> list[Replayed]:
    """Replay a session, write the masks if wanted, tell what differs; returns the masks that do.

    Raises
    ------
    SessionFileError
        If the file is damaged, or the image or the model is another one.
    """
    content = RestoredSession.read(session).content  # whose masks are whole, too
    if output:
        location = locate(content.about.get("image", {}), session, read_places(recovery_folder()))
        require_output(output, (session, image, location.path if location and location.known else None))
    volume = open_image(content, image, session)
    tell_notices(volume, console)
    predictors = load_predictors(content, model, console)

    masks = Replay(content, Pictures(volume, session, image), lambda place: predictors[place]).run()
    found = list(track(masks, total=len(content.newest), description="Replaying", console=console, transient=True))
    if output:
        written = save_mask(output, paint(found, volume), volume)
        if written != output:
            console.print(f"{output.name} cannot hold these labels; they are in {written.name}.", style="yellow")
    differing = [each for each in found if not each.same]
    tell(found, differing, console)
    return differing


def open_image(content: SessionContent, image: Path | None, session: Path) -> Volume:
    """The image of a session: the one that is given, else the one that the file names.

    Raises
    ------
    SessionFileError
        If there is no such file, or it holds other pixels.
    """
    noted = content.about.get("image", {})
    location = None if image else locate(noted, session, read_places(recovery_folder()))
    path = image or (location.path if location and location.known else None)
    if path is None or not file_part(path).path.exists():
        raise SessionFileError(
            f"{session.name} was made on {noted.get('name')!r}{why_not(noted, location)}. Name the image with --image."
        )

    def is_noted(data: Any) -> bool:
        return noted.get("shape") == list(data.shape) and is_of(noted.get("hash"), data)

    volume = read_as_shown(path, is_noted, rgb=noted.get("rgb") is True)
    if not is_noted(volume.data):
        raise SessionFileError(
            f"{path} is not the image of {session.name}: expected shape {noted.get('shape')} {noted.get('dtype')} and "
            f"hash {noted.get('hash')}, got {list(volume.data.shape)} {volume.data.dtype} and "
            f"{fingerprint(volume.data)}. Name the right one with --image."
        )
    return volume


def why_not(noted: Mapping[str, Any], location: ImageLocation | None) -> str:
    """Why the image that a session names is not opened."""
    if location is None:
        return " and names no image file"
    if location.known:
        return f" from {location.path}, which is not there"
    return f" from {noted.get('path')}, which is neither beside the session nor was used here before"


class Pictures:
    """Makes the pictures that the network saw, from an image and those whose channels it saw beside it.

    Parameters
    ----------
    volume
        The image of the session.
    session, image
        The session file, and the image's file where the user named it: channels lie beside one of them.
    """

    def __init__(self, volume: Volume, session: Path, image: Path | None = None) -> None:
        self.volume = volume
        self.folders = [session.absolute().parent, *([image.absolute().parent] if image else [])]
        self.read: dict[str, Any] = {"": volume.data}

    def __call__(self, key: Hashable, settings: Mapping[str, Any]) -> Plane:
        """The picture of a plane, made with the settings of a step.

        Raises
        ------
        SessionFileError
            If it was made in a way that this version does not know, or a channel's image is missing or another one.
        """
        if not are_channels(settings):
            return PlaneImage(plane_at(key, self.volume.data, rgb=self.volume.rgb), limits_of(settings))
        red, green, blue = (self.channel(key, each) for each in settings["channels"])
        return ChannelsImage((red, green, blue))

    def channel(self, key: Hashable, origin: Mapping[str, Any]) -> PlaneImage:
        """One channel of a picture."""
        plane = plane_at(key, self.data(origin))
        if origin.get("at"):
            axis, place = origin["at"]
            plane = replace(plane, point=(*plane.point[:axis], place, *plane.point[axis + 1 :]))
        return PlaneImage(plane, limits_of({"limits": origin["limits"]}))

    def data(self, origin: Mapping[str, Any]) -> Any:
        """The array of a channel's image, read once."""
        wanted = origin["hash"]
        if wanted not in self.read:
            path = self.path_of(origin)
            data = read_volume(path).data
            if not is_of(wanted, data):
                raise SessionFileError(
                    f"{path} is not the image {origin['name']!r} that the network saw as one of its channels: expected "
                    f"hash {wanted}, got {fingerprint(data)}. Put the right one there."
                )
            self.read[wanted] = data
        return self.read[wanted]

    def path_of(self, origin: Mapping[str, Any]) -> Path:
        """The file of a channel: where it was used last, or one of its name beside the session or the image."""
        name = PureWindowsPath(origin.get("path") or "").name
        used = read_places(recovery_folder()).get(origin["hash"])
        paths = [Path(used)] if used else []
        paths += [folder / name for folder in self.folders if name and is_image(name)]
        found = next((path for path in paths if path.is_file()), None)
        if found is None:
            raise SessionFileError(
                f"The network saw {origin['name']!r} as one of its channels; its file {name!r} is not there. Put it "
                "beside the session or the image."
            )
        return found


def load_predictors(content: SessionContent, model: str | None, console: Console) -> list[Predictor]:
    """The predictors that gave the answers; another engine is taken, and said, where theirs is not at hand.

    Raises
    ------
    SessionFileError
        If a model is another one than in the file.
    """
    load = cache(load_predictor)
    predictors = []
    for facts in content.predictors:
        name, wanted = model or named_model(facts), str(facts.get("engine", ""))
        engine, precision, device = parts_of(wanted)
        here = {"flip": bool(facts.get("flip", False)), "size": size_of(facts)}
        try:
            if device not in devices_at_hand():
                raise ModuleNotFoundError(f"This machine has no {device} device")
            predictor = load(name, engine=engine, precision=precision, device=device, **here)
        except (ModuleNotFoundError, FileNotFoundError) as error:
            if isinstance(error, FileNotFoundError) and precision != "int8":
                raise
            predictor = load(name, engine="torch", precision="f32", device="cpu", **here)
        got = predictor.facts
        if got["sha256"] != facts.get("sha256"):
            raise SessionFileError(
                f"The model {name} is not the one of the session: expected sha256 {facts.get('sha256')}, got "
                f"{got['sha256']}. Get that file and name it with --model."
            )
        if got["engine"] != wanted:
            console.print(
                f"The session was made with {wanted}, here is {got['engine']}; masks may differ a little.",
                style="yellow",
            )
        predictors.append(predictor)
    return predictors


def named_model(facts: Mapping[str, Any]) -> str:
    """The name of a model in a session file, which never is a path: that would decide what is opened.

    Raises
    ------
    SessionFileError
        If it is not the name of a model on this machine.
    """
    name = facts.get("model")
    if name not in [found.name for found in available_models()]:
        raise SessionFileError(
            f"The session was made with the model {name!r}, which is not among those of this machine. Name its file "
            "with --model."
        )
    return str(name)


def size_of(facts: Mapping[str, Any]) -> int:
    """The side of the network's input in a session file.

    Raises
    ------
    SessionFileError
        If it is none that a network takes.
    """
    size = facts.get("size", 448)
    if type(size) is not int or not 16 <= size <= LARGEST_INPUT:
        raise SessionFileError(f"The session names a network input of {size!r} pixels. Expected 16 to {LARGEST_INPUT}.")
    return size


def parts_of(engine: str) -> tuple[Any, Any, str]:
    """Engine, precision and device to ask for, from the name of an engine in a session file.

    Examples
    --------
    >>> parts_of("torch float16 on cuda"), parts_of("OpenVINO bf16")
    (('torch', 'f16', 'cuda'), ('openvino', 'bf16', 'cpu'))
    """
    words = engine.lower().split()
    kind = words[0] if words else "auto"
    precision = words[1].replace("bfloat", "bf").replace("float", "f") if len(words) > 1 else "auto"
    known = kind in get_args(Engine) and precision in get_args(Precision)
    return (kind, precision, words[-1] if "on" in words else "cpu") if known else ("auto", "auto", "cpu")


def are_channels(settings: Mapping[str, Any]) -> bool:
    """Whether a picture was made of three channels, each with its limits and where it comes from."""
    parts = settings.get("channels")
    known = {"limits", "name", "path", "hash", "at"}
    return isinstance(parts, list) and len(parts) == 3 and all(isinstance(x, dict) and known <= x.keys() for x in parts)


def limits_of(settings: Mapping[str, Any]) -> tuple[float, float] | None:
    """The intensities that were shown black and white.

    Raises
    ------
    SessionFileError
        If the picture was made in a way that this version does not know.
    """
    if settings.keys() != {"limits"}:
        raise SessionFileError(
            f"The network saw pictures made with {dict(settings) or 'unknown settings'}; expected limits of "
            "intensities, or channels. Replay it with the version of the plugin that wrote it."
        )
    limits = settings.get("limits")
    return (float(limits[0]), float(limits[1])) if limits else None


def paint(found: list[Replayed], volume: Volume) -> np.ndarray:
    """The replayed objects as labels in the shape of the volume."""
    numbers = [each.place[0] for each in found]
    labels = np.zeros(volume.shape, np.min_scalar_type(max(numbers, default=0)))
    for each in found:
        if each.mask:
            box, mask = each.mask
            object_id, key = each.place
            plane_at(key, volume.data, rgb=volume.rgb).paste(mask, box, labels, object_id)
    return labels


def tell(found: list[Replayed], differing: list[Replayed], console: Console) -> None:
    """How many masks are the same, and which are not."""
    for line in lines_of(differing):
        console.print(line, highlight=False)
    console.print(f"{len(found) - len(differing)} of {len(found)} masks are the same, pixel by pixel.")


def lines_of(differing: list[Replayed]) -> Iterator[str]:
    """Which masks differ, and by how much."""
    for each in differing[:MOST_DIFFERENCES]:
        object_id, key = each.place
        axes, *places = key
        slices = ", ".join(f"axis {axis} at {place}" for axis, place in enumerate(places) if axis not in axes)
        where = f"Object {object_id}, {slices or 'the picture'}"
        yield f"{where}: {each.differing} pixels differ after {each.clicks} clicks."
    if len(differing) > MOST_DIFFERENCES:
        yield f"... and {len(differing) - MOST_DIFFERENCES} more."
