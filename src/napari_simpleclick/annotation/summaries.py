"""Summaries: what there is of every object."""

from collections.abc import Mapping
from dataclasses import dataclass

from napari_simpleclick.annotation.objects import DEFAULT, ObjectProperties
from napari_simpleclick.annotation.sessions import Sessions
from napari_simpleclick.inference.session import UNREVIEWED


@dataclass(frozen=True, slots=True)
class ObjectSummary:
    """What there is of an object.

    Parameters
    ----------
    object_id
        The object.
    slices
        Number of planes that it is on.
    unreviewed
        How many of these nobody has looked at.
    clicks
        Number of clicks on all planes.
    properties
        Name, class, colour, lock, visibility.
    """

    object_id: int
    slices: int
    unreviewed: int
    clicks: int
    properties: ObjectProperties = DEFAULT


class Summaries:
    """Summaries of objects, each counted anew only when the object changed."""

    def __init__(self) -> None:
        self._versions: dict[int, int] = {}
        self._known: dict[int, tuple[int, ObjectSummary]] = {}

    def forget(self, object_id: int) -> None:
        """What was counted of an object is out of date."""
        self._versions[object_id] = self._versions.get(object_id, 0) + 1

    def of(self, object_id: int, sessions: Sessions, about: Mapping[int, ObjectProperties]) -> ObjectSummary:
        """The summary of an object; may be asked while another thread changes it.

        Parameters
        ----------
        object_id
            The object.
        sessions
            Of all objects.
        about
            What the user said of objects, by number.
        """
        version = self._versions.get(object_id, 0)
        known = self._known.get(object_id)
        if known is None or known[0] != version:
            own = sessions.of(object_id).values()
            origins = [session.newest.origin for session in own if session.newest]
            unreviewed = sum(origin in UNREVIEWED for origin in origins)
            clicks = sum(session.click_count for session in own)
            known = version, ObjectSummary(object_id, len(origins), unreviewed, clicks, about.get(object_id, DEFAULT))
            self._known[object_id] = known
        return known[1]
