"""Files read line by line and more than once: their lines, where each begins, and what is wrong with one."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from boundarybench.columns import BOM
from boundarybench.errors import UsageError
from boundarybench.protocol import MAX_LINE_BYTES


class Problem(NamedTuple):
    """What is wrong with a line of a file, and how to mend it."""

    path: Path
    line: int
    code: str
    text: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.code}: {self.text}"


class BadLine(Exception):
    """A line that cannot be used; `problem` says why."""

    def __init__(self, path: Path, line: int, code: str, text: str) -> None:
        super().__init__(text)
        self.problem = Problem(path, line, code, text)


class Line(NamedTuple):
    """A line of a file: its number from 1, where it begins, and its bytes, or None where it is too long to be one sentence."""

    number: int
    offset: int
    raw: bytes | None

    @property
    def blank(self) -> bool:
        return self.raw is not None and not self.raw.strip()


def open_twice(path: Path) -> BinaryIO:
    """A file that can be read more than once. Raises UsageError where it cannot be."""
    try:
        file = path.open("rb")
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror})") from None
    if not file.seekable():
        file.close()
        raise UsageError(f"{path}: cannot be read twice; write it to a file first")
    return file


def lines(file: BinaryIO) -> Iterator[Line]:
    """The lines of a file from where it stands, without their ends, and without a byte-order mark at the beginning."""
    number, offset = 0, file.tell()
    if offset == 0 and file.read(len(BOM)) == BOM:
        offset = len(BOM)
    file.seek(offset)
    while raw := file.readline(MAX_LINE_BYTES + 1):
        number += 1
        start, offset = offset, offset + len(raw)
        if len(raw) <= MAX_LINE_BYTES or raw.endswith(b"\n"):
            yield Line(number, start, raw.rstrip(b"\r\n"))
            continue
        while rest := file.readline(MAX_LINE_BYTES):
            offset += len(rest)
            if rest.endswith(b"\n"):
                break
        yield Line(number, start, None)


def without_blank_end(found: Iterable[Line]) -> Iterator[Line]:
    """The lines up to the last that is not blank."""
    blank: list[Line] = []
    for line in found:
        blank.append(line)
        if not line.blank:
            yield from blank
            blank.clear()
