"""Evaluation protocol: how many clicks the robot user makes and what is reported."""

from dataclasses import dataclass
from typing import Literal, get_args

User = Literal["centre", "human"]

First = Literal["click", "box", "lasso", "scribble"]

MOST_CLICKS = 100_000
"""More clicks on an object are a mistake."""


@dataclass(frozen=True, slots=True)
class EvaluationProtocol:
    """The settings of an evaluation.

    Parameters
    ----------
    max_clicks
        Clicks per object.
    stop_at
        Stop clicking an object when its IoU reaches this; None clicks on, so that one run gives every number.
    iou_thresholds
        IoUs for which NoC and failures are reported.
    miou_clicks
        Numbers of clicks for which the mean IoU is reported.
    probability_threshold
        Probability above which a pixel belongs to the mask.
    user
        Who clicks: "centre" is the robot user of published evaluations, "human" somebody who clicks by chance.
    first
        What tells the object to begin with: a click, or something that is drawn (by chance, always alike).
    draws
        How often every object is clicked from the start by such a user.

    Raises
    ------
    ValueError
        If a number is out of its range, or the robot user, who always clicks alike, is asked for several draws.
    """

    max_clicks: int = 20
    stop_at: float | None = None
    iou_thresholds: tuple[float, ...] = (0.85, 0.90)
    miou_clicks: tuple[int, ...] = (1, 3, 5, 10, 20)
    probability_threshold: float = 0.49
    user: User = "centre"
    first: First = "click"
    draws: int = 1

    def __post_init__(self) -> None:
        if self.max_clicks < 1:
            raise ValueError(f"max_clicks must be at least 1, got {self.max_clicks}.")
        for count in (self.max_clicks, self.draws, *self.miou_clicks):
            if type(count) is not int or not 1 <= count <= MOST_CLICKS:
                raise ValueError(f"Clicks and draws are whole numbers from 1 to {MOST_CLICKS}, got {count}.")
        for value, what, kinds in ((self.user, "user", User), (self.first, "first prompt", First)):
            if value not in get_args(kinds):
                raise ValueError(f"Unknown {what} {value!r}. Choose one of: {', '.join(get_args(kinds))}.")
        if (self.user, self.first) == ("centre", "click") and self.draws > 1:
            raise ValueError(f"The robot user always clicks alike: --draws {self.draws} needs --user human.")
        for name, values in (("stop_at", [self.stop_at or 0.9]), ("iou_thresholds", self.iou_thresholds)):
            if not all(0 < value <= 1 for value in values):
                raise ValueError(f"{name} must lie between 0 and 1 (0.9 is 90 %), got {values}.")
