"""Predictors by name: our network, the baselines, and those of other packages."""

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import entry_points, version
from typing import Any

from napari_simpleclick.inference.session import PredictorLike

GROUP = "napari_simpleclick.predictors"
"""Entry-point group in which packages offer factories of predictors."""

BASELINES = {
    name: f"napari_simpleclick.evaluation.baselines:{factory}"
    for name, factory in (
        ("disks", "disks_predictor"),
        ("flood-fill", "flood_fill_predictor"),
        ("random-walker", "random_walker_predictor"),
    )
}
"""Baselines that need no weights."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PredictorChoice:
    """What answers the clicks.

    Parameters
    ----------
    factory
        A baseline, a name of the entry-point group, or module:factory; None for SimpleClick.
    model
        Name or file of SimpleClick's weights; None takes the default.
    flip
        Average with the prediction of the mirrored crop.
    size
        Side of the network's input in pixels.
    device
        auto, cuda, mps or cpu.
    threads
        Threads of the network; None leaves the choice to torch. Sums of floats depend on it in the last digit.
    """

    factory: str | None = None
    model: str | None = None
    flip: bool = True
    size: int = 448
    device: str = "auto"
    threads: int | None = None

    def create(self) -> PredictorLike:
        """Make the predictor, in the process that uses it."""
        if self.factory is not None:
            return find_factory(self.factory)()
        import torch

        from napari_simpleclick.inference.device import choose_device
        from napari_simpleclick.inference.predictor import Predictor
        from napari_simpleclick.model.weights import DEFAULT_MODEL, load_model

        if self.threads is not None:
            torch.set_num_threads(self.threads)
        model = load_model(self.model or DEFAULT_MODEL)
        return Predictor(model, flip=self.flip, size=self.size, device=choose_device(self.device))

    @property
    def name(self) -> str:
        """Short name for tables."""
        from napari_simpleclick.model.weights import DEFAULT_MODEL

        return self.factory or self.model or DEFAULT_MODEL

    def provenance(self) -> dict[str, Any]:
        """Model, hash and versions, for the report."""
        versions = {package: version(package) for package in ("napari-simpleclick", "numpy", "scipy")}
        if self.factory is not None:
            return {"model": self.factory, "versions": versions}
        from napari_simpleclick.inference.device import choose_device
        from napari_simpleclick.model.weights import find_weights, sha256

        return {
            "model": self.name,
            "sha256": sha256(find_weights(self.name)),
            "flip": self.flip,
            "size": self.size,
            "device": str(choose_device(self.device)),
            "engine": "torch float32",
            "versions": versions | {"torch": version("torch")},
        }


def find_factory(name: str) -> Callable[[], PredictorLike]:
    """The callable without arguments that makes a predictor.

    Raises
    ------
    ValueError
        If the name is not known, or the module has no such factory.

    Examples
    --------
    >>> find_factory("disks").__name__
    'disks_predictor'
    """
    offered = {point.name: point.value for point in entry_points(group=GROUP)}
    known = {**offered, **BASELINES}
    target = known.get(name, name)
    if ":" not in target:
        raise ValueError(f"Unknown predictor {name!r}. Choose one of: {', '.join(known)}; or give module:factory.")
    module, attribute = target.split(":", 1)
    try:
        factory: Callable[[], PredictorLike] = getattr(importlib.import_module(module), attribute)
    except (ModuleNotFoundError, AttributeError) as error:
        raise ValueError(f"Predictor {name!r} cannot be loaded: {error}. Is its package installed here?") from error
    return factory
