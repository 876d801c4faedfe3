"""Predictor settings: the one way from the name of a model to a predictor, for window, command line and evaluation.

torch is imported only where no earlier start on this machine compiled the network; what computes, only when a predictor
is made, so that the window shows these settings before.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np

from napari_simpleclick.clicks import Click
from napari_simpleclick.inference.engines.device import surely_cpu
from napari_simpleclick.inference.engines.network import Engine, Precision
from napari_simpleclick.inference.recipe import PUBLISHED, InferenceRecipe
from napari_simpleclick.model.weights import DEFAULT_MODEL, find_weights, load_model, model_name, sha256
from napari_simpleclick.ranges import SIDE, Range

if TYPE_CHECKING:
    from napari_simpleclick.inference.engines.selected_network import SelectedNetwork
    from napari_simpleclick.inference.predictor import Predictor
    from napari_simpleclick.model.simpleclick import SimpleClick

FULL_SIZE, DRAFT_SIZE = 448, 224
"""Side of the network's input in pixels."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PredictorSettings:
    """A model, and how it computes; on the command line these are its options.

    Parameters
    ----------
    model
        Name of a model, or path to a .safetensors or .pth file.
    device
        auto (a GPU if there is one), cpu, or what torch calls the GPU; a wrong name lists those of this machine.
    engine
        What computes the network; auto is the fastest whose answers agree with torch in float32 on a fixed input.
    precision
        Arithmetic of the network; auto is the fastest that agrees with float32.
    flip
        Average each prediction with that of the mirrored crop, as published scores do: a little more exact, at twice
        the time.
    size
        Side of the network's input in pixels (672 for DAVIS in the paper).
    regions
        How large objects are shown: as the network was trained for, or as published (docs/decisions/0014).
    threads
        Threads of the network in each process; None leaves the choice to the engine, which takes all cores. Sums of
        floats depend on it in the last digit.

    Examples
    --------
    >>> PredictorSettings(device="cpu").create().facts["model"] == DEFAULT_MODEL
    True
    """

    model: str = DEFAULT_MODEL
    device: str = "auto"
    engine: Engine = "auto"
    precision: Precision = "auto"
    flip: bool = False
    size: Annotated[int, SIDE] = FULL_SIZE
    regions: Literal["trained", "published"] = "trained"
    threads: Annotated[int | None, Range(1)] = None

    def create(self) -> "Predictor":
        """The predictor on the engine that is asked for, by default the fastest.

        Raises
        ------
        FileNotFoundError, ValueError
            If there is no such model or engine; says which there are.
        ModuleNotFoundError
            If OpenVINO is asked for and not installed; says how to get it.
        """
        return self.create_cached() or self.predictor(self.select_network())

    def create_cached(self) -> "Predictor | None":
        """The predictor as an earlier start compiled it, without torch; None where that has to be asked.

        Raises
        ------
        FileNotFoundError, ValueError
            If there is no such model; says which there are.
        """
        choice_is_open = self.engine != "torch" and self.precision == "auto" and self.threads is None
        if not choice_is_open or not surely_cpu(self.device):
            return None
        from napari_simpleclick.inference.engines.cached_network import cached_network

        found = cached_network(self.checkpoint, size=self.size, batch=self.batch)
        return None if found is None else self.predictor(found)

    def create_in_torch(self, step: Callable[[str], None] = lambda _line: None) -> "Predictor":
        """The predictor in float32 torch, which has made its first prediction, so that the next is as fast as others.

        Parameters
        ----------
        step
            Told what comes next, after the import of torch; may raise to stop.

        Raises
        ------
        FileNotFoundError, ValueError
            If there is no such model; says which there are.
        """
        from napari_simpleclick.inference.engines.device import choose_device
        from napari_simpleclick.inference.predictor import Predictor

        step("weights, 2 of 3")
        where = choose_device(self.device)
        facts = model_facts(self.model, self.checkpoint, f"torch float32 on {where.type}")
        predictor = Predictor(
            load_model(self.model), flip=self.flip, size=self.size, device=where, facts=facts, recipe=self.recipe
        )
        step("first prediction, 3 of 3")
        predictor.predict(np.zeros((64, 64, 3), np.uint8), [Click(32, 32)])
        return predictor

    def select_network(self, model: "SimpleClick | None" = None) -> "SelectedNetwork":
        """The network, and what is to be said about it; imports torch.

        Parameters
        ----------
        model
            One that is there already, and is remembered under no name; None for that of these settings.

        Raises
        ------
        FileNotFoundError, ModuleNotFoundError, ValueError
            As `create`.
        """
        from napari_simpleclick.inference.engines.device import choose_device
        from napari_simpleclick.inference.engines.selection import select_network

        if self.threads is not None:
            import torch

            torch.set_num_threads(self.threads)
        return select_network(
            load_model(self.model) if model is None else model,
            engine=self.engine,
            precision=self.precision,
            device=choose_device(self.device),
            size=self.size,
            batch=self.batch,
            threads=self.threads,
            checkpoint=self.checkpoint if model is None else None,
        )

    def predictor(self, selected: "SelectedNetwork") -> "Predictor":
        """A predictor around a network of these settings."""
        from napari_simpleclick.inference.predictor import Predictor

        facts = model_facts(self.model, self.checkpoint, selected.engine)
        return Predictor(selected.network, flip=self.flip, size=self.size, facts=facts, recipe=self.recipe)

    @property
    def batch(self) -> int:
        """Pictures per pass of the network: with the mirrored one, two."""
        return 2 if self.flip else 1

    @property
    def recipe(self) -> InferenceRecipe | None:
        """Rules around the network; None for those that it was trained for."""
        return PUBLISHED if self.regions == "published" else None

    @property
    def checkpoint(self) -> str:
        """sha256 of the weights' file."""
        return sha256(find_weights(self.model))


def model_facts(model: str, checkpoint: str, engine: str) -> dict[str, str]:
    """What tells the model and its arithmetic from others: name, sha256 of the file, engine with precision."""
    return {"model": model_name(find_weights(model)), "sha256": checkpoint, "engine": engine}
