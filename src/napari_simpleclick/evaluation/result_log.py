"""Log of results: one line per object as soon as it is done, so that an interrupted run can go on."""

import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from napari_simpleclick.evaluation import stored
from napari_simpleclick.evaluation.effort.result import EffortResult
from napari_simpleclick.evaluation.evaluate import Done, Placed, done
from napari_simpleclick.evaluation.object_result import ObjectResult
from napari_simpleclick.evaluation.reports.report import require_clicks
from napari_simpleclick.files import write_text
from napari_simpleclick.write_errors import told_if_not_written


class LineLog:
    """Results of a run in a file of JSON lines; the first line says what was evaluated, and how.

    A killed run leaves whole lines and at most one broken line, which is dropped when the run goes on.

    Parameters
    ----------
    path
        The file.
    run
        Data set, protocol and model; only a run that is the same in all of them goes on.
    resume
        Keep the results that are in the file; otherwise it is written anew.
    defaults
        Settings that files of earlier versions do not have, by the key of the run, with the values that they had then.

    Raises
    ------
    ValueError
        If the file belongs to another run.
    OSError
        If the file cannot be written.
    """

    def __init__(
        self, path: Path, run: dict[str, Any], *, resume: bool = False, defaults: dict[str, Any] | None = None
    ) -> None:
        self.path = path
        self.run: dict[str, Any] = json.loads(json.dumps(run))
        self.defaults: dict[str, Any] = json.loads(json.dumps(defaults or {}))
        lines = self.whole_lines() if resume and path.exists() else []
        if lines:
            self.require_same_run(lines[0])
        self.found = lines[1:]
        self._lines = [json.dumps(line) + "\n" for line in lines or [self.run]]
        write_text(path, "".join(self._lines))

    def write(self, line: dict[str, Any]) -> None:
        """Append a line that is on the disk when this returns; a file that somebody removed is written anew.

        Raises
        ------
        OSError
            If the disk is full or the file cannot be written.
        """
        self._lines.append(json.dumps(line) + "\n")
        with told_if_not_written(self.path, cure="The same command with --resume goes on."):
            if not self.path.exists():
                write_text(self.path, "".join(self._lines[:-1]))
            with self.path.open("a", encoding="utf-8") as file:
                file.write(self._lines[-1])
                file.flush()
                os.fsync(file.fileno())

    def whole_lines(self) -> list[dict[str, Any]]:
        """All lines but one that was cut off at the end.

        Raises
        ------
        ResultFileError
            If a line inside is damaged.
        """
        try:
            *whole, _ = self.path.read_text(encoding="utf-8").split("\n")
            return [stored.mapping(json.loads(line), "a line") for line in whole]
        except (ValueError, RecursionError) as error:
            raise self.damaged(error) from error

    def damaged(self, error: Exception) -> stored.ResultFileError:
        """What to say of a file that cannot be gone on with."""
        return stored.ResultFileError(f"{self.path} is no log of results ({error}). Remove it, or do not --resume.")

    def require_same_run(self, found: dict[str, Any]) -> None:
        """Refuse to mix the results of two runs; what a version did not know yet had its default.

        Raises
        ------
        ResultFileError
            Names the settings that differ.
        """
        for name, values in self.defaults.items():
            told, now = found.get(name), self.run.get(name)
            if isinstance(told, dict) and isinstance(now, dict):
                known = {key: value for key, value in values.items() if key in now}
                found = found | {name: known | told}
        names = [name for name in {**self.run, **found} if self.run.get(name) != found.get(name)]
        if names:
            differences = "; ".join(f"{name}: {found.get(name)} there, {self.run.get(name)} now" for name in names)
            raise stored.ResultFileError(
                f"{self.path} belongs to another run ({differences}). Repeat the command of that run, or choose "
                "another --output."
            )


class ResultLog(LineLog):
    """Results of objects on pictures; see `LineLog`.

    Parameters
    ----------
    path, run, resume, defaults
        As for `LineLog`.

    Raises
    ------
    ResultFileError
        If a line holds no result, or one with other clicks than the protocol makes.
    """

    def __init__(
        self, path: Path, run: dict[str, Any], *, resume: bool = False, defaults: dict[str, Any] | None = None
    ) -> None:
        super().__init__(path, run, resume=resume, defaults=defaults)
        try:
            placed = [
                Placed(
                    stored.count(line.get("picture"), "picture"),
                    stored.count(line.get("objects"), "objects"),
                    ObjectResult.from_json(line.get("result", {})),
                )
                for line in self.found
            ]
            protocol = self.run.get("protocol")
            if protocol:
                results = (entry.result for entry in placed)
                require_clicks(results, protocol["max_clicks"], stops=protocol["stop_at"] is not None)
        except stored.ResultFileError as error:
            raise self.damaged(error) from error
        # A result counts once, however many processes wrote it.
        self.placed = list({done(entry): entry for entry in placed}.values())

    @property
    def done(self) -> frozenset[Done]:
        """Which results are in the log."""
        return frozenset(map(done, self.placed))

    @property
    def complete(self) -> frozenset[int]:
        """Pictures all of whose objects are in the log; they need not be read again."""
        found = Counter(entry.picture for entry in self.placed)
        return frozenset(entry.picture for entry in self.placed if found[entry.picture] == entry.objects)

    def keep(self, placed: Iterable[Placed]) -> Iterator[Placed]:
        """Write results down as they come, and pass them on."""
        for entry in placed:
            self.placed.append(entry)
            self.write({"picture": entry.picture, "objects": entry.objects, "result": asdict(entry.result)})
            yield entry


class EffortLog(LineLog):
    """Results of whole objects by their numbers; see `LineLog`.

    Parameters
    ----------
    path, run, resume, defaults
        As for `LineLog`.

    Raises
    ------
    ResultFileError
        If a line holds no result.
    """

    def __init__(
        self, path: Path, run: dict[str, Any], *, resume: bool = False, defaults: dict[str, Any] | None = None
    ) -> None:
        super().__init__(path, run, resume=resume, defaults=defaults)
        try:
            self.results = {
                stored.count(line.get("number"), "number"): EffortResult.from_json(line.get("result", {}))
                for line in self.found
            }
        except stored.ResultFileError as error:
            raise self.damaged(error) from error

    def keep(self, results: Iterable[tuple[int, EffortResult]]) -> Iterator[tuple[int, EffortResult]]:
        """Write results down as they come, and pass them on."""
        for number, result in results:
            self.results[number] = result
            self.write({"number": number, "result": asdict(result)})
            yield number, result
