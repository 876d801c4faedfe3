"""Import torch in a process that already draws with Mesa's OpenGL, without crashing.

Mesa's drivers load LLVM, and so does triton, which torch imports where it is installed. When Mesa comes first, as in
every napari window, triton's library binds to Mesa's LLVM and the process dies (seen with triton 3.7 and Mesa 22; the
same clash with another LLVM is github.com/tensorflow/tensorflow/issues/124205). Bound deeply, it finds its own.
"""

import importlib
import importlib.util
import os
import sys


def import_torch() -> None:
    """Import torch; on Linux, triton before it with symbols bound to its own library first."""
    absent = importlib.util.find_spec("triton") is None
    if "triton" in sys.modules or absent or not hasattr(os, "RTLD_DEEPBIND"):
        importlib.import_module("torch")
        return
    flags = sys.getdlopenflags()
    sys.setdlopenflags(flags | os.RTLD_DEEPBIND)
    try:
        importlib.import_module("triton")
    finally:
        sys.setdlopenflags(flags)
    importlib.import_module("torch")
