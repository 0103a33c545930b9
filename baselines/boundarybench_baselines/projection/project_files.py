"""The files of `boundarybench project`: target sentences, their translations with entities, and the word links between them.

    target.jsonl       {"id", "tokens"}                                           in any order
    translation.jsonl  {"id", "tokens", "entities": [{"start", "end", "type"}]}   half-open word positions
    links.txt          Pharaoh: one line per line of translation.jsonl

Other keys are ignored, and so are blank lines at the end. Only places in the files are held in memory, never sentences.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple, TypeVar

import msgspec

from boundarybench.errors import UsageError
from boundarybench.protocol import MAX_LINE_BYTES
from boundarybench.schemes import Span

from .lines import BadLine, Line, Problem, lines, without_blank_end
from .link_file import LinkFile
from .pair import SentencePair


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


class _Place(NamedTuple):
    """Where a translation stands: its line, from 1, and where that begins."""

    line: int
    offset: int


T = TypeVar("T")
_TYPE = re.compile(r"[^\W_][\w.-]*")
_decode_id = msgspec.json.Decoder(_Id).decode
_decode_target = msgspec.json.Decoder(TargetSentence).decode
_decode_translation = msgspec.json.Decoder(_Translation).decode


class Translations:
    """The translations of an open file and their links, by id."""

    def __init__(self, file: BinaryIO, path: Path, links: LinkFile) -> None:
        """Find out where each id stands. What is wrong with single lines is in `problems`, what is odd in `doubts`.

        Raises:
            UsageError: there are more or fewer lines of links than of translations: nobody knows which belong together.
        """
        self._file, self._path, self._links = file, path, links
        self.problems: list[Problem] = []
        self._places: dict[str, _Place] = {}
        self.doubts: list[str] = []
        total = 0
        blank: list[Line] = []
        for line in lines(file):
            total = line.number
            blank.append(line)
            if not line.blank or total <= links.used:  # a blank line with links is a translation that was lost
                for each in blank:
                    self._add(each)
                blank.clear()
        count = total - len(blank)
        if not links.used <= count <= len(links):
            raise UsageError(
                f"{links.path}: links-do-not-line-up: {len(links)} lines of links, {count} lines of translations ({path}); "
                "write a line of links for each translation, an empty one for no link"
            )
        if len(links) > total:
            blank_end = f"{len(links)} lines, blank after line {links.used}, for {count} translations"
            self.doubts.append(f"{links.path}: {blank_end}; taken to line up from the first")

    def __len__(self) -> int:
        return len(self._places)

    def __contains__(self, id_: str) -> bool:
        return id_ in self._places

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def pair(self, sentence: TargetSentence) -> SentencePair:
        """The target sentence beside its translation. Raises BadLine if that or its links cannot be used, KeyError if there is none."""
        place = self._places[sentence.id]
        self._file.seek(place.offset)
        found = _parse(self._path, next(lines(self._file))._replace(number=place.line), _decode_translation)
        entities = tuple(self._entity(entity, len(found.tokens), place.line) for entity in found.entities)
        links = self._links.read(place.line, (len(found.tokens), len(sentence.tokens)))
        return SentencePair(sentence.tokens, found.tokens, entities, links)

    def _add(self, line: Line) -> None:
        try:
            id_ = _parse(self._path, line, _decode_id).id
        except BadLine as bad:
            self.problems.append(bad.problem)
            return
        if id_ in self._places:
            first = self._places[id_].line
            self.problems.append(Problem(self._path, line.number, "duplicate-id", f"{id_!r} stands in line {first} too, which is used"))
            return
        self._places[id_] = _Place(line.number, line.offset)

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
    for line in without_blank_end(lines(file)):
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
