"""Settings of an annotation: what the mouse buttons mean, who gets shared pixels, how masks are shown."""

from dataclasses import dataclass
from typing import Literal

from napari_simpleclick.annotation.objects import Overlap

LabelBy = Literal["objects", "classes"]
"""What the numbers in the labels layer are."""


Tool = Literal["click", "box", "lasso", "scribble"]
"""What a drag of the mouse does: move the picture, or draw a prompt."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What the user chose for annotating; applies to all images.

    Parameters
    ----------
    positive
        Whether the left mouse button adds; the right one does the opposite.
    tool
        What a drag of the mouse does.
    look_at_view
        Whether the first click looks at the part of the slice that the canvas shows, rather than at all of it.
    overlap
        Who gets pixels that two objects claim.
    others_negative
        Whether the network sees that the other objects are something else.
    label_by
        What the numbers in the labels layer are.
    outlines
        Whether masks are shown as outlines rather than filled.
    """

    positive: bool = True
    tool: Tool = "click"
    look_at_view: bool = True
    overlap: Overlap = "keep"
    others_negative: bool = False
    label_by: LabelBy = "objects"
    outlines: bool = False
