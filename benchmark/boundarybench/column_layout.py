"""Which column of a column file holds what: the token, the tag, and an index before them.

Columns are counted from 1, as CoNLL's papers do; a negative number counts from the end.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from .errors import DataError, UsageError
from .spans import OUTSIDE

#: What CoNLL-2003 writes between two documents.
NEW_DOCUMENT = "-DOCSTART-"

#: A tag that names an entity, in any scheme.
_ENTITY = re.compile(r"[BIEMSLUW]-(?P<type>\S+)")
#: CoNLL-U counts words; 3-4 is a word written together, 3.1 one that is not written at all.
_INDEX = re.compile(r"[0-9]+([-.][0-9]+)?")
#: What CoNLL-2012 writes around a document.
_DOCUMENT = ("#begin document", "#end document")
#: The phrases of CoNLL-2000 and of the German CoNLL-2003.
_CHUNKS = frozenset(["NP", "VP", "PP", "ADJP", "ADVP", "CONJP", "INTJ", "LST", "PRT", "SBAR", "UCP", "NC", "VC", "PC"])
#: A row of a file whose columns stand between other marks than blanks and tabs.
_SEPARATED = re.compile(r""".+([,;|])["']?(O|[BIEMSLUW]-[^\s"']+)["']?""")
#: After so many rows of one or two columns there is nothing left to find: no column has to be chosen.
_ENOUGH = 10_000


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns that a user names; None is found. `prefix` is what the options of the command at hand begin with."""

    token: int | None = None
    tag: int | None = None
    prefix: str = "--"


#: Both columns are found.
FOUND = Columns()


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of a file: how many, and where (from 0) its tokens and tags stand; `tags` are the values of the tag column.

    `token` is None where the file has only labels. `indexed`: the first column counts the words of a sentence.
    """

    width: int
    token: int | None
    tag: int
    indexed: bool
    tags: frozenset[str]

    def is_comment(self, line: str, fields: Sequence[str]) -> bool:
        """Whether a line that stands before a sentence is a comment: `# text = ...`, but not the token `#` and its tag."""
        if line.startswith(_DOCUMENT):
            return True
        if not line.startswith("#") or len(fields) == 1 == len(line.split(" ")):
            return False
        if len(fields) == 2 and is_tag(fields[1]):  # a token and its tag, whatever columns it lacks
            return False
        as_row = len(fields) == self.width and (
            fields[0] != "#" or "\t" in line or fields[self.tag] in self.tags or is_tag(fields[self.tag])
        )
        return not as_row


@dataclass(slots=True)
class _Seen:
    """The rows of one number of columns: how many, the values of each column but the first, and whether the first is an index."""

    rows: int = 0
    values: list[set[str]] = field(default_factory=list)
    indexed: bool = True


def is_tag(text: str) -> bool:
    """Whether `text` is O or PREFIX-TYPE in some scheme."""
    return text == OUTSIDE or _ENTITY.fullmatch(text) is not None


@lru_cache(1 << 14)  # most lines of a text are `, O` and `the O`
def split(line: str) -> tuple[str, ...]:
    """The columns of a line: between tabs where it has one, else between blanks; runs separate once, and blanks around a column go.

    Only blanks and tabs separate: tokens hold U+00A0, U+3000 and U+0085. An empty first column is an empty token, and real:
    MasakhaNER2's Xhosa training file holds two.
    """
    line = line.rstrip(" \t\r")
    fields = [part.strip(" ") for part in line.split("\t")] if "\t" in line else line.split(" ")
    return (fields[0], *filter(None, fields[1:]))


def fitted(fields: tuple[str, ...], line: str, width: int) -> tuple[str, ...]:
    """`fields` of `line` as `width` columns where it can be read so: indented, or with blanks and tabs mixed."""
    for other in (fields, line.replace("\t", " ").rstrip(" \r").split(" ")):
        columns = tuple(filter(None, other))
        if len(columns) == width:
            return columns
    return fields


def separator(labels: Sequence[str]) -> str | None:
    """The mark between the columns of what was read as one label a line; None where most lines are no such rows."""
    found = [match[1] for match in map(_SEPARATED.fullmatch, labels) if match]
    return found[0] if 2 * len(found) > len(labels) else None


def is_new_document(fields: Sequence[str]) -> bool:
    """Whether a line stands between two documents: `-DOCSTART-`, whatever columns follow (or an index before it)."""
    return NEW_DOCUMENT in fields[:2]


def is_no_word(fields: Sequence[str], layout: Layout) -> bool:
    """Whether a row of an indexed file is CoNLL-U's 3-4 or 3.1, without an entity: its words have rows of their own."""
    return not fields[0].isdecimal() and _ENTITY.fullmatch(fields[layout.tag]) is None


def find(lines: Iterable[str], name: str, columns: Columns) -> Layout | None:
    """The layout of a file's lines; None where there is no row at all.

    Raises:
        UsageError: a named column is not there.
        DataError: no column, or more than one, could be the tags.
    """
    seen = _survey(lines)
    if not seen:
        return None
    width = max(seen, key=lambda each: seen[each].rows)
    values = [set[str](), *seen[width].values]
    indexed = width > 2 and seen[width].indexed
    token = _position(columns.token, width, name, f"{columns.prefix}token-column")
    tag = _position(columns.tag, width, name, f"{columns.prefix}tag-column")
    if width == 1 and token is None:
        return Layout(1, None, 0, indexed=False, tags=frozenset())
    if width == 1:
        raise UsageError(f"{name}: {columns.prefix}token-column {columns.token}: the file has only labels, one a line")
    if token is None:
        token = int(indexed)
    if tag is None:
        tag = _tag_column(values, [place for place in range(int(indexed), width) if place != token], name, columns)
    if token == tag:
        options = f"{columns.prefix}token-column and {columns.prefix}tag-column"
        raise UsageError(f"{name}: tokens and tags cannot both be column {tag + 1}: name two with {options}")
    return Layout(width, token, tag, indexed, frozenset(values[tag]))


def _survey(lines: Iterable[str]) -> dict[int, _Seen]:
    """What stands in the rows, by their number of columns. Lines that begin with `#` count only where there are no others."""
    seen: dict[int, _Seen] = {}
    doubtful: list[tuple[str, ...]] = []
    indented: list[tuple[str, ...]] = []
    for line in lines:
        fields = split(line)
        if fields == ("",) or is_new_document(fields):
            continue
        if line.startswith("#"):
            if not seen and is_tag(fields[-1]):
                doubtful.append(fields)
        elif not fields[0]:
            if not seen:
                indented.append(fields[1:])
        else:
            _note(fields, seen)
            if seen.keys() <= {1, 2} and sum(each.rows for each in seen.values()) == _ENOUGH:
                break
    for fields in [] if seen else indented or doubtful:
        _note(fields, seen)
    return seen


def _note(fields: Sequence[str], seen: dict[int, _Seen]) -> None:
    found = seen.get(len(fields))
    if found is None:
        found = seen[len(fields)] = _Seen(values=[set() for _ in fields[1:]])
    found.rows += 1
    for values, value in zip(found.values, fields[1:], strict=True):
        values.add(value)
    found.indexed = found.indexed and _INDEX.fullmatch(fields[0]) is not None


def _position(number: int | None, width: int, name: str, option: str) -> int | None:
    if number is None:
        return None
    if not (1 <= number <= width or -width <= number <= -1):
        raise UsageError(f"{name}: {option} {number}: the file has {width} column(s); choose 1 to {width}, or -1 for the last")
    return number - 1 if number > 0 else width + number


def _tag_column(values: list[set[str]], places: list[int], name: str, columns: Columns) -> int:
    """The column of the tags: the only one with tags, or the last where the others hold chunks (NP, VP) or nothing but O."""
    if len(places) == 1:
        return places[0]
    types = {place: _types(values[place]) for place in places if OUTSIDE in values[place] or _types(values[place])}
    option = f"{columns.prefix}tag-column N"
    if not types:
        raise DataError(f"{name}: bad-columns: none of {len(values)} columns holds tags (O, B-TYPE, I-TYPE); name it with {option}")
    *others, last = types
    # A last column without types could be predictions of nothing, or no tags after all; columns without types before it are filled with O.
    if others and not (types[last] - _CHUNKS and all(types[place] <= _CHUNKS for place in others)):
        listed = "; ".join(f"{place + 1}: {' '.join(sorted(found)[:5]) or 'no types'}" for place, found in types.items())
        raise DataError(f"{name}: ambiguous-columns: more than one column holds tags ({listed}); name the one to read with {option}")
    return last


def _types(values: set[str]) -> set[str]:
    return {found["type"] for found in map(_ENTITY.fullmatch, values) if found}
