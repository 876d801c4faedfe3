"""Load models off the window's thread: first in torch, which is soon ready, then compiled, which is faster."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from napari_simpleclick.inference.predictor import Predictor
    from napari_simpleclick.plugin.controller import Controller
    from napari_simpleclick.plugin.worker import Runs

FULL_SIZE, DRAFT_SIZE = 448, 224
"""Side of the network's input in pixels."""


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """What is chosen in the window.

    Parameters
    ----------
    name, device
        Of the model, and where it runs.
    flip
        Average with the mirror image.
    draft
        A quarter of the pixels: coarser outlines, sooner.
    """

    name: str
    device: str = "auto"
    flip: bool = False
    draft: bool = False

    @property
    def size(self) -> int:
        """Side of the network's input in pixels."""
        return DRAFT_SIZE if self.draft else FULL_SIZE


class ModelLoader:
    """Loads a model, and exchanges it for its compiled form as soon as that is ready; clicks never wait for that.

    Compiling takes some seconds the first time; the result is kept. When it fails, torch goes on.

    Parameters
    ----------
    controller
        Gets the predictors.
    background
        Compiles, beside the worker that answers clicks.
    """

    def __init__(self, controller: "Controller", background: "Runs") -> None:
        self.controller = controller
        self.background = background
        self.wanted: ModelChoice | None = None

    def load(self, choice: ModelChoice) -> None:
        """Load a model from now on; an earlier one that is still being compiled is dropped when it comes."""
        self.wanted = choice

        def create() -> "Predictor":
            predictor = create_predictor(choice.name, choice.device, flip=choice.flip, size=choice.size)
            self.background(
                lambda: create_compiled_predictor(choice.name, choice.device, flip=choice.flip, size=choice.size),
                lambda compiled: self._exchange(choice, compiled),
                lambda _error: None,
            )
            return predictor

        self.controller.load(create)

    def _exchange(self, choice: ModelChoice, compiled: "Predictor | None") -> None:
        if choice == self.wanted:
            self.controller.exchange(compiled)


def create_predictor(model: str, device: str, *, flip: bool, size: int = FULL_SIZE) -> "Predictor":
    """Load a model and make its first prediction, so that the first click is as fast as the others."""
    from napari_simpleclick.plugin.torch_beside_opengl import import_torch

    import_torch()
    import numpy as np

    from napari_simpleclick.clicks import Click
    from napari_simpleclick.inference.device import choose_device
    from napari_simpleclick.inference.loading import model_facts
    from napari_simpleclick.inference.predictor import Predictor
    from napari_simpleclick.model.weights import load_model

    where = choose_device(device)
    facts = model_facts(model, f"torch float32 on {where.type}")
    predictor = Predictor(load_model(model), flip=flip, size=size, device=where, facts=facts)
    predictor.predict(np.zeros((64, 64, 3), np.uint8), [Click(32, 32)])
    return predictor


def create_compiled_predictor(model: str, device: str, *, flip: bool, size: int = FULL_SIZE) -> "Predictor | None":
    """The model in its fastest form; None where float32 torch is that, or where it cannot be loaded at all."""
    from napari_simpleclick.inference.device import choose_device
    from napari_simpleclick.inference.loading import model_facts
    from napari_simpleclick.inference.networks import choose_network
    from napari_simpleclick.inference.predictor import Predictor
    from napari_simpleclick.model.weights import load_model

    loaded, where = load_model(model), choose_device(device)
    chosen = choose_network(loaded, device=where, size=size, batch=2 if flip else 1)
    if chosen.network is loaded:
        return None
    return Predictor(chosen.network, flip=flip, size=size, device=where, facts=model_facts(model, chosen.engine))
