"""Load models off the window's thread: as an earlier start compiled them; else in torch until they are compiled."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from napari_simpleclick.inference.predictor_settings import DRAFT_SIZE, PredictorSettings
from napari_simpleclick.inference.session import Drafting
from napari_simpleclick.plugin.jobs.predictor_loading import PredictorLoading
from napari_simpleclick.plugin.jobs.torch_beside_opengl import import_torch
from napari_simpleclick.plugin.jobs.worker import Runs

if TYPE_CHECKING:
    from napari_simpleclick.inference.predictor import Predictor
    from napari_simpleclick.inference.session import PredictorLike


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
        show: Callable[[PredictorSettings], None] = lambda _choice: None,
    ) -> None:
        self.predictors = predictors
        self.background = background
        self.tell = tell
        self.notify = notify
        self.show = show
        self._notified: set[str] = set()
        self.wanted: PredictorSettings | None = None
        self.present: PredictorSettings | None = None
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

    def load(self, choice: PredictorSettings) -> None:
        """Load a model from now on; an earlier one that is still being loaded or compiled is dropped."""
        self.wanted, self._asked = choice, self._asked + 1

        def step(line: str) -> None:
            if self.wanted is not choice:
                raise LoadingStoppedError
            self.tell(f"Loading {choice.model}: {line} … (Esc stops)")

        def create() -> "Predictor | None":
            try:
                step("its compiled form")
                cached = choice.create_cached()
                if cached is not None:
                    return cached
                step("torch, 1 of 3")
                import_torch()
                predictor = choice.create_in_torch(step)
            except LoadingStoppedError:
                return None
            finally:
                self._ended += 1
            self.background(
                lambda: compiled_form(choice),
                lambda compiled: self._exchange(choice, *compiled),
                lambda error: self._notify_once(f"The faster engine failed, torch goes on: {error}"),
            )
            return predictor

        self.predictors.load(create, lambda taken: self._loaded(choice, taken=taken))

    def load_draft(self, done: "Callable[[PredictorLike | None], None]") -> None:
        """Make the model that answers look at less; `done` gets None where it does so already.

        At once where its network takes coarse looks, else beside the worker.
        """
        if self.present is None or self.present.size <= DRAFT_SIZE:
            done(None)
            return
        answering = self.predictors.present
        ready = answering.draft() if isinstance(answering, Drafting) else None
        if ready is not None:
            done(ready)
            return
        draft = replace(self.present, size=DRAFT_SIZE, flip=False)

        def create() -> "Predictor":
            cached = draft.create_cached()
            if cached is not None:
                return cached
            import_torch()
            return draft.create()

        self.background(create, done, lambda _error: done(None))

    def _loaded(self, choice: PredictorSettings, *, taken: bool) -> None:
        """Know what answers from now on; show that instead of a failed choice, unless more was chosen since."""
        if taken:
            self.present = choice
        elif self.present is not None and self.wanted in (choice, None):
            self.wanted = self.present
            self.show(self.present)

    def _exchange(self, choice: PredictorSettings, compiled: "Predictor | None", notice: str) -> None:
        if choice == self.wanted:
            self.predictors.exchange(compiled)
            self._notify_once(notice)

    def _notify_once(self, reason: str) -> None:
        if reason and reason not in self._notified:
            self._notified.add(reason)
            self.notify(reason)


def compiled_form(settings: PredictorSettings) -> "tuple[Predictor | None, str]":
    """The model in its fastest form, or None where float32 torch is that; and why it is not faster, if it could be."""
    from napari_simpleclick.inference.engines.torch_network import TorchNetwork

    selected = settings.select_network()
    if isinstance(selected.network, TorchNetwork) and selected.network.dtype is None:
        return None, selected.notice
    return settings.predictor(selected), selected.notice
