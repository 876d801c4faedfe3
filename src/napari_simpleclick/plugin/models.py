"""Load models on the worker: first in torch, which is soon ready, then compiled for the processor, which is faster."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from napari_simpleclick.inference.predictor import Predictor
    from napari_simpleclick.plugin.controller import Controller


def load_in_two_steps(controller: "Controller", model: str, device: str, *, flip: bool) -> None:
    """Load a model, and exchange it for its compiled form as soon as that is ready.

    Clicks made in between are answered in their order. Compiling takes some seconds the first time; the result is kept.
    When it fails, torch goes on.
    """
    controller.load(lambda: create_predictor(model, device, flip=flip))
    controller.submit(
        lambda: create_compiled_predictor(model, device, flip=flip),
        controller.exchange,
        whatever_image=True,
        quiet=True,
    )


def create_predictor(model: str, device: str, *, flip: bool) -> "Predictor":
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
    predictor = Predictor(load_model(model), flip=flip, device=where, facts=facts)
    predictor.predict(np.zeros((64, 64, 3), np.uint8), [Click(32, 32)])
    return predictor


def create_compiled_predictor(model: str, device: str, *, flip: bool) -> "Predictor | None":
    """The model compiled for the processor; None where torch is best, or where it cannot be loaded at all."""
    from napari_simpleclick.inference.device import choose_device
    from napari_simpleclick.inference.loading import model_facts
    from napari_simpleclick.inference.networks import choose_network
    from napari_simpleclick.inference.predictor import Predictor
    from napari_simpleclick.model.weights import load_model

    loaded = load_model(model)
    chosen = choose_network(loaded, device=choose_device(device), batch=2 if flip else 1)
    if chosen.network is loaded:
        return None
    return Predictor(chosen.network, flip=flip, facts=model_facts(model, chosen.engine))
