"""Pictures of planes whose red, green and blue come from several images, such as the modalities of one patient."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from napari_simpleclick.data.plane import PlaneImage


@dataclass(frozen=True, slots=True, eq=False)
class ChannelsImage:
    """Three grey planes of one shape as (height, width, 3) uint8; only what is indexed is read and converted.

    Parameters
    ----------
    channels
        What is red, green and blue.
    origins
        Where each of them comes from, as plain values for session files.
    """

    channels: tuple[PlaneImage, PlaneImage, PlaneImage]
    origins: tuple[Mapping[str, Any], Mapping[str, Any], Mapping[str, Any]] = ({}, {}, {})

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ChannelsImage) and self.channels == other.channels

    def __hash__(self) -> int:
        return hash(self.channels)

    @property
    def settings(self) -> dict[str, Any]:
        """What makes this picture, as plain values for session files."""
        pairs = zip(self.channels, self.origins, strict=True)
        return {"channels": [{**channel.settings, **origin} for channel, origin in pairs]}

    @property
    def shape(self) -> tuple[int, int, int]:
        """Height, width, 3."""
        return self.channels[0].shape

    @property
    def dtype(self) -> np.dtype[np.uint8]:
        """Always uint8."""
        return np.dtype(np.uint8)

    def __getitem__(self, index: Any) -> np.ndarray:
        """Pixels at a pair of slices or at `np.ix_(rows, columns)`."""
        read = {channel: channel[index][..., 0] for channel in set(self.channels)}
        return np.stack([read[channel] for channel in self.channels], axis=-1)

    def stored(self, rows: Any, cols: Any) -> bytes | None:
        """Pixels of all channels as their arrays have them now; None where reading one of them takes long."""
        parts = [part for channel in self.channels if (part := channel.stored(rows, cols)) is not None]
        return b"".join(parts) if len(parts) == len(self.channels) else None

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        """The whole plane."""
        return self[:, :]
