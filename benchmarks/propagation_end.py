"""Does propagation notice where an object ends? From the true mask of objects in stacks, both ways.

    python benchmarks/propagation_end.py path/to/stack1 --every 2 --plot ends.png
    python benchmarks/propagation_end.py stack1 --volume flair.nii.gz seg.nii.gz --fit

Prints the part of the slices beyond the end of the objects that were filled, and of the slices with the object that
were reached before propagation stopped; the plot shows the confidence against the true IoU. `--fit` prints the weights
of the witnesses that tell best on these stacks whether the object is there.
"""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from scipy import ndimage
from scipy.optimize import minimize

from napari_simpleclick.arrays import bounding_box
from napari_simpleclick.data.datasets.base import Sample
from napari_simpleclick.data.datasets.registry import open_dataset
from napari_simpleclick.data.intensity import default_limits
from napari_simpleclick.data.io import read_volume
from napari_simpleclick.evaluation.effort.objects import chains, link
from napari_simpleclick.inference.loading import load_predictor
from napari_simpleclick.inference.prediction import Prediction
from napari_simpleclick.inference.propagation.confidence import LEAST, OFFSET, WEIGHTS, agreement
from napari_simpleclick.inference.propagation.intensity_likelihood import learned_likelihood
from napari_simpleclick.inference.propagation.next_slice import find_on_next_slice
from napari_simpleclick.model.weights import DEFAULT_MODEL

BEYOND = 3
"""Slices beyond the end that are tried at most, so that long runs into nothing do not outweigh the rest."""

FARTHEST = 12
"""Slices in one direction at most, so that long objects do not outweigh the rest."""

THERE = 0.3
"""IoU from which on what was found counts as the object in fitting."""


@dataclass(frozen=True)
class Row:
    """One slice of one run: whether the object is there, what the witnesses say, and the true IoU."""

    run: int
    there: bool
    seen: tuple[float, float] | None
    iou: float


def run(predictor, samples, chain, step, number) -> Iterator[Row]:
    """Propagate one way from the largest section to some slices beyond the end, whatever the confidence says."""
    labels = dict(chain)
    areas = {at: np.count_nonzero(samples[at].mask(label)) for at, label in chain}
    at = max(areas, key=areas.get)
    truth = patch(samples[at].mask(labels[at]))
    known = Prediction.from_boxed(truth, samples[at].image.shape[:2])
    likelihood = learned_likelihood(samples[at].image, truth)
    beyond = tried = 0
    while 0 <= at + step < len(samples) and beyond < BEYOND and tried < FARTHEST:
        before, image = samples[at].image, samples[at + step].image
        at, tried = at + step, tried + 1
        beyond += at not in labels
        found = find_on_next_slice(predictor, known, before, image, likelihood)
        if found.witnesses is None:
            yield Row(number, at in labels, None, 0.0)
            return
        known = found.prediction
        iou = agreement(known.object_mask(), patch(samples[at].mask(labels.get(at, -1))))
        yield Row(number, at in labels, found.witnesses, iou)


def patch(mask):
    """A mask in its box; None if it is empty."""
    box = bounding_box(mask)
    return None if box is None else (box, mask[box.slices])


def sstem(folder):
    """Sections of the ssTEM stack, and its mitochondria linked from section to section."""
    dataset = open_dataset("ssTEM", folder)
    samples = [dataset[number] for number in range(len(dataset))]
    links = [link(*pair) for pair in pairwise(samples)]
    return samples, [each for each in chains([sample.object_ids for sample in samples], links) if len(each) >= 2]


def volume(image, labels, smallest=30):
    """Slices of a volume along its first axis, and connected objects of its labels."""
    found, known = read_volume(image), read_volume(labels)
    limits, parts = default_limits(found.data), ndimage.label(np.asarray(known.data) > 0)[0].astype(np.int32)
    samples = []
    for index in range(found.shape[0]):
        plane = found.plane(index)
        here = np.asarray(plane.labels(parts))
        ids = tuple(int(label) for label in np.unique(here) if label)
        samples.append(Sample(f"slice {index}", np.asarray(plane.image(limits)), here, ids))
    objects = [
        [(at, label) for at, sample in enumerate(samples) if label in sample.object_ids]
        for label in range(1, int(parts.max()) + 1)
    ]
    large = [each for each in objects if max(samples[at].mask(label).sum() for at, label in each) >= smallest]
    return samples, [each for each in large if len(each) >= 2]


def confidences(rows):
    """By row, 0 where shape or place tell that the object is lost."""
    return np.array(
        [
            0.0 if row.seen is None else 1 / (1 + np.exp(-(OFFSET + np.dot([*WEIGHTS.values()], row.seen))))
            for row in rows
        ]
    )


def tell(rows, sure):
    """Print what was reached and filled if propagation stops below the least confidence."""
    went_on, lost = [], set()
    for row, value in zip(rows, sure, strict=True):
        lost |= {row.run} if value < LEAST else set()
        went_on.append(row.run not in lost)
    there, went_on = np.array([row.there for row in rows]), np.array(went_on)
    print(
        f"{len(rows)} slices: {100 * went_on[there].mean():.0f} % of {there.sum()} with the object reached, "
        f"{100 * went_on[~there].mean() if (~there).any() else 0:.0f} % of {(~there).sum()} beyond it filled",
        flush=True,
    )


def fit(rows):
    """Print the weights and the offset of a logistic regression in which both outcomes count the same."""
    seen = np.array([[*row.seen, 1.0] for row in rows if row.seen is not None])
    good = np.array([row.there and row.iou >= THERE for row in rows if row.seen is not None])
    share = np.where(good, 0.5 / good.mean(), 0.5 / (1 - good.mean()))

    def loss(weights):
        signed = np.where(good, 1, -1) * (seen @ weights)
        return np.sum(share * np.logaddexp(0, -signed)) + 0.5 * np.sum(weights[:-1] ** 2)

    found = minimize(loss, np.zeros(seen.shape[1])).x
    print(
        "weights", dict(zip(WEIGHTS, found[:-1].round(2).tolist(), strict=True)), "offset", round(float(found[-1]), 2)
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("stack", type=Path, nargs="*", help="folders with raw/ and mitochondria/")
    parser.add_argument("--volume", type=Path, nargs=2, action="append", default=[], help="a volume and its labels")
    parser.add_argument("--every", type=int, default=1, help="take one object of every N")
    parser.add_argument("--skip", type=int, default=0, help="leave out the first N objects")
    parser.add_argument("--plot", type=Path, help="picture of confidence against IoU")
    parser.add_argument("--fit", action="store_true", help="print the weights that tell best")
    options = parser.parse_args()
    predictor = load_predictor(DEFAULT_MODEL)
    rows, number = [], 0
    for samples, objects in (*map(sstem, options.stack), *(volume(*each) for each in options.volume)):
        first = len(rows)
        for chain in objects[options.skip :: options.every]:
            for step in (1, -1):
                rows += run(predictor, samples, chain, step, number)
                number += 1
        tell(rows[first:], confidences(rows[first:]))
    sure, ious = confidences(rows), np.array([row.iou for row in rows])
    seen = np.array([row.seen is not None for row in rows])
    print(f"correlation of confidence and IoU: {np.corrcoef(sure[seen], ious[seen])[0, 1]:.2f} ({seen.sum()} slices)")
    if options.fit:
        fit(rows)
    if options.plot:
        from matplotlib.figure import Figure

        axes = (figure := Figure(figsize=(4, 4), layout="constrained")).subplots()
        there = np.array([row.there for row in rows])
        for where, name in ((seen & there, "object is there"), (seen & ~there, "beyond its end")):
            axes.scatter(sure[where], ious[where], s=12, label=name)
        axes.axvline(LEAST, color="gray", linestyle="--")
        axes.set(xlabel="confidence", ylabel="IoU with the true object", xlim=(0, 1), ylim=(-0.02, 1))
        axes.legend(fontsize=8)
        figure.savefig(options.plot, dpi=110)


if __name__ == "__main__":
    main()
