"""Drawn sections of tissue as electron microscopes show them: cells, mitochondria with cristae, vesicles, membranes.

What the general styles of `synthesis` lack is order: organelles lie inside of cells, have a membrane of their own, and
a click on one means the organelle, not the cell around it.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from napari_simpleclick.training.annotator.annotator_variation import drawn_by_hand
from napari_simpleclick.training.crops import random_crop
from napari_simpleclick.training.examples import Example
from napari_simpleclick.training.noise import Rng, smooth_noise
from napari_simpleclick.training.procedural.rendering import detector_noise, finish
from napari_simpleclick.training.procedural.shapes import outline, patch, tube_points, voronoi
from napari_simpleclick.training.procedural.synthesis import (
    CLOSE,
    CLOSEST_VIEWS,
    LARGEST_OBJECT,
    RATED,
    SMALLEST_OBJECT,
)

RADII = (0.014, 0.13)
"""Smallest and largest usual radius of a mitochondrion, as a part of the picture's side."""


@dataclass(slots=True)
class Section:
    """A section while it is drawn.

    Parameters
    ----------
    cells
        (size, size) int32, the cell of every pixel.
    depth
        (size, size) float32, distance to the next cell in pixels.
    picture
        (size, size) float32, intensities, 0 black and 1 white.
    radius
        Usual radius of a mitochondrion in pixels.
    mitochondria, others
        Masks (size, size) bool of mitochondria, and of vacuoles and lysosomes.
    """

    cells: np.ndarray
    depth: np.ndarray
    picture: np.ndarray
    radius: float
    mitochondria: list[np.ndarray]
    others: list[np.ndarray]


@dataclass(frozen=True, slots=True)
class Sections:
    """Sections of tissue with an organelle or a cell to be outlined."""

    def example(self, rng: Rng, size: int) -> Example:
        """A new section of `size` x `size` pixels; the same from the same generator.

        Raises
        ------
        RuntimeError
            If 20 sections have no object to be outlined.
        """
        for _ in range(20):
            section = draw_section(rng, size)
            target = choose_target(rng, section)
            if target is None:
                continue
            image = develop(rng, section.picture)
            if rng.random() < CLOSE:
                image, target = random_crop(rng, image, target, size, furthest=2 * CLOSEST_VIEWS)
            if rng.random() < RATED:
                target = drawn_by_hand(rng, target)
            return Example(image, target)
        raise RuntimeError("No usable target in 20 sections.")


def draw_section(rng: Rng, size: int) -> Section:
    """Cells, then what is inside of them."""
    radius = size * RADII[0] * (RADII[1] / RADII[0]) ** rng.random()
    spacing = radius * rng.uniform(1.8, 5)
    cells = voronoi(rng, size, int(np.clip((size / spacing) ** 2, 3, 1200)))
    border = cv2.morphologyEx(cells.astype(np.float32), cv2.MORPH_GRADIENT, np.ones((2, 2), np.uint8)) > 0
    depth = cv2.distanceTransform((~border).astype(np.uint8), cv2.DIST_L2, 3)
    section = Section(cells, depth, fill_cells(rng, cells, radius), radius, [], [])
    draw_reticulum(rng, section)
    draw_vesicles(rng, section)
    draw_mitochondria(rng, section)
    draw_others(rng, section)
    draw_membranes(rng, section)
    return section


def fill_cells(rng: Rng, cells: np.ndarray, radius: float) -> np.ndarray:
    """Bright cytoplasm with grains, some cells darker, (size, size) float32."""
    size, count = len(cells), int(cells.max()) + 1
    means = rng.uniform(0.55, 0.85) + rng.uniform(0, 0.06) * rng.standard_normal(count)
    means[rng.random(count) < rng.uniform(0, 0.2)] -= rng.uniform(0.1, 0.35)
    grains = smooth_noise(rng, size, max(1, round(radius * rng.uniform(0.05, 0.15))))
    clouds = smooth_noise(rng, size, max(3, round(radius * rng.uniform(0.3, 1))))
    texture = rng.uniform(0.01, 0.07) * grains + rng.uniform(0, 0.05) * clouds
    texture -= rng.uniform(0, 0.25) * (grains > rng.uniform(1.3, 2.5))  # filaments and ribosomes, cut across
    return np.asarray(means[cells] + texture, np.float32)


def draw_reticulum(rng: Rng, section: Section) -> None:
    """Bright tubes between two dark lines."""
    size = len(section.cells)
    wide = max(1, round(section.radius * rng.uniform(0.05, 0.2)))
    for _ in range(int(rng.integers(0, 12))):
        points = tube_points(rng, size, rng.uniform(0, size, 2))
        for level, thickness in ((-rng.uniform(0.1, 0.35), wide + 2), (rng.uniform(0, 0.15), wide)):
            line = np.zeros((size, size), np.uint8)
            cv2.polylines(line, [points], False, 1, thickness=thickness)
            inside = (line > 0) & (section.depth > 2)
            section.picture[inside] = 0.65 + level


def draw_vesicles(rng: Rng, section: Section) -> None:
    """Clusters of small rings, as at synapses."""
    size, radius = len(section.cells), section.radius
    for _ in range(int(rng.integers(0, 6))):
        centre, reach = rng.uniform(0, size, 2), radius * rng.uniform(0.5, 2)
        small = max(1.0, radius * rng.uniform(0.06, 0.18))
        dark, bright = rng.uniform(0.2, 0.5), rng.uniform(0.6, 0.9)
        for x, y in centre + reach * rng.standard_normal((int(rng.integers(3, 40)), 2)):
            place = round(x), round(y)
            if 0 <= place[0] < size and 0 <= place[1] < size and section.depth[place[1], place[0]] > small:
                cv2.circle(section.picture, place, round(small), bright, -1)
                cv2.circle(section.picture, place, round(small), dark, max(1, round(small / 3)))


def draw_mitochondria(rng: Rng, section: Section) -> None:
    """Organelles with a dark membrane and, mostly, cristae; all of a section look alike."""
    size, radius = len(section.cells), section.radius
    shade = rng.uniform(-0.35, -0.03) if rng.random() < 0.85 else rng.uniform(0, 0.15)
    rim, width = rng.uniform(0.1, 0.45), max(0.8, radius * rng.uniform(0.04, 0.12))
    cristae, period = rng.uniform(0, 0.3), max(2.5, radius * rng.uniform(0.15, 0.45))
    for _ in range(int(rng.integers(3, 8 + min(30, int(size / radius / 2))))):
        mask = organelle(rng, section, radius * rng.uniform(0.5, 1.6))
        if mask is None:
            continue
        section.mitochondria.append(mask)
        rows, cols = span(mask)
        inside, part = mask[rows, cols], section.picture[rows, cols]
        depth = cv2.distanceTransform(np.pad(inside, 1).astype(np.uint8), cv2.DIST_L2, 3)[1:-1, 1:-1]
        turn, y, x = rng.uniform(0, np.pi), *np.mgrid[rows, cols].astype(np.float32)
        side = max(inside.shape)
        bend = smooth_noise(rng, side, max(2, int(radius * rng.uniform(0.4, 1))))[: inside.shape[0], : inside.shape[1]]
        waves = np.sin(2 * np.pi * ((np.cos(turn) * x + np.sin(turn) * y) / period + rng.uniform(0.1, 0.7) * bend))
        drawn = 0.7 + shade + 0.5 * (part - 0.7) + cristae * waves * (depth > 2 * width)
        drawn = drawn - rim * np.exp(-(((depth - width) / width) ** 2))
        part[inside] = drawn[inside]


def draw_others(rng: Rng, section: Section) -> None:
    """Bright vacuoles with a thin border, and dark lysosomes."""
    for _ in range(int(rng.integers(0, 8))):
        mask = organelle(rng, section, section.radius * rng.uniform(0.3, 1.3))
        if mask is None:
            continue
        section.others.append(mask)
        if rng.random() < 0.7:
            edge = mask & ~cv2.erode(mask.astype(np.uint8), np.ones((3, 3), np.uint8)).astype(bool)
            section.picture[mask] = rng.uniform(0.7, 1.0)
            section.picture[edge] = rng.uniform(0.2, 0.6)
        else:
            section.picture[mask] = rng.uniform(0.1, 0.4) + 0.4 * (section.picture[mask] - 0.7)


def organelle(rng: Rng, section: Section, radius: float) -> np.ndarray | None:
    """Mask of a new organelle in a cell, where none is yet; None if it found no place."""
    size = len(section.cells)
    for _ in range(8):
        col, row = rng.integers(0, size, 2)
        if section.depth[row, col] > 0.35 * radius:
            break
    else:
        return None
    mask = np.zeros((size, size), np.uint8)
    kind = rng.random()
    if kind < 0.8:
        shape = "ellipse" if kind < 0.5 else "blob"
        cv2.fillPoly(mask, [outline(rng, shape, np.array([col, row], float), radius)], 1)
        inside = mask.astype(bool)
    else:
        inside = patch(rng, size, np.array([col, row], float), radius)
    gap = min(1 + 0.1 * radius * rng.random(), 4.0)
    inside &= (section.cells == section.cells[row, col]) & (section.depth > gap)
    _, pieces = cv2.connectedComponents(inside.astype(np.uint8), connectivity=4)
    inside = (pieces == pieces[row, col]) & inside
    taken = any(inside[other].any() for other in (*section.mitochondria, *section.others))
    return None if taken or inside.sum() < SMALLEST_OBJECT else inside


def draw_membranes(rng: Rng, section: Section) -> None:
    """Dark lines between cells, thick and darker at synapses, some cells in a sheath of myelin."""
    size, depth, picture = len(section.cells), section.depth, section.picture
    width = max(0.8, section.radius * rng.uniform(0.03, 0.12))
    strength = rng.uniform(0.15, 0.55)
    picture -= strength * np.exp(-((depth / width) ** 2))
    if rng.random() < 0.3:
        picture += strength * rng.uniform(0.3, 1) * (depth < 0.6)  # the gap between two cells, if resolved
    synapses = smooth_noise(rng, size, max(3, round(section.radius))) > rng.uniform(1.2, 2.2)
    picture -= rng.uniform(0.1, 0.4) * synapses * np.exp(-((depth / (2.5 * width)) ** 2))
    if rng.random() < 0.12:
        wrapped = np.isin(section.cells, np.flatnonzero(rng.random(int(section.cells.max()) + 1) < 0.15))
        sheath = wrapped & (depth < section.radius * rng.uniform(0.2, 0.8))
        for mask in (*section.mitochondria, *section.others):
            sheath &= ~mask
        picture[sheath] = 0.2 + 0.1 * np.sin(2 * depth[sheath])


def choose_target(rng: Rng, section: Section) -> np.ndarray | None:
    """A mitochondrion in seven of ten cases, else another organelle or a cell."""
    kind = rng.random()
    if kind < 0.7:
        found = section.mitochondria
    elif kind < 0.85:
        found = section.others
    else:
        found = [section.cells == section.cells[tuple(rng.integers(0, len(section.cells), 2))]]
    target = found[int(rng.integers(len(found)))] if found else None
    return target if target is not None and target.sum() >= SMALLEST_OBJECT and target.mean() < LARGEST_OBJECT else None


def develop(rng: Rng, picture: np.ndarray) -> np.ndarray:
    """Optics, uneven light, detector and display, (size, size, 3) uint8."""
    size = len(picture)
    if (blur := rng.uniform(0, 1.6)) > 0.3:
        picture = cv2.GaussianBlur(picture, (0, 0), blur)
    picture = picture * np.exp(rng.uniform(0, 0.15) * np.clip(smooth_noise(rng, size, size // 2), -2, 2))
    return finish(rng, (picture + detector_noise(rng, picture, rng.uniform(0.01, 0.08)))[..., None])


def span(mask: np.ndarray) -> tuple[slice, slice]:
    """Rows and columns of the smallest box around a mask."""
    rows, cols = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return slice(rows[0], rows[-1] + 1), slice(cols[0], cols[-1] + 1)
