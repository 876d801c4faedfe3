"""Messages of the status line."""

from collections.abc import Sequence
from html import escape

import numpy as np

from napari_simpleclick.annotation.annotator import Change


def what_happened(change: Change, seconds: float | None, *, positive: bool) -> str:
    """How large the object is after a click, how long that took, and what the next click will do.

    Parameters
    ----------
    change
        Of the object that was clicked.
    seconds
        From the click to the mask; None where nobody waited for it, as for a stroke of the brush.
    positive
        Whether the left button adds.

    Examples
    --------
    >>> what_happened(Change(2, "slice 1", None, None), 0.05, positive=True)
    'Object 2: nothing here, 50 ms. Left click adds, right click removes.'
    """
    left, right = ("adds", "removes") if positive else ("removes", "adds")
    time = "" if seconds is None else f", {1000 * seconds:.0f} ms"
    return f"Object {change.object_id}: {size_of(change)}{time}. Left click {left}, right click {right}."


def what_came_back(changes: Sequence[Change], *, undone: bool) -> str:
    """What undo or redo did; the object that was meant first is told.

    Examples
    --------
    >>> what_came_back([Change(2, "slice 1", None, None)], undone=True)
    'Taken back. Object 2: nothing here.'
    >>> what_came_back([Change(2, None, None, None)], undone=False)
    'Done again. Object 2: name, class, colour, lock or visibility.'
    >>> what_came_back([], undone=True)
    'There is nothing to take back.'
    """
    if not changes:
        return f"There is nothing to {'take back' if undone else 'do again'}."
    first = changes[0]
    what = "name, class, colour, lock or visibility" if first.plane is None else size_of(first)
    slices = len({change.plane for change in changes} - {None})
    also = f" On {slices} slices." if slices > 1 else ""
    return f"{'Taken back' if undone else 'Done again'}. Object {first.object_id}: {what}.{also}"


def what_is_back(count: int) -> str:
    """How many objects a session brought back.

    Examples
    --------
    >>> what_is_back(1), what_is_back(3)
    ('1 object is back', '3 objects are back')
    """
    return f"{count} object{' is' if count == 1 else 's are'} back"


def size_of(change: Change) -> str:
    """How large the object is on the slice after a change."""
    found = change.new_mask
    return f"{int(np.count_nonzero(found[1]))} pixels" if found else "nothing here"


def plain_tooltip(text: str) -> str:
    """A tooltip that shows a text as it is: Qt takes what looks like HTML for that, and opens what it names.

    Examples
    --------
    >>> plain_tooltip("<img src=x>")
    '<p style="white-space: pre-wrap">&lt;img src=x&gt;</p>'
    """
    return f'<p style="white-space: pre-wrap">{escape(text)}</p>'
