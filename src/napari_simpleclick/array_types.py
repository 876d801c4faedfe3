"""Names that say what an array holds: `Float32[np.ndarray, "height width"]`, which is an array to Python and to mypy.

jaxtyping has the same names and is the same to mypy; importing it took a quarter of the time that the widget takes.
"""

from typing import Annotated as Bool
from typing import Annotated as Float
from typing import Annotated as Float32
from typing import Annotated as Integer
from typing import Annotated as UInt8

__all__ = ["Bool", "Float", "Float32", "Integer", "UInt8"]
