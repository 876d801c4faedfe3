"""Which images the network sees as red, green and blue: by default the annotated one as all three."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from napari_simpleclick.annotation.session_files.image_location import noted_path
from napari_simpleclick.data.channels import ChannelsImage
from napari_simpleclick.data.fingerprint import fingerprint
from napari_simpleclick.data.intensity import Limits
from napari_simpleclick.data.plane import PlaneImage, SliceView
from napari_simpleclick.inference.resample import Plane
from napari_simpleclick.plugin.workspace.image_file import image_file
from napari_simpleclick.plugin.workspace.layer_place import require_one_place
from napari_simpleclick.plugin.workspace.planes import contrast_limits, layer_data

if TYPE_CHECKING:
    from napari.layers import Image

THIS = "this image"

COLORS = ("red", "green", "blue")

MOST_CHANNELS = 8
"""Longer axes are not offered as axes of channels."""


@dataclass(frozen=True, slots=True)
class Channel:
    """Where a color comes from.

    Parameters
    ----------
    layer
        The image layer.
    at
        An axis of the data and a place on it, for channels along an axis; None for the slice that is clicked.
    hash
        Fingerprint of the layer's data, for session files; empty for the annotated image, which they know.
    """

    layer: "Image"
    at: tuple[int, int] | None = None
    hash: str = field(default="", compare=False)

    @property
    def origin(self) -> dict[str, Any]:
        """Where it comes from, as plain values for a session file."""
        path = noted_path(image_file(self.layer), None)
        return {"name": self.layer.name, "path": path, "hash": self.hash, "at": list(self.at) if self.at else None}

    def plane(self, plane: SliceView) -> SliceView:
        """The plane of this channel that belongs to one of the annotated image."""
        point = list(plane.point)
        if self.at and self.at[0] not in plane.axes:
            point[self.at[0]] = self.at[1]
        return SliceView(layer_data(self.layer), tuple(point), plane.axes)


_chosen: "WeakKeyDictionary[Image, tuple[Channel, Channel, Channel]]" = WeakKeyDictionary()


def choices(image: "Image", layers: Sequence[Any]) -> dict[str, Channel]:
    """What each color can be, by name: the image, other grey images of its shape, places along a short axis.

    Whether they lie at its place is told when one is chosen.

    Parameters
    ----------
    image
        The annotated image; a color image has its colors already, and no choice.
    layers
        The layers of the viewer.
    """
    found = {THIS: Channel(image)}
    if image.rgb:
        return found
    shape = layer_data(image).shape
    for layer in layers:
        same = layer is not image and type(layer) is type(image) and not layer.rgb
        if same and layer_data(layer).shape == shape:
            found[layer.name] = Channel(layer)
    for axis, size in enumerate(shape[:-2]):
        if 1 < size <= MOST_CHANNELS:
            found |= {f"{image.axis_labels[axis]} {place}": Channel(image, (axis, place)) for place in range(size)}
    return found


def channels(image: "Image") -> tuple[Channel, Channel, Channel]:
    """What red, green and blue are now."""
    return _chosen.get(image) or (Channel(image), Channel(image), Channel(image))


def choose(image: "Image", place: int, channel: Channel) -> None:
    """Let the network see a channel as red (0), green (1) or blue (2) from the next click on.

    Parameters
    ----------
    image
        The annotated image.
    place
        0, 1 or 2.
    channel
        What is shown there; its fingerprint is computed where it has none.

    Raises
    ------
    ValueError
        If the channel has another shape or place than the image.
    """
    shapes = layer_data(image).shape, layer_data(channel.layer).shape
    if shapes[0] != shapes[1]:
        raise ValueError(
            f"{channel.layer.name!r} has the shape {shapes[1]}, {image.name!r} {shapes[0]}: channels lie on one grid. "
            "Resample one of them."
        )
    require_one_place(image, channel.layer)
    now = list(channels(image))
    known = channel.hash or channel.layer is image
    now[place] = channel if known else replace(channel, hash=fingerprint(layer_data(channel.layer)))
    if all(each == Channel(image) for each in now):
        _chosen.pop(image, None)
    else:
        _chosen[image] = now[0], now[1], now[2]


def forget(image: "Image", layers: Sequence[Any]) -> list[str]:
    """Go back to the image itself where a channel's layer was closed; the names of those layers."""
    gone = {each.layer.name for each in channels(image) if each.layer is not image and each.layer not in layers}
    if gone:
        now = [Channel(image) if each.layer.name in gone else each for each in channels(image)]
        _chosen[image] = now[0], now[1], now[2]
    return sorted(gone)


def noted(image: "Image") -> list[dict[str, Any]]:
    """What was chosen, as plain values for a session file; empty for the image as all three."""
    return [channel.origin for channel in channels(image)] if image in _chosen else []


def recall(image: "Image", told: Sequence[Mapping[str, Any]], layers: Sequence[Any]) -> list[str]:
    """Choose what a session file noted; the names of those whose layers are not open, or lie elsewhere now.

    Parameters
    ----------
    image
        The annotated image.
    told
        Origins of red, green and blue, as `noted` gave them; the image itself is chosen if empty.
    layers
        All layers that are open.
    """
    _chosen.pop(image, None)
    there, missing = {each.layer.name: each.layer for each in choices(image, layers).values()}, []
    for place, origin in enumerate(told):
        try:
            at = origin.get("at")
            choose(image, place, Channel(there[origin["name"]], (at[0], at[1]) if at else None, origin["hash"]))
        except (KeyError, ValueError):
            missing.append(origin["name"])
    return sorted(set(missing))


def pictures(image: "Image") -> Callable[[SliceView], Plane]:
    """What turns planes of the image into what the network sees of them from now on.

    To be asked for in the thread of the layers; what it gives is read anywhere.
    """
    if image not in _chosen:
        limits = contrast_limits(image)
        return lambda plane: plane.image(limits)
    red, green, blue = ((each, contrast_limits(each.layer)) for each in _chosen[image])

    def picture(plane: SliceView) -> ChannelsImage:
        def part(found: tuple[Channel, Limits | None]) -> PlaneImage:
            channel, limits = found
            return channel.plane(plane).image(limits)

        return ChannelsImage((part(red), part(green), part(blue)), (red[0].origin, green[0].origin, blue[0].origin))

    return picture
