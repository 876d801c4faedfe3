"""Does propagation notice where an object ends? From the true mask of linked ssTEM mitochondria, both ways.

    python benchmarks/propagation_end.py path/to/stack1 --every 2 --plot ends.png

Prints the part of the slices beyond the end of the objects that were filled, and of the slices with the object that
were reached before propagation stopped; the plot shows the confidence against the true IoU.
"""

import argparse
from itertools import pairwise
from pathlib import Path

import numpy as np

from napari_simpleclick.arrays import bounding_box
from napari_simpleclick.data.datasets.registry import open_dataset
from napari_simpleclick.evaluation.effort.objects import chains, link
from napari_simpleclick.inference.loading import load_predictor
from napari_simpleclick.inference.prediction import Prediction
from napari_simpleclick.inference.propagation.confidence import LEAST, agreement, confidence
from napari_simpleclick.inference.propagation.follow import expected_shape, follow, why_stop
from napari_simpleclick.inference.propagation.intensity_likelihood import learned_likelihood
from napari_simpleclick.model.weights import DEFAULT_MODEL

BEYOND = 2
"""Slices beyond the end that are tried at most, so that long runs into nothing do not outweigh the rest."""


def run(predictor, samples, chain, step):
    """Yield (slice, whether the object is there, confidence, IoU, whether propagation went on) in one direction."""
    there = dict(chain)
    areas = {at: np.count_nonzero(samples[at].mask(label)) for at, label in chain}
    at = max(areas, key=areas.get)
    mask = samples[at].mask(there[at])
    box = bounding_box(mask)
    known = Prediction.from_patch((box, mask[box.slices]), mask.shape)
    looks = learned_likelihood(samples[at].image, known.object_mask())
    stopped, beyond = False, 0
    while 0 <= at + step < len(samples) and beyond < BEYOND:
        before, image = samples[at].image, samples[at + step].image
        at += step
        beyond += at not in there
        expected = expected_shape(known, image, before) if not stopped else None
        answer = follow(predictor, known, image, known=before) if expected else None
        found = answer.object_mask() if answer else None
        sure = 0.0
        if found is None or why_stop(expected, found):
            stopped = True
        else:
            sure = confidence(predictor, looks, image, found)
            stopped = sure < LEAST
            truth = samples[at].mask(there[at]) if at in there else np.zeros_like(mask)
            box = bounding_box(truth)
            iou = agreement(found, (box, truth[box.slices]) if box else None)
            yield at, at in there, sure, iou, not stopped
            known = answer
            continue
        yield at, at in there, sure, 0.0, False


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("stack", type=Path, help="folder with raw/ and mitochondria/")
    parser.add_argument("--every", type=int, default=1, help="every so many objects")
    parser.add_argument("--plot", type=Path, help="picture of confidence against IoU")
    options = parser.parse_args()
    dataset = open_dataset("ssTEM", options.stack)
    samples = [dataset[number] for number in range(len(dataset))]
    links = [link(*pair) for pair in pairwise(samples)]
    objects = [each for each in chains([sample.object_ids for sample in samples], links) if len(each) >= 2]
    predictor = load_predictor(DEFAULT_MODEL)
    rows = []
    for chain in objects[:: options.every]:
        for step in (1, -1):
            rows += run(predictor, samples, chain, step)
        there = np.array([row[1] for row in rows])
        went_on = np.array([row[4] for row in rows])
        print(
            f"{len(rows)} slices: {100 * went_on[there].mean():.0f} % of {there.sum()} with the object reached, "
            f"{100 * went_on[~there].mean() if (~there).any() else 0:.0f} % of {(~there).sum()} beyond it filled",
            flush=True,
        )
    sure, ious = np.array([row[2:4] for row in rows if row[2] > 0]).T
    print(f"correlation of confidence and IoU: {np.corrcoef(sure, ious)[0, 1]:.2f} ({len(sure)} slices)")
    if options.plot:
        from matplotlib.figure import Figure

        axes = (figure := Figure(figsize=(4, 4), layout="constrained")).subplots()
        axes.scatter(sure, ious, s=12)
        axes.axvline(LEAST, color="gray", linestyle="--")
        axes.set(xlabel="confidence", ylabel="IoU with the true object", xlim=(0, 1), ylim=(0, 1))
        figure.savefig(options.plot, dpi=110)


if __name__ == "__main__":
    main()
