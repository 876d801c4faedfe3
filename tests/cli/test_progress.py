"""Progress where the output is no terminal: seldom enough to read, with the time that is left."""

import io

from rich.console import Console

from napari_simpleclick.cli.progress import with_progress


def lines(seconds: list[float], *, total: float) -> list[str]:
    """What is told when items, of one unit of work each, come at these times after the start."""
    times = iter([0.0, *seconds])
    output = io.StringIO()
    console = Console(file=output, width=40)
    items = range(len(seconds))
    passed = with_progress(
        items, console, total=total, done=lambda _: 1, text=lambda n: f"[red] {n + 1}", clock=lambda: next(times)
    )
    assert list(passed) == list(items)
    return output.getvalue().splitlines()


def test_pipe_gets_a_line_every_half_minute_with_the_time_left():
    told = lines([10, 20, 31, 45, 61, 62], total=100)
    assert told == ["[red] 3, about 17 min left", "[red] 5, about 19 min left"]


def test_quick_work_tells_nothing():
    assert lines([1, 2, 3], total=3) == []


def test_end_of_work_has_less_than_a_minute_left():
    assert lines([40], total=1) == ["[red] 1, less than a minute left"]
