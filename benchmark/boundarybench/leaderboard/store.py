"""`results/`: what was scored, as typed values and as files.

The board holds everything that `leaderboard.md` shows, so that the page is a function of this folder alone. An unknown field in
a file is an error, not something to lose without a word. A row of the board is a file, so that a new one changes no other.
"""

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, TypeVar

import msgspec

from ..columns import read_bytes
from ..errors import DataError, UsageError
from ..protocol import VERSION
from ..submission.budget import Budget
from ..uncertainty.over_languages import OverLanguages
from .families.pair_results import PairResult, StoredForm

#: No file of a board is larger: a system of 57 languages has 70 kB, the tests of 200 systems in a table have 100.
MAX_BYTES = 1 << 26
#: The file that says of what files a board is made; written last.
SEAL = "board.json"
_LAYOUT = re.compile(r"board\.json|(systems|tests|pairs/[^/]+)/[^/]+\.json")

T = TypeVar("T")

Interval = tuple[float, float]
Track = Literal["zero-shot", "exposure-unknown", "supervised", "oracle"]


#: The figures that the board keeps, by name (`scoring.figures.stored`); None where the protocol says null.
Figures = dict[str, float | None]


class LanguageRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """One test set of one system.

    Attributes:
        track: the exposure that system.json declares for this pair.
        fingerprint: the gold's structure fingerprint.
        missing: sentences without a prediction.
        gold, predicted, exact, typed_correct: numbers of spans.
        interval: of the rank figure.
        block: consecutive sentences that were drawn together for it (`gold.units.block_length`); None in older files.
        errors: number of spans in each error class.
    """

    suite: str
    lang: str
    track: Track
    signature: str
    fingerprint: str
    pinned: bool
    missing: int
    sentences: int
    tokens: int
    gold: int
    predicted: int
    exact: int
    typed_correct: int
    figures: Figures
    interval: Interval | None
    errors: dict[str, int]
    block: int | None = None


class MeanRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """The mean over a suite's ranked languages; `suite` is `overall` for the mean of the two suite means.

    Attributes:
        interval: of the rank figure, over sentences of these languages.
        over_languages: what these languages say of languages like them; None of fewer than three.
    """

    suite: str
    signature: str
    languages: tuple[str, ...]
    missing_languages: tuple[str, ...]
    complete: bool
    figures: Figures
    interval: Interval | None
    over_languages: OverLanguages | None = None


class Model(msgspec.Struct, frozen=True, gc=False):
    """A model that a system uses; `date` is when a closed one was asked."""

    name: str
    revision: str | None
    licence: str
    date: str | None = None


class Facets(msgspec.Struct, frozen=True, gc=False):
    """What a system is made of (`docs/submission.md`)."""

    source_languages: tuple[str, ...]
    source_data: tuple[str, ...]
    encoder: str | None
    translation_model: str | None
    parallel_data: tuple[str, ...]
    aligner: str | None
    projection_on: str | None
    ensemble_size: int
    open: bool


class SystemFacts(msgspec.Struct, frozen=True, gc=False):
    """The parts of a system.json that the board shows or compares; its other fields are left out."""

    description: str
    authors: tuple[str, ...]
    family: str
    facets: Facets
    models: tuple[Model, ...]
    selection: str
    mentions_outside_types: str
    url: str | None = None
    budget: Budget | None = None


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """A scored submission.

    Attributes:
        content: the content id of the folder that was scored.
        unscored: pairs (`suite/lang`) with predictions that no pinned gold can score.
        reran: a maintainer ran the system's recipe again and got these predictions.
    """

    name: str
    content: str
    system: SystemFacts
    rows: tuple[LanguageRow, ...]
    means: tuple[MeanRow, ...]
    unscored: tuple[str, ...] = ()
    reran: bool = False

    def mean(self, suite: str) -> MeanRow | None:
        """The mean row of a suite (or `overall`), if the submission has one."""
        return next((mean for mean in self.means if mean.suite == suite), None)


class PairedTests(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """All paired tests of the ranked rows of one table.

    Attributes:
        systems: names of the ranked rows, sorted.
        extreme: a row per system, in that order, with a number per system before it: replicates of their test (of the protocol's
            1,000) whose difference is as large as the observed one.
        ranges: by name, the first and the last rank that the tests leave to a system.
    """

    systems: tuple[str, ...]
    extreme: tuple[tuple[int, ...], ...]
    ranges: dict[str, tuple[int, int]]


class Board(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """All entries by name, the declared pairs, and the tests of each table (by suite, or `overall`), under one version of the protocol."""

    protocol: int
    entries: dict[str, Entry]
    tests: dict[str, PairedTests] = {}
    pairs: tuple[PairResult, ...] = ()


class _Version(msgspec.Struct):
    protocol: int


class _Seal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`board.json`. `files`: the SHA-256 of every other file by path; the pairs are in the order of their declaration."""

    protocol: int
    files: dict[str, str]


def belongs(path: str) -> bool:
    """Whether a path below `results/` is one of a board's files; others are let be."""
    return _LAYOUT.fullmatch(path) is not None


def files(folder: Path) -> dict[str, bytes]:
    """The files of a board by their paths below `folder`; empty where there is none. Raises UsageError, DataError."""
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder}: not a folder; a board is a folder of files")
    paths = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*.json")}
    return {name: read_bytes(path, MAX_BYTES) for name, path in sorted(paths.items()) if belongs(name)}


def version(files: Mapping[str, bytes], name: str) -> int | None:
    """The protocol version of a board, of this version or another; None where there is none. Raises DataError."""
    return _decode(files, SEAL, name, _Version).protocol if SEAL in files else None


def from_files(files: Mapping[str, bytes], name: str) -> Board:
    """The board in the files of a folder that messages call `name`.

    Where they are not those of which `board.json` tells, a run was cut short, or someone put files there. An entry says of which
    predictions and gold it is made and can be judged by itself; tests and pairs cannot, and are left out, to be computed again. So is
    a pair that was compared in other figures than today's, as an older boundarybench did.

    Raises:
        DataError: they are no board of this protocol version.
    """
    found = version(files, name)
    if found is None:
        raise DataError(f"{name}: no board: {SEAL} is missing")
    if found != VERSION:
        raise DataError(f"{name}: a board of protocol version {found}, not {VERSION}")
    seal = _decode(files, SEAL, name, _Seal)
    entries = {}
    for path in files:
        if path.startswith("systems/"):
            entry = _decode(files, path, name, Entry)
            if path != _system(entry.name):
                raise _broken(name, path, f"the entry calls itself {entry.name!r}")
            entries[entry.name] = entry
    entries = dict(sorted(entries.items()))
    if seal.files != _digests(files):
        return Board(found, entries)
    tests = {path[len("tests/") : -len(".json")]: _tests(files, path, name) for path in files if path.startswith("tests/")}
    stored = [path for path in seal.files if path.startswith("pairs/") and _decode(files, path, name, StoredForm).is_current]
    pairs = (_decode(files, path, name, PairResult) for path in stored)
    board = Board(found, entries, tests, tuple(pairs))
    for pair in board.pairs:
        if _pair(pair) not in files or not {pair.a, pair.b} <= entries.keys():
            raise _broken(name, "pairs", f"a pair of {pair.a!r} and {pair.b!r}, which have no entries or another file's name")
    return board


def _tests(files: Mapping[str, bytes], path: str, name: str) -> PairedTests:
    tests = _decode(files, path, name, PairedTests)
    if [len(row) for row in tests.extreme] != list(range(len(tests.systems))):
        raise _broken(name, path, "the tests are no triangle")
    return tests


def read(folder: Path) -> Board:
    """The board in a folder. Raises DataError, or UsageError where a file cannot be read."""
    return from_files(files(folder), str(folder))


def _decode(files: Mapping[str, bytes], path: str, name: str, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(files[path], type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _broken(name, path, error) from error


def _broken(name: str, path: str, problem: object) -> DataError:
    return DataError(f"{name}/{path}: not of a board ({problem}); delete {name} to score every submission again")


_encode = msgspec.json.Encoder(order="sorted").encode


def to_files(board: Board) -> dict[str, bytes]:
    """The board as JSON by path: sorted keys, floats to their last digit, a line per row so that a diff names what changed.

    They are to be written in this order: `board.json`, the last, makes them valid.
    """
    found = {_system(entry.name): _lines(entry, "rows", "means") for _, entry in sorted(board.entries.items())}
    found |= {_pair(pair): _lines(pair, "groups", "sets") for pair in board.pairs}
    found |= {f"tests/{suite}.json": _lines(tests, "extreme") for suite, tests in sorted(board.tests.items())}
    digests = b",\n".join(_encode(path) + b": " + _encode(digest) for path, digest in _digests(found).items())
    body = b"\n" + digests + b"\n" if digests else b""
    return {**found, SEAL: b'{"protocol": ' + _encode(board.protocol) + b',\n"files": {' + body + b"}}\n"}


def _digests(files: Mapping[str, bytes]) -> dict[str, str]:
    return {path: hashlib.sha256(data).hexdigest() for path, data in files.items() if path != SEAL}


def _system(name: str) -> str:
    return f"systems/{name}.json"


def _pair(pair: PairResult) -> str:
    return f"pairs/{pair.a}/{pair.b}.json"


def _lines(value: msgspec.Struct, *long: str) -> bytes:
    """A value with a line per field, and per item of the fields `long`."""
    fields: dict[str, Any] = {name: getattr(value, name) for name in sorted(value.__struct_fields__)}
    parts = (_encode(name) + b": " + (_items(field) if name in long else _encode(field)) for name, field in fields.items())
    return b"{" + b",\n".join(parts) + b"}\n"


def _items(rows: tuple[Any, ...]) -> bytes:
    return b"[" + b",".join(b"\n" + _encode(row) for row in rows) + b"]"
