"""Timer: calls a function when nothing has started it again for a while."""

from collections.abc import Callable
from typing import Protocol


class Timer(Protocol):
    """Counts down once."""

    def start(self) -> None:
        """Begin to count, from the beginning if it counts already."""

    def stop(self) -> None:
        """Count no more."""


MakeTimer = Callable[[int, Callable[[], None]], Timer]
"""Makes a stopped timer from its milliseconds and the function that it calls."""
