"""Shapes of procedural pictures: label maps of cells, blobs, tubes and shells, with their parts."""

from dataclasses import dataclass

import cv2
import numpy as np

from napari_simpleclick.training.noise import Rng, smooth_noise


@dataclass(slots=True)
class Scene:
    """Regions of a picture while it is drawn.

    Parameters
    ----------
    labels
        (size, size) int32, the region of every pixel; 0 is background.
    parents
        For every region the larger one around it that it belongs to; 0 if it stands alone.
    objects
        Regions that were drawn as objects on top of the tissue.
    """

    labels: np.ndarray
    parents: list[int]
    objects: list[int]

    def add(self, mask: np.ndarray, parent: int = 0) -> int:
        """Draw a new region over what is there; returns its label."""
        label = len(self.parents)
        self.labels[mask] = label
        self.parents.append(parent)
        return label

    def whole(self, label: int) -> np.ndarray:
        """A region with everything drawn as part of it, (size, size) bool."""
        family = {label}
        for part, parent in enumerate(self.parents):
            if parent in family and part:
                family.add(part)
        return np.isin(self.labels, list(family))


def draw_scene(
    rng: Rng, size: int, *, tissue: str, kinds: tuple[str, ...], count: int, radii: tuple[float, float]
) -> Scene:
    """Tissue with objects on it.

    Parameters
    ----------
    rng
        Source of all chance.
    size
        Side in pixels.
    tissue
        "voronoi", "noise" or "plain".
    kinds
        Kinds of objects to choose from: "blob", "ellipse", "polygon", "tube", "patch".
    count
        How many objects.
    radii
        Smallest and largest radius as parts of the side.
    """
    scene = Scene(*draw_tissue(rng, size, tissue), objects=[])
    for _ in range(count):
        radius = size * radii[0] * (radii[1] / radii[0]) ** rng.random()
        mask = draw_object(rng, size, str(rng.choice(kinds)), radius)
        if mask.sum() >= 12:
            label = scene.add(mask)
            scene.objects.append(label)
            draw_parts(rng, scene, mask, label)
    return scene


def draw_tissue(rng: Rng, size: int, tissue: str) -> tuple[np.ndarray, list[int]]:
    """Label map without objects, and the (absent) parents of its regions."""
    if tissue == "voronoi":
        labels = voronoi(rng, size, int(rng.integers(4, 40)))
    elif tissue == "noise":
        labels = noise_regions(rng, size, int(rng.integers(2, 5)))
    else:
        labels = np.zeros((size, size), np.int32)
    return labels, [0] * (int(labels.max()) + 1)


def draw_object(rng: Rng, size: int, kind: str, radius: float) -> np.ndarray:
    """Mask of one object somewhere in the picture, (size, size) bool."""
    mask = np.zeros((size, size), np.uint8)
    centre = rng.uniform(-0.05, 1.05, 2) * size
    if kind == "tube":
        points = tube_points(rng, size, centre)
        cv2.polylines(mask, [points], False, 1, thickness=max(2, round(radius / 2)))
    elif kind == "patch":
        return patch(rng, size, centre, radius)
    else:
        points = outline(rng, kind, centre, radius)
        cv2.fillPoly(mask, [points], 1)
    return mask.astype(bool)


def outline(rng: Rng, kind: str, centre: np.ndarray, radius: float) -> np.ndarray:
    """Points of a closed outline, (count, 1, 2) int32 as OpenCV wants them.

    Parameters
    ----------
    rng
        Source of chance.
    kind
        "polygon", "blob", or else an ellipse.
    centre
        Column and row in pixels, as OpenCV counts.
    radius
        Larger radius in pixels.
    """
    count = int(rng.integers(3, 9)) if kind == "polygon" else 48
    angles = np.linspace(0, 2 * np.pi, count, endpoint=False) + rng.uniform(0, 2 * np.pi)
    reach = np.ones(count)
    if kind == "polygon":
        reach *= rng.uniform(0.6, 1.2, count)
    elif kind == "blob":
        for order in range(2, 6):
            reach += rng.normal(0, 0.28 / order) * np.cos(order * angles + rng.uniform(0, 2 * np.pi))
    squeeze = rng.uniform(0.35, 1.0)
    x, y = reach * np.cos(angles) * radius, reach * np.sin(angles) * radius * squeeze
    turn = rng.uniform(0, np.pi)
    points = np.stack([x * np.cos(turn) - y * np.sin(turn), x * np.sin(turn) + y * np.cos(turn)], axis=-1) + centre
    return np.asarray(np.round(points).astype(np.int32)[:, None])


def patch(rng: Rng, size: int, centre: np.ndarray, radius: float) -> np.ndarray:
    """An irregular piece with lobes and arms, as lesions and organelles have them, (size, size) bool.

    Parameters
    ----------
    rng
        Source of chance.
    size
        Side of the picture in pixels.
    centre
        Column and row in pixels, as OpenCV counts.
    radius
        About that of a disk as large, in pixels.
    """
    turn, stretch = rng.uniform(0, np.pi), np.exp(rng.uniform(0, 1.2))
    reach = int(np.ceil(1.5 * radius * stretch)) + 2
    side = 2 * reach + 1
    heights = smooth_noise(rng, side, max(3, round(radius * rng.uniform(0.4, 1.2))))
    heights += rng.uniform(0, 0.6) * smooth_noise(rng, side, max(2, round(radius * rng.uniform(0.15, 0.4))))
    y, x = np.ogrid[-reach : reach + 1, -reach : reach + 1]
    along = (np.cos(turn) * x + np.sin(turn) * y) / (radius * stretch)
    across = (np.cos(turn) * y - np.sin(turn) * x) / (radius / stretch**0.5)
    _, pieces = cv2.connectedComponents(
        (heights * rng.uniform(0.3, 1.0) > along**2 + across**2 - 1).astype(np.uint8), connectivity=4
    )
    middle = pieces[reach, reach]
    drawn = (pieces == middle) & (middle > 0)
    left, top = np.round(centre).astype(int) - reach
    mask = np.zeros((size, size), bool)
    rows, cols = slice(max(top, 0), min(top + side, size)), slice(max(left, 0), min(left + side, size))
    if rows.start < rows.stop and cols.start < cols.stop:
        mask[rows, cols] = drawn[rows.start - top : rows.stop - top, cols.start - left : cols.stop - left]
    return mask


def tube_points(rng: Rng, size: int, start: np.ndarray) -> np.ndarray:
    """A smooth random walk, (count, 1, 2) int32.

    Parameters
    ----------
    rng
        Source of chance.
    size
        Side of the picture in pixels; a step is a thirtieth of it.
    start
        Column and row in pixels, as OpenCV counts.
    """
    steps = int(rng.integers(8, 40))
    headings = rng.uniform(0, 2 * np.pi) + np.cumsum(rng.normal(0, 0.25, steps))
    walk = start + np.cumsum(np.stack([np.cos(headings), np.sin(headings)], axis=-1), axis=0) * size / 30
    return np.round(walk).astype(np.int32)[:, None]


def draw_parts(rng: Rng, scene: Scene, mask: np.ndarray, label: int) -> None:
    """Sometimes a shell, a core or inclusions inside an object."""
    kind = rng.random()
    if kind < 0.65:
        return
    depth = cv2.distanceTransform(mask.astype(np.uint8), cv2.DIST_L2, 3)
    deepest = depth.max()
    if kind < 0.85:
        scene.add((depth > deepest * rng.uniform(0.15, 0.6)) & (scene.labels == label), label)
        return
    speckle = smooth_noise(rng, mask.shape[0], int(rng.integers(3, 9))) > rng.uniform(0.8, 1.5)
    scene.add(speckle & (depth > 2) & (scene.labels == label), label)


def voronoi(rng: Rng, size: int, count: int) -> np.ndarray:
    """Cells around random points with warped borders, (size, size) int32 from 1.

    Parameters
    ----------
    rng
        Source of chance.
    size
        Side of the picture in pixels.
    count
        How many points are thrown.
    """
    points = np.ones((size, size), np.uint8)
    points[rng.integers(0, size, count), rng.integers(0, size, count)] = 0
    _, labels = cv2.distanceTransformWithLabels(points, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL)
    return warp(rng, labels.astype(np.float32), size * rng.uniform(0.0, 0.06)).astype(np.int32)


def noise_regions(rng: Rng, size: int, levels: int) -> np.ndarray:
    """Connected regions of equal height of a smooth landscape, (size, size) int32 from 1."""
    heights = smooth_noise(rng, size, int(size / rng.uniform(2, 9)))
    steps = np.digitize(heights, np.sort(rng.uniform(-1, 1, levels)))
    labels = np.zeros((size, size), np.int32)
    for step in range(levels + 1):
        _, regions = cv2.connectedComponents((steps == step).astype(np.uint8), connectivity=4)
        labels = np.where(regions > 0, regions + labels.max(), labels)
    return labels


def warp(rng: Rng, maps: np.ndarray, strength: float) -> np.ndarray:
    """Shift pixels by a smooth random field of `strength` pixels; nearest values are taken."""
    size = maps.shape[0]
    scale = int(size / rng.uniform(3, 12))
    rows, cols = np.mgrid[:size, :size].astype(np.float32)
    x = cols + strength * smooth_noise(rng, size, scale)
    y = rows + strength * smooth_noise(rng, size, scale)
    return np.asarray(cv2.remap(maps, x, y, cv2.INTER_NEAREST, borderMode=cv2.BORDER_REFLECT))
