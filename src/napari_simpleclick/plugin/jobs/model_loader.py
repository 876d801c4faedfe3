"""Load models off the window's thread: as an earlier start compiled them; else in torch until they are compiled."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from napari_simpleclick.plugin.jobs.predictor_loading import PredictorLoading
from napari_simpleclick.plugin.jobs.worker import Runs

if TYPE_CHECKING:
    from napari_simpleclick.inference.predictor import Predictor

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


class LoadingStoppedError(Exception):
    """Somebody stopped loading, or chose another model."""


class ModelLoader:
    """Loads a model in its fastest form; clicks never wait until one is made that an earlier start did not leave.

    Torch answers until then. Compiling takes some seconds the first time; the result is kept. When it fails, torch goes
    on.

    Parameters
    ----------
    predictors
        Gets the predictors.
    background
        Compiles, beside the worker that answers clicks.
    tell
        Called on the worker with a line that says how far loading is.
    notify
        Called on the window's thread with the reason why clicks are not answered by the fastest engine, once for each.
    show
        Called on the window's thread with the choice that stays where another one could not be loaded or was stopped.
    """

    def __init__(
        self,
        predictors: PredictorLoading,
        background: Runs,
        tell: Callable[[str], None] = lambda _line: None,
        notify: Callable[[str], None] = lambda _reason: None,
        show: Callable[[ModelChoice], None] = lambda _choice: None,
    ) -> None:
        self.predictors = predictors
        self.background = background
        self.tell = tell
        self.notify = notify
        self.show = show
        self._notified: set[str] = set()
        self.wanted: ModelChoice | None = None
        self.present: ModelChoice | None = None
        # Each is counted in one thread only.
        self._asked = self._ended = 0

    @property
    def loading(self) -> bool:
        """Whether a model is being loaded."""
        return self._asked > self._ended

    def cancel(self) -> None:
        """Stop loading before the next of its steps; the model so far stays."""
        if self.loading:
            self.wanted = None

    def load(self, choice: ModelChoice) -> None:
        """Load a model from now on; an earlier one that is still being loaded or compiled is dropped."""
        self.wanted, self._asked = choice, self._asked + 1

        def step(line: str) -> None:
            if self.wanted is not choice:
                raise LoadingStoppedError
            self.tell(f"Loading {choice.name}: {line} … (Esc stops)")

        def create() -> "Predictor | None":
            try:
                step("its compiled form")
                ready = create_ready_predictor(choice.name, choice.device, flip=choice.flip, size=choice.size)
                if ready is not None:
                    return ready
                predictor = create_predictor(choice.name, choice.device, flip=choice.flip, size=choice.size, step=step)
            except LoadingStoppedError:
                return None
            finally:
                self._ended += 1
            self.background(
                lambda: create_compiled_predictor(choice.name, choice.device, flip=choice.flip, size=choice.size),
                lambda compiled: self._exchange(choice, *compiled),
                lambda error: self._notify_once(f"The faster engine failed, torch goes on: {error}"),
            )
            return predictor

        self.predictors.load(create, lambda taken: self._loaded(choice, taken=taken))

    def _loaded(self, choice: ModelChoice, *, taken: bool) -> None:
        """Know what answers from now on; show that instead of what was chosen in vain, unless more was chosen since."""
        if taken:
            self.present = choice
        elif self.present is not None and self.wanted in (choice, None):
            self.wanted = self.present
            self.show(self.present)

    def _exchange(self, choice: ModelChoice, compiled: "Predictor | None", notice: str) -> None:
        if choice == self.wanted:
            self.predictors.exchange(compiled)
            self._notify_once(notice)

    def _notify_once(self, reason: str) -> None:
        if reason and reason not in self._notified:
            self._notified.add(reason)
            self.notify(reason)


def create_ready_predictor(model: str, device: str, *, flip: bool, size: int = FULL_SIZE) -> "Predictor | None":
    """The model in its fastest form as an earlier start left it, without torch; None if it left none."""
    from napari_simpleclick.inference.loading import load_ready_predictor

    return load_ready_predictor(model, device=device, flip=flip, size=size)


def create_predictor(
    model: str, device: str, *, flip: bool, size: int = FULL_SIZE, step: Callable[[str], None] = lambda _line: None
) -> "Predictor":
    """Load a model and make its first prediction, so that the first click is as fast as the others.

    `step` is told what comes next, and may raise to stop.
    """
    step("torch, 1 of 3")
    from napari_simpleclick.plugin.jobs.torch_beside_opengl import import_torch

    import_torch()
    import numpy as np

    from napari_simpleclick.clicks import Click
    from napari_simpleclick.inference.engines.device import choose_device
    from napari_simpleclick.inference.loading import model_facts
    from napari_simpleclick.inference.predictor import Predictor
    from napari_simpleclick.model.weights import find_weights, load_model, sha256

    step("weights, 2 of 3")
    where = choose_device(device)
    facts = model_facts(model, sha256(find_weights(model)), f"torch float32 on {where.type}")
    predictor = Predictor(load_model(model), flip=flip, size=size, device=where, facts=facts)
    step("first prediction, 3 of 3")
    predictor.predict(np.zeros((64, 64, 3), np.uint8), [Click(32, 32)])
    return predictor


def create_compiled_predictor(
    model: str, device: str, *, flip: bool, size: int = FULL_SIZE
) -> tuple["Predictor | None", str]:
    """The model in its fastest form, or None where float32 torch is that; and why it is not faster, if it could be."""
    from napari_simpleclick.inference.engines.device import choose_device
    from napari_simpleclick.inference.engines.selection import choose_network
    from napari_simpleclick.inference.engines.torch_network import TorchNetwork
    from napari_simpleclick.inference.loading import model_facts
    from napari_simpleclick.inference.predictor import Predictor
    from napari_simpleclick.model.weights import find_weights, load_model, sha256

    where, checkpoint = choose_device(device), sha256(find_weights(model))
    batch = 2 if flip else 1
    chosen = choose_network(load_model(model), device=where, size=size, batch=batch, checkpoint=checkpoint)
    if isinstance(chosen.network, TorchNetwork) and chosen.network.dtype is None:
        return None, chosen.notice
    facts = model_facts(model, checkpoint, chosen.engine)
    return Predictor(chosen.network, flip=flip, size=size, facts=facts), chosen.notice
