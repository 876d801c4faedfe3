"""Actions: what the user can do, by the name that buttons and keys have for it."""

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from napari_simpleclick.plugin.controller import Controller
    from napari_simpleclick.plugin.keys import Actions
    from napari_simpleclick.plugin.tools.propagation import Propagation


def actions_of(controller: "Controller", propagation: "Propagation", cancel: Callable[[], None]) -> "Actions":
    """Everything that has a button or a key.

    Parameters
    ----------
    controller, propagation
        Do it.
    cancel
        Stops whatever takes long.
    """
    return {
        "undo": controller.undo,
        "redo": controller.redo,
        "reset": controller.objects.clear_slice,
        "flip": controller.edits.flip,
        "polarity": controller.toggle_polarity,
        "object": controller.next_object,
        "previous": lambda: controller.slider.step(-1),
        "next": lambda: controller.slider.step(1),
        "back": lambda: propagation.propagate(-1),
        "forward": lambda: propagation.propagate(1),
        "both": lambda: propagation.propagate(1, -1),
        "fill": propagation.interpolate,
        "fit": lambda: propagation.interpolate(fit=True),
        "accept": propagation.accept,
        "accept_all": lambda: propagation.accept(everywhere=True),
        "review": controller.slider.review,
        "review_back": lambda: controller.slider.review(-1),
        "cancel": cancel,
    }
