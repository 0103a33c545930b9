"""Pharaoh files: a line per sentence pair, `source-target` word positions. `ipj` is a possible link, as gold alignments have them."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from boundarybench import atomic
from boundarybench.columns import read_text
from boundarybench.errors import DataError

from .links import Link, Links

# Blanks between links are these alone: U+2028 or U+0085 where a link should be is damage, and so is said.
_PART = re.compile(r"[^ \t\r\n]+")
_ITEM = re.compile(r"([0-9]{1,6})([-p])([0-9]{1,6})")


class Alignment(NamedTuple):
    """Gold links: `sure` ones, and `possible` ones, which include the sure (Och and Ney 2003)."""

    sure: Links
    possible: Links


def parse(line: str, *, base: int = 0, swap: bool = False) -> Alignment:
    """The links of one line.

    Args:
        line: `0-0 1-2 2p2`, in any order; an empty line has no links.
        base: what positions count from in the file, 0 or 1.
        swap: the file has target positions first.

    Raises:
        ValueError: an item is not a link; the message says which and what one looks like.
    """
    sure, possible = set(), set()
    for item in _PART.findall(line):
        found = _ITEM.fullmatch(item)
        if found is None:
            raise ValueError(f"{item[:40]!r} is not a link: write 0-1, or 0p1 for a possible one")
        left, kind, right = int(found[1]) - base, found[2], int(found[3]) - base
        if left < 0 or right < 0:
            raise ValueError(f"{item!r} has position 0, and positions count from {base}")
        link = Link(right, left) if swap else Link(left, right)
        possible.add(link)
        if kind == "-":
            sure.add(link)
    return Alignment(frozenset(sure), frozenset(possible))


def show(alignment: Alignment, *, base: int = 0, swap: bool = False) -> str:
    """The line that `parse` reads as `alignment`, links sorted."""
    items = []
    for link in sorted(alignment.possible | alignment.sure):
        left, right = (link.target, link.source) if swap else link
        items.append(f"{left + base}{'-' if link in alignment.sure else 'p'}{right + base}")
    return " ".join(items)


def read(path: Path, *, base: int = 0, swap: bool = False) -> list[Alignment]:
    """All lines of a file.

    Raises:
        UsageError: the file cannot be read.
        DataError: it is not UTF-8 or larger than 64 MiB, or a line has an item that is not a link.
    """
    text = read_text(path)
    found = []
    for number, line in enumerate(text.removesuffix("\n").split("\n") if text else [], 1):
        try:
            found.append(parse(line, base=base, swap=swap))
        except ValueError as error:
            raise DataError(f"{path}:{number}: {error}") from None
    return found


def write(path: Path, links: Iterable[Links], *, base: int = 0, swap: bool = False) -> None:
    """Write sure links, one line per sentence pair; whole or not at all."""
    lines = [show(Alignment(each, each), base=base, swap=swap) + "\n" for each in links]
    atomic.write_bytes(path, "".join(lines).encode())
