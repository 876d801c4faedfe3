"""Messages of the status line."""

import numpy as np

from napari_simpleclick.inference.annotator import Change


def what_happened(change: Change, seconds: float) -> str:
    """How large the object is after a click, and how long that took.

    Examples
    --------
    >>> what_happened(Change(2, "slice 1", None, None), 0.05)
    'Object 2: nothing, 50 ms.'
    """
    found = change.new_mask
    size = f"{int(np.count_nonzero(found[1]))} pixels" if found else "nothing"
    return f"Object {change.object_id}: {size}, {1000 * seconds:.0f} ms."


def what_next(object_id: int, *, positive: bool) -> str:
    """What the next click will do.

    Parameters
    ----------
    object_id
        The object that clicks go to.
    positive
        Whether the left button adds.

    Examples
    --------
    >>> what_next(3, positive=True)
    'Left click adds to object 3, right click removes from it.'
    """
    left, right = ("adds to", "removes from") if positive else ("removes from", "adds to")
    return f"Left click {left} object {object_id}, right click {right} it."
