"""Predictors by name: our network, the baselines, and those of other packages."""

import importlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, entry_points, version
from typing import TYPE_CHECKING, Any, Self

from napari_simpleclick.inference.predictor_settings import PredictorSettings
from napari_simpleclick.inference.session import PredictorLike

if TYPE_CHECKING:
    from napari_simpleclick.inference.engines.selected_network import SelectedNetwork

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

EVALUATED = PredictorSettings(flip=True)
"""As published scores are measured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PredictorChoice:
    """What answers the clicks.

    Parameters
    ----------
    factory
        A baseline, a name of the entry-point group, or module:factory; None for SimpleClick.
    settings
        How SimpleClick is loaded; by default with the mirrored crop, as published scores are.
    arithmetic
        What engine and precision must come to, in the words of the report; None if anything will do. Workers are held
        to it, so that one run has one arithmetic.
    """

    factory: str | None = None
    settings: PredictorSettings = EVALUATED
    arithmetic: str | None = None

    def create(self) -> PredictorLike:
        """Make the predictor, in the process that uses it.

        Raises
        ------
        ValueError
            If this machine does not compute as it must; the other errors are those of `select_network`.
        """
        if self.factory is not None:
            return find_factory(self.factory)()
        chosen = network_of(self)
        if self.arithmetic not in (None, chosen.engine):
            raise ValueError(
                f"The network must run on {self.arithmetic} here as in the rest of the run, got {chosen.engine}. "
                "Choose an --engine and --precision that all workers have."
            )
        return self.settings.predictor(chosen)

    def pinned(self) -> Self:
        """The same, held to the arithmetic that it comes to on this machine."""
        return self if self.factory else replace(self, arithmetic=network_of(self).engine)

    @property
    def notice(self) -> str:
        """Why the network is not computed as asked for; empty if it is."""
        return "" if self.factory else network_of(self).notice

    @property
    def name(self) -> str:
        """Short name for tables."""
        return self.factory or self.settings.model

    def provenance(self) -> dict[str, Any]:
        """Model, hash and versions, for the report."""
        versions = {package: version(package) for package in ("napari-simpleclick", "numpy", "scipy")}
        if self.factory is not None:
            return {"model": self.factory, "versions": versions}
        from napari_simpleclick.inference.engines.device import choose_device

        return {
            "model": self.name,
            "sha256": self.settings.checkpoint,
            "flip": self.settings.flip,
            "size": self.settings.size,
            "regions": self.settings.regions,
            "device": str(choose_device(self.settings.device)),
            "engine": network_of(self).engine,
            "versions": versions | engine_versions(),
        }


@lru_cache(maxsize=2)
def network_of(choice: PredictorChoice) -> "SelectedNetwork":
    """The network of a choice, made once per process."""
    return choice.settings.select_network()


def engine_versions() -> dict[str, str]:
    """Versions of what may compute the network; OpenVINO only where it is installed."""
    versions = {"torch": version("torch")}
    with suppress(PackageNotFoundError):
        versions["openvino"] = version("openvino")
    return versions


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
