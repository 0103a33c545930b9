"""`pins.json`: what each gold set of a suite must be, and which of its languages can therefore rank.

Written by `boundarybench gold pin`; the digests beside it name the first difference of a copy (`gold/pinning.py`). Of a user's own suite it
says what `gold import` took, and from where.
"""

from functools import lru_cache
from pathlib import Path

import msgspec

from ..columns import read_bytes
from ..errors import DataError
from .manifests import find, folder_of, packaged
from .suite import Suite

FILE = "pins.json"


class Pin(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """What one set must be.

    Attributes:
        structure: the fingerprint that decides (docs/gold.md).
        text: every accepted fingerprint of the tokens.
        lengths: a fingerprint of the tokens per sentence alone: predictions have it too.
        invalid: entities that begin with an invalid transition.
        bridged: the spans that a placeholder cut off, as (sentence, start).
        parts: sentences of each part.
        documents: how many documents the file marks.
        source: the copy that it was taken from.
        sha256: of that copy's file, where it is had from a git repository.
    """

    structure: str
    text: tuple[str, ...]
    lengths: str
    sentences: int
    tokens: int
    entities: dict[str, int]
    invalid: int
    bridged: tuple[tuple[int, int], ...]
    source: str
    parts: dict[str, int] = {}
    documents: int | None = None
    sha256: str | None = None


def key(lang: str, split: str, version: str = "") -> str:
    """The name of a set in its suite's pins."""
    return f"{lang}/{split}" + (f"@{version}" if version else "")


def pins(suite: Suite) -> dict[str, Pin]:
    """All pinned sets of a suite by name (`lang/split`). Raises DataError."""
    path = folder_of(suite) / FILE
    try:
        state = path.stat()
    except OSError:
        return {}
    return _read(path, state.st_mtime_ns, state.st_size)


@lru_cache(64)
def _read(path: Path, _changed: int, _size: int) -> dict[str, Pin]:
    try:
        return msgspec.json.decode(read_bytes(path), type=dict[str, Pin])
    except msgspec.DecodeError as error:
        raise DataError(f"{path}: not pins ({error}); `boundarybench gold pin` writes them") from error


def pinned(suite: str, lang: str, split: str = "test", version: str = "") -> Pin | None:
    """What a set must be; None where nobody has pinned it, or there is no such suite."""
    known = find(suite)
    return pins(known).get(key(lang, split, version)) if known else None


def awaits_pin(suite: str, lang: str) -> bool:
    """Whether a test set counts in its suite's mean and nobody has pinned it yet."""
    known = packaged().get(suite)
    return known is not None and lang in unpinned(known)


def unpinned(suite: Suite) -> tuple[str, ...]:
    """Codes of headline languages whose test set nobody has pinned yet: scored when present, shown apart, and not in the ranked mean."""
    if not suite.packaged:
        return ()
    having = pins(suite)
    return tuple(code for code in suite.headline if key(code, "test") not in having)


def ranked(suite: Suite, version: str = "") -> tuple[str, ...]:
    """Codes of the languages that the ranked mean of `suite` is taken over, or of an older copy those that it has."""
    without = suite.versions[version].lacks if version else unpinned(suite)
    return tuple(code for code in suite.headline if code not in without)


def mean_name(suite: Suite) -> str:
    """The name of the ranked mean: the suite's, with the number of languages where some are unpinned."""
    return f"{suite.name}-{len(ranked(suite))}" if unpinned(suite) else suite.name
