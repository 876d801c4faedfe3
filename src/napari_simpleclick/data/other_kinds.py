"""What a file is whose name says something else, or nothing that is known, and what to do about it."""

from pathlib import Path

OWN_ENDING = "Give it the ending of its kind."

AS_PICTURE = "Save it as PNG or TIFF."

AS_NIFTI = "Convert it to NIfTI, for example with ITK-SNAP or 3D Slicer."

FROM_DICOM = "Convert its series to NIfTI, for example with dcm2niix."

FROM_MICROSCOPE = "Convert it to OME-TIFF or OME-Zarr, for example with Fiji or bioformats2raw."

UNPACK = "Unpack it first."

KINDS = (
    (0, b"version https://git-lfs", "a pointer of Git LFS", "Get the file itself: git lfs pull."),
    (0, b"\x89PNG", "a PNG file", OWN_ENDING),
    (0, b"\xff\xd8\xff", "a JPEG file", OWN_ENDING),
    (0, b"GIF8", "a GIF file", OWN_ENDING),
    (0, b"BM", "a BMP file", OWN_ENDING),
    (0, b"II*\0", "a TIFF file", OWN_ENDING),
    (0, b"MM\0*", "a TIFF file", OWN_ENDING),
    (0, b"II+\0", "a TIFF file", OWN_ENDING),
    (8, b"WEBP", "a WebP file", AS_PICTURE),
    (4, b"ftypheic", "a HEIC file", AS_PICTURE),
    (4, b"ftypmif1", "a HEIC file", AS_PICTURE),
    (4, b"ftypavif", "an AVIF file", AS_PICTURE),
    (4, b"jP  ", "a JPEG 2000 file", AS_PICTURE),
    (0, b"\xff\x4f\xff\x51", "a JPEG 2000 file", AS_PICTURE),
    (0, b"%PDF", "a PDF file", AS_PICTURE),
    (0, b"<svg", "an SVG file", AS_PICTURE),
    (128, b"DICM", "a DICOM file", FROM_DICOM),
    (0, b"NRRD", "an NRRD file", AS_NIFTI),
    (0, b"ObjectType", "a MetaImage file", AS_NIFTI),
    (0, b"\x89HDF", "an HDF5 file", FROM_MICROSCOPE),
    (0, b"ZISRAWFILE", "a CZI file", FROM_MICROSCOPE),
    (0, b"\x93NUMPY", "an array of NumPy", "Save it as TIFF, for example with tifffile."),
    (257, b"ustar", "a tar archive", UNPACK),
    (0, b"PK\3\4", "a ZIP archive", UNPACK),
    (0, b"\x1f\x8b", "packed by gzip", UNPACK),
    (0, b"BZh", "packed by bzip2", UNPACK),
    (0, b"\x28\xb5\x2f\xfd", "packed by Zstandard", UNPACK),
    (0, b"\xfd7zXZ", "packed by xz", UNPACK),
    (0, b"7z\xbc\xaf", "a 7z archive", UNPACK),
)
"""Place and bytes that tell a kind, what to call it, and what to do about it."""

HEAD = 512
"""Bytes that tell the kind."""

CURES = {
    FROM_DICOM: (".dcm", ".ima", ".dicom"),
    AS_NIFTI: (".nrrd", ".nhdr", ".mha", ".mhd", ".mgz", ".mgh", ".hdr", ".img", ".mnc", ".par", ".rec"),
    FROM_MICROSCOPE: (
        ".czi",
        ".lif",
        ".nd2",
        ".lsm",
        ".oib",
        ".oif",
        ".ims",
        ".vsi",
        ".svs",
        ".ndpi",
        ".scn",
        ".stk",
        ".dm3",
        ".dm4",
        ".mrc",
        ".h5",
        ".hdf5",
        ".n5",
        ".qptiff",
    ),
    UNPACK: (".zip", ".gz", ".tgz", ".tar", ".bz2", ".zst", ".xz", ".7z", ".rar"),
    AS_PICTURE: (".webp", ".jp2", ".heic", ".heif", ".avif", ".svg", ".pdf"),
    "It is a JPEG: give it the ending .jpg.": (".jfif", ".jpe"),
}
"""What to do about files by the ending of their name."""


def other_kind(head: bytes) -> str | None:
    """What a file is by its first bytes, as the end of a sentence, and what to do about it; None if that is not known.

    Examples
    --------
    >>> other_kind(b"RIFF....WEBPVP8 ")
    'a WebP file. Save it as PNG or TIFF.'
    >>> other_kind(b"II*"), other_kind(b"")
    (None, 'empty: it has 0 bytes. Copy it again.')
    """
    if not head:
        return "empty: it has 0 bytes. Copy it again."
    if head.lstrip().lower().startswith((b"<!doctype html", b"<html")):
        return "a web page, as a download gives that asks for something first. Download it in a browser."
    return next(
        (f"{name}. {cure}" for place, mark, name, cure in KINDS if head[place : place + len(mark)] == mark), None
    )


def kind_of_file(path: Path) -> str | None:
    """The same of a file on disk; None, too, where it cannot be read."""
    try:
        with path.open("rb") as file:
            return other_kind(file.read(HEAD))
    except OSError:
        return None


def cure_of_name(name: str) -> str:
    """What to do about a file whose ending is not known.

    Examples
    --------
    >>> cure_of_name("IM1.DCM"), cure_of_name("a.xyz")
    ('Convert its series to NIfTI, for example with dcm2niix.', 'Convert it to one of these.')
    """
    return next((cure for cure, ends in CURES.items() if name.lower().endswith(ends)), "Convert it to one of these.")


def missing(path: Path) -> str:
    """The message for a file that is not there, or a link that leads nowhere."""
    if path.is_symlink():
        return (
            f"{path} is a link to {path.readlink()}, which is not there. Get the file itself, of DataLad with datalad "
            "get, of git-annex with git annex get."
        )
    if path.parts and path.parts[0].endswith(":") and len(path.parts[0]) > 2:
        return f"{path} is an address, and nothing is fetched from the network. Download it, and give the file."
    return f"No file {path.absolute()}."
