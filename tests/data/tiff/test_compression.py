"""Compressions and number types of TIFF that people meet; which are refused, and with which cure."""

import numpy as np
import pytest
import tifffile
from PIL import Image

from napari_simpleclick.data.errors import VolumeError
from napari_simpleclick.data.io import read_volume
from napari_simpleclick.data.tiff.read import read_tiff

SMOOTH = np.add.outer(np.arange(64), np.arange(48)).astype(np.uint8)
STACK = np.stack([SMOOTH + 3 * z for z in range(4)])


@pytest.mark.parametrize(
    "compression", ["lzw", "deflate", "adobe_deflate", "packbits", "zstd", "lzma", "png", "webp", "lerc", "jpegxl"]
)
@pytest.mark.parametrize("tile", [None, (16, 32)])
def test_pixels_of_every_lossless_compression_are_the_same(tmp_path, compression, tile):
    settings = {"compressionargs": {"lossless": True}} if compression in ("webp", "jpegxl") else {}
    data = STACK if compression != "webp" else np.stack([SMOOTH, SMOOTH, SMOOTH], axis=-1)
    kind = "rgb" if compression == "webp" else "minisblack"
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, data, photometric=kind, compression=compression, tile=tile, metadata=None, **settings)
    np.testing.assert_array_equal(read_tiff(path).data, data)


@pytest.mark.parametrize("compression", ["jpeg", "jpeg2000", "jpegxr"])
def test_pixels_of_lossy_compressions_are_close(tmp_path, compression):
    path = tmp_path / "a.tif"
    settings = {} if compression == "jpegxr" else {"compressionargs": {"level": 90}}
    tifffile.imwrite(path, SMOOTH, photometric="minisblack", compression=compression, **settings)
    assert np.abs(read_tiff(path).data.astype(int) - SMOOTH).mean() < 2


@pytest.mark.parametrize("compression", ["group3", "group4", "tiff_ccitt"])
def test_fax_pictures_are_read(tmp_path, compression):
    Image.fromarray(SMOOTH > 50).save(tmp_path / "a.tif", compression=compression)
    np.testing.assert_array_equal(read_tiff(tmp_path / "a.tif").data > 0, SMOOTH > 50)


@pytest.mark.parametrize("predictor", [True, False])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
def test_predictors_are_undone(tmp_path, predictor, dtype):
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, STACK.astype(dtype), photometric="minisblack", compression="lzw", predictor=predictor)
    np.testing.assert_array_equal(read_tiff(path).data, STACK)


@pytest.mark.parametrize("bits", [1, 2, 4, 10, 12, 14])
def test_packed_bits_are_unpacked(tmp_path, bits):
    values = (np.arange(64 * 48).reshape(64, 48) % (1 << bits)).astype(np.uint8 if bits < 9 else np.uint16)
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, values, photometric="minisblack", bitspersample=bits, metadata=None)
    np.testing.assert_array_equal(read_tiff(path).data, values)


@pytest.mark.parametrize(
    "dtype", ["bool", "u1", "u2", "u4", "u8", "i1", "i2", "i4", "i8", "f2", "f4", "f8", ">u2", ">f4"]
)
def test_every_type_of_number_is_read(tmp_path, dtype):
    values = (SMOOTH > 50).astype(dtype) if dtype == "bool" else SMOOTH.astype(dtype)
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, values, photometric="minisblack", byteorder=">" if dtype[0] == ">" else "<")
    data = read_tiff(path).data
    np.testing.assert_array_equal(data, values)
    assert data.dtype.isnative
    assert data.dtype == values.dtype.newbyteorder("=")


@pytest.mark.parametrize("bigtiff", [True, False])
@pytest.mark.parametrize("tile", [None, (16, 16)])
def test_bigtiff_and_tiles_are_read(tmp_path, bigtiff, tile):
    tifffile.imwrite(tmp_path / "a.tif", STACK, photometric="minisblack", bigtiff=bigtiff, tile=tile)
    np.testing.assert_array_equal(read_tiff(tmp_path / "a.tif").data, STACK)


@pytest.mark.parametrize("ending", [".ome.tf2", ".ome.tf8", ".ome.btf", ".BTF"])
def test_endings_of_large_ome_tiff_are_known(tmp_path, ending):
    tifffile.imwrite(tmp_path / f"a{ending}", STACK, photometric="minisblack", bigtiff=True)
    volume = read_volume(tmp_path / f"a{ending}")
    np.testing.assert_array_equal(volume.data, STACK)
    assert volume.name == "a"


@pytest.mark.parametrize("dtype", ["c8", "c16"])
def test_complex_numbers_are_refused_with_a_cure(tmp_path, dtype):
    tifffile.imwrite(tmp_path / "a.tif", STACK.astype(dtype))
    with pytest.raises(VolumeError, match=r"a.tif holds complex.*expected real numbers.*Save its magnitude"):
        read_tiff(tmp_path / "a.tif")


def test_missing_codec_is_not_called_damage(tmp_path, monkeypatch):
    tifffile.imwrite(tmp_path / "a.tif", STACK, photometric="minisblack", compression="zlib")

    def without_package(*_args, **_kwargs):
        raise ValueError("<COMPRESSION.LZW: 5> requires the 'imagecodecs' package")

    monkeypatch.setattr(tifffile.TiffPageSeries, "asarray", without_package)
    with pytest.raises(VolumeError, match=r"needs the package imagecodecs.*pip install imagecodecs") as error:
        read_tiff(tmp_path / "a.tif")
    assert "damaged" not in str(error.value)


def test_unknown_compression_is_not_called_damage(tmp_path):
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, STACK, photometric="minisblack", metadata=None, contiguous=False)
    with tifffile.TiffFile(path, mode="r+") as file:
        for page in file.pages:
            page.tags["Compression"].overwrite(32809)
    with pytest.raises(VolumeError, match="save") as error:
        read_tiff(path)
    assert "damaged" not in str(error.value)
