"""What happened to one object: the clicks that it got, and how good the mask was after each."""

from dataclasses import dataclass
from typing import Any, Self

from napari_simpleclick.clicks import Click
from napari_simpleclick.evaluation import stored


@dataclass(frozen=True, slots=True)
class ObjectResult:
    """What happened to one object.

    Parameters
    ----------
    sample
        Name of the picture.
    object_id
        Label of the object in it.
    clicks, ious, seconds, boundary_ious
        The clicks, and for each the IoU after it, the time that its mask took and the IoU of the rims.
    domain
        Kind of pictures that it is from, where a data set has several; else empty.
    draw
        Number of the draw of a user who clicks by chance, from 0.
    """

    sample: str
    object_id: int
    clicks: tuple[Click, ...]
    ious: tuple[float, ...]
    seconds: tuple[float, ...]
    boundary_ious: tuple[float, ...] = ()
    domain: str = ""
    draw: int = 0

    @property
    def place(self) -> tuple[str, int]:
        """Picture and label: which object of a data set it is."""
        return self.sample, self.object_id

    @classmethod
    def from_json(cls, entry: dict[str, Any]) -> Self:
        """Undo `dataclasses.asdict` and JSON; files of earlier versions have no domain and draw.

        Raises
        ------
        ResultFileError
            If something is missing or of another kind.
        """
        entry = stored.mapping(entry, "a result")
        made = stored.clicks(entry.get("clicks"))
        if not made:
            raise stored.ResultFileError("expected an object with clicks, got none")
        rims = stored.series(entry.get("boundary_ious", ()), "boundary_ious")
        return cls(
            stored.text(entry.get("sample"), "sample"),
            stored.count(entry.get("object_id"), "object_id"),
            made,
            stored.shares(entry.get("ious"), "ious", len(made)),
            tuple(stored.number(each, "seconds") for each in stored.series(entry.get("seconds"), "seconds", len(made))),
            stored.shares(rims, "boundary_ious", len(made)) if rims else (),
            stored.text(entry.get("domain", ""), "domain"),
            stored.count(entry.get("draw", 0), "draw"),
        )
