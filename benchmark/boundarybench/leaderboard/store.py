"""`results.json`: what was scored, as typed values and as bytes.

The board holds everything that `leaderboard.md` shows, so that the page is a function of this file alone. An unknown field in
the file is an error, not something to lose without a word.
"""

from pathlib import Path
from typing import Any, Literal

import msgspec

from ..columns import read_bytes
from ..errors import DataError
from ..protocol import VERSION
from .families.stored import PairResult

#: No board is larger: 200 systems of 57 languages are 13 MB.
MAX_BYTES = 1 << 30

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
        interval: of BP@50.
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


class MeanRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """The mean over a suite's ranked languages; `suite` is `overall` for the mean of the two suite means. `interval`: of BP@50."""

    suite: str
    signature: str
    languages: tuple[str, ...]
    missing_languages: tuple[str, ...]
    complete: bool
    figures: Figures
    interval: Interval | None


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


class System(msgspec.Struct, frozen=True, gc=False):
    """The parts of a system.json that the board shows; its other fields are left out."""

    description: str
    authors: tuple[str, ...]
    family: str
    facets: Facets
    models: tuple[Model, ...]
    selection: str
    mentions_outside_types: str
    url: str | None = None


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """A scored submission.

    Attributes:
        content: the content id of the folder that was scored.
        unscored: pairs (`suite/lang`) with predictions that no pinned gold can score.
        reran: a maintainer ran the system's recipe again and got these predictions.
    """

    name: str
    content: str
    system: System
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


def version(data: bytes, name: str) -> int:
    """The protocol version of a `results.json`, of this version or another. Raises DataError."""
    try:
        return msgspec.json.decode(data, type=_Version).protocol
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _broken(name, error) from error


def from_bytes(data: bytes, name: str) -> Board:
    """The board in the bytes of a `results.json`. Raises DataError: they are no board of this protocol version."""
    found = version(data, name)
    if found != VERSION:
        raise DataError(f"{name}: a board of protocol version {found}, not {VERSION}")
    try:
        board = msgspec.json.decode(data, type=Board)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _broken(name, error) from error
    for key, entry in board.entries.items():
        if key != entry.name:
            raise _broken(name, f"entry {key!r} calls itself {entry.name!r}")
    for suite, tests in board.tests.items():
        if [len(row) for row in tests.extreme] != list(range(len(tests.systems))):
            raise _broken(name, f"the tests of {suite!r} are no triangle")
    for pair in board.pairs:
        if not {pair.a, pair.b} <= board.entries.keys():
            raise _broken(name, f"a pair of {pair.a!r} and {pair.b!r}, which have no entries")
    return board


def read(path: Path) -> Board:
    """The board in a file. Raises DataError, or UsageError where the file cannot be read."""
    return from_bytes(read_bytes(path, MAX_BYTES), str(path))


def _broken(name: str, problem: object) -> DataError:
    return DataError(f"{name}: not a board ({problem}); delete it to score every submission again")


_encode = msgspec.json.Encoder(order="sorted").encode


def to_bytes(board: Board) -> bytes:
    """The board as JSON: sorted keys, floats to their last digit, a line per row so that a diff names what changed."""
    entries = (_encode(name) + b": " + _entry(entry) for name, entry in sorted(board.entries.items()))
    body = b",\n".join(entries)
    pairs = b",\n".join(map(_pair, board.pairs))
    tests = b",\n".join(_encode(suite) + b": " + _tests(found) for suite, found in sorted(board.tests.items()))
    return b"".join(
        [
            b'{"entries": {' + (b"\n" + body + b"\n" if body else b"") + b"},\n",
            *([b'"pairs": [\n' + pairs + b"\n],\n"] if pairs else []),
            b'"protocol": ' + _encode(board.protocol) + b",\n",
            b'"tests": {' + (b"\n" + tests + b"\n" if tests else b"") + b"}}\n",
        ]
    )


def _pair(pair: PairResult) -> bytes:
    fields: dict[str, Any] = {name: getattr(pair, name) for name in sorted(pair.__struct_fields__)}
    parts = (_encode(name) + b": " + (_lines(value) if name in ("groups", "sets") else _encode(value)) for name, value in fields.items())
    return b"{" + b",\n".join(parts) + b"}"


def _tests(tests: PairedTests) -> bytes:
    parts = (b'"extreme": ' + _lines(tests.extreme), b'"ranges": ' + _encode(tests.ranges), b'"systems": ' + _encode(tests.systems))
    return b"{" + b",\n".join(parts) + b"}"


def _entry(entry: Entry) -> bytes:
    fields: dict[str, Any] = {name: getattr(entry, name) for name in sorted(entry.__struct_fields__)}
    parts = (_encode(name) + b": " + (_lines(value) if name in ("rows", "means") else _encode(value)) for name, value in fields.items())
    return b"{" + b",\n".join(parts) + b"}"


def _lines(rows: tuple[Any, ...]) -> bytes:
    return b"[" + b",".join(b"\n" + _encode(row) for row in rows) + b"]"
