"""Procedural pictures that teach outlines: endless, deterministic from a seed, and of no one's copyright.

They imitate what makes borders hard: equal means told apart by texture only, membranes, cristae, clutter, blur, bias
fields, noise of every kind, partial volume, inverted contrast, colour.
"""

from dataclasses import dataclass, field

import numpy as np

from napari_simpleclick.training.annotator.annotator_variation import drawn_by_hand
from napari_simpleclick.training.crops import DISTANT, random_crop
from napari_simpleclick.training.examples import Example
from napari_simpleclick.training.noise import Rng
from napari_simpleclick.training.procedural.rendering import render
from napari_simpleclick.training.procedural.shapes import Scene, draw_scene
from napari_simpleclick.training.procedural.styles import STYLES, WEIGHTS

SMALLEST_OBJECT = 16
"""Smallest target in pixels: a first click on a large plane has to find the small things too."""

LARGEST_OBJECT = 0.7
"""Largest target as a part of the picture."""

CLOSE, CLOSEST_VIEWS = 0.55, 3.0
"""Chance that the object is enlarged, often to a third of the crop and more, as regions of interest show it."""

RATED = 0.25
"""Chance that the target is as a person draws it, not exactly where the picture has its border."""


@dataclass(frozen=True, slots=True)
class Synthesis:
    """Procedural pictures of every style.

    Parameters
    ----------
    weights
        How often each style comes.
    """

    weights: dict[str, float] = field(default_factory=lambda: dict(WEIGHTS))

    def example(self, rng: Rng, size: int) -> Example:
        """A new picture of `size` x `size` pixels with a target; the same from the same generator.

        Raises
        ------
        RuntimeError
            If 20 pictures have no object to be outlined.
        """
        names = list(self.weights)
        chances = np.array([self.weights[name] for name in names])
        for _ in range(20):
            style = STYLES[names[rng.choice(len(names), p=chances / chances.sum())]]
            wider = rng.uniform(1, max(1.0, size / 128)) * (rng.uniform(1, 3) if rng.random() < DISTANT else 1)
            scene = draw_scene(
                rng,
                size,
                tissue=str(rng.choice(style.tissues)),
                kinds=style.kinds,
                count=int(rng.integers(style.count[0], style.count[1] + 1) * wider**0.5),
                radii=(style.radii[0] / wider, style.radii[1]),
            )
            target = choose_target(rng, scene)
            if target is None:
                continue
            image = render(rng, scene, style)
            if rng.random() < CLOSE:
                image, target = random_crop(rng, image, target, size, furthest=CLOSEST_VIEWS)
            if rng.random() < RATED:
                target = drawn_by_hand(rng, target)
            return Example(image, target)
        raise RuntimeError("No usable target in 20 pictures: the style draws objects too small or too large.")


def choose_target(rng: Rng, scene: Scene) -> np.ndarray | None:
    """A region, mostly an object with its parts, sometimes a part, a piece of tissue or two objects merged."""
    labels = scene.objects if scene.objects and rng.random() < 0.9 else list(range(1, len(scene.parents)))
    if not labels:
        return None
    areas = np.bincount(scene.labels.ravel(), minlength=len(scene.parents))[labels]
    # Half of the pictures give small objects the same chance as large ones.
    chances = (areas + 1e-6) ** (0.5 if rng.random() < 0.5 else 0.0)
    for _ in range(6):
        label = int(rng.choice(labels, p=chances / chances.sum()))
        target = scene.whole(label) if rng.random() < 0.85 else scene.labels == label
        if rng.random() < 0.05 and len(labels) > 1:
            target = target | scene.whole(int(rng.choice(labels)))
        if target.sum() >= SMALLEST_OBJECT and target.mean() < LARGEST_OBJECT:
            return target
    return None
