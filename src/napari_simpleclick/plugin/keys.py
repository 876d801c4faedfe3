"""Keys: bound on our layers, because those of a layer win over those of the viewer, and there for no active layer."""

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from napari_simpleclick.plugin.workspace.workspace import Workspace

if TYPE_CHECKING:
    from napari.layers import Labels, Layer

Actions: TypeAlias = dict[str, Callable[[], object]]
"""What the user can do, by name; what one returns is called when its key is let go after it was held."""

KEYS = {
    "T": ("polarity", "exchange left and right click"),
    "Control-Z": ("undo", "take back what was done last"),
    "Control-Shift-Z": ("redo", "do it again"),
    "B": ("box", "draw boxes, or click again"),
    "L": ("lasso", "draw lassos, or click again"),
    "S": ("scribble", "draw scribbles, or click again"),
    "I": ("flip", "turn the selected clicks, or the newest, from + to − or back"),
    "R": ("reset", "remove the object from this slice"),
    "N": ("object", "next object"),
    "H": ("hide", "hide the clicks, or show them; held, only that long"),
    "D": ("next", "next slice"),
    "U": ("previous", "previous slice"),
    "G": ("forward", "propagate to the slices after"),
    "Shift-G": ("back", "propagate to the slices before"),
    "Alt-G": ("both", "propagate to the slices after, then before"),
    "Escape": ("cancel", "stop propagating, or loading a model"),
    "Enter": ("accept", "accept this slice, go on to the next one to review"),
    "Shift-Enter": ("accept_all", "accept all slices of the object"),
    "Shift-D": ("review", "least certain slice to review"),
    "Shift-U": ("review_back", "previous slice to review"),
    "Q": ("fill", "interpolate the slices between"),
    "Shift-R": ("reset_rest", "remove the object from here to the end"),
    "Shift-S": ("save", "save the masks"),
    "Shift-Q": ("fit", "interpolate the slices between, and let the network refine them"),
}
"""Key, name of the action, and what it does; free on napari's image, labels and points layers."""

NEEDED = {"Enter": {"polygon"}, "Escape": {"polygon", "paint", "erase"}}
"""Keys of ours that tools of napari's labels layer need: Enter ends a polygon, Escape a polygon or a stroke."""


def bind_keys(workspace: Workspace, actions: Actions) -> None:
    """Bind all keys on the layers that the workspace has now, and on the viewer for all others that do not use them."""
    for key, (name, _) in KEYS.items():
        workspace.viewer.bind_key(key, lambda _viewer, action=actions[name]: action(), overwrite=True)
    for layer in (workspace.image, workspace.labels, workspace.points):
        for key, (name, _) in KEYS.items():
            if layer is not None:
                layer.bind_key(key, lambda _layer, action=actions[name]: action(), overwrite=True)
    labels = workspace.labels
    if labels is not None:
        labels.events.mode.connect(lambda _event: leave_keys(labels, actions))
        leave_keys(labels, actions)


def unbind_keys(workspace: Workspace) -> None:
    """Leave the viewer's keys to others."""
    for key in KEYS:
        workspace.viewer.bind_key(key, None)


def taken_keys(layer: "Layer") -> list[str]:
    """Keys of ours that the tools of another layer use while that is active.

    Examples
    --------
    >>> import numpy as np
    >>> from napari.layers import Image
    >>> image = Image(np.zeros((2, 2)))
    >>> taken_keys(image)
    []
    >>> _ = image.bind_key("R", print)
    >>> taken_keys(image)
    ['R']
    """
    from napari.utils.key_bindings import coerce_keybinding

    theirs = {*layer.class_keymap, *layer.keymap}
    return [shown(key) for key in KEYS if coerce_keybinding(key) in theirs]


def leave_keys(labels: "Labels", actions: Actions) -> None:
    """Leave the keys to a tool that needs them, and take them back after it."""
    for key, tools in NEEDED.items():
        action = actions[KEYS[key][0]]
        ours = None if str(labels.mode) in tools else lambda _layer, action=action: action()
        labels.bind_key(key, ours, overwrite=True)


def cheat_sheet() -> str:
    """What the mouse and the keys do, as HTML."""
    rows = [
        ("Left click", "the object is here"),
        ("Right click", "the object is not here"),
        ("Shift+click", "a new object is here"),
        ("Alt+click", "the object is here: another one gives up its pixels"),
        ("Ctrl+click", "go on with the object that is here"),
        ("Drag", "move the picture, or draw with the chosen tool"),
    ]
    rows += [(shown(key), meaning) for key, (_, meaning) in KEYS.items()] + [("?", "show these keys")]
    # No table: a column of keys would leave a narrow dock no place for what they do.
    return "".join(f"<p style='margin: 0 0 3px 0'><b>{key}</b>&nbsp; {meaning}</p>" for key, meaning in rows)


def shown(key: str) -> str:
    """A key as it is written on the screen.

    Examples
    --------
    >>> shown("Control-Shift-Z")
    'Ctrl+Shift+Z'
    """
    return key.replace("Control", "Ctrl").replace("Escape", "Esc").replace("-", "+")
