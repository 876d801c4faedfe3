"""Pictures of the real window for the documents: clicks on the bundled samples with the bundled model.

Usage: python scripts/make_screenshots.py [mitochondria] [lesion] [review]
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import napari
from PIL import Image
from qtpy.QtWidgets import QApplication

IMAGES = Path(__file__).parents[1] / "docs" / "images"

SIZE = 1280, 800
"""Of the window in pixels."""


def wait(condition: Callable[[], bool], seconds: float = 600) -> None:
    """Let the window live until a condition holds.

    Raises
    ------
    TimeoutError
        If it does not: a picture of unfinished work would be kept otherwise.
    """
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(f"The window did not get there within {seconds} s.")
        QApplication.processEvents()
        time.sleep(0.01)


def pause(seconds: float) -> None:
    """Let the window live."""
    end = time.monotonic() + seconds
    wait(lambda: time.monotonic() > end)


def show(sample: str) -> tuple[napari.Viewer, object]:
    """A window with a sample and the widget, its model loaded."""
    os.environ["XDG_DATA_HOME"] = tempfile.mkdtemp()  # or work of another picture would be offered
    viewer = napari.Viewer()
    viewer.window.resize(*SIZE)
    viewer.open_sample("napari-simpleclick", sample)
    _, widget = viewer.window.add_plugin_dock_widget("napari-simpleclick", "SimpleClick")
    wait(lambda: widget.controller.workspace.annotator is not None)
    pause(0.5)
    viewer.reset_view()
    return viewer, widget


def click(widget: object, place: tuple[float, ...], *, positive: bool = True) -> None:
    """A click in indices of the image."""
    controller = widget.controller
    controller.clicks.click_at(controller.workspace.image.data_to_world(place), positive=positive)
    wait(lambda: controller.canvas.busy == 0)


def shoot(viewer: napari.Viewer, widget: object, name: str) -> None:
    wait(lambda: widget.controller.canvas.busy == 0)
    pause(0.5)
    shown = Image.fromarray(viewer.screenshot(canvas_only=False, flash=False)[..., :3])
    shown.quantize(256, Image.Quantize.MAXCOVERAGE).save(IMAGES / f"{name}.png", optimize=True)


def outline_mitochondria() -> None:
    """Objects on a section of the EM-like stack."""
    viewer, widget = show("em-like")
    viewer.dims.set_current_step(0, 4)
    for number, clicks in enumerate(MITOCHONDRIA):
        if number:
            widget.controller.objects.next_object()
        for row, col, positive in clicks:
            click(widget, (4, row, col), positive=positive)
    widget.controller.workspace.say_next()
    shoot(viewer, widget, "widget")
    viewer.close()


def outline_lesion() -> None:
    """A lesion of the MR volume, with the keys shown."""
    viewer, widget = show("ms-lesion")
    viewer.dims.set_current_step(0, 12)
    for row, col, positive in LESION:
        click(widget, (12, row, col), positive=positive)
    widget.controller.workspace.say_next()
    widget.help_button.setChecked(True)
    shoot(viewer, widget, "widget_lesion")
    viewer.close()


def review_mitochondria() -> None:
    """An object carried through the stack, corrected and accepted, and the table of several objects."""
    viewer, widget = show("em-like")
    controller, propagation = widget.controller, widget.controller.propagation
    viewer.dims.set_current_step(0, 4)
    for row, col, positive in MITOCHONDRIA[0]:
        click(widget, (4, row, col), positive=positive)
    propagation.propagate(1, -1)
    wait(lambda: not propagation.running)
    controller.slices.go_to(CORRECTION[0][0])
    shoot(viewer, widget, "review_propagated")
    for place in CORRECTION:
        click(widget, place[:3], positive=place[3])
    propagation.accept(everywhere=True)
    wait(lambda: controller.canvas.busy == 0)
    shoot(viewer, widget, "review_accepted")
    viewer.dims.set_current_step(0, 4)
    for number, clicks in enumerate(MITOCHONDRIA[1:4], start=2):
        controller.workspace.select_object(number)
        for row, col, positive in clicks:
            click(widget, (4, row, col), positive=positive)
    controller.objects.describe(1, name="checked", locked=True)
    controller.objects.describe(2, name="cut", class_id=2, color="#e0712c")
    controller.objects.describe(3, name="dark", class_id=2)
    shoot(viewer, widget, "review_objects")
    viewer.close()


MITOCHONDRIA = [
    [(26, 158, True), (41, 172, True), (31, 171, True), (20, 149, True)],
    [(205, 217, True), (200, 232, True), (189, 209, True)],
    [(99, 178, True), (82, 176, True), (75, 175, False), (116, 175, True)],
    [(211, 81, True), (197, 63, True), (193, 71, True), (223, 67, False)],
    [(103, 137, True), (85, 130, True), (72, 125, True), (121, 135, True)],
]
"""Clicks on objects of section 4: row, column, whether the object is there."""

LESION = [(82, 94, True), (84, 101, False), (78, 98, False)]
"""Clicks on slice 12."""

CORRECTION = [(6, 47, 190, True)]
"""Clicks on a propagated slice: slice, row, column, whether the object is there."""

PICTURES = {"mitochondria": outline_mitochondria, "lesion": outline_lesion, "review": review_mitochondria}

if __name__ == "__main__":
    IMAGES.mkdir(parents=True, exist_ok=True)
    for name in sys.argv[1:] or PICTURES:
        PICTURES[name]()
