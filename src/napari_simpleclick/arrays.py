"""Array types that state shape, axis order and range; rows always come before columns."""

from typing import TypeAlias

import numpy as np
from jaxtyping import Bool, Float, Float32, Integer, UInt8

RgbImage: TypeAlias = UInt8[np.ndarray, "height width 3"]
"""(height, width, 3) uint8, 0-255."""

BinaryMask: TypeAlias = Bool[np.ndarray, "height width"]
"""(height, width) bool, True on the object."""

ProbabilityMap: TypeAlias = Float32[np.ndarray, "height width"]
"""(height, width) float32 in [0, 1]."""

LabelMap: TypeAlias = Integer[np.ndarray, "height width"]
"""(height, width) integers: 0 is background, -1 is ignored, others are object ids."""

Affine: TypeAlias = Float[np.ndarray, "4 4"]
"""Voxel indices to millimetres, homogeneous."""
