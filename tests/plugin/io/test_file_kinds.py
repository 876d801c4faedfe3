"""Kinds of files from bug reports of the field, through the readers of the plugin and `segment`."""

import json

import numpy as np
import pytest
import tifffile
from napari.components import ViewerModel
from napari.layers import Image, Labels, Layer
from PIL import Image as Picture
from rich.console import Console
from tests.fakes import Pixel

from napari_simpleclick.cli.segment import SegmentSettings, run_segment
from napari_simpleclick.data.errors import VolumeError
from napari_simpleclick.data.io import read_volume
from napari_simpleclick.plugin.io.folder_readers import get_folder_reader
from napari_simpleclick.plugin.io.tiff_reader import get_tiff_reader

GREY = (np.add.outer(np.arange(40), np.arange(48)) * 2).astype(np.uint8)
STACK = np.stack([GREY + z for z in range(5)])


def opened(path, get_reader=get_tiff_reader):
    viewer = ViewerModel()
    for layer in get_reader(str(path))(str(path)):
        viewer.add_layer(Layer.create(*layer))
    return list(viewer.layers)


def segmented(folder, image, at):
    """What `segment` writes and prints for one click, with a predictor that marks the pixel."""
    clicks = folder / "clicks.json"
    clicks.write_text(json.dumps({"clicks": [{"at": list(at)}]}))
    console = Console(record=True, width=400)
    run_segment(SegmentSettings(image, clicks, folder / "mask.tif"), Pixel, console)
    return np.argwhere(np.asarray(read_volume(folder / "mask.tif").data)).tolist(), console.export_text()


@pytest.fixture
def warned(monkeypatch):
    """Warnings in napari's window."""
    told = []
    monkeypatch.setattr("napari.utils.notifications.show_warning", told.append)
    return told


@pytest.mark.parametrize("compression", ["tiff_lzw", "jpeg", "group4", "packbits", "tiff_adobe_deflate"])
def test_compressed_tiff_opens_and_is_segmented(tmp_path, compression):
    Picture.fromarray(GREY > 80 if compression == "group4" else GREY).save(tmp_path / "a.tif", compression=compression)
    (layer,) = opened(tmp_path / "a.tif")
    assert layer.data.shape == (40, 48)
    assert segmented(tmp_path, tmp_path / "a.tif", (7, 9))[0] == [[7, 9]]


@pytest.mark.parametrize(("count", "axes"), [(2, "cyx"), (5, "cyx"), (6, "cyx")])
def test_bands_are_planes_to_click_on(tmp_path, count, axes):
    bands = np.stack([GREY] * count, axis=-1)
    tifffile.imwrite(tmp_path / "a.tif", bands, photometric="minisblack", planarconfig="contig")
    (layer,) = opened(tmp_path / "a.tif")
    assert ("".join(layer.axis_labels), layer.data.shape) == (axes, (count, 40, 48))
    assert segmented(tmp_path, tmp_path / "a.tif", (1, 7, 9))[0] == [[1, 7, 9]]


def test_gif_is_segmented(tmp_path):
    Picture.fromarray(GREY).save(tmp_path / "a.gif")
    assert segmented(tmp_path, tmp_path / "a.gif", (7, 9))[0] == [[7, 9]]


def test_other_images_of_a_file_are_told_in_window_and_terminal(tmp_path, warned):
    with tifffile.TiffWriter(tmp_path / "a.ome.tif", ome=True) as writer:
        writer.write(GREY[:16, :16], photometric="minisblack", metadata={"axes": "YX", "Name": "label [red]"})
        writer.write(STACK, photometric="minisblack", metadata={"axes": "ZYX", "Name": "stack"})
    (layer,) = opened(tmp_path / "a.ome.tif")
    assert layer.data.shape == STACK.shape
    mask, text = segmented(tmp_path, tmp_path / "a.ome.tif", (2, 7, 9))
    assert mask == [[2, 7, 9]]
    for told in (warned[0], text):
        assert "holds 2 images" in told
        assert "label [red]" in told


def test_complex_tiff_is_refused_in_window_and_command(tmp_path):
    tifffile.imwrite(tmp_path / "a.tif", STACK.astype(np.complex64), photometric="minisblack")
    for use in (lambda: opened(tmp_path / "a.tif"), lambda: segmented(tmp_path, tmp_path / "a.tif", (1, 2, 3))):
        with pytest.raises(VolumeError, match="holds complex64"):
            use()


def test_palette_of_labels_opens_as_their_numbers(tmp_path):
    colormap = np.random.default_rng(0).integers(0, 65535, (3, 256)).astype(np.uint16)
    for name, kind in (("cells_masks.tif", Labels), ("cells.tif", Image)):
        tifffile.imwrite(tmp_path / name, GREY, photometric="palette", colormap=colormap)
        (layer,) = opened(tmp_path / name)
        assert isinstance(layer, kind)
    np.testing.assert_array_equal(opened(tmp_path / "cells_masks.tif")[0].data, GREY)


@pytest.mark.parametrize("name", ["stack masks.tif", "cells.v2_masks.TIF", "a.ome.tif"])
def test_name_of_the_layer_keeps_its_dots(tmp_path, name):
    tifffile.imwrite(tmp_path / name, GREY)
    assert opened(tmp_path / name)[0].name == name.removesuffix(".tif").removesuffix(".TIF").removesuffix(".ome")


zarr = pytest.importorskip("zarr")


def write_image(path, data, axes, **more):
    group = zarr.open_group(path, mode="w", zarr_format=2)
    group.create_array("0", data=data)
    named = [{"name": name, "type": "space", "unit": "micrometer"} for name in axes]
    group.attrs.update({"multiscales": [{"version": "0.4", "axes": named, "datasets": [{"path": "0"}]}], **more})


def test_labels_of_an_ome_zarr_are_shown_with_their_image(tmp_path, warned):
    write_image(tmp_path / "a.ome.zarr", STACK, "zyx")
    zarr.open_group(tmp_path / "a.ome.zarr" / "labels", mode="w", zarr_format=2).attrs["labels"] = ["cells"]
    write_image(tmp_path / "a.ome.zarr" / "labels" / "cells", STACK % 4, "zyx", **{"image-label": {}})
    layers = opened(tmp_path / "a.ome.zarr", get_folder_reader)
    assert [(type(layer), layer.name) for layer in layers] == [(Image, "a"), (Labels, "cells")]
    np.testing.assert_array_equal(layers[1].data, STACK % 4)
    (alone,) = opened(tmp_path / "a.ome.zarr" / "labels" / "cells", get_folder_reader)
    assert isinstance(alone, Labels)


def test_images_inside_of_a_zarr_open_and_are_segmented(tmp_path, warned):
    zarr.open_group(tmp_path / "conv.zarr", mode="w", zarr_format=2).attrs["bioformats2raw.layout"] = 3
    write_image(tmp_path / "conv.zarr" / "0", STACK, "zyx")
    for path in (tmp_path / "conv.zarr", tmp_path / "conv.zarr" / "0"):
        (layer,) = opened(path, get_folder_reader)
        assert layer.data.shape == STACK.shape
        assert segmented(tmp_path, path, (2, 7, 9))[0] == [[2, 7, 9]]
    assert warned == []


def test_axes_in_another_order_are_segmented_and_the_mask_keeps_them(tmp_path):
    write_image(tmp_path / "a.ome.zarr", STACK.T.copy(), "xyz")
    mask, _ = segmented(tmp_path, tmp_path / "a.ome.zarr", (9, 7, 2))
    assert mask == [[9, 7, 2]]
    assert read_volume(tmp_path / "mask.tif").axes == "XYZ"
