"""Seconds of clicks on a bundled sample, without torch: the first, next ones in its region, and in new regions."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter

from napari_simpleclick.clicks import Click
from napari_simpleclick.data.samples import sample_volume
from napari_simpleclick.inference.prediction import Prediction
from napari_simpleclick.inference.predictor import Predictor
from napari_simpleclick.inference.predictor_settings import PredictorSettings
from napari_simpleclick.inference.resample import Plane

CLICKS = (Click(97, 136), Click(80, 130))
"""On an object of the bundled sample."""

PLANES = 5, 6
"""Sections of the sample that have this object."""

WARM = 3
"""Clicks until the region follows the object, and everything is warm."""

FIRST_CLICKS = 3
"""Next clicks of the first look."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstLook:
    """What a few clicks on the engine that the window takes tell.

    Parameters
    ----------
    engine
        Engine and precision that ran.
    load_seconds
        From nothing to a predictor that can answer.
    first_ms, next_ms, new_region_ms
        The very first click, the median of next ones, and one in a new region.
    """

    engine: str
    load_seconds: float
    first_ms: float
    next_ms: float
    new_region_ms: float


def first_look(settings: PredictorSettings) -> FirstLook:
    """Load a model as the window does, which takes no torch where an earlier start compiled it, and click a few times.

    Raises
    ------
    ValueError, FileNotFoundError, ModuleNotFoundError
        As `PredictorSettings.create`.
    """
    start = perf_counter()
    predictor = settings.create()
    loaded = perf_counter() - start
    first, following, fresh = click_times(predictor, sample_planes(), FIRST_CLICKS, new_regions=1, warm=1)
    return FirstLook(
        engine=predictor.facts["engine"],
        load_seconds=loaded,
        first_ms=1000 * first,
        next_ms=1000 * statistics.median(following),
        new_region_ms=1000 * fresh[0],
    )


def sample_planes() -> list[Plane]:
    """The planes that are clicked."""
    volume = sample_volume("em-like")[0]
    return [volume.plane(index).image() for index in PLANES]


def click_times(
    predictor: Predictor, planes: Sequence[Plane], clicks: int, *, new_regions: int, warm: int = WARM
) -> tuple[float, list[float], list[float]]:
    """Seconds of the very first click, of next clicks in one region, and of clicks in new regions.

    Parameters
    ----------
    predictor
        Answers.
    planes
        Two planes that have the object of `CLICKS`.
    clicks, new_regions
        How many of the second and third kind.
    warm
        Clicks before those of the second kind that are not counted.
    """
    first, answer = timed_click(predictor, planes[0], CLICKS[:1])
    for _ in range(warm):
        answer = timed_click(predictor, planes[0], CLICKS[:1], answer)[1]
    following = [timed_click(predictor, planes[0], CLICKS, answer)[0] for _ in range(clicks)]
    fresh = [timed_click(predictor, planes[(k + 1) % 2], CLICKS[:1])[0] for k in range(new_regions)]
    return first, following, fresh


def timed_click(
    predictor: Predictor, image: Plane, clicks: Sequence[Click], previous: Prediction | None = None
) -> tuple[float, Prediction]:
    """Seconds until the mask is there, and the prediction."""
    start = perf_counter()
    answer = predictor.predict(image, clicks, previous)
    answer.object_mask()
    return perf_counter() - start, answer
