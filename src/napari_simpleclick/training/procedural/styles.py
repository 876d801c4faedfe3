"""Styles of procedural pictures: what electron microscopy, magnetic resonance, nuclei and others look like."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Style:
    """What a family of pictures looks like; pairs are ranges of uniform chance.

    Parameters
    ----------
    tissues, kinds
        What the background is made of, and what the objects are.
    count, radii
        Number of objects; their radius as a part of the side.
    membrane
        Chance that borders are drawn as lines.
    dark_membrane
        Chance that these lines are dark.
    texture
        Strength of textures, relative to the range of intensities.
    stripes
        Chance that an object is striped (cristae, fibres).
    photograph
        Chance that a texture is cut from a photograph.
    contrast
        Spread of the regions' means.
    blur, noise
        Standard deviations, in pixels and in the range of intensities.
    bias
        Strength of the bias field.
    colour
        Chance of a coloured picture.
    alike
        Chance that all objects share one mean, as nuclei or lesions do.
    """

    tissues: tuple[str, ...] = ("voronoi", "noise", "plain")
    kinds: tuple[str, ...] = ("blob", "ellipse", "polygon", "tube", "patch")
    count: tuple[int, int] = (1, 12)
    radii: tuple[float, float] = (0.04, 0.4)
    membrane: float = 0.4
    dark_membrane: float = 0.6
    texture: tuple[float, float] = (0.0, 0.25)
    stripes: float = 0.2
    photograph: float = 0.3
    contrast: tuple[float, float] = (0.08, 0.4)
    blur: tuple[float, float] = (0.0, 1.6)
    noise: tuple[float, float] = (0.0, 0.09)
    bias: tuple[float, float] = (0.0, 0.3)
    colour: float = 0.3
    alike: float = 0.5


STYLES = {
    "mixed": Style(),
    "electron": Style(
        tissues=("voronoi", "voronoi", "noise"),
        kinds=("ellipse", "blob", "ellipse", "tube", "patch"),
        count=(1, 9),
        radii=(0.05, 0.3),
        membrane=0.95,
        dark_membrane=0.93,
        texture=(0.05, 0.2),
        stripes=0.4,
        contrast=(0.06, 0.2),
        noise=(0.01, 0.07),
        colour=0.0,
        alike=0.7,
    ),
    "magnetic": Style(
        tissues=("noise", "noise", "plain", "voronoi"),
        kinds=("blob", "ellipse", "patch", "tube"),
        count=(1, 10),
        radii=(0.025, 0.25),
        membrane=0.15,
        texture=(0.0, 0.08),
        stripes=0.02,
        contrast=(0.08, 0.3),
        blur=(0.5, 2.5),
        noise=(0.0, 0.04),
        bias=(0.1, 0.5),
        colour=0.05,
        alike=0.6,
    ),
    "lesion": Style(
        tissues=("noise", "noise", "voronoi"),
        kinds=("patch", "patch", "blob", "tube"),
        count=(1, 12),
        radii=(0.015, 0.15),
        membrane=0.1,
        texture=(0.0, 0.1),
        stripes=0.0,
        contrast=(0.1, 0.35),
        blur=(0.4, 2.0),
        noise=(0.0, 0.04),
        bias=(0.0, 0.4),
        colour=0.05,
        alike=0.85,
    ),
    "nuclei": Style(
        tissues=("plain", "noise"),
        kinds=("ellipse", "blob"),
        count=(3, 30),
        radii=(0.04, 0.14),
        membrane=0.25,
        texture=(0.02, 0.2),
        contrast=(0.1, 0.4),
        blur=(0.3, 1.8),
        colour=0.6,
        alike=0.9,
    ),
    "large": Style(count=(1, 4), radii=(0.2, 0.6), texture=(0.0, 0.2), blur=(0.0, 2.5)),
}
"""The families, by what they imitate."""

WEIGHTS = {"mixed": 0.2, "electron": 0.36, "magnetic": 0.12, "lesion": 0.14, "nuclei": 0.06, "large": 0.12}
