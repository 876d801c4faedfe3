"""Three jobs done in a real window with mouse and keys, as a user would: pictures of each, and how much work they were.

Usage: python scripts/make_job_films.py [mitochondria] [lesions] [nuclei] [--sstem path/to/stack1]

With --sstem, mitochondria are also outlined on five real sections, of which no pictures are kept. A hand that knows the
true outlines clicks where they are missed most; see `napari_simpleclick.evaluation.users.robot_user`.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from unittest import mock

import napari
import nibabel
import numpy as np
import tifffile
from PIL import Image
from qtpy.QtCore import QPoint, Qt
from qtpy.QtTest import QTest
from qtpy.QtWidgets import QApplication, QFileDialog, QWidget
from scipy import ndimage
from skimage import draw, filters

from napari_simpleclick.data.datasets.registry import open_dataset
from napari_simpleclick.data.samples import FOLDER, sample_volume
from napari_simpleclick.evaluation.effort.objects import chains, link
from napari_simpleclick.evaluation.users.robot_user import next_click
from napari_simpleclick.plugin.workspace.slices import slice_states

IMAGES = Path(__file__).parents[1] / "docs" / "images" / "jobs"

SIZE = 1280, 800
"""Of the window in pixels."""

FILM = 720, 450
"""Of the pictures in pixels."""

GOOD = 0.85
"""IoU from which on an outline is left as it is."""

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
NO_KEY, SHIFT, CONTROL, ALT = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
)


@dataclass
class Work:
    """What a job took, and how good its masks are."""

    objects: int = 0
    slices: int = 0
    clicks: int = 0
    keys: int = 0
    seconds: float = 0.0
    iou: list[float] = field(default_factory=list)

    def row(self, name: str) -> str:
        """A row of a Markdown table."""
        found = f"{100 * np.mean(self.iou):.0f} %" if self.iou else ""
        return (
            f"| {name} | {self.objects} | {self.slices} | {self.clicks} | {self.keys} | {self.seconds:.0f} | {found} |"
        )


class Hand:
    """Mouse and keys on a window, counted.

    Parameters
    ----------
    viewer, widget
        The window.
    film
        Where pictures go; None for none.
    """

    def __init__(self, viewer: napari.Viewer, widget: QWidget, film: Path | None = None) -> None:
        self.viewer, self.widget, self.film, self.work = viewer, widget, film, Work()
        self.canvas = viewer.window._qt_viewer.canvas.native
        self.workspace = widget.workspace
        self._begin = time.monotonic()

    # -- seeing

    @property
    def image(self) -> napari.layers.Image:
        """The annotated image."""
        return self.workspace.image

    def shown(self, volume: np.ndarray) -> np.ndarray:
        """The displayed slice of a volume."""
        return self.workspace.shown_plane.labels(volume)

    def mask(self) -> np.ndarray:
        """The present object on the displayed slice."""
        return self.shown(self.workspace.labels.data) == self.workspace.object_id

    def shoot(self, name: str) -> None:
        """Take a picture of the window."""
        if self.film is None:
            return
        pause(0.3)
        picture = Image.fromarray(self.viewer.screenshot(canvas_only=False, flash=False)[..., :3])
        self.film.mkdir(parents=True, exist_ok=True)
        picture.resize(FILM, Image.Resampling.LANCZOS).save(self.film / f"{name}.jpg", quality=60, optimize=True)

    def wait(self) -> None:
        """Wait for everything that was asked."""
        controller = self.widget.controller
        wait(lambda: controller.canvas.busy == 0 and not controller.propagation.running)

    def stop(self) -> Work:
        """How much work it was."""
        self.work.seconds = time.monotonic() - self._begin
        return self.work

    # -- doing

    def click(self, row: int, col: int, button: Qt.MouseButton = LEFT, held: Qt.KeyboardModifier = NO_KEY) -> None:
        """Click a row and column of the displayed slice."""
        plane, dims = self.workspace.shown_plane, self.viewer.dims
        camera = getattr(self.viewer, "scene", self.viewer).camera
        world = np.asarray(self.image.data_to_world(plane.to_volume(row, col)))[list(dims.displayed)]
        middle = np.array([self.canvas.height(), self.canvas.width()]) / 2
        down = -1 if str(camera.orientation2d[0]) == "up" else 1
        y, x = (world - np.asarray(camera.center)[-2:]) * camera.zoom * (down, 1) + middle
        QTest.mouseClick(self.canvas, button, held, QPoint(round(x), round(y)))
        self.work.clicks += 1
        self.wait()

    def key(self, key: Qt.Key, held: Qt.KeyboardModifier = NO_KEY) -> None:
        """Press a key on the canvas."""
        QTest.keyClick(self.canvas, key, held)
        self.work.keys += 1
        self.wait()

    def press(self, button: QWidget, place: QPoint | None = None) -> None:
        """Click a button of the dock, or a place in a list."""
        QTest.mouseClick(button, LEFT, NO_KEY, place or button.rect().center())
        self.work.clicks += 1
        self.wait()

    @property
    def place(self) -> int:
        """The displayed slice."""
        return slice_states(self.workspace).shown

    def go_to(self, place: int) -> None:
        """Go to a slice with the keys."""
        while (distance := place - self.place) != 0:
            self.key(Qt.Key.Key_D if distance > 0 else Qt.Key.Key_U)

    def outline(self, truth: np.ndarray, most: int = 4, held: Qt.KeyboardModifier = NO_KEY) -> float:
        """Click an object until its outline is good; its IoU."""
        for number in range(most):
            if overlap(self.mask(), truth) >= GOOD and not (number == 0 and held == SHIFT):
                break
            new = number == 0 and held == SHIFT
            error = next_click(np.zeros_like(truth) if new else self.mask(), truth)
            self.click(int(error.row), int(error.col), LEFT if error.positive else RIGHT, held if new else NO_KEY)
        return overlap(self.mask(), truth)

    def choose(self, number: int) -> None:
        """Choose an object in the table."""
        table = self.widget.objects.table
        row = next(row for row in range(table.rowCount()) if table.item(row, 0).text() == str(number))
        self.press(table.viewport(), table.visualItemRect(table.item(row, 1)).center())

    def save(self, path: Path) -> None:
        """Save the masks; the name is typed into the dialog."""
        with mock.patch.object(QFileDialog, "getSaveFileName", return_value=(str(path), "")):
            self.key(Qt.Key.Key_S, SHIFT)
        wait(lambda: self.widget.status.text().startswith("Saved "))


# -- the jobs


def mitochondria(film: Path | None, sections: np.ndarray, truth: np.ndarray, folder: Path) -> Work:
    """Outline mitochondria on the middle section, propagate and review them, save, close, open again and go on.

    Parameters
    ----------
    film
        Where pictures go; None for none.
    sections
        (sections, height, width) uint8.
    truth
        The mitochondria, numbered from 1, in the shape of the sections.
    folder
        Where the files go.
    """
    path, here, count = folder / "sections.tif", len(sections) // 2, int(truth.max())
    tifffile.imwrite(path, sections)
    hand = opened(path, film)
    hand.go_to(here)
    for number in range(1, count + 1):
        hand.outline(truth[here] == number, held=SHIFT if number > 1 else NO_KEY)
        hand.key(Qt.Key.Key_G, ALT)
        if number == 1:
            hand.shoot("1_first")
    hand.shoot("2_propagated")
    for number in range(1, count + 1):
        hand.choose(number)
        while to_review := slice_states(hand.workspace).unreviewed:
            if hand.place not in to_review:
                hand.key(Qt.Key.Key_D, SHIFT)
            place = hand.place
            hand.outline(truth[place] == number, most=2)
            if place in slice_states(hand.workspace).unreviewed:
                hand.key(Qt.Key.Key_Return)  # goes on to the next one
    hand.shoot("3_reviewed")
    hand.save(folder / "mitochondria.tif")
    masks = hand.workspace.labels.data.copy()
    require(np.array_equal(tifffile.imread(folder / "mitochondria.tif"), masks), "the file holds the masks")
    hand.work.iou = [overlap(masks == number, truth == number) for number in range(1, count + 1)]
    hand.work.objects, hand.work.slices = count, len(sections)
    work = hand.stop()
    hand.widget.autosave.save_now()
    hand.viewer.close()

    again = opened(path, None)
    wait(again.widget.restore_button.isVisible)
    again.press(again.widget.restore_button)
    wait(lambda: np.array_equal(again.workspace.labels.data, masks))
    again.film = film
    again.shoot("4_opened_again")
    again.viewer.close()
    return work


def lesions(film: Path | None, axial: int, sagittal: int, count: int, folder: Path) -> Work:
    """Outline lesions on an axial and on a sagittal slice, save them as NIfTI, and read that without this package."""
    truth = sample_volume("ms-lesion")[1] > 0
    hand = opened(FOLDER / "ms_lesion.nii.gz", film)
    hand.go_to(axial)
    large = largest(truth[axial], count)
    for number, each in enumerate(large):
        hand.work.iou.append(hand.outline(each, held=SHIFT if number else NO_KEY))
    hand.shoot("1_axial")
    hand.key(Qt.Key.Key_E, CONTROL)  # napari: show the next axes
    hand.viewer.reset_view()
    hand.go_to(sagittal)
    for each in largest(hand.shown(truth), 2):
        hand.work.iou.append(hand.outline(each, held=SHIFT))
    hand.shoot("2_sagittal")
    hand.save(folder / "lesions.nii.gz")
    hand.shoot("3_saved")
    saved, image = nibabel.load(folder / "lesions.nii.gz"), nibabel.load(FOLDER / "ms_lesion.nii.gz")
    require(saved.shape == image.shape and np.allclose(saved.affine, image.affine), "the file is on the image's grid")
    numbers = np.unique(np.asarray(saved.dataobj))
    require(numbers.tolist() == list(range(len(large) + 3)), "every lesion has its number")
    hand.work.objects, hand.work.slices = len(large) + 2, 2
    work = hand.stop()
    hand.viewer.close()
    return work


def nuclei(film: Path | None, count: int, folder: Path) -> Work:
    """Outline nuclei of a picture, each begun with Shift and a click."""
    picture, truth = drawn_nuclei(count)
    Image.fromarray(picture).save(folder / "nuclei.png")
    hand = opened(folder / "nuclei.png", film)
    for number in range(1, count + 1):
        hand.outline(truth == number, held=SHIFT if number > 1 else NO_KEY)
        if number == count // 2:
            hand.shoot("1_half")
    hand.shoot("2_all")
    hand.save(folder / "nuclei_masks.png")
    saved = np.asarray(Image.open(folder / "nuclei_masks.png"))
    hand.work.iou = [overlap(saved == number, truth == number) for number in range(1, count + 1)]
    hand.work.objects, hand.work.slices = count, 1
    work = hand.stop()
    hand.viewer.close()
    return work


# -- what they need


def opened(path: Path, film: Path | None) -> Hand:
    """A window with a file and the widget, its model loaded."""
    viewer = new_viewer()
    viewer.window.resize(*SIZE)
    viewer.open(str(path), plugin="napari-simpleclick" if path.name.endswith(".nii.gz") else "napari")
    _, widget = viewer.window.add_plugin_dock_widget("napari-simpleclick", "SimpleClick")
    wait(lambda: widget.workspace.annotator is not None)
    pause(0.3)
    viewer.reset_view()
    return Hand(viewer, widget, film)


new_viewer: Callable[[], napari.Viewer] = napari.Viewer
"""Makes a window; tests have their own way."""


def wait(condition: Callable[[], bool], seconds: float = 120) -> None:
    """Let the window live until a condition holds.

    Raises
    ------
    TimeoutError
        If it does not.
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


def require(held: bool, what: str) -> None:
    """Raise if something does not hold.

    Raises
    ------
    RuntimeError
        If it does not.
    """
    if not held:
        raise RuntimeError(f"Expected that {what}.")


def overlap(found: np.ndarray, truth: np.ndarray) -> float:
    """Intersection over union."""
    either = np.count_nonzero(found | truth)
    return float(np.count_nonzero(found & truth) / either) if either else 1.0


def drawn_sections(numbers: tuple[int, ...], sections: slice) -> tuple[np.ndarray, np.ndarray]:
    """Some of the bundled drawn sections, and some of their mitochondria, numbered from 1."""
    volume, truth = sample_volume("em-like")
    kept = sum((truth[sections] == each) * place for place, each in enumerate(numbers, start=1))
    return np.asarray(volume.data[sections]), kept


def real_sections(folder: Path, count: int) -> tuple[np.ndarray, np.ndarray]:
    """The first five sections of ssTEM, and the largest mitochondria that are on all of them, numbered from 1."""
    dataset = open_dataset("ssTEM", folder)
    samples = [dataset[number] for number in range(5)]
    lines = chains([sample.object_ids for sample in samples], [link(*pair) for pair in pairwise(samples)])
    masks = [np.stack([samples[at].mask(label) for at, label in line]) for line in lines if len(line) == len(samples)]
    masks = sorted(masks, key=np.count_nonzero, reverse=True)[:count]
    truth = sum(mask * np.uint8(number) for number, mask in enumerate(masks, start=1))
    return np.stack([np.asarray(sample.image)[..., 0] for sample in samples]), truth


def largest(mask: np.ndarray, count: int) -> list[np.ndarray]:
    """The largest parts of a mask."""
    parts, number = ndimage.label(mask)
    sizes = ndimage.sum_labels(mask, parts, range(1, number + 1))
    return [parts == place + 1 for place in np.argsort(-sizes)[:count]]


def drawn_nuclei(count: int) -> tuple[np.ndarray, np.ndarray]:
    """A picture of bright nuclei on a dark, noisy ground, and their numbers."""
    random = np.random.default_rng(5)
    light, truth = np.full((320, 420), 0.08), np.zeros((320, 420), int)
    columns = 4
    for number in range(count):
        row, col = 55 + 105 * (number // columns), 55 + 103 * (number % columns)
        rows, cols = draw.ellipse(
            *(np.array([row, col]) + random.uniform(-12, 12, 2)),
            *random.uniform(20, 38, 2),
            shape=truth.shape,
            rotation=random.uniform(0, np.pi),
        )
        truth[rows, cols], light[rows, cols] = number + 1, random.uniform(0.4, 0.85)
    texture = filters.gaussian(random.normal(size=light.shape), 4)
    light = filters.gaussian(light * (1 + 1.2 * texture), 1.5) + 0.03 * random.normal(size=light.shape)
    return (255 * light.clip(0, 1)).astype(np.uint8), truth


JOBS: dict[str, Callable[[Path | None, Path], Work]] = {
    "mitochondria": lambda film, folder: mitochondria(film, *drawn_sections((2, 4, 5, 8, 11), slice(2, 7)), folder),
    "lesions": lambda film, folder: lesions(film, 12, 42, 5, folder),
    "nuclei": lambda film, folder: nuclei(film, 12, folder),
}
"""The jobs in full."""

QUICK: dict[str, Callable[[Path], Work]] = {
    "mitochondria": lambda folder: mitochondria(None, *drawn_sections((4, 8), slice(4, 6)), folder),
    "lesions": lambda folder: lesions(None, 12, 42, 2, folder),
    "nuclei": lambda folder: nuclei(None, 3, folder),
}
"""The same jobs with less of everything, for tests."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("jobs", nargs="*", metavar="JOB", help="all by default")
    parser.add_argument("--sstem", type=Path, help="folder with raw/ and mitochondria/")
    chosen = parser.parse_args()
    os.environ["XDG_DATA_HOME"] = tempfile.mkdtemp()  # or work of another day would be offered
    jobs = {name: JOBS[name] for name in chosen.jobs or JOBS}
    if chosen.sstem:
        jobs["mitochondria of ssTEM"] = lambda _, folder: mitochondria(None, *real_sections(chosen.sstem, 5), folder)
    print("| job | objects | slices | clicks | keys | seconds | mean IoU |\n|---|---|---|---|---|---|---|")
    for name, job in jobs.items():
        with tempfile.TemporaryDirectory() as folder:
            print(job(IMAGES / name, Path(folder)).row(name), flush=True)


if __name__ == "__main__":
    main()
