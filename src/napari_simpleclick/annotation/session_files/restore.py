"""Restoring: the steps and the history that a session file tells, without a network."""

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Self

from napari_simpleclick.annotation.history import Actions, Edit, Place, PropertyEdit
from napari_simpleclick.annotation.objects import ObjectProperties
from napari_simpleclick.annotation.session_files.format import (
    EditRecord,
    SessionContent,
    SessionFileError,
    click_of,
    read_session,
)
from napari_simpleclick.annotation.session_files.mask_codec import area, unpacked
from napari_simpleclick.data.memory import require_memory
from napari_simpleclick.inference.prediction import Prediction
from napari_simpleclick.inference.session import Step


@dataclass(slots=True)
class RestoredSession:
    """A session file as the values that an `Annotator` holds; masks are kept to the pixel.

    Parameters
    ----------
    content
        What the file holds.
    made
        The steps that were asked for so far, by number.
    """

    content: SessionContent
    made: dict[int, Step] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> Self:
        """A session file with all its masks unpacked, which takes long where there are many: not for a window's thread.

        Raises
        ------
        SessionFileError
            If the file is damaged.
        NotEnoughMemoryError
            If its masks do not fit.
        """
        restored = cls(read_session(path))
        steps = restored.content.steps
        pixels = sum(area(record.get(name)) for record in steps.values() for name in ("mask", "without"))
        require_memory(pixels, path.name, "It holds masks for a larger machine, or is damaged.")
        try:
            for number in sorted(steps):  # what a step follows has a smaller number
                restored._step(number)
        except ValueError as error:
            raise SessionFileError(f"{path} is damaged: step {number}: {error}. Choose another one.") from error
        return restored

    def steps(self) -> dict[Place, tuple[Step, ...]]:
        """What was done, by object and plane."""
        return {place: self._chain(number) for place, number in self.content.newest.items()}

    def history(self) -> tuple[Actions, Actions]:
        """What can be taken back, and what can be done again."""
        return self._edits(self.content.done), self._edits(self.content.undone)

    def objects(self) -> dict[int, ObjectProperties]:
        """Names, classes and locks of objects."""
        return {number: ObjectProperties.from_plain(stored) for number, stored in self.content.objects.items()}

    def _edits(self, records: list[list[EditRecord]]) -> Actions:
        return tuple(tuple(map(self._edit, edits)) for edits in records)

    def _edit(self, record: EditRecord) -> Edit | PropertyEdit:
        if isinstance(record[0], int):
            object_id, *both = record
            return PropertyEdit(object_id, *map(ObjectProperties.from_plain, both))
        place, before, after = record
        return Edit(place, self._chain(before), self._chain(after))

    def _chain(self, number: int) -> tuple[Step, ...]:
        return tuple(self._step(each) for each in self.content.follows(number))

    def _step(self, number: int) -> Step:
        if number not in self.made:
            record = self.content.steps[number]
            if record.get("unchanged"):
                prediction = self._step(record["after"]).prediction
            else:
                height, width = record["shape"]
                prediction = Prediction.from_boxed(unpacked(record["mask"]), (height, width))
            prediction = replace(prediction, without=unpacked(record.get("without")))
            source = self._step(record["source"]) if "source" in record else None
            click = click_of(record["click"]) if "click" in record else None
            confidence, anew = record.get("confidence"), record.get("anew", False)
            self.made[number] = Step(click, prediction, record["origin"], source, confidence=confidence, anew=anew)
        return self.made[number]
