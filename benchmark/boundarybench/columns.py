"""Column files: `token tag` lines (MasakhaNER2), `token<TAB>tag` lines (PAN-X), more columns (CoNLL), or one label a line (XTREME).

Lines end at a line feed and nowhere else: `str.splitlines` would also cut at U+0085, which stands inside Ewe tokens.
Lines of blanks and tabs alone separate sentences; several in a row separate as one. So does `-DOCSTART-`, which is no sentence.
A comment begins with `#`, has more than one word, stands before the first token of a sentence, and is no row: it has not the columns
of the file, or begins with a lone `#` and a blank and has no tag where tags stand. So `# O` is the token `#`, also where it lacks a
column of the file. Which columns are read: `column_layout`.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from .column_layout import FOUND, Columns, Layout, find, fitted, is_new_document, is_no_word, separator, split
from .errors import DataError, UsageError
from .protocol import MAX_FILE_BYTES

#: The byte-order mark that some editors put before UTF-8.
BOM = b"\xef\xbb\xbf"
#: A carriage return that ends no line: the whole file would be one, or a token would hold it.
_BARE_RETURN = re.compile(r"\r[^\r\n]")

#: Problems of a file that are listed; the rest is counted.
_SHOWN = 20
#: XTREME writes tokens as `sw:Msimbo`; WikiANN, its source, has codes like `zh-min-nan` too.
LANGUAGE_PREFIX = re.compile(r"([a-z]{2,3}(-[a-z]{2,9})*|simple):")


#: Comments of CoNLL-U that say something about the sentence behind them.
_DOCUMENT = "# newdoc"
_NEW_DOCUMENT = re.compile(rf"{_DOCUMENT}\b")
_SOURCE_ID = re.compile(r"# sent_id = (\S{1,200})\s*")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a column file.

    Attributes:
        line: the line of its first token.
        tokens: None where the file has only labels.
        tags: as many.
        gaps: the positions of tokens before which the file has a row that is no word (CoNLL-U's 3-4).
        source_id: what a comment before it says (`# sent_id = n01001-0001`).
        opens_document: a comment (`# newdoc`) or `-DOCSTART-` before it begins a document.
    """

    line: int
    tokens: tuple[str, ...] | None
    tags: tuple[str, ...]
    gaps: tuple[int, ...] = ()
    source_id: str | None = None
    opens_document: bool = False

    def line_of(self, position: int) -> int:
        """The line of the token at `position`."""
        return self.line + position + bisect_right(self.gaps, position)


def read_text(path: Path, limit: int = MAX_FILE_BYTES) -> str:
    """The text of a regular UTF-8 file of at most `limit` bytes.

    Raises:
        UsageError: there is no such regular file, or it cannot be read.
        DataError: it is too large, not UTF-8, begins with a byte-order mark, or has carriage returns for line ends.
    """
    return decode_text(read_bytes(path, limit), str(path))


def read_bytes(path: Path, limit: int = MAX_FILE_BYTES) -> bytes:
    """The bytes of a regular file of at most `limit` bytes; errors as in `read_text`."""
    try:
        if not path.is_file():  # a pipe or a device would block or never end
            raise UsageError(f"{path}: {'not a regular file' if path.exists() else 'no such file'}")
        with path.open("rb") as file:
            data = file.read(limit + 1)
    except (OSError, ValueError) as error:
        raise UsageError(f"{path}: cannot be read ({getattr(error, 'strerror', None) or error})") from error
    if len(data) > limit:
        raise DataError(f"{path}: file-too-large: over {limit >> 20} MiB; split it or remove what does not belong")
    return data


def decode_text(data: bytes, name: str) -> str:
    """`data` as text; `name` is the file's name in messages. Raises DataError as in `read_text`."""
    if data.startswith(BOM):
        raise DataError(f"{name}:1: byte-order-mark: save the file as UTF-8 without a byte-order mark")
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise DataError(f"{name}:{line}: not-utf-8: byte {data[error.start]:#04x}; save the file as UTF-8") from error
    if bare := _BARE_RETURN.search(text):
        line = text.count("\n", 0, bare.start()) + 1
        raise DataError(f"{name}:{line}: carriage-return: inside a line; where it ends lines: tr '\\r' '\\n' < FILE")
    return text


def read_sentences(path: Path, columns: Columns = FOUND) -> list[Sentence]:
    """All sentences of a column file.

    Raises:
        UsageError, DataError: as `read_bytes` and `decode_sentences`.
    """
    return decode_sentences(read_bytes(path), str(path), columns)


def decode_sentences(data: bytes, name: str, columns: Columns = FOUND) -> list[Sentence]:
    """The sentences in a file's bytes, with or without a byte-order mark; `name` is the file's name in messages.

    Raises:
        DataError: as `decode_text`, but for the byte-order mark, or as `parse`.
        UsageError: as `parse`.
    """
    return parse(decode_text(data.removeprefix(BOM), name), name, columns)


def parse(text: str, name: str, columns: Columns = FOUND) -> list[Sentence]:
    """The sentences in `text`, without XTREME's language prefixes; `name` is the file's name in messages.

    Raises:
        DataError: lines have not the columns of the file, no column or more than one could be the tags, or there is no sentence.
        UsageError: `columns` names one that is not there.
    """
    layout = find(_lines(text), name, columns)
    sentences = _read(text, name, layout) if layout else []
    if not sentences:
        raise DataError(f"{name}: no-sentences: the file holds no sentence")
    if layout and layout.token is None and (mark := separator(sentences[0].tags)):
        where = f"{name}:{sentences[0].line}"
        raise DataError(f"{where}: bad-columns: columns stand between `{mark}`; write `token<TAB>tag`, a blank line after each sentence")
    return _without_language_prefix(sentences)


def refuse(problems: list[str]) -> None:
    """Raise a DataError that lists problems, if there are any: the first twenty, and how many more."""
    if problems:
        more = [f"and {len(problems) - _SHOWN} more"] if len(problems) > _SHOWN else []
        raise DataError("\n".join([*problems[:_SHOWN], *more]))


def _lines(text: str) -> Iterator[str]:
    """The lines of a text, one at a time: a list of them takes six times the memory of what is read from them."""
    begin = 0
    while (end := text.find("\n", begin)) >= 0:
        yield text[begin:end]
        begin = end + 1
    yield text[begin:]


def _read(text: str, name: str, layout: Layout) -> list[Sentence]:
    sentences: list[Sentence] = []
    known: dict[str, str] = {}  # one string for all tokens and tags that are equal
    tokens: list[str] = []
    tags: list[str] = []
    gaps: list[int] = []
    first = 0
    source_id: str | None = None
    opens = False
    for number, fields in _rows(text, name, layout):
        if fields is None:
            if tags:
                words = None if layout.token is None else tuple(tokens)
                sentences.append(Sentence(first, words, tuple(tags), tuple(gaps), source_id, opens))
                tokens, tags, gaps, source_id, opens = [], [], [], None, False
            continue
        if isinstance(fields, str):
            opens = opens or _NEW_DOCUMENT.match(fields) is not None
            source_id = found[1] if (found := _SOURCE_ID.fullmatch(fields)) else source_id
            continue
        if not tags:
            first = number
        gaps += [len(tags)] * (number - first - len(tags) - len(gaps))
        tag = fields[layout.tag]
        tags.append(known.setdefault(tag, tag))
        if layout.token is not None:
            token = fields[layout.token]
            tokens.append(known.setdefault(token, token))
    return sentences


def _rows(text: str, name: str, layout: Layout) -> Iterator[tuple[int, tuple[str, ...] | str | None]]:
    """Line numbers and columns of the tokens; in place of columns None where a sentence ends, and a comment as it stands.

    Raises DataError behind the last.
    """
    problems: list[str] = []
    inside = False
    number = 0
    for number, line in enumerate(_lines(text), 1):
        fields = split(line)
        if fields == ("",) or is_new_document(fields):
            inside = False
            yield number, None
            if fields != ("",):
                yield number, _DOCUMENT
            continue
        if not inside and layout.is_comment(line, fields):
            yield number, line
            continue
        inside = True
        if len(fields) != layout.width:
            fields = fitted(fields, line, layout.width)
        if len(fields) != layout.width:
            shown = repr(line.removesuffix("\r"))
            shown = shown if len(shown) <= 80 else f"{shown[:80]}..."
            problems.append(f"{name}:{number}: bad-columns: {len(fields)} column(s) where the file has {layout.width}, in {shown}")
        elif not (layout.indexed and is_no_word(fields, layout)):
            yield number, fields
    yield number, None
    refuse(problems)


def _without_language_prefix(sentences: list[Sentence]) -> list[Sentence]:
    """The prefix goes where every token of the file has the same one."""
    first = next((sentence.tokens[0] for sentence in sentences if sentence.tokens), "")
    found = LANGUAGE_PREFIX.match(first)
    if not found or not all(token.startswith(found[0]) for s in sentences for token in s.tokens or ()):
        return sentences
    bare: dict[str, str] = {}
    return [replace(s, tokens=tuple(bare.setdefault(t, t.removeprefix(found[0])) for t in s.tokens or ())) for s in sentences]
