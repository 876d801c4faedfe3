"""Effort: how whole objects are clicked, and what an object took."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, Self

from napari_simpleclick.evaluation import stored


@dataclass(frozen=True, slots=True, kw_only=True)
class EffortProtocol:
    """How whole objects are clicked.

    Parameters
    ----------
    target
        IoU that is wanted.
    goal
        "slices": every slice has to reach it. "volume": the object as a whole, in three dimensions, has to.
    max_clicks
        Clicks on a slice at most; slices that stay below are left as they are.
    probability_threshold
        Probability above which a pixel belongs to the mask.

    Raises
    ------
    ValueError
        If the target is not in (0, 1], or `max_clicks` is below 1.
    """

    target: float = 0.8
    goal: Literal["slices", "volume"] = "slices"
    max_clicks: int = 20
    probability_threshold: float = 0.49

    def __post_init__(self) -> None:
        if not 0 < self.target <= 1:
            raise ValueError(f"The target must lie between 0 and 1 (0.8 is 80 %), got {self.target}.")
        if self.max_clicks < 1:
            raise ValueError(f"max_clicks must be at least 1, got {self.max_clicks}.")


@dataclass(frozen=True, slots=True)
class EffortResult:
    """What an object took.

    Parameters
    ----------
    name
        Name of the object.
    clicks
        Clicks on every slice; 0 where it was filled.
    ious
        IoU of every slice at the end.
    volume_iou
        IoU of the whole object at the end.
    alone
        For every slice, the IoU after each click when slices are clicked without filling any.
    course
        IoU of the whole object after each click and what was filled then.
    alone_course
        The same when slices are clicked without filling any.
    """

    name: str
    clicks: tuple[int, ...]
    ious: tuple[float, ...]
    volume_iou: float
    alone: tuple[tuple[float, ...], ...]
    course: tuple[float, ...] = ()
    alone_course: tuple[float, ...] = ()

    @classmethod
    def from_json(cls, entry: dict[str, Any]) -> Self:
        """Undo `dataclasses.asdict` and JSON.

        Raises
        ------
        ResultFileError
            If something is missing or of another kind.
        """
        entry = stored.mapping(entry, "a result")
        made = tuple(stored.count(each, "clicks") for each in stored.series(entry.get("clicks"), "clicks"))
        if not made:
            raise stored.ResultFileError("expected an object with slices, got none")
        alone = tuple(stored.shares(each, "alone") for each in stored.series(entry.get("alone"), "alone", len(made)))
        if not all(alone) and not entry.get("alone_course"):  # which goes on until the object is good as a whole
            raise stored.ResultFileError("expected clicks on every slice that is clicked alone, got none")
        return cls(
            stored.text(entry.get("name"), "name"),
            made,
            stored.shares(entry.get("ious"), "ious", len(made)),
            stored.share(entry.get("volume_iou"), "volume_iou"),
            alone,
            stored.shares(entry.get("course"), "course"),
            stored.shares(entry.get("alone_course"), "alone_course"),
        )


def clicks_to(curve: Sequence[float], target: float) -> int:
    """Clicks until an IoU is reached, all of them if it never is.

    Examples
    --------
    >>> clicks_to((0.2, 0.7, 0.9), 0.6), clicks_to((0.2, 0.5), 0.6)
    (2, 2)
    """
    return next((count for count, value in enumerate(curve, start=1) if value >= target), len(curve))
