"""The main job without a window: simulated clicks on the bundled samples through the annotator of the plugin."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import numpy as np
from rich.console import Console
from rich.table import Table
from scipy.ndimage import label

from napari_simpleclick.annotation.annotator import Annotator
from napari_simpleclick.annotation.label_painting import paint_changes
from napari_simpleclick.cli.progress import with_progress
from napari_simpleclick.data.intensity import default_limits
from napari_simpleclick.data.io import write_mask
from napari_simpleclick.data.plane import SliceView
from napari_simpleclick.data.samples import SAMPLES, sample_volume
from napari_simpleclick.data.volume import Volume
from napari_simpleclick.evaluation.metrics import iou
from napari_simpleclick.evaluation.users.robot_user import next_click
from napari_simpleclick.files import replace_when_complete
from napari_simpleclick.inference.loading import load_predictor
from napari_simpleclick.model.weights import DEFAULT_MODEL

SMALLEST = 100
"""Smaller objects are left out, in pixels."""

PLANES = 3
"""Planes per sample, evenly spread."""

COLORS = ("#ffd60a", "#00d0ff", "#ff4fd8", "#5dff5d", "#ff7a1a", "#9d7bff")
"""Of the masks on the contact sheet, in turn: none is grey or dark, as pictures are."""


@dataclass(frozen=True, slots=True, eq=False)
class Target:
    """An object on a plane of a sample."""

    object_id: int
    plane: SliceView
    mask: np.ndarray


@dataclass(frozen=True, slots=True)
class Outcome:
    """IoU after every click on one object, and the time of each."""

    ious: tuple[float, ...]
    milliseconds: tuple[float, ...]


def run_demo(output: Path, model: str | None, clicks: int, console: Console) -> None:
    """Click the samples, write masks and contact sheets, show a table.

    Parameters
    ----------
    output
        Folder for the masks and the contact sheets.
    model
        Name or file of the model; the bundled one if None.
    clicks
        Clicks per object.
    console
        Shows progress and table.
    """
    name = model or DEFAULT_MODEL
    predictor = load_predictor(name)
    table = Table(title=f"{name}, {clicks} simulated clicks per object")
    table.add_column("sample")
    for column in ("objects", "mIoU@1", f"mIoU@{clicks}", "ms per click"):
        table.add_column(column, justify="right")
    written: list[Path] = []
    for sample, (file, _) in SAMPLES.items():
        volume, truth = sample_volume(sample)
        labels = np.zeros(volume.shape, np.uint16)
        targets = list(find_targets(volume, truth))
        annotator = Annotator(predictor)
        clicked = (
            (number, click_object(annotator, volume, labels, target, clicks))
            for number, target in enumerate(targets, start=1)
        )
        outcomes = [outcome for _, outcome in told(clicked, sample, len(targets), console)]
        mask = output / f"{sample}_mask{''.join(Path(file).suffixes)}"
        write_mask(mask, labels, volume)
        draw_sheet(output / f"{sample}.png", volume, labels, targets, annotator)
        written += [mask, output / f"{sample}.png"]
        table.add_row(
            sample,
            str(len(targets)),
            f"{100 * np.mean([outcome.ious[0] for outcome in outcomes]):.1f}",
            f"{100 * np.mean([outcome.ious[-1] for outcome in outcomes]):.1f}",
            f"{np.median(np.concatenate([outcome.milliseconds for outcome in outcomes])):.0f}",
        )
    console.print(table)
    console.print("Masks and pictures:", *written, sep="\n  ", highlight=False)


def told(
    clicked: Iterator[tuple[int, Outcome]], sample: str, total: int, console: Console
) -> Iterator[tuple[int, Outcome]]:
    """Pass outcomes on, and tell how many objects of a sample are done."""

    def text(numbered: tuple[int, Outcome]) -> str:
        return f"{sample}: {numbered[0]} of {total} objects"

    return with_progress(clicked, console, total=total, done=lambda _: 1, text=text)


def find_targets(volume: Volume, truth: np.ndarray) -> Iterator[Target]:
    """The objects on some planes: 8-connected components of the sample's labels."""
    number = 0
    for index in np.linspace(0, volume.shape[0] - 1, PLANES + 2)[1:-1].astype(int):
        plane = volume.plane(int(index))
        for value in np.unique(truth[index][truth[index] > 0]):
            components, count = label(truth[index] == value, structure=np.ones((3, 3)))
            for component in range(1, count + 1):
                mask = components == component
                if mask.sum() >= SMALLEST:
                    number += 1
                    yield Target(number, plane, mask)


def click_object(annotator: Annotator, volume: Volume, labels: np.ndarray, target: Target, clicks: int) -> Outcome:
    """Click one object as the robot user does and paint its mask into the labels."""
    image = target.plane.image(None if volume.rgb else default_limits(volume.data))
    painted = target.plane.labels(labels)
    ious: list[float] = []
    milliseconds: list[float] = []
    mask = np.zeros(target.mask.shape, bool)
    for _ in range(clicks):
        made = annotator.sessions.clicks(target.object_id).get(target.plane.key, ())
        click = next_click(mask, target.mask, made)
        start = perf_counter()
        changes = annotator.click(target.object_id, target.plane.key, image, click)
        paint_changes(painted, changes)
        milliseconds.append(1000 * (perf_counter() - start))
        mask = changes[0].new.mask() if changes[0].new else mask
        ious.append(iou(mask, target.mask))
    return Outcome(tuple(ious), tuple(milliseconds))


def draw_sheet(path: Path, volume: Volume, labels: np.ndarray, targets: list[Target], annotator: Annotator) -> None:
    """A picture of every clicked plane: as it is, with masks and clicks, and with the outlines of the truth."""
    from matplotlib.colors import ListedColormap
    from matplotlib.figure import Figure
    from skimage.segmentation import find_boundaries

    planes = {target.plane.key: target.plane for target in targets}
    limits = None if volume.rgb else default_limits(volume.data)
    colors = ListedColormap(COLORS)
    figure = Figure(figsize=(9, 3.1 * len(planes)), layout="constrained")
    axes = figure.subplots(len(planes), 3, squeeze=False)
    for row, (key, plane) in zip(axes, planes.items(), strict=True):
        picture = np.asarray(plane.image(limits))
        found = plane.labels(labels)
        truth = np.any([target.mask for target in targets if target.plane.key == key], axis=0)
        row[0].imshow(picture)
        row[1].imshow(picture)
        masks = np.ma.masked_equal(found, 0)
        row[1].imshow(
            masks % len(COLORS), cmap=colors, vmin=0, vmax=len(COLORS) - 1, alpha=0.55, interpolation="nearest"
        )
        row[2].imshow(picture)
        row[2].imshow(np.ma.masked_equal(find_boundaries(truth), 0), cmap="autumn", interpolation="nearest")
        for target in targets:
            for click in annotator.sessions.clicks(target.object_id).get(key, ()):
                style = {"marker": "o", "color": "#1f77e0"} if click.positive else {"marker": "P", "color": "#ff8c1a"}
                row[1].plot(click.col, click.row, markersize=4, markeredgecolor="white", markeredgewidth=0.5, **style)
        for axis, title in zip(row, ("picture", "clicks and masks", "outlines of the truth"), strict=True):
            axis.set_title(title, fontsize=9)
            axis.axis("off")
    with replace_when_complete(path) as partial:
        figure.savefig(partial, dpi=110)
