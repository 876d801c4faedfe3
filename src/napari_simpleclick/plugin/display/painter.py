"""Painter: paints masks into the labels layer in short turns, so that the window answers in between."""

from collections import deque
from collections.abc import Callable, Iterator
from time import perf_counter

TURN_S = 0.008
"""So long a turn is at most, but for its last step; a window is drawn every 16 ms."""

Later = Callable[[Callable[[], None]], None]
"""Calls a function when the window has answered what waits."""


class Painter:
    """Does pieces of painting in the order in which they came.

    Parameters
    ----------
    later
        Puts turns off; everything is painted at once if None.
    failed
        Is told what a piece raised, which is left out; the others go on.
    """

    def __init__(self, later: Later | None = None, failed: Callable[[Exception], None] | None = None) -> None:
        self.later, self.failed = later, failed
        self._waiting: deque[tuple[Iterator[None], Callable[[], None]]] = deque()
        self._put_off = False

    @property
    def busy(self) -> int:
        """How many pieces are not painted yet."""
        return len(self._waiting)

    def paint(self, steps: Iterator[None], done: Callable[[], None]) -> None:
        """Paint step by step, then call `done`; what fits into a turn is painted at once if nothing waits before it.

        Parameters
        ----------
        steps
            Paints something small each time it goes on.
        done
            Shows what was painted.
        """
        self._waiting.append((steps, done))
        if not self._put_off:
            self._turn()

    def finish(self) -> None:
        """Paint everything that waits now."""
        self.later = None
        self._turn()

    def _turn(self) -> None:
        self._put_off = False
        end = perf_counter() + TURN_S
        while self._waiting:
            steps, done = self._waiting[0]
            try:
                for _ in steps:
                    if self.later is not None and perf_counter() > end:
                        self._put_off = True
                        self.later(self._turn)
                        return
            except Exception as error:
                self._waiting.popleft()
                if self.failed is None:
                    raise
                self.failed(error)
                continue
            self._waiting.popleft()
            done()
