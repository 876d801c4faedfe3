"""Sessions of all objects on all planes of a volume: found by both, with their masks; at most one session for each."""

from collections.abc import Hashable, Iterator, Mapping

from napari_simpleclick.annotation.history import Place
from napari_simpleclick.clicks import Click
from napari_simpleclick.inference.prediction import Prediction
from napari_simpleclick.inference.session import UNREVIEWED, ClickSession, Origin
from napari_simpleclick.masks import BoxedMask

MASKS_KEPT = 2000
"""Most masks that are remembered, to tell quickly what other objects have."""


class Sessions(Mapping[Place, ClickSession]):
    """A mapping from object and plane to the session there; may be asked while another thread adds to it."""

    def __init__(self) -> None:
        self._all: dict[Place, ClickSession] = {}
        self._by_object: dict[int, dict[Hashable, ClickSession]] = {}
        self._by_plane: dict[Hashable, dict[int, ClickSession]] = {}
        self._masks: dict[Place, tuple[Prediction, BoxedMask | None]] = {}

    def __getitem__(self, place: Place) -> ClickSession:
        return self._all[place]

    def __iter__(self) -> Iterator[Place]:
        return iter(list(self._all))

    def __len__(self) -> int:
        return len(self._all)

    def hold(self, place: Place, session: ClickSession) -> None:
        """Have a session from now on, if it is a new one."""
        self._all[place] = session
        self._by_object.setdefault(place[0], {})[place[1]] = session
        self._by_plane.setdefault(place[1], {})[place[0]] = session

    @property
    def object_ids(self) -> list[int]:
        """The numbers of objects, oldest first."""
        return list(self._by_object)

    def of(self, object_id: int) -> dict[Hashable, ClickSession]:
        """The sessions of an object by plane."""
        return dict(self._by_object.get(object_id, {}))

    def on(self, plane: Hashable) -> dict[int, ClickSession]:
        """The sessions on a plane by object, oldest object first."""
        return dict(self._by_plane.get(plane, {}))

    def clicks(self, object_id: int) -> dict[Hashable, tuple[Click, ...]]:
        """The clicks of an object by plane; planes without clicks are left out."""
        found = ((plane, session.clicks) for plane, session in self.of(object_id).items())
        return {plane: clicks for plane, clicks in found if clicks}

    def origins(self, object_id: int) -> dict[Hashable, Origin]:
        """Where the mask of an object came from, by plane; planes without it are left out."""
        found = ((plane, session.newest) for plane, session in self.of(object_id).items())
        return {plane: newest.origin for plane, newest in found if newest is not None}

    def confidences(self, object_id: int) -> dict[Hashable, float]:
        """How sure propagation was of an object, 0 to 1, by plane; only where nobody has looked at the mask yet."""
        found = ((plane, session.newest) for plane, session in self.of(object_id).items())
        unreviewed = ((plane, newest.confidence) for plane, newest in found if newest and newest.origin in UNREVIEWED)
        return {plane: confidence for plane, confidence in unreviewed if confidence is not None}

    def prediction(self, object_id: int, plane: Hashable) -> Prediction | None:
        """An object on a plane; None where it is not."""
        session = self.get((object_id, plane))
        return session.prediction if session else None

    def masks_on(self, plane: Hashable) -> dict[int, BoxedMask]:
        """The masks on a plane by object, oldest object first; empty ones are left out."""
        masks = {object_id: self.mask((object_id, plane)) for object_id in self.on(plane)}
        return {object_id: mask for object_id, mask in masks.items() if mask is not None}

    def masks_beside(self, place: Place) -> dict[int, BoxedMask]:
        """The masks of the other objects on the plane of a place; empty ones are left out."""
        return {owner: mask for owner, mask in self.masks_on(place[1]).items() if owner != place[0]}

    def mask(self, place: Place) -> BoxedMask | None:
        """An object on a plane, remembered as long as it stays the same."""
        prediction = self.prediction(*place)
        if prediction is None:
            return None
        known = self._masks.get(place)
        if known is None or known[0] is not prediction:
            if len(self._masks) >= MASKS_KEPT:
                self._masks.clear()
            known = self._masks[place] = prediction, prediction.object_mask()
        return known[1]
