"""Ways to damage a file, the same for the same random numbers."""

import json
import random
import zlib
from copy import deepcopy
from typing import Any

TOKENS = (
    b"\xff\xff\xff\xff",
    b"\x00\x00\x00\x80",
    b"\x7f\xff\xff\xff",
    b"\x00" * 8,
    b"9" * 30,
    b"[",
    b'"',
    b"\n",
    b"../",
)

VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1, 1.5, 1e308, -1e308, 10**9, 10**30, float("nan"), float("inf"), "", "a", "\0", "-1"),
    *([], {}, [[]], [None], [0, 0, 60000, 60000], {"a": 1}, "../../etc/passwd", "<img src=x>", "9" * 5000),
)


def mutated(data: bytes, chance: random.Random) -> bytes:
    """A damaged copy of a file."""
    if data[:2] == b"\x1f\x8b" and chance.random() < 0.5:
        return regzipped(data, chance)
    if data[:1] in b"{[" and chance.random() < 0.7:
        return other_json(data, chance)
    return other_bytes(data, chance)


def other_bytes(data: bytes, chance: random.Random) -> bytes:
    """Bits flipped, bytes cut out, put in, overwritten, or the end cut off."""
    found = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 4, 16))):
        where = chance.randrange(min(len(found), chance.choice((64, 512, 1 << 30))) or 1) if found else 0
        act = chance.randrange(6)
        if act == 0 and found:
            found[where] ^= 1 << chance.randrange(8)
        elif act == 1:
            del found[where : where + chance.randrange(1, 64)]
        elif act == 2:
            found[where:where] = chance.choice(TOKENS)
        elif act == 3:
            token = chance.choice(TOKENS)
            found[where : where + len(token)] = token
        elif act == 4 and found:
            del found[chance.randrange(len(found)) :]
        elif found:
            found[where] = chance.randrange(256)
    return bytes(found)


def regzipped(data: bytes, chance: random.Random) -> bytes:
    """A gzip file whose content is damaged and whose checksum is right."""
    import gzip

    try:
        return gzip.compress(other_bytes(gzip.decompress(data), chance), 1)
    except (OSError, EOFError, zlib.error):
        return other_bytes(data, chance)


def other_json(data: bytes, chance: random.Random) -> bytes:
    """Lines of JSON with another value, a value less, or a key more at some places."""
    lines = data.decode(errors="replace").splitlines()
    place = chance.randrange(len(lines))
    try:
        content = json.loads(lines[place])
    except ValueError:
        return other_bytes(data, chance)
    for _ in range(chance.choice((1, 1, 2, 3))):
        change(content, chance)
    lines[place] = json.dumps(content)
    return ("\n".join(lines) + "\n").encode()


def change(content: Any, chance: random.Random) -> None:
    """Change a value somewhere inside lists and objects."""
    part = content
    while isinstance(part, list | dict) and part:
        key = chance.choice(list(part)) if isinstance(part, dict) else chance.randrange(len(part))
        deeper = isinstance(part[key], list | dict) and part[key] and chance.random() < 0.85
        if not deeper:
            act = chance.randrange(4)
            if act == 0:
                del part[key]
            elif act == 1 and isinstance(part, list):
                part.insert(key, a_value(chance))
            elif act == 2 and isinstance(part[key], int | float) and not isinstance(part[key], bool):
                part[key] = part[key] * chance.choice((-1, 0, 2, 1000, 1e10)) + chance.choice((-1, 0, 1))
            else:
                part[key] = a_value(chance)
            return
        part = part[key]


def a_value(chance: random.Random) -> Any:
    """One of the values, a copy: it may be changed, and must not come to lie inside itself."""
    return deepcopy(chance.choice(VALUES))
