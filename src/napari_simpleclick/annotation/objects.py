"""Objects: what they are called, which class they belong to, and whether they may change."""

from dataclasses import asdict, dataclass, fields
from typing import Any, Literal, Self

Overlap = Literal["keep", "overwrite"]
"""Who gets a pixel that two objects claim: the object that has it, or the object that was edited last."""


class LockedError(ValueError):
    """Somebody tried to change an object that is locked."""


@dataclass(frozen=True, slots=True)
class ObjectProperties:
    """What the user says about an object.

    Parameters
    ----------
    name
        Free text.
    class_id
        Number of the class, 1 or more; the labels of all objects of a class are equal when classes are shown.
    color
        "#rrggbb"; the labels layer chooses if empty.
    locked
        Nothing changes a locked object.
    visible
        Whether the mask is shown; it is kept in any case.
    """

    name: str = ""
    class_id: int = 1
    color: str = ""
    locked: bool = False
    visible: bool = True

    def plain(self) -> dict[str, Any]:
        """What differs from the defaults, for a session file."""
        return {name: value for name, value in asdict(self).items() if value != getattr(DEFAULT, name)}

    @classmethod
    def from_plain(cls, stored: dict[str, Any]) -> Self:
        """The reverse of `plain`; fields that a later version added are left out.

        Examples
        --------
        >>> ObjectProperties.from_plain({"name": "nucleus", "mood": "blue"}).name
        'nucleus'
        """
        return cls(**{field.name: stored[field.name] for field in fields(cls) if field.name in stored})


DEFAULT = ObjectProperties()
"""Of objects that nobody said anything about."""


def require_unlocked(properties: dict[int, ObjectProperties], *object_ids: int) -> None:
    """Raise if an object may not change.

    Raises
    ------
    LockedError
        Names the object and the cure.
    """
    for object_id in object_ids:
        about = properties.get(object_id, DEFAULT)
        if about.locked:
            name = f" ({about.name})" if about.name else ""
            raise LockedError(f"Object {object_id}{name} is locked. Unlock it in the table of objects to change it.")
