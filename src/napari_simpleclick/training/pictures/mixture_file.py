"""A mixture of sources as a file: which folders of labelled pictures, of what kind, and how often each is asked."""

import tomllib
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, get_args

from napari_simpleclick.training.pictures.augmentation import Kind
from napari_simpleclick.training.pictures.labelled import LabelledPictures
from napari_simpleclick.training.pictures.readers import Reader

WHOLE, REGION, PASTED = 0.25, 0.35, 0.08
"""Chances that a real picture is shown whole, as a region of interest, and that its object is pasted elsewhere."""

REDRAWN = 0.1
"""Part of the targets of real pictures that are drawn as another person might."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureSource:
    """A folder of labelled pictures.

    Parameters
    ----------
    folder
        With `images/` and `labels/`, below the root of the data.
    weight
        How often it is asked, in any unit.
    kind
        What it shows.
    parts
        Whether all labels of a picture together are an object, too.

    Raises
    ------
    ValueError
        If the kind is unknown or the weight negative.
    """

    folder: str
    weight: float
    kind: Kind = "any"
    parts: bool = False

    def __post_init__(self) -> None:
        if self.kind not in get_args(Kind):
            raise ValueError(
                f"The kind of {self.folder} is one of {', '.join(get_args(Kind))}; got {self.kind!r}. Correct the file."
            )
        check_weight(self.folder, self.weight)

    def pictures(self, readers: list[Reader]) -> LabelledPictures:
        """The source of examples that these pictures make."""
        return LabelledPictures(
            readers,
            REDRAWN,
            kind=self.kind,
            parts=self.parts,
            varied=True,
            whole=WHOLE,
            region=REGION,
            pasted=PASTED,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ProceduralParts:
    """How often drawn pictures come, in the unit of the other weights.

    Parameters
    ----------
    mixed, sections, brains
        Procedural pictures of every style, sections of tissue, brains with lesions.
    """

    mixed: float = 0.0
    sections: float = 0.0
    brains: float = 0.0

    def __post_init__(self) -> None:
        for each in fields(self):
            check_weight(each.name, getattr(self, each.name))


@dataclass(frozen=True, slots=True)
class MixtureFile:
    """What a run learns from.

    Parameters
    ----------
    sources
        Folders of labelled pictures.
    synthetic
        Drawn pictures.
    """

    sources: tuple[PictureSource, ...] = ()
    synthetic: ProceduralParts = field(default_factory=ProceduralParts)

    @classmethod
    def read(cls, path: Path) -> "MixtureFile":
        """Read a TOML file with a table `synthetic` and tables `[[source]]`.

        Raises
        ------
        FileNotFoundError
            If there is no such file.
        ValueError
            If it is no TOML, or holds a wrong name or value.
        """
        try:
            content = tomllib.loads(path.read_text())
            unknown = sorted(content.keys() - {"source", "synthetic"})
            if unknown:
                raise ValueError(f"unknown {', '.join(unknown)}; a mixture has [synthetic] and [[source]]")
            sources = tuple(PictureSource(**known(PictureSource, each)) for each in content.get("source", []))
            synthetic = ProceduralParts(**known(ProceduralParts, content.get("synthetic", {})))
        except (tomllib.TOMLDecodeError, TypeError, ValueError) as error:
            raise ValueError(f"{path} is no mixture: {error}") from error
        if not sources and not any(getattr(synthetic, each.name) for each in fields(synthetic)):
            raise ValueError(f"{path} is no mixture: it names no source. Add a [[source]] or [synthetic].")
        return cls(sources, synthetic)


def known(kind: type, table: dict[str, Any]) -> dict[str, Any]:
    """A table whose keys are fields of a dataclass.

    Raises
    ------
    ValueError
        If a key is not known; lists the right ones.
    """
    names = [each.name for each in fields(kind)]
    if wrong := sorted(table.keys() - set(names)):
        raise ValueError(f"unknown {', '.join(wrong)}; choose from {', '.join(names)}")
    return table


def check_weight(name: str, weight: float) -> None:
    """A weight is a number, zero or larger.

    Raises
    ------
    ValueError
        If it is not.
    """
    if isinstance(weight, bool) or not isinstance(weight, int | float) or not weight >= 0:
        raise ValueError(f"The weight of {name} is a number that is not negative; got {weight!r}.")
