"""Drawings of a report: curves, histograms, and the worst objects."""

import io
from collections.abc import Callable, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from napari_simpleclick.arrays import Box, bounding_box
from napari_simpleclick.evaluation.metrics import clicks_to_reach
from napari_simpleclick.evaluation.reports.bootstrap import confidence_intervals
from napari_simpleclick.evaluation.reports.published import published_results
from napari_simpleclick.evaluation.reports.report import EvaluationReport
from napari_simpleclick.evaluation.reports.worst import SHOWN_CLICKS, WorstObject

BLUE, ORANGE, GREEN, RED = "#0072b2", "#e69f00", "#009e73", "#d55e00"
"""Colors that color-blind people tell apart (Okabe and Ito)."""


def drawing(draw: Callable[[Axes], None], *, width: float = 6.4, height: float = 4.2) -> str:
    """An axes that something is drawn on, as SVG.

    Parameters
    ----------
    draw
        Draws on the axes.
    width, height
        Inches.
    """
    figure = Figure(figsize=(width, height), layout="constrained")
    axes = figure.add_subplot()
    axes.spines[["top", "right"]].set_visible(False)
    draw(axes)
    text = io.StringIO()
    figure.savefig(text, format="svg", metadata={"Date": None})
    return text.getvalue()[text.getvalue().index("<svg") :]


def draw_curve(report: EvaluationReport, axes: Axes) -> None:
    """Mean IoU against clicks with its 95 % interval, and published values as points."""
    shortest = min(map(len, report.curves))
    counts = np.arange(1, shortest + 1)
    values = {str(k): report.over_draws(np.array([curve[k - 1] for curve in report.curves])) for k in counts}
    spread = 100 * np.array(list(confidence_intervals(values).values()))
    means = [100 * values[str(k)].mean() for k in counts]
    axes.fill_between(counts, spread[:, 0], spread[:, 1], color=BLUE, alpha=0.2, linewidth=0, label="95 % interval")
    axes.plot(counts, means, "o-", color=BLUE, markersize=3, label=str(report.provenance.get("model", "this run")))
    draw_published(report.dataset, axes)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set(xlabel="clicks", ylabel="mean IoU (%)", xlim=(0.5, max(shortest, 2) + 0.5), ylim=(None, 100))
    axes.legend(fontsize=7, frameon=False, loc="lower right")
    axes.grid(alpha=0.3)


def draw_published(dataset: str, axes: Axes) -> None:
    """Published mIoU@k as points, a mark for each model."""
    quoted = [result for result in published_results(dataset) if result.metric.startswith("mIoU@")]
    labels = list(dict.fromkeys((result.model, result.trained_on) for result in quoted))
    for number, label in enumerate(labels):
        points = [(int(r.metric[5:]), r.value) for r in quoted if (r.model, r.trained_on) == label]
        mark = "sD^v<>pPX*"[number % 10]
        shade = str(0.2 + 0.5 * number / len(labels))
        axes.plot(*zip(*points, strict=True), mark, color=shade, markersize=4, label=f"{label[0]} ({label[1]}), quoted")


def draw_clicks_needed(report: EvaluationReport, axes: Axes) -> None:
    """How many objects need how many clicks, for each IoU; the last bar holds those that never get there."""
    most, thresholds = report.protocol.max_clicks, report.protocol.iou_thresholds
    width = 0.8 / len(thresholds)
    for place, threshold in enumerate(thresholds):
        needed = [clicks_to_reach(curve, threshold, most) for curve in report.curves]
        heights = np.bincount(needed, minlength=most + 1)[1:] / report.protocol.draws
        left = np.arange(1, most + 1) + (place - (len(thresholds) - 1) / 2) * width
        axes.bar(left, heights, width, color=(BLUE, ORANGE, GREEN, RED)[place % 4], label=f"IoU {threshold * 100:g} %")
    axes.set(xlabel=f"clicks needed ({most}: all clicks)", ylabel="objects")
    axes.legend(fontsize=8, frameon=False)


def draw_timing(report: EvaluationReport, axes: Axes) -> None:
    """Distribution of the time per click."""
    times = 1000 * np.concatenate([result.seconds for result in report.objects])
    axes.hist(times, bins=40, range=(0, float(np.quantile(times, 0.99)) or 1), color=BLUE)
    axes.axvline(float(times.mean()), color=RED, label=f"mean {times.mean():.0f} ms")
    axes.axvline(float(np.median(times)), color=ORANGE, label=f"median {np.median(times):.0f} ms")
    axes.set(xlabel="time per click (ms), slowest hundredth left out", ylabel="clicks")
    axes.legend(fontsize=8, frameon=False)


def worst_picture(worst: WorstObject) -> bytes:
    """An object after some clicks, side by side, as JPEG: target green, mask orange, clicks as marks."""
    shown = [count for count in SHOWN_CLICKS if count in worst.masks]
    figure = Figure(figsize=(3.2 * len(shown), 3.7), layout="constrained", dpi=80)
    target = worst.sample.mask(worst.result.object_id)
    masks = [mask for _, mask in sorted(worst.masks.items())]
    box = surroundings([target, *masks[-1:]])
    for place, count in enumerate(shown, start=1):
        axes = figure.add_subplot(1, len(shown), place)
        axes.set_axis_off()
        draw_state(worst, target, count, box, axes)
    data = io.BytesIO()
    figure.savefig(data, format="jpeg", pil_kwargs={"quality": 80})
    return data.getvalue()


def draw_state(worst: WorstObject, target: np.ndarray, count: int, box: Box, axes: Axes) -> None:
    """Picture, outlines and clicks after `count` clicks."""
    extent = (box.col_start - 0.5, box.col_stop - 0.5, box.row_stop - 0.5, box.row_start - 0.5)
    axes.imshow(worst.sample.image[box.slices], extent=extent)
    rows, cols = np.arange(box.row_start, box.row_stop), np.arange(box.col_start, box.col_stop)
    for mask, color in ((target, GREEN), (worst.masks[count], ORANGE)):
        part = mask[box.slices]
        if part.any() and not part.all():
            axes.contour(cols, rows, part, levels=[0.5], colors=[color], linewidths=1.5)
    for click in worst.result.clicks[:count]:
        mark, color = ("+", "lime") if click.positive else ("x", "red")
        axes.plot(click.col, click.row, mark, color=color, markersize=7, markeredgewidth=1.6)
    axes.set(xlim=extent[:2], ylim=extent[2:])
    axes.set_title(f"{count} click{'s'[: count > 1]}: IoU {100 * worst.result.ious[count - 1]:.1f} %", fontsize=10)


def surroundings(masks: Sequence[np.ndarray], *, margin: float = 0.4, smallest: int = 40) -> Box:
    """The part of a picture around some masks."""
    shape = masks[0].shape
    box = bounding_box(np.logical_or.reduce(masks)) or Box(0, shape[0], 0, shape[1])
    more = [max(round(margin * side), (smallest - side) // 2 + 1) for side in box.shape]
    return Box(
        max(0, box.row_start - more[0]),
        min(shape[0], box.row_stop + more[0]),
        max(0, box.col_start - more[1]),
        min(shape[1], box.col_stop + more[1]),
    )
