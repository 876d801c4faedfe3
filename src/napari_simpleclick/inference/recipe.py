"""Inference recipe: how large a network wants objects to be shown, and what becomes of its answers."""

from dataclasses import dataclass

EXPANSION = 1.4
"""How much larger than the object the region of interest is."""

MASK_THRESHOLD = 0.49
"""Probability above which a pixel belongs to the mask (published value)."""

OBJECT_THRESHOLD = 0.50
"""Probability above which a pixel counts as object when the region is chosen (published value)."""

LONGEST_SMALL_SIDE = 200
"""Shortest side of a region as published, in pixels."""

COARSE_SIZE = 224
"""Side of the coarse look's input in pixels: one attention window, so that every block sees the whole region."""


@dataclass(frozen=True, slots=True)
class InferenceRecipe:
    """Rules around a network: the same weights need the same rules in training, evaluation and the window.

    See docs/decisions/0014, 0015, 0017 and 0027.

    Parameters
    ----------
    smallest_side
        Shortest side of a region before it is clamped to the plane, in pixels, for the smallest objects.
    surroundings
        Side of the region as a multiple of the object's side, up to `LONGEST_SMALL_SIDE` pixels.
    zoom_in
        Whether small objects on large planes are looked at once more from closer; see `looks`.
    coarse_looks
        Whether clicks are looked at in `COARSE_SIZE` pixels before they are answered in full; see `looks`.
    force_clicks
        Whether a clicked pixel becomes what the click says, whatever the network answers.
    own_map
        Whether the network sees its last map as it gave it while the region stays; as published, the map is enlarged to
        the plane and reduced again.
    object_threshold
        Probability above which a pixel counts as object when the region is chosen.
    """

    smallest_side: int
    surroundings: float
    zoom_in: bool
    coarse_looks: bool
    force_clicks: bool
    own_map: bool
    object_threshold: float

    def side(self, length: int) -> float:
        """Side of the region for an object of some length, in pixels.

        Examples
        --------
        >>> [PUBLISHED.side(length) for length in (8, 40, 400)], [CLOSE.side(length) for length in (8, 40, 400)]
        ([200, 200, 560.0], [112, 160, 560.0])
        """
        small = min(max(self.smallest_side, self.surroundings * length), LONGEST_SMALL_SIDE)
        return max(EXPANSION * length, small)

    def coarse_size(self, size: int) -> int:
        """Side of the network's input at a coarse look, where it is `size` at the others; equal if there is none.

        Examples
        --------
        >>> CLOSE.coarse_size(448), CLOSE.coarse_size(112), PUBLISHED.coarse_size(448)
        (224, 112, 448)
        """
        return min(size, COARSE_SIZE) if self.coarse_looks else size


PUBLISHED = InferenceRecipe(
    smallest_side=LONGEST_SMALL_SIDE,
    surroundings=0,
    zoom_in=False,
    coarse_looks=False,
    force_clicks=False,
    own_map=False,
    object_threshold=OBJECT_THRESHOLD,
)
"""As in the published evaluation."""

CLOSE = InferenceRecipe(
    smallest_side=112,
    surroundings=4,
    zoom_in=True,
    coarse_looks=True,
    force_clicks=True,
    own_map=True,
    object_threshold=MASK_THRESHOLD,
)
"""For networks that were trained to see pixels enlarged four times, and their own maps as they are."""


def recipe_for(stem: str) -> InferenceRecipe:
    """The recipe that a network was trained for, by its stem (`SimpleClickConfig`)."""
    return PUBLISHED if stem == "patch" else CLOSE
