"""Keys, bound on our layers, because the keys of a layer win over those of the viewer."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from napari_simpleclick.plugin.controller import Controller

KEYS = {
    "T": ("toggle_polarity", "exchange left and right click"),
    "N": ("next_object", "next object"),
    "Control-Z": ("undo", "take the newest click back"),
    "Control-Shift-Z": ("redo", "make it again"),
    "R": ("reset_slice", "remove the object's clicks from this slice"),
    "D": ("next_slice", "next slice"),
    "U": ("previous_slice", "previous slice"),
}
"""Key, method of the controller, and what it does; free on napari's image, labels and points layers."""


def bind_keys(controller: "Controller") -> None:
    """Bind all keys on the layers that the controller has now."""
    actions = {
        "next_slice": lambda: controller.step_slice(1),
        "previous_slice": lambda: controller.step_slice(-1),
    }
    for layer in (controller.image, controller.labels, controller.points):
        for key, (name, _) in KEYS.items():
            action = actions.get(name) or getattr(controller, name)
            if layer is not None:
                layer.bind_key(key, lambda _layer, action=action: action(), overwrite=True)


def cheat_sheet() -> str:
    """What the mouse and the keys do, as HTML."""
    rows = [
        ("Left click", "the object is here"),
        ("Right click", "the object is not here"),
        ("Drag", "move the picture"),
    ]
    rows += [(key.replace("Control", "Ctrl").replace("-", "+"), meaning) for key, (_, meaning) in KEYS.items()]
    cells = "".join(f"<tr><td><b>{key}</b>&nbsp;&nbsp;</td><td>{meaning}</td></tr>" for key, meaning in rows)
    return f"<table>{cells}</table>"
