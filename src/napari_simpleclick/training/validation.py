"""Validation: the evaluation's own protocol on a few dozen objects that training never sees."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from napari_simpleclick.data.datasets.base import Sample
from napari_simpleclick.evaluation.evaluate import evaluate_object
from napari_simpleclick.evaluation.metrics import miou
from napari_simpleclick.evaluation.protocol import EvaluationProtocol
from napari_simpleclick.inference.predictor import Predictor
from napari_simpleclick.model.simpleclick import SimpleClick
from napari_simpleclick.training.pictures.readers import Reader
from napari_simpleclick.training.pictures.targets import large_objects
from napari_simpleclick.training.procedural.synthesis import Synthesis

CLICKS = (1, 3, 5, 10)
"""Numbers of clicks whose mean IoU is logged; their mean decides which weights are kept."""

VALIDATION_SEED = 1_000_000
"""Seed of procedural pictures for validation; training uses smaller ones."""


@dataclass(frozen=True, slots=True)
class ValidationObject:
    """One object to be clicked.

    Parameters
    ----------
    sample
        Picture and labels.
    object_id
        Label of the object.
    """

    sample: Sample
    object_id: int


def synthetic_objects(count: int, *, size: int = 448) -> list[ValidationObject]:
    """Procedural pictures, the same at every validation."""
    examples = (Synthesis().example(np.random.default_rng((VALIDATION_SEED, n)), size) for n in range(count))
    samples = (
        Sample(f"synthetic {number}", example.image, example.target.astype(np.int32), (1,))
        for number, example in enumerate(examples)
    )
    return [ValidationObject(sample, 1) for sample in samples]


def picture_objects(readers: Sequence[Reader], count: int) -> list[ValidationObject]:
    """One object of each of up to `count` pictures, spread over all of them: one of middling label."""
    chosen = []
    for number in np.unique(np.linspace(0, len(readers) - 1, min(count, len(readers))).round().astype(int)):
        image, labels = readers[number]()
        labels = labels if labels.ndim == 2 else labels[..., 0]
        large = large_objects(labels)
        if large.size:
            object_id = int(large[len(large) // 2])
            chosen.append(ValidationObject(Sample(f"picture {number}", image, labels, (object_id,)), object_id))
    return chosen


def validate(model: SimpleClick, objects: Sequence[ValidationObject]) -> dict[str, float]:
    """Mean IoU after 1, 3, 5 and 10 clicks at the network's full size, without mirror averaging."""
    predictor = Predictor(model, flip=False, size=model.config.image_size, device=next(model.parameters()).device)
    protocol = EvaluationProtocol(max_clicks=max(CLICKS))
    curves = [evaluate_object(predictor, each.sample, each.object_id, protocol).ious for each in objects]
    return {f"mIoU@{clicks}": miou(curves, clicks) for clicks in CLICKS}
