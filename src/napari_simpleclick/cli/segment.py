"""Clicks from a file to a mask in a file: what the widget does, without a window."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter

import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table

from napari_simpleclick.annotation.annotator import Annotator
from napari_simpleclick.cli.notices import tell_notices
from napari_simpleclick.data.alignment import require_one_grid, resampled
from napari_simpleclick.data.channels import ChannelsImage
from napari_simpleclick.data.click_files import Coordinates, PlacedClick, read_clicks
from napari_simpleclick.data.errors import VolumeError
from napari_simpleclick.data.intensity import Limits, default_limits
from napari_simpleclick.data.io import read_volume
from napari_simpleclick.data.plane import SliceView
from napari_simpleclick.data.saving import require_output, save_mask
from napari_simpleclick.data.volume import Volume
from napari_simpleclick.inference.resample import Plane
from napari_simpleclick.inference.session import PredictorLike


@dataclass(frozen=True, slots=True)
class SegmentSettings:
    """What to click, and how.

    Parameters
    ----------
    image
        NIfTI volume, TIFF stack, OME-Zarr, picture, or folder of pictures.
    clicks
        Click file, .json or .csv.
    output
        Mask to write: .nii.gz, .nii, .tif or .tiff.
    coordinates
        What the positions in the click file are.
    limits
        Intensities shown black and white to the network; by default as napari shows the image.
    channels
        Files of grey images on the grid of the image, which the network sees as red, green and blue instead of it.
    resample
        Bring channels on other grids onto that of the image.
    keep_text
        Write the texts of the image's header into the mask, too.
    """

    image: Path
    clicks: Path
    output: Path
    coordinates: Coordinates = "index"
    limits: Limits | None = None
    channels: tuple[Path, Path, Path] | None = None
    resample: bool = False
    keep_text: bool = False


def run_segment(settings: SegmentSettings, load: Callable[[], PredictorLike], console: Console) -> None:
    """Click, write the mask, and show what was found.

    Parameters
    ----------
    settings
        What to click, and how.
    load
        Gives the predictor; called when the files were read, so that a mistake in them is told at once.
    console
        Shows progress and results.

    Raises
    ------
    ClickFileError, VolumeError, OSError
        If a file cannot be used.
    """
    require_output(settings.output, (settings.image, settings.clicks, *(settings.channels or ())))
    if settings.limits and not settings.limits[0] < settings.limits[1]:
        raise VolumeError(f"Limits are what is black, then what is white, a larger number; got {settings.limits}.")
    volume = read_volume(settings.image)
    tell_notices(volume, console)
    clicks, picture = read_clicks(settings.clicks), picture_of(settings, volume)
    predictor = load()
    start = perf_counter()
    annotator, planes = click_all(clicks, volume, predictor, settings.coordinates, picture, console)
    seconds = perf_counter() - start
    labels = paint(annotator, planes, volume)
    written = save_mask(settings.output, labels, with_text(volume) if settings.keep_text else volume)
    show(annotator, labels, console)
    if written != settings.output:
        console.print(f"{settings.output.name} cannot hold these labels; they are in {written.name}.", style="yellow")
    console.print(f"{len(clicks)} clicks in {seconds:.1f} s. Written: {written}", highlight=False)


def with_text(volume: Volume) -> Volume:
    """The volume such that its masks carry the texts of its header."""
    return replace(volume, geometry=volume.geometry and replace(volume.geometry, keep_text=True))


def picture_of(settings: SegmentSettings, volume: Volume) -> Callable[[SliceView], Plane]:
    """What turns planes of the volume into what the network sees of them.

    Raises
    ------
    VolumeError
        If a channel lies on another grid than the volume, or has colors.
    """

    def limits_of(each: Volume) -> Limits | None:
        return settings.limits or (None if each.rgb else default_limits(each.data))

    if settings.channels is None:
        limits = limits_of(volume)
        return lambda plane: plane.image(limits)
    parts = [channel(path, volume, resample=settings.resample) for path in settings.channels]
    shown = [limits_of(part) for part in parts]

    def picture(plane: SliceView) -> ChannelsImage:
        red, green, blue = (
            replace(plane, data=part.data).image(limits) for part, limits in zip(parts, shown, strict=True)
        )
        return ChannelsImage((red, green, blue))

    return picture


def channel(path: Path, image: Volume, *, resample: bool) -> Volume:
    """A grey image on the grid of another one.

    Raises
    ------
    VolumeError
        If it has colors, or another grid and `resample` is not set.
    """
    part = read_volume(path)
    if part.rgb:
        raise VolumeError(f"{path} has colors; a channel is a grey image. Split its colors into files.")
    if resample and (part.geometry or part.shape != image.shape):
        return resampled(part, image, labels=False)
    require_one_grid(image, part, cure="Add --resample to bring it onto the grid of the image.")
    return part


def click_all(
    clicks: Sequence[PlacedClick],
    volume: Volume,
    predictor: PredictorLike,
    coordinates: Coordinates,
    picture: Callable[[SliceView], Plane],
    console: Console,
) -> tuple[Annotator, dict[object, SliceView]]:
    """All clicks in their order; the objects, and the planes that were clicked by their key."""
    placed = [(click.object_id, *click.on(volume, coordinates)) for click in clicks]
    annotator = Annotator(predictor)
    planes: dict[object, SliceView] = {}
    for object_id, plane, click in track(placed, description="Clicking", console=console, transient=True):
        planes[plane.key] = plane
        annotator.click(object_id, plane.key, picture(plane), click)
    return annotator, planes


def paint(annotator: Annotator, planes: dict[object, SliceView], volume: Volume) -> np.ndarray:
    """The objects as labels in the shape of the volume."""
    numbers = {object_id for object_id, _ in annotator.sessions}
    labels = np.zeros(volume.shape, np.min_scalar_type(max(numbers, default=0)))
    for (object_id, key), session in annotator.sessions.items():
        found = session.prediction.object_mask() if session.prediction else None
        if found:
            box, mask = found
            planes[key].paste(mask, box, labels, object_id)
    return labels


def show(annotator: Annotator, labels: np.ndarray, console: Console) -> None:
    """A table of the objects."""
    table = Table()
    for column in ("object", "slices", "clicks", "voxels"):
        table.add_column(column, justify="right")
    for found in annotator.summaries():
        voxels = int((labels == found.object_id).sum())
        table.add_row(str(found.object_id), str(found.slices), str(found.clicks), str(voxels))
    console.print(table)
