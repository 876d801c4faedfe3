"""A few damaged files of every kind; `make fuzz` tries more."""

import pytest

from tests.fuzz.__main__ import run
from tests.fuzz.kinds import kinds

INPUTS = 20


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.name)
def test_damaged_files_are_read_or_refused_by_an_error_of_ours(kind):
    told = run(kind, seed=1, count=INPUTS)
    assert told["read"] >= len(kind.examples())
    assert {word for word in told if word not in ("read", "refused")} == set()
