"""The prediction files of the rows that main has, by test set, found without reading any."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

import msgspec

from ..submission.folder import is_packed, language_of
from ..submission.system_json import MAX_BYTES as MAX_SYSTEM_BYTES
from .objects import BrokenObject, ObjectTooLarge, Repository, TreeEntry
from .walk import FILE_MODE, FOLDER_MODE

Key = tuple[str, str]


class RowFile(NamedTuple):
    """A prediction file of a row. `run` is the seed, None for the main predictions; `related`: the rows have an author in common.

    `packed`: the object is gzip.
    """

    row: str
    run: str | None
    related: bool
    object: str
    packed: bool


class _Authors(msgspec.Struct):
    authors: tuple[str, ...] = ()


def row_files(repository: Repository, folders: Mapping[bytes, TreeEntry], authors: Iterable[str]) -> dict[Key, list[RowFile]]:
    """The files of all rows in `folders` by (suite, lang); `authors` are those of the submission that they are held against."""
    found: dict[Key, list[RowFile]] = {}
    mine = {author.casefold() for author in authors}
    for name, entry in sorted(folders.items()):
        if entry.mode != FOLDER_MODE:
            continue
        inside = _tree(repository, entry)
        related = any(author.casefold() in mine for author in _authors(repository, inside.get(b"system.json")))
        row = name.decode(errors="replace")
        for run, suites in [(None, inside), *_runs(repository, inside)]:
            for suite, lang, blob, packed in _files(repository, suites):
                found.setdefault((suite, lang), []).append(RowFile(row, run, related, blob, packed))
    return found


def _authors(repository: Repository, entry: TreeEntry | None) -> tuple[str, ...]:
    """Who wrote a row; nobody where its system.json says nothing readable."""
    try:
        return msgspec.json.decode(repository.blob(entry.object, MAX_SYSTEM_BYTES), type=_Authors).authors if entry else ()
    except (BrokenObject, ObjectTooLarge, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ()


def _runs(repository: Repository, inside: Mapping[bytes, TreeEntry]) -> Iterator[tuple[str, dict[bytes, TreeEntry]]]:
    runs = inside.get(b"runs")
    if runs is not None and runs.mode == FOLDER_MODE:
        for name, entry in _tree(repository, runs).items():
            if entry.mode == FOLDER_MODE:
                yield name.decode(errors="replace"), _tree(repository, entry)


def _files(repository: Repository, suites: Mapping[bytes, TreeEntry]) -> Iterator[tuple[str, str, str, bool]]:
    """(suite, lang, blob, whether it is packed) of the files one level down."""
    for suite, folder in suites.items():
        if folder.mode == FOLDER_MODE and suite != b"runs":
            for raw, entry in _tree(repository, folder).items():
                name = raw.decode(errors="replace")
                if entry.mode == FILE_MODE and (lang := language_of(name)) is not None:
                    yield suite.decode(errors="replace"), lang, entry.object, is_packed(name)


def _tree(repository: Repository, folder: TreeEntry) -> dict[bytes, TreeEntry]:
    return {entry.name: entry for entry in repository.tree(folder.object)}
