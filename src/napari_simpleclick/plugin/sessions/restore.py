"""Between a session file and the layers: what a file notes of the image, and its work brought back to the layers."""

from collections.abc import Hashable, Mapping
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from napari_simpleclick.annotation.history import Actions, Edit, Place
from napari_simpleclick.annotation.objects import ObjectProperties
from napari_simpleclick.annotation.session_files.format import SessionFileError
from napari_simpleclick.annotation.session_files.restore import RestoredSession
from napari_simpleclick.clicks import Click
from napari_simpleclick.data.volume import SliceView, plane_at
from napari_simpleclick.inference.session import Step
from napari_simpleclick.plugin.workspace import channels
from napari_simpleclick.plugin.workspace import intensities as seen_intensities
from napari_simpleclick.plugin.workspace.planes import layer_data

if TYPE_CHECKING:
    from napari.layers import Image

    from napari_simpleclick.plugin.controller import Controller

NOTED_PACKAGES = ("napari-simpleclick", "napari", "torch", "numpy")


def about(controller: "Controller", image: "Image | None", image_hash: str) -> dict[str, Any]:
    """Image, versions, settings and time, as plain values."""
    noted: dict[str, Any] = {}
    if image is not None:
        data = layer_data(image)
        noted = {
            "name": image.name,
            "path": image.source.path,
            "reader": image.source.reader_plugin,
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
            "object": controller.object_id,
            "look_at_view": controller.look_at_view,
            "overlap": controller.objects.overlap,
            "others_negative": controller.objects.others_negative,
            "shown": controller.objects.shown,
            **({"sees": seen_intensities.noted(image), "channels": channels.noted(image)} if image is not None else {}),
        },
        "unanswered": [
            {
                "object": number,
                "axes": plane.axes,
                "point": plane.point,
                "click": (click.row, click.col, click.positive),
            }
            for number, plane, click in controller.clicks.unanswered()
        ],
        "saved": datetime.now(UTC).isoformat(timespec="seconds"),
    }


@cache
def versions() -> dict[str, str]:
    """Versions of packages that matter for masks; looked up once, since that reads files."""
    return {name: version(name) for name in NOTED_PACKAGES}


def restore(controller: "Controller", restored: RestoredSession, path: Path) -> None:
    """Bring the work in a session file back to the layers of a controller.

    Raises
    ------
    SessionFileError
        If it was made on an image of another shape.
    """
    content, image = restored.content, controller.image
    if image is None:
        raise SessionFileError(f"{path.name} is work on an image: open that image first, then the file.")
    data, noted = layer_data(image), content.about.get("image", {})
    if "shape" in noted and tuple(noted["shape"]) != tuple(data.shape):
        raise SessionFileError(
            f"{path.name} was made on {noted.get('name')!r} of shape {tuple(noted['shape'])}; the chosen image "
            f"{image.name!r} has shape {tuple(data.shape)}. Choose the image that it belongs to."
        )
    annotator = controller.annotator
    if annotator is None:
        raise SessionFileError("The model is still loading: open the file again in a moment.")
    controller.apply([Edit(place, session.steps, ()).change for place, session in annotator.sessions.items()])
    use_settings(controller, content.about.get("settings", {}))
    controller.annotator = controller.objects.annotator_for(annotator.predictor)
    keys = {record["plane"] for record in content.steps.values()}
    planes = {key: plane_at(key, data, rgb=bool(image.rgb)) for key in keys}
    bring_back(controller, planes, restored.steps(), restored.history(), restored.objects())
    for asked in content.about.get("unanswered", []):
        axes, point = tuple(asked["axes"]), tuple(asked["point"])
        plane = SliceView(data, point, (axes[0], axes[1]), rgb=bool(image.rgb))
        click = Click(*asked["click"])
        # It may have been answered between its noting and its saving.
        session = controller.annotator.sessions.get((asked["object"], plane.key))
        if session is None or click not in session.clicks:
            controller.clicks.ask(asked["object"], plane, click)
    controller.select_object(content.about.get("settings", {}).get("object", 1))


def bring_back(
    controller: "Controller",
    planes: dict[Hashable, SliceView],
    steps: Mapping[Place, tuple[Step, ...]],
    history: tuple[Actions, Actions] = ((), ()),
    objects: Mapping[int, ObjectProperties] | None = None,
) -> None:
    """Go on with steps on planes of the present image; see `Annotator.restore`."""
    if controller.annotator is not None and controller.image is not None:
        picture = channels.pictures(controller.image)
        controller.planes.update(planes)
        images = {key: picture(plane) for key, plane in planes.items()}
        controller.apply(controller.annotator.restore(images, steps, history, objects))


def use_settings(controller: "Controller", settings: dict[str, Any]) -> None:
    """Go on with the settings of a file; those that it does not tell stay."""
    objects = controller.objects
    objects.set_overlap(settings.get("overlap", objects.overlap))
    objects.set_others_negative(settings.get("others_negative", objects.others_negative))
    objects.show(settings.get("shown", objects.shown))
    controller.look_at_view = settings.get("look_at_view", controller.look_at_view)
    if controller.image is not None and "sees" in settings:
        seen_intensities.recall(controller.image, settings["sees"])
        missing = channels.recall(controller.image, settings.get("channels", ()), controller.viewer.layers)
        if missing:
            controller.status.emit(
                f"The network saw {', '.join(missing)} too, which is not open. Until you open it and choose it under "
                "RGB, the network sees this image instead."
            )
