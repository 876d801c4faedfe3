"""Between a session file and the layers: what a file notes of the image, and its work brought back to the layers."""

from collections.abc import Hashable, Mapping
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from napari_simpleclick.annotation.history import Actions, Edit, Place
from napari_simpleclick.annotation.objects import ObjectProperties
from napari_simpleclick.annotation.session_files.format import SessionFileError, click_of, stored_click
from napari_simpleclick.annotation.session_files.image_location import noted_path
from napari_simpleclick.annotation.session_files.restore import RestoredSession
from napari_simpleclick.annotation.session_files.single_axes import surplus_axes, without_axes
from napari_simpleclick.data.plane import SliceView, plane_at
from napari_simpleclick.inference.session import Step
from napari_simpleclick.plugin.display.canvas import Canvas
from napari_simpleclick.plugin.tools.clicks import Clicks
from napari_simpleclick.plugin.workspace import channels, intensities
from napari_simpleclick.plugin.workspace.image_file import image_file
from napari_simpleclick.plugin.workspace.pending_clicks import is_made
from napari_simpleclick.plugin.workspace.planes import layer_data
from napari_simpleclick.plugin.workspace.workspace import Workspace

if TYPE_CHECKING:
    from napari.layers import Image

NOTED_PACKAGES = ("napari-simpleclick", "napari", "torch", "numpy")

SETTINGS = {
    "look_at_view": "look_at_view",
    "overlap": "overlap",
    "others_negative": "others_negative",
    "shown": "label_by",
}
"""What session files call fields of `Settings`."""


def about(workspace: Workspace, image: "Image | None", image_hash: str, file: Path | None = None) -> dict[str, Any]:
    """Image, versions, settings and time, as plain values; the image's path as seen from the session file.

    Parameters
    ----------
    workspace
        Tells the settings, the present object and clicks without an answer.
    image
        The annotated image; left out if None.
    image_hash
        Fingerprint of its pixels.
    file
        The session file, to which the image's path is relative; None notes only the name of the image's file.
    """
    noted: dict[str, Any] = {}
    settings = workspace.settings
    if image is not None:
        data = layer_data(image)
        noted = {
            "name": image.name,
            "path": noted_path(image_file(image), file),
            "shape": list(data.shape),
            "dtype": str(data.dtype),
            "rgb": bool(image.rgb),
            "axes": list(image.axis_labels),
            "hash": image_hash,
        }
    return {
        "image": noted,
        "versions": versions(),
        "settings": {
            "object": workspace.object_id,
            **{key: getattr(settings, name) for key, name in SETTINGS.items()},
            **({"sees": intensities.noted(image), "channels": channels.noted(image)} if image is not None else {}),
        },
        "unanswered": [
            {
                "object": number,
                "axes": plane.axes,
                "point": plane.point,
                "click": stored_click(click),
            }
            for number, plane, click in workspace.unanswered()
        ],
        "saved": datetime.now(UTC).isoformat(timespec="seconds"),
    }


@cache
def versions() -> dict[str, str]:
    """Versions of packages that matter for masks; looked up once, since that reads files."""
    return {name: version(name) for name in NOTED_PACKAGES}


def restore(workspace: Workspace, canvas: Canvas, clicks: Clicks, restored: RestoredSession, path: Path) -> None:
    """Bring the work in a session file back to the layers.

    Parameters
    ----------
    workspace, canvas
        What is annotated, and how it is shown.
    clicks
        Ask again what had no answer when the file was saved.
    restored
        What the file holds.
    path
        The file, for messages.

    Raises
    ------
    SessionFileError
        If it was made on an image of another shape; axes of one entry may be missing.
    """
    content, image = restored.content, workspace.image
    if image is None:
        raise SessionFileError(f"{path.name} is work on an image: open that image first, then the file.")
    data, noted = layer_data(image), content.about.get("image", {})
    surplus = surplus_axes(noted.get("shape", data.shape), data.shape)
    if surplus is None:
        raise SessionFileError(
            f"{path.name} was made on {noted.get('name')!r} of shape {tuple(noted['shape'])}; the chosen image "
            f"{image.name!r} has shape {tuple(data.shape)}. Choose the image that it belongs to."
        )
    annotator = workspace.annotator
    if annotator is None:
        raise SessionFileError("The model is still loading: open the file again in a moment.")
    content = restored.content = without_axes(content, surplus)
    canvas.apply([Edit(place, session.steps, ()).change for place, session in annotator.sessions.items()])
    use_settings(workspace, content.about.get("settings", {}))
    workspace.begin_anew()
    keys = {record["plane"] for record in content.steps.values()}
    planes = {key: plane_at(key, data, rgb=bool(image.rgb)) for key in keys}
    bring_back(workspace, canvas, planes, restored.steps(), restored.history(), restored.objects())
    now = workspace.annotator
    for asked in content.about.get("unanswered", []):
        axes, point = tuple(asked["axes"]), tuple(asked["point"])
        plane = SliceView(data, point, (axes[0], axes[1]), rgb=bool(image.rgb))
        click = click_of(asked["click"])
        # It may have been answered between its noting and its saving.
        if now is not None and not is_made(now, (asked["object"], plane, click)):
            clicks.ask(asked["object"], plane, click)
    workspace.select_object(content.about.get("settings", {}).get("object", 1))


def bring_back(
    workspace: Workspace,
    canvas: Canvas,
    planes: dict[Hashable, SliceView],
    steps: Mapping[Place, tuple[Step, ...]],
    history: tuple[Actions, Actions] = ((), ()),
    objects: Mapping[int, ObjectProperties] | None = None,
) -> None:
    """Go on with steps on planes of the present image; see `Annotator.restore`."""
    if workspace.annotator is not None and workspace.image is not None:
        picture = channels.pictures(workspace.image)
        workspace.planes.update(planes)
        images = {key: picture(plane) for key, plane in planes.items()}
        canvas.apply(workspace.annotator.restore(images, steps, history, objects))


def use_settings(workspace: Workspace, settings: dict[str, Any]) -> None:
    """Go on with the settings of a file; those that it does not tell stay."""
    workspace.change_settings(**{name: settings[key] for key, name in SETTINGS.items() if key in settings})
    if workspace.image is not None and "sees" in settings:
        intensities.recall(workspace.image, settings["sees"])
        missing = channels.recall(workspace.image, settings.get("channels", ()), workspace.viewer.layers)
        if missing:
            workspace.status.emit(
                f"The network saw {', '.join(missing)} too, which is not open. Until you open it and choose it under "
                "RGB, the network sees this image instead."
            )
