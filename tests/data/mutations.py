"""Damaged files for tests: small sound ones of every kind that a format allows, and seeded damage."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import tifffile
import zarr
from PIL import Image

STACK = np.random.default_rng(0).integers(0, 255, (4, 40, 48)).astype(np.uint16)
GREY = STACK[0].astype(np.uint8)
COLOR = np.stack([GREY, GREY[::-1], GREY[:, ::-1]], axis=-1)
EXTREMES = (0, 1, 2, 3, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF, 0xFFFFFFFE)


def tiff(name: str, data: np.ndarray, **settings: object) -> Callable[[Path], Path]:
    """A maker of a TIFF."""

    def make(folder: Path) -> Path:
        path = folder / f"{name}.tif"
        tifffile.imwrite(path, data, **settings)
        return path

    make.__name__ = f"{name}.tif"
    return make


def picture(name: str, mode: str) -> Callable[[Path], Path]:
    """A maker of a picture; the ending chooses the format."""

    def make(folder: Path) -> Path:
        image = Image.fromarray(STACK[0] * 200) if mode == "I;16" else Image.fromarray(COLOR).convert(mode)
        image.save(folder / name)
        return folder / name

    make.__name__ = name
    return make


def animation(folder: Path) -> Path:
    """A GIF of three frames."""
    frames = [Image.fromarray(np.roll(COLOR, shift, axis=0)) for shift in range(3)]
    frames[0].save(folder / "moving.gif", save_all=True, append_images=frames[1:])
    return folder / "moving.gif"


def ome_zarr(name: str, version: str) -> Callable[[Path], Path]:
    """A maker of an OME-Zarr of two levels."""

    def make(folder: Path) -> Path:
        path = folder / f"{name}.ome.zarr"
        group = zarr.open_group(path, mode="w", zarr_format=2 if version == "0.4" else 3)
        group.create_array("0", data=STACK, chunks=(1, 20, 24))
        group.create_array("1", data=STACK[:, ::2, ::2])
        axes = [{"name": n, "type": "space", "unit": "micrometer"} for n in "zyx"]
        steps = [[{"type": "scale", "scale": [2.0, k, k]}] for k in (0.5, 1.0)]
        levels = [{"path": str(i), "coordinateTransformations": step} for i, step in enumerate(steps)]
        told = {"multiscales": [{"axes": axes, "datasets": levels, "version": version}]}
        group.attrs.update(told if version == "0.4" else {"ome": {"version": version, **told}})
        return path

    make.__name__ = f"{name}.ome.zarr"
    return make


TIFFS = [
    tiff("plain", STACK, photometric="minisblack"),
    tiff("big", STACK, photometric="minisblack", bigtiff=True, tile=(16, 16), compression="zlib"),
    tiff("imagej", STACK, imagej=True, resolution=(2, 2), metadata={"axes": "ZYX", "unit": "um", "spacing": 3.0}),
    tiff(
        "ome",
        STACK,
        ome=True,
        metadata={"axes": "ZYX", "PhysicalSizeX": 0.5, "PhysicalSizeY": 0.5, "PhysicalSizeZ": 2.0},
    ),
    tiff("lzw", STACK, photometric="minisblack", compression="lzw", predictor=True, metadata=None),
    tiff("packbits", GREY, photometric="minisblack", compression="packbits", metadata=None),
    tiff("jpeg", COLOR, photometric="rgb", compression="jpeg", metadata=None),
    tiff("palette", GREY, photometric="palette", colormap=np.arange(768, dtype=np.uint16).reshape(3, 256)[::-1]),
    tiff("planar", np.moveaxis(COLOR, -1, 0), photometric="rgb", planarconfig="separate"),
]
PICTURES = [
    picture("grey.png", "L"),
    picture("colors.png", "RGBA"),
    picture("palette.png", "P"),
    picture("deep.png", "I;16"),
    picture("photo.jpg", "RGB"),
    picture("still.gif", "P"),
    picture("plain.bmp", "RGB"),
    animation,
]
ZARRS = [ome_zarr("v4", "0.4"), ome_zarr("v5", "0.5")]


def damaged(content: bytes, rng: np.random.Generator) -> bytes:
    """Content with one to four faults: bits flipped, numbers replaced by extreme ones, parts lost, moved or zeroed."""
    held = bytearray(content)
    for _ in range(int(rng.integers(1, 5))):
        if not held:
            break
        # Half of the faults hit the header, where they do most.
        reach = len(held) if rng.random() < 0.5 else min(len(held), 400)
        place, kind = int(rng.integers(reach)), int(rng.integers(6))
        if kind == 0:
            held[place] ^= 1 << int(rng.integers(8))
        elif kind == 1:
            width = int(rng.choice([1, 2, 4, 8]))
            value = int(rng.choice(EXTREMES)) % (1 << 8 * min(width, 4))
            held[place : place + width] = value.to_bytes(width, "little")
        elif kind == 2:
            del held[int(rng.integers(len(held))) :]
        elif kind == 3:
            del held[place : place + int(rng.integers(1, 64))]
        elif kind == 4:
            start = int(rng.integers(len(held)))
            held[place:place] = held[start : start + int(rng.integers(1, 64))]
        else:
            length = int(rng.integers(1, 64))
            held[place : place + length] = bytes(len(held[place : place + length]))
    return bytes(held)


def damage(path: Path, rng: np.random.Generator) -> None:
    """Damage a file, or one file of a folder."""
    files = sorted(each for each in path.rglob("*") if each.is_file()) if path.is_dir() else [path]
    # Half of the faults of a folder hit what describes it.
    told = [each for each in files if each.suffix == ".json" or each.name.startswith(".z")]
    victims = told if told and rng.random() < 0.7 else files
    victim = victims[int(rng.integers(len(victims)))]
    if path.is_dir() and rng.random() < 0.1:
        victim.unlink()
    else:
        victim.write_bytes(damaged(victim.read_bytes(), rng))
