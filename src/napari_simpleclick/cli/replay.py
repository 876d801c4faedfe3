"""A session file without a window: every answer given once more, and compared with the masks in the file."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

import numpy as np
from rich.console import Console
from rich.progress import track

from napari_simpleclick.annotation.session_files.format import SessionContent, SessionFileError
from napari_simpleclick.annotation.session_files.image_location import ImageLocation, locate, read_places
from napari_simpleclick.annotation.session_files.recoverable import recovery_folder
from napari_simpleclick.annotation.session_files.replay import Replay, Replayed
from napari_simpleclick.annotation.session_files.restore import RestoredSession
from napari_simpleclick.annotation.session_files.single_axes import surplus_axes, without_axes
from napari_simpleclick.cli.notices import tell_notices
from napari_simpleclick.cli.session_pictures import Pictures
from napari_simpleclick.cli.session_predictors import load_predictors
from napari_simpleclick.data.as_shown import read_as_shown
from napari_simpleclick.data.file_part import file_part
from napari_simpleclick.data.fingerprint import fingerprint, is_of
from napari_simpleclick.data.plane import plane_at
from napari_simpleclick.data.saving import require_output, save_mask
from napari_simpleclick.data.volume import Volume

MOST_DIFFERENCES = 20
"""Most differing masks that are named."""


def run_replay(
    session: Path, image: Path | None, output: Path | None, model: str | None, console: Console
) -> list[Replayed]:
    """Replay a session, write the masks if wanted, tell what differs; returns the masks that do.

    Parameters
    ----------
    session
        The session file.
    image
        The image's file; that of the session if None.
    output
        File for the masks, on the grid of the image; they are only compared if None.
    model
        Name or file of the model, if it is not where it was; that of the session if None.
    console
        Shows progress and differences.

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
    content = without_axes(content, surplus_axes(content.about["image"]["shape"], volume.data.shape) or ())
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
    """The image of a session: what is given, else what the file names.

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
        same_shape = surplus_axes(noted.get("shape", ()), data.shape) is not None
        return same_shape and is_of(noted.get("hash"), data)

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
        axes, *places = cast("tuple[Any, ...]", key)  # see `SliceView.key`
        slices = ", ".join(f"axis {axis} at {place}" for axis, place in enumerate(places) if axis not in axes)
        where = f"Object {object_id}, {slices or 'the picture'}"
        yield f"{where}: {each.differing} pixels differ after {each.clicks} clicks."
    if len(differing) > MOST_DIFFERENCES:
        yield f"... and {len(differing) - MOST_DIFFERENCES} more."
