"""Progress of long work: a bar in a terminal, a line every half minute where the output goes into a pipe or a file."""

from collections.abc import Callable, Iterable, Iterator
from time import monotonic
from typing import TypeVar

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from napari_simpleclick.cli.errors import shown

T = TypeVar("T")

EVERY = 30.0
"""Seconds between two lines."""


def with_progress(
    items: Iterable[T],
    console: Console,
    *,
    total: float,
    done: Callable[[T], float],
    text: Callable[[T], str],
    clock: Callable[[], float] = monotonic,
) -> Iterator[T]:
    """Pass items on as they come, and tell how far the work is.

    Parameters
    ----------
    items
        Results, each of which took some work.
    console
        Where it is told.
    total
        All the work that is left, in any unit.
    done
        The work that an item took, in that unit.
    text
        Text beside an item, such as how many there are so far.
    clock
        Seconds, for the lines.
    """
    if console.is_terminal:
        words = TextColumn("{task.description}", markup=False)
        with Progress(words, BarColumn(), TaskProgressColumn(), TimeRemainingColumn(), console=console) as progress:
            task = progress.add_task("", total=total)
            for item in items:
                progress.update(task, description=shown(text(item)), advance=done(item))
                yield item
            progress.update(task, completed=total)
        return
    start = told = clock()
    finished = 0.0
    for item in items:
        finished += done(item)
        now = clock()
        told_now = text(item)
        if now - told >= EVERY and finished > 0:
            told = now
            left = (now - start) * max(0.0, total - finished) / finished
            console.print(f"{told_now}, {time_left(left)}", soft_wrap=True, markup=False, highlight=False)
        yield item


def time_left(seconds: float) -> str:
    """Words for a time.

    Examples
    --------
    >>> time_left(20), time_left(700), time_left(7500)
    ('less than a minute left', 'about 12 min left', 'about 2 h 5 min left')
    """
    minutes = round(seconds / 60)
    if minutes < 1:
        return "less than a minute left"
    return f"about {minutes} min left" if minutes < 60 else f"about {minutes // 60} h {minutes % 60} min left"
