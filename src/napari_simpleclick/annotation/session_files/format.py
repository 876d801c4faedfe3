"""Session file: everything that was done to an image, as lines of JSON; what came later is added at the end.

The first line is a whole session, and a file that was saved on demand has no other. Every further line holds what
changed since the one before, so that saving costs what was done and not what there is. Steps have numbers, are written
once, and name the step that they follow; objects, and what undo and redo need, refer to them.
"""

import json
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from napari_simpleclick.annotation.history import Place
from napari_simpleclick.annotation.session_files.check import check_content
from napari_simpleclick.clicks import Click
from napari_simpleclick.prompts import Prompt, prompt_of

FORMAT = 2

ENDING = ".simpleclick.json"

StepRecord = dict[str, Any]
"""A step as plain values; see docs/reference/session_file.md."""

EditRecord = tuple[Place, int, int] | tuple[int, dict[str, Any], dict[str, Any]]
"""Place, and the numbers of the newest step there before and after something was done; 0 is none.

Or an object, and its properties before and after somebody set them.
"""


class SessionFileError(ValueError):
    """A file is no session file that can be read."""


@dataclass(slots=True)
class SessionContent:
    """What a session file holds.

    Parameters
    ----------
    about
        Image, versions, settings, time of saving.
    predictors
        Facts of the predictors that gave the answers.
    steps
        Every step, by number; what a step follows has a smaller number.
    newest
        Number of the newest step of every object on every plane, oldest first.
    done, undone
        What can be taken back, and what can be done again, oldest first.
    objects
        Properties of objects, by id.
    """

    about: dict[str, Any] = field(default_factory=dict)
    predictors: list[dict[str, Any]] = field(default_factory=list)
    steps: dict[int, StepRecord] = field(default_factory=dict)
    newest: dict[Place, int] = field(default_factory=dict)
    done: list[list[EditRecord]] = field(default_factory=list)
    undone: list[list[EditRecord]] = field(default_factory=list)
    objects: dict[int, dict[str, Any]] = field(default_factory=dict)

    def add(self, line: dict[str, Any]) -> None:
        """Take over what a line tells."""
        self.about |= line.get("about", {})
        self.predictors += line.get("predictors", [])
        self.steps |= {
            int(number): {**record, "plane": as_key(record["plane"])}
            for number, record in line.get("steps", {}).items()
        }
        for object_id, plane, number in line.get("newest", []):
            place = (object_id, as_key(plane))
            if number:
                self.newest[place] = number
            else:
                self.newest.pop(place, None)
        for history, name in ((self.done, "done"), (self.undone, "undone")):
            if name in line:
                kept, added = line[name]
                history[kept:] = [list(map(edit_record, edits)) for edits in added]
        if "objects" in line:
            self.objects = {int(number): properties for number, properties in line["objects"].items()}

    def follows(self, number: int) -> list[int]:
        """Numbers of the steps of a place up to one, oldest first."""
        chain: list[int] = []
        while number:
            chain.append(number)
            number = self.steps[number]["after"]
        return chain[::-1]


def edit_record(stored: list[Any]) -> EditRecord:
    """An edit as it was before it became JSON."""
    if isinstance(stored[1], dict):
        object_id, old, new = stored
        return object_id, old, new
    object_id, plane, before, after = stored
    return (object_id, as_key(plane)), before, after


def read_session(path: Path) -> SessionContent:
    """Read a session file; a last line that was not written completely is left out.

    Raises
    ------
    SessionFileError
        If the file is no session file, damaged, or of another version.
    """
    content = SessionContent()
    try:
        for line in complete_lines(path):
            if line.get("format", FORMAT) != FORMAT:
                raise SessionFileError(
                    f"{path} has format {line['format']}, expected {FORMAT}: open it with the version of the plugin "
                    f"that wrote it ({line.get('about', {}).get('versions', 'not named')})."
                )
            content.add(line)
        check_references(content)
        check_content(content)
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError) as error:
        if isinstance(error, SessionFileError):
            raise
        raise SessionFileError(
            f"{path} is no session file, or damaged ({type(error).__name__}: {error}). Choose another one: "
            "earlier work on an image is in the same folder."
        ) from error
    return content


def complete_lines(path: Path) -> Iterator[dict[str, Any]]:
    """The lines of a file as values; the last one may be torn, as when the computer stopped while writing it.

    Raises
    ------
    ValueError
        If the first line names no format, or a line before the last is damaged.
    """
    lines = path.read_bytes().splitlines()
    first = json.loads(lines[0]) if lines else {}
    if "format" not in first:
        raise ValueError("its first line has no format")
    yield first
    for place, text in enumerate(lines[1:], start=2):
        try:
            line = json.loads(text)
        except ValueError:
            if place == len(lines):
                return
            raise
        yield line


def check_references(content: SessionContent) -> None:
    """Every number that is referred to is there, and no step follows itself.

    Raises
    ------
    ValueError
        Names the step that refers to a missing one.
    """
    edits = [edit for history in (content.done, content.undone) for action in history for edit in action]
    ends = [number for _, *both in edits for number in both if isinstance(number, int)]
    for number in {*content.newest.values(), *ends} - {0}:
        content.steps[number]
    for number, record in content.steps.items():
        for earlier in (record["after"], record.get("source", 0)):
            if earlier and not (earlier < number and earlier in content.steps):
                raise ValueError(f"step {number} follows step {earlier}, which is missing")


def stored_click(click: Click) -> tuple[Any, ...]:
    """A click as row, column, positive; a prompt with its kind and its points behind.

    Examples
    --------
    >>> from napari_simpleclick.prompts import box
    >>> stored_click(Click(1, 2)), click_of([1, 2, True])
    ((1, 2, True), Click(row=1, col=2, positive=True))
    >>> click_of(stored_click(box((1, 2), (3, 4)))) == box((1, 2), (3, 4))
    True
    """
    line = (click.kind, click.points) if isinstance(click, Prompt) else ()
    return click.row, click.col, click.positive, *line


def click_of(stored: Sequence[Any]) -> Click:
    """The reverse of `stored_click`.

    Raises
    ------
    ValueError
        If it is a prompt that cannot be drawn.
    """
    if len(stored) == 3:
        return Click(*stored)
    _, _, positive, kind, points = stored
    return prompt_of(kind, [(row, col) for row, col in points], positive)


def as_key(value: Any) -> Hashable:
    """Lists of JSON as the tuples that they were.

    Examples
    --------
    >>> as_key([[1, 2], 4, None, None])
    ((1, 2), 4, None, None)
    """
    return tuple(as_key(part) for part in value) if isinstance(value, list) else value


def line_of(values: dict[str, Any]) -> str:
    """A line of a session file."""
    return json.dumps(values, separators=(",", ":"), default=plain) + "\n"


def plain(value: Any) -> Any:
    """Numbers of numpy as those of Python.

    Raises
    ------
    TypeError
        If a value is of another kind.
    """
    if hasattr(value, "tolist"):
        return value.tolist()
    if isinstance(value, Iterable):
        return list(value)
    raise TypeError(f"{type(value).__name__} cannot be kept in a session file")
