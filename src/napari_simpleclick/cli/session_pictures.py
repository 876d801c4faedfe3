"""The pictures that the network saw in a session, made once more from the files of its images."""

from collections.abc import Hashable, Mapping
from dataclasses import replace
from pathlib import Path, PureWindowsPath
from typing import Any

from napari_simpleclick.annotation.session_files.format import SessionFileError
from napari_simpleclick.annotation.session_files.image_location import is_image, read_places
from napari_simpleclick.annotation.session_files.recoverable import recovery_folder
from napari_simpleclick.data.channels import ChannelsImage
from napari_simpleclick.data.fingerprint import fingerprint, is_of
from napari_simpleclick.data.io import read_volume
from napari_simpleclick.data.plane import PlaneImage, plane_at
from napari_simpleclick.data.volume import Volume
from napari_simpleclick.inference.resample import Plane


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
        """The array of a channel's image, read once.

        Raises
        ------
        SessionFileError
            If the file holds another image than the network saw.
        """
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
        """The file of a channel: where it was used last, or one of its name beside the session or the image.

        Raises
        ------
        SessionFileError
            If it is in none of these places.
        """
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
