"""The file of links of `boundarybench project`: Pharaoh, a line per translation, as the usual aligners write it.

Links may count from 0 or 1 (the caller says which), lines may begin with their number, and links may have probabilities, which are
not used.
"""

import re
from pathlib import Path
from typing import BinaryIO

from boundarybench.errors import UsageError
from boundarybench.protocol import MAX_LINE_BYTES

from ..alignment import pharaoh
from ..alignment.links import Links
from .lines import BadLine, lines

#: A line's number, which some aligners write before its links: `7<TAB>0-0 1-1`, also with `:` or `|||`.
_NUMBERED = re.compile(rb"([0-9]{1,9})(?::|[ \t]*\|\|\|)?(?:[ \t]+|$)")
#: So many links without position 0 on a side are a sign that positions count from 1.
_ENOUGH = 3
_SIDES = ("translation", "target")


class LinkFile:
    """The links of an open file, by line. What is read is counted, for `doubts`."""

    def __init__(self, file: BinaryIO, path: Path, *, base: int, swap: bool) -> None:
        """Find out where each line stands. `base`: what positions count from; `swap`: links are written target position first.

        Raises:
            UsageError: the lines are numbered, and not in their order from 0 or 1.
        """
        self.path, self._file, self._base, self._swap = path, file, base, swap
        self._offsets: list[int] = []
        self.used = 0
        before: int | None = None  # what a line's number is beyond the lines before it, where lines are numbered
        for line in lines(file):
            self._offsets.append(line.offset)
            if line.blank:
                continue
            found = _NUMBERED.match(line.raw or b"")
            number = int(found[1]) if found else None
            if self.used == 0 and number is not None:
                before = 0 if number < line.number else 1
            if before is not None and number != line.number - 1 + before:
                seen = "no number" if number is None else f"number {number}"
                raise UsageError(
                    f"{path}:{line.number}: link-numbers: {seen} where {line.number - 1 + before} belongs; "
                    "give every line its own number, in order from 0 or 1, or none (cut -f 2-)"
                )
            self.used = line.number
        self._numbered = before is not None
        self._read = self._links = self._scored = self._beyond = 0
        self._zero = [False, False]

    def __len__(self) -> int:
        return len(self._offsets)

    def read(self, number: int, words: tuple[int, int]) -> Links:
        """The links of line `number` (from 1), of a pair with so many words (translation, target). Raises BadLine."""
        self._file.seek(self._offsets[number - 1])
        raw = next(lines(self._file)).raw
        if raw is None:
            raise BadLine(self.path, number, "line-too-long", f"more than {MAX_LINE_BYTES} bytes")
        if self._numbered:
            raw = _NUMBERED.sub(b"", raw, count=1)
        try:
            text = raw.decode()
            plain = pharaoh.without_scores(text)
            links = pharaoh.parse(plain, base=self._base, swap=self._swap).possible
        except UnicodeDecodeError:
            raise BadLine(self.path, number, "not-utf8", "not UTF-8; save the file as UTF-8") from None
        except ValueError as error:
            raise BadLine(self.path, number, "bad-link", f"{error} (--link-base {self._base})" if self._base else str(error)) from None
        self._read += 1
        self._scored += plain != text
        self._links += len(links)
        for side in (0, 1):
            self._zero[side] = self._zero[side] or any(link[side] == 0 for link in links)
            last = max((link[side] for link in links), default=-1)
            if last >= words[side]:
                self._beyond += 1
                raise BadLine(self.path, number, "link-out-of-range", self._out_of_range(last, _SIDES[side], words[side]))
        return links

    def _out_of_range(self, word: int, side: str, words: int) -> str:
        seen = f"position {word + self._base} of a {side} of {words} words"
        return f"{seen}, counted from {self._base} (see --link-base {1 - self._base} and --link-order)"

    def doubts(self) -> list[str]:
        """What is odd about the links that were read."""
        found = []
        if self._read and not self._links:
            found.append(f"{self.path}: no-links: none of {self._read} lines has a link, and no entity can be projected")
        without = [f"the {side}" for side, zero in zip(_SIDES, self._zero, strict=True) if not zero]
        if without and self._links >= _ENOUGH:
            found.append(
                f"{self.path}: no-first-word: none of {self._links} links has position {self._base}, the first word, of "
                f"{' or of '.join(without)}; if positions count from {1 - self._base}, say --link-base {1 - self._base}"
            )
        if self._beyond > 1:
            found.append(
                f"{self.path}: {self._beyond} lines have positions that are not there: if lines were lost on the way, "
                "the other lines belong to wrong sentences"
            )
        if self._scored:
            found.append(f"{self.path}: {self._scored} lines have probabilities, which are not used: every link counts")
        return found
