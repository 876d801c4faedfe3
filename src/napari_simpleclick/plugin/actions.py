"""Actions: what the user can do, by the name that buttons and keys have for it."""

from collections.abc import Callable

from napari_simpleclick.plugin.controller import Controller
from napari_simpleclick.plugin.keys import Actions


def actions_of(controller: Controller, cancel: Callable[[], None], save: Callable[[], None]) -> Actions:
    """Everything that has a button or a key.

    Parameters
    ----------
    controller
        Has the tools.
    cancel
        Stops whatever takes long.
    save
        Asks where the masks go.
    """
    propagation, slices = controller.propagation, controller.slices
    return {
        "undo": controller.undo.undo,
        "redo": controller.undo.redo,
        "reset": controller.objects.clear_slice,
        "reset_rest": controller.objects.clear_rest,
        "flip": controller.edits.flip,
        "box": lambda: controller.drawing.choose("box"),
        "lasso": lambda: controller.drawing.choose("lasso"),
        "scribble": lambda: controller.drawing.choose("scribble"),
        "polarity": controller.workspace.toggle_polarity,
        "object": controller.objects.next_object,
        "previous": lambda: slices.step(-1),
        "next": lambda: slices.step(1),
        "back": lambda: propagation.propagate(-1),
        "forward": lambda: propagation.propagate(1),
        "both": lambda: propagation.propagate(1, -1),
        "fill": propagation.interpolate,
        "fit": lambda: propagation.interpolate(fit=True),
        "accept": propagation.accept,
        "accept_all": lambda: propagation.accept(everywhere=True),
        "review": slices.review,
        "review_back": lambda: slices.review(-1),
        "hide": controller.canvas.toggle_clicks,
        "cancel": cancel,
        "save": save,
    }
