"""Recorder: tells what was done to an annotator since it was asked the last time, as lines of a session file."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from typing import Any
from weakref import WeakKeyDictionary

from napari_simpleclick.annotation.annotator import Annotator
from napari_simpleclick.annotation.history import Action, Edit, Place, PropertyEdit
from napari_simpleclick.annotation.session_files.format import FORMAT, StepRecord, line_of, stored_click
from napari_simpleclick.annotation.session_files.mask_codec import packed
from napari_simpleclick.annotation.session_files.restore import RestoredSession
from napari_simpleclick.inference.prediction import Prediction
from napari_simpleclick.inference.session import Circumstances, Step


class SessionRecorder:
    """Remembers what it told already, and what it encoded once.

    It may be asked while another thread clicks: what that does in the meantime is told the next time.

    Parameters
    ----------
    annotator
        Holds the objects.
    """

    def __init__(self, annotator: Annotator) -> None:
        self.annotator = annotator
        self._count = 0
        self._encoded: WeakKeyDictionary[Step, tuple[int, StepRecord]] = WeakKeyDictionary()
        self._restored: WeakKeyDictionary[Step, int] = WeakKeyDictionary()
        self._predictors: list[Mapping[str, Any]] = []
        self.forget()

    def forget(self) -> None:
        """Tell everything the next time, as the first line of a file."""
        self._begun = False
        self._told: set[int] = set()
        self._predictors_told = 0
        self._newest: dict[Place, int] = {}
        self._history: dict[str, list[Action]] = {"done": [], "undone": []}
        self._objects: dict[int, Any] = {}
        self._unanswered: Any = []

    def take_over(self, restored: RestoredSession) -> None:
        """Know the steps of a file that was restored; only their masks are left."""
        content = restored.content
        for number, step in restored.made.items():
            self._encoded[step] = number, content.steps[number]
            self._restored[step] = number
        self._count = max(content.steps, default=0)
        self._predictors = list(content.predictors)

    def line(self, about: Mapping[str, Any]) -> str | None:
        """What happened since the last time; None if nothing did.

        Parameters
        ----------
        about
            What else to note: image, versions, settings, time; clicks that are `unanswered` are news by themselves.
        """
        steps: dict[int, StepRecord] = {}
        newest = self._changed(steps)
        histories = {
            name: added
            for name, history in zip(self._history, self.annotator.history, strict=True)
            if (added := self._added(self._history[name], history, steps))
        }
        objects = {number: told for number, said in list(self.annotator.objects.items()) if (told := said.plain())}
        unanswered = about.get("unanswered", [])
        same = objects == self._objects and unanswered == self._unanswered
        if self._begun and not newest and not histories and same:
            return None
        values: dict[str, Any] = {} if self._begun else {"format": FORMAT}
        values |= {"about": about, "predictors": self._predictors[self._predictors_told :], "steps": steps}
        values |= {"newest": newest, **histories}
        if objects != self._objects:
            values["objects"] = objects
        self._begun, self._objects, self._predictors_told = True, objects, len(self._predictors)
        self._unanswered = unanswered
        return line_of(values)

    def _changed(self, steps: dict[int, StepRecord]) -> list[tuple[Any, ...]]:
        """Places whose newest step is another one, with its number; 0 where there is none any more."""
        changed: list[tuple[Any, ...]] = []
        present: set[Place] = set()
        for place, session in list(self.annotator.sessions.items()):
            newest = session.newest
            if newest is not None:
                present.add(place)
                if place not in self._newest or self._number_of(newest) != self._newest[place]:
                    self._newest[place] = self._tell_all(place, session.steps, steps)
                    changed.append((*place, self._newest[place]))
        for place in self._newest.keys() - present:
            del self._newest[place]
            changed.append((*place, 0))
        return changed

    def _added(
        self, before: list[Action], after: Sequence[Action], steps: dict[int, StepRecord]
    ) -> tuple[int, list[Any]] | None:
        """How many entries of a history stay, and those that follow them; None if all is as before."""
        pairs = zip(before, after, strict=False)
        kept = next((place for place, (old, new) in enumerate(pairs) if old is not new), min(len(before), len(after)))
        if kept == len(before) == len(after):
            return None
        before[kept:] = after[kept:]
        return kept, [[self._edit(edit, steps) for edit in edits] for edits in after[kept:]]

    def _edit(self, edit: Edit | PropertyEdit, steps: dict[int, StepRecord]) -> tuple[Any, ...]:
        if isinstance(edit, PropertyEdit):
            return edit.object_id, edit.before.plain(), edit.after.plain()
        ends = (self._tell_all(edit.place, done, steps) for done in (edit.before, edit.after))
        return (*edit.place, *ends)

    def _tell_all(self, place: Place, done: Sequence[Step], steps: dict[int, StepRecord]) -> int:
        """Tell the steps of a place that were not told yet; returns the number of the last one, 0 if there is none."""
        for before, step in zip([None, *done], done, strict=False):
            if self._number_of(step) not in self._told:
                source = self._tell_source(step.source, steps) if step.source else 0
                number, record = self._encoded.get(step) or self._encode(place, step, before, source)
                steps[number] = record
                self._told.add(number)
        return self._number_of(done[-1]) if done else 0

    def _tell_source(self, source: Step, steps: dict[int, StepRecord]) -> int:
        """The number of a step on another plane, told if it was not; 0 if it is not kept any more."""
        if self._number_of(source) in self._told:
            return self._number_of(source)
        for place, done in every_state(self.annotator):
            if source in done:
                return self._tell_all(place, done[: done.index(source) + 1], steps)
        return 0

    def _encode(self, place: Place, step: Step, before: Step | None, source: int) -> tuple[int, StepRecord]:
        after = self._number_of(before) if before else 0
        record: StepRecord = {"object": place[0], "plane": place[1], "after": after, "origin": step.origin}
        if step.click:
            record["click"] = stored_click(step.click)
        if source:
            record["source"] = source
        if step.confidence is not None:
            record["confidence"] = round(step.confidence, 3)
        if step.anew:
            record["anew"] = True
        if before in self._restored or step.source in self._restored:
            record["resumed"] = True
        prediction = step.prediction
        revised = revision(before.prediction, prediction) if before else None
        if revised == {}:
            record["unchanged"] = True
        else:
            if revised:
                record["revised"] = revised
            record["shape"] = prediction.plane_shape
            record["mask"] = packed(prediction.claim())
        if prediction.without:
            record["without"] = packed(prediction.without)
        if step.circumstances:
            record |= self._plain(step.circumstances)
        self._count += 1
        self._encoded[step] = self._count, record
        return self._encoded[step]

    def _plain(self, circumstances: Circumstances) -> StepRecord:
        """What a step depended on, as plain values."""
        facts = circumstances.predictor
        if facts not in self._predictors:
            self._predictors.append(facts)
        return {
            "time": round(circumstances.time, 3),
            "image": getattr(circumstances.image, "settings", {}),
            "view": circumstances.view,
            "predictor": self._predictors.index(facts),
            **({"others": packed(circumstances.others)} if circumstances.others else {}),
        }

    def _number_of(self, step: Step) -> int:
        return self._encoded.get(step, (0, None))[0]


def revision(before: Prediction, after: Prediction) -> dict[str, Any] | None:
    """How a prediction was changed without asking the network, but for pixels of others; None if it is another one.

    Examples
    --------
    >>> import numpy as np
    >>> from dataclasses import replace
    >>> from napari_simpleclick.arrays import Box
    >>> first = Prediction(np.zeros((4, 4), np.float32), Box(0, 9, 0, 9), (9, 9))
    >>> revision(first, replace(first, plane_shape=(9, 8))), revision(first, replace(first))
    ({'plane_shape': (9, 8)}, {})
    """
    if before.network_map is not after.network_map or before.drawn is not after.drawn:
        return None
    apart = ("network_map", "drawn", "without", "first_look")
    names = [field.name for field in fields(Prediction) if field.name not in apart]
    return {name: getattr(after, name) for name in names if getattr(before, name) != getattr(after, name)}


def every_state(annotator: Annotator) -> Iterator[tuple[Place, tuple[Step, ...]]]:
    """The steps of every place, as they are and as they were."""
    for place, session in list(annotator.sessions.items()):
        yield place, session.steps
    for edit in (edit for history in annotator.history for edits in history for edit in edits):
        if isinstance(edit, Edit):
            yield edit.place, edit.after
            yield edit.place, edit.before
