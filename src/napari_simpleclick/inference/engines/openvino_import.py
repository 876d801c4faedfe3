"""The one place where OpenVINO is imported: without its telemetry, so that nothing leaves the machine."""

import sys
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import ModuleType

TELEMETRY = "openvino_telemetry"
"""The package that posts to an analytics service and keeps a number of the client in the user's home."""


def import_openvino() -> "ModuleType":
    """OpenVINO; it and NNCF find their package of telemetry missing, for which both have a silent stand-in.

    Its own switch writes a file into the user's home, and `CI=true` would tell other libraries and child processes
    something wrong: see docs/decisions/0018.

    Raises
    ------
    ModuleNotFoundError
        If OpenVINO is not installed.
    """
    loaded = sys.modules.setdefault(TELEMETRY, None)  # type: ignore[arg-type]
    if loaded is not None:  # somebody else in this process imported it before
        with suppress(AttributeError, RuntimeError):
            loaded.Telemetry().consent = False
    import openvino

    module: ModuleType = openvino
    return module
