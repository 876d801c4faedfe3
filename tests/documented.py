"""Commands that README and documents show, as a reader would copy them."""

import re
import shlex
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]

PROGRAMS = ("make", "pip", "napari", "napari-simpleclick", "napari-simpleclick-eval", "napari-simpleclick-train")
PROGRAMS += ("python", "torchrun", "xvfb-run", "dask")

FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
INDENTED = re.compile(r"^(?:    .+\n)+", re.MULTILINE)
INLINE = re.compile(r"`((?:napari|napari-simpleclick[a-z-]*|make) [^`\n]+)`")


@dataclass(frozen=True)
class Command:
    """A command of a document: the words of a line of a shell, without its comment."""

    document: str
    words: tuple[str, ...]

    def __str__(self) -> str:
        return shlex.join(self.words)

    @property
    def options(self) -> tuple[str, ...]:
        """Names of the options that it sets, in their long form."""
        return tuple(word for word in self.words if word.startswith("--"))


def documents() -> list[Path]:
    """What a user or a contributor reads."""
    return [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]


def commands() -> list[Command]:
    """Every command of every document, each once, in the order of reading."""
    found = {}
    for path in documents():
        for words in shown_in(path.read_text(encoding="utf-8")):
            found.setdefault(words, Command(str(path.relative_to(ROOT)), words))
    return list(found.values())


def shown_in(text: str) -> list[tuple[str, ...]]:
    """The words of every command in a Markdown text.

    Examples
    --------
    >>> shown_in("Run `make demo`, then\\n\\n```\\nnapari x.tif -w a \\\\\\n  b  # opens it\\nresult: 1\\n```\\n")
    [('napari', 'x.tif', '-w', 'a', 'b'), ('make', 'demo')]
    """
    blocks = [body for language, body in FENCE.findall(text) if language in ("", "bash", "sh", "console")]
    rest = FENCE.sub("", text)
    blocks += INDENTED.findall(rest)
    lines = [line for block in blocks for line in block.replace("\\\n", " ").splitlines()]
    lines += INLINE.findall(rest)
    found = []
    for line in lines:
        try:
            words = tuple(shlex.split(line, comments=True))
        except ValueError:  # prose and tables are no lines of a shell
            continue
        if words and words[0] in PROGRAMS and "=" not in words[1:2]:
            found.append(words)
    return found


def python_blocks(path: Path) -> list[str]:
    """The Python code that a document shows."""
    return [body for language, body in FENCE.findall(path.read_text(encoding="utf-8")) if language == "python"]
