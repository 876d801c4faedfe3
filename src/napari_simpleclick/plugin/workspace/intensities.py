"""Which intensities of an image layer the network sees as black and white."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import numpy as np

from napari_simpleclick.data.intensity import CT_WINDOWS, Limits, foreground_limits, is_hounsfield, percentile_limits
from napari_simpleclick.plugin.workspace.planes import CHOSEN_LIMITS

if TYPE_CHECKING:
    from napari.layers import Image

AS_SHOWN, PERCENTILE, MR = "as shown", "percentiles 1-99", "MR: without background"

CT = "CT: "
"""Before the name of a window."""

_names: "WeakKeyDictionary[Image, str]" = WeakKeyDictionary()
"""What was chosen for a layer, other than what it shows."""


def choices(image: "Image") -> list[str]:
    """What can be chosen: for colour only what is shown, CT windows only where the numbers can be Hounsfield units."""
    if image.rgb:
        return [AS_SHOWN]
    data = coarsest(image)
    if is_hounsfield(data):
        return [AS_SHOWN, PERCENTILE, *(CT + name for name in CT_WINDOWS)]
    return [AS_SHOWN, PERCENTILE] if data.dtype == np.uint8 else [AS_SHOWN, PERCENTILE, MR]


def choice(image: "Image") -> str:
    """What is chosen for a layer."""
    return _names.get(image, AS_SHOWN)


def choose(image: "Image", name: str) -> None:
    """Let the network see these intensities from the next click on.

    Raises
    ------
    ValueError
        If the image does not have this choice; the message lists those that it has.
    """
    there = choices(image)
    if name not in there:
        raise ValueError(f"{image.name!r} cannot be seen as {name!r}: choose one of {', '.join(there)}.")
    if name == AS_SHOWN:
        CHOSEN_LIMITS.pop(image, None)
    else:
        CHOSEN_LIMITS[image] = _limits(coarsest(image), name)
    _names[image] = name


def noted(image: "Image") -> dict[str, Any]:
    """What is chosen for a layer, as plain values for a session file."""
    return {"name": choice(image), "limits": CHOSEN_LIMITS.get(image)}


def recall(image: "Image", told: Mapping[str, Any]) -> None:
    """Choose what a session file noted, with the very limits, so that no pixel is read."""
    limits = told.get("limits")
    if limits is None:
        CHOSEN_LIMITS.pop(image, None)
    else:
        CHOSEN_LIMITS[image] = float(limits[0]), float(limits[1])
    _names[image] = told.get("name", AS_SHOWN)


def coarsest(image: "Image") -> Any:
    """The layer's array; the coarsest level of a multiscale image, whose intensities are soon counted."""
    return image.data[-1] if image.multiscale else image.data


def _limits(data: Any, name: str) -> Limits:
    if name.startswith(CT):
        return CT_WINDOWS[name.removeprefix(CT)]
    return foreground_limits(data) if name == MR else percentile_limits(data)
