"""Column files: `token tag` lines (MasakhaNER2), `token<TAB>tag` lines (PAN-X), or one label a line (XTREME).

Lines end at a line feed and nowhere else: `str.splitlines` would also cut at U+0085, which stands inside Ewe tokens.
Blank lines separate sentences; several in a row separate as one.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from .errors import DataError, UsageError
from .protocol import MAX_FILE_BYTES

#: The byte-order mark that some editors put before UTF-8.
BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a column file. `line` is the line of its first token; `tokens` is None where the file has only labels."""

    line: int
    tokens: tuple[str, ...] | None
    tags: tuple[str, ...]


def read_text(path: Path, limit: int = MAX_FILE_BYTES) -> str:
    """The text of a regular UTF-8 file of at most `limit` bytes.

    Raises:
        UsageError: there is no such regular file, or it cannot be read.
        DataError: it is too large, not UTF-8, or begins with a byte-order mark.
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
        return data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise DataError(f"{name}:{line}: not-utf-8: byte {data[error.start]:#04x}; save the file as UTF-8") from error


def read_sentences(path: Path) -> list[Sentence]:
    """All sentences of a column file.

    Raises:
        UsageError, DataError: as `read_text`; DataError also for a line with more than two columns, for a file that mixes
            lines with and without tokens, and for a file without a sentence.
    """
    return parse(read_text(path), str(path))


def parse(text: str, name: str) -> list[Sentence]:
    """The sentences in `text`; `name` is the file's name in messages. Raises DataError as in `read_sentences`."""
    sentences: list[Sentence] = []
    tokens: list[str] = []
    tags: list[str] = []
    first = 0
    columns = 0
    for number, line in enumerate([*text.split("\n"), ""], 1):
        line = line.removesuffix("\r")
        if not line:
            if tags:
                sentences.append(Sentence(first, tuple(tokens) if columns == 2 else None, tuple(tags)))
                tokens, tags = [], []
            continue
        if not tags:
            first = number
        # An empty token is real: MasakhaNER2's Xhosa training file holds two.
        fields = line.split("\t" if "\t" in line else " ")
        if len(fields) > 2 or not fields[-1]:
            raise DataError(f"{name}:{number}: bad-columns: expected `token tag` or one label, got {line[:80]!r}")
        if columns and len(fields) != columns:
            raise DataError(f"{name}:{number}: bad-columns: {len(fields)} column(s) where the lines before have {columns}")
        columns = len(fields)
        tags.append(fields[-1])
        if columns == 2:
            tokens.append(fields[0])
    if not sentences:
        raise DataError(f"{name}: no-sentences: the file holds no sentence")
    return sentences


def without_language_prefix(sentences: list[Sentence]) -> list[Sentence]:
    """XTREME writes tokens as `sw:Msimbo`: the prefix goes where every token of the file has the same one."""
    first = next((sentence.tokens[0] for sentence in sentences if sentence.tokens), "")
    found = re.match(r"[a-z]{2,3}:", first)
    if not found or not all(token.startswith(found[0]) for s in sentences for token in s.tokens or ()):
        return sentences
    cut = len(found[0])
    return [Sentence(s.line, tuple(token[cut:] for token in s.tokens or ()), s.tags) for s in sentences]
