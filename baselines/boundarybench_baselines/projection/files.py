"""The files of `boundarybench project`: target sentences, their translations with entities, and the word links between them.

    target.jsonl       {"id", "tokens"}                                           in any order
    translation.jsonl  {"id", "tokens", "entities": [{"start", "end", "type"}]}   half-open word positions
    links.txt          Pharaoh: one line per line of translation.jsonl

Other keys are ignored. Only places in the files are held in memory, never sentences.
"""

import re
from collections.abc import Callable, Iterator
from itertools import zip_longest
from pathlib import Path
from typing import BinaryIO, NamedTuple, TypeVar

import msgspec

from boundarybench.protocol import MAX_LINE_BYTES
from boundarybench.schemes import Span

from ..alignment import pharaoh
from ..alignment.links import Links
from .pair import SentencePair


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


class TargetSentence(msgspec.Struct, frozen=True):
    """A line of the target file."""

    id: str
    tokens: tuple[str, ...]


class _Id(msgspec.Struct, frozen=True):
    id: str


class _Entity(msgspec.Struct, frozen=True):
    start: int
    end: int
    type: str


class _Translation(msgspec.Struct, frozen=True):
    id: str
    tokens: tuple[str, ...]
    entities: tuple[_Entity, ...]


T = TypeVar("T")
_TYPE = re.compile(r"[^\W_][\w.-]*")
_decode_id = msgspec.json.Decoder(_Id).decode
_decode_target = msgspec.json.Decoder(TargetSentence).decode
_decode_translation = msgspec.json.Decoder(_Translation).decode


class Line(NamedTuple):
    """A line of a file: its number from 1, where it begins, and its bytes, or None where it is too long to be one sentence."""

    number: int
    offset: int
    raw: bytes | None


class Place(NamedTuple):
    """Where a translation and its links stand. `links` is None where the file of links ends before."""

    line: int
    translation: int
    links: int | None


def lines(file: BinaryIO) -> Iterator[Line]:
    """The lines of a file opened at its beginning, without their ends."""
    number = offset = 0
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


class Translations:
    """The translations and links of two open files, by id."""

    def __init__(self, translation: BinaryIO, links: BinaryIO, translation_path: Path, links_path: Path, *, swap: bool) -> None:
        """Find out where each id stands. `swap`: links are written target position first. What is wrong is in `problems`."""
        self._translation, self._links, self._swap = translation, links, swap
        self._path, self._links_path = translation_path, links_path
        self.problems: list[Problem] = []
        self._places: dict[str, Place] = {}
        for line, link_line in zip_longest(lines(translation), lines(links)):
            if line is None:
                self._report_extra(link_line)
            else:
                self._add(line, link_line)

    def __len__(self) -> int:
        return len(self._places)

    def __contains__(self, id_: str) -> bool:
        return id_ in self._places

    def pair(self, sentence: TargetSentence) -> SentencePair:
        """The target sentence beside its translation. Raises BadLine if that or its links cannot be used, KeyError if there is none."""
        place = self._places[sentence.id]
        found = self._read(place)
        entities = tuple(self._entity(entity, len(found.tokens), place.line) for entity in found.entities)
        links = self._read_links(place)
        for link in links:
            for word, side, words in ((link.source, "translation", found.tokens), (link.target, "target", sentence.tokens)):
                if word >= len(words):
                    raise self._bad_link(place, "link-out-of-range", f"word {word} of a {side} of {len(words)} words (see --link-order)")
        return SentencePair(sentence.tokens, found.tokens, entities, links)

    def _add(self, line: Line, link_line: Line | None) -> None:
        try:
            id_ = _parse(self._path, line, _decode_id).id
        except BadLine as bad:
            self.problems.append(bad.problem)
            return
        if id_ in self._places:
            first = self._places[id_].line
            self.problems.append(Problem(self._path, line.number, "duplicate-id", f"{id_!r} stands in line {first} too, which is used"))
            return
        self._places[id_] = Place(line.number, line.offset, link_line.offset if link_line else None)

    def _report_extra(self, line: Line) -> None:
        if line.raw != b"" and not any(problem.code == "extra-links" for problem in self.problems):
            text = "more lines than the translation file has; they must correspond line by line"
            self.problems.append(Problem(self._links_path, line.number, "extra-links", text))

    def _read(self, place: Place) -> _Translation:
        self._translation.seek(place.translation)
        line = next(lines(self._translation))._replace(number=place.line)
        return _parse(self._path, line, _decode_translation)

    def _read_links(self, place: Place) -> Links:
        if place.links is None:
            raise self._bad_link(place, "missing-links", "the file ends before; it needs a line for every translation, empty for no link")
        self._links.seek(place.links)
        raw = next(lines(self._links)).raw
        if raw is None:
            raise self._bad_link(place, "line-too-long", f"more than {MAX_LINE_BYTES} bytes")
        try:
            return pharaoh.parse(raw.decode(), swap=self._swap).possible
        except UnicodeDecodeError:
            raise self._bad_link(place, "not-utf8", "not UTF-8; save the file as UTF-8") from None
        except ValueError as error:
            raise self._bad_link(place, "bad-link", str(error)) from None

    def _bad_link(self, place: Place, code: str, text: str) -> BadLine:
        return BadLine(self._links_path, place.line, code, text)

    def _entity(self, entity: _Entity, words: int, line: int) -> Span:
        if not 0 <= entity.start < entity.end <= words:
            text = f"entity from {entity.start} to {entity.end} in {words} words; positions are half-open, from 0"
            raise BadLine(self._path, line, "bad-entity", text)
        if not _TYPE.fullmatch(entity.type):
            raise BadLine(self._path, line, "bad-entity", f"type {entity.type[:40]!r}; write letters and digits, as in PER")
        return Span(entity.start, entity.end, entity.type)


def targets(file: BinaryIO, path: Path) -> Iterator[TargetSentence | Problem]:
    """The target sentences, and in its place what is wrong with each line that is none."""
    seen: dict[str, int] = {}
    for line in lines(file):
        try:
            sentence = _parse(path, line, _decode_target)
        except BadLine as bad:
            yield bad.problem
            continue
        first = seen.setdefault(sentence.id, line.number)
        if first != line.number:
            yield Problem(path, line.number, "duplicate-id", f"{sentence.id!r} stands in line {first} too, which is used")
        else:
            yield sentence


def _parse(path: Path, line: Line, decode: Callable[[bytes], T]) -> T:
    if line.raw is None:
        raise BadLine(path, line.number, "line-too-long", f"more than {MAX_LINE_BYTES} bytes")
    if not line.raw.strip():
        raise BadLine(path, line.number, "broken-json", "blank line; write one object a line")
    try:
        return decode(line.raw)
    except msgspec.ValidationError as error:
        raise BadLine(path, line.number, "wrong-shape", str(error)) from None
    except UnicodeDecodeError:
        raise BadLine(path, line.number, "not-utf8", "not UTF-8; save the file as UTF-8") from None
    except msgspec.DecodeError as error:
        raise BadLine(path, line.number, "broken-json", str(error)) from None
    except RecursionError:
        raise BadLine(path, line.number, "broken-json", "nested too deep") from None
