"""Decoded gold on disk. A damaged file counts as absent; two processes may write the same one at once."""

import logging
import zlib
from pathlib import Path

import msgspec
import numpy as np

from .. import atomic, home
from ..spans import Spans
from .model import Gold

log = logging.getLogger("boundarybench")

#: Part of every file name: raised when the layout or the decoding changes.
LAYOUT = 1

_CHECKSUM_BYTES = 4


class _Stored(msgspec.Struct):
    """A `Gold` as MessagePack: arrays as little-endian bytes. Twice as fast to open as numpy's own archive."""

    suite: str
    lang: str
    split: str
    structure: str
    text: str | None
    types: tuple[str, ...]
    lengths: bytes
    units: bytes
    start: bytes
    end: bytes
    type: bytes
    invalid: bytes
    bridged: bytes
    surfaces: bytes
    tokens: bytes | None


def cache_folder() -> Path:
    """Where decoded gold is cached: `$BOUNDARYBENCH_HOME/gold`, else the platform's cache folder."""
    return home.cache_folder("gold")


def suites_folder() -> Path:
    """Where `gold import` keeps suites: `$BOUNDARYBENCH_HOME/suites`, else the platform's data folder."""
    return home.data_folder("suites")


def cache_path(suite: str, lang: str, split: str, origin: str) -> Path:
    """The cache file of a set that came from `origin` (a short name or hash)."""
    return cache_folder() / f"{suite}-{lang}-{split}-{origin}.v{LAYOUT}.gold"


def read(path: Path) -> Gold | None:
    """The gold in a cache file; None where there is no such file or it is damaged."""
    try:
        data = path.read_bytes()
    except OSError:
        return None
    body = data[_CHECKSUM_BYTES:]
    try:
        if data[:_CHECKSUM_BYTES] != _checksum(body):
            raise msgspec.DecodeError("checksum")
        stored = msgspec.msgpack.decode(body, type=_Stored)
    except msgspec.DecodeError:
        log.warning("%s: damaged; it will be made again", path)
        return None
    return Gold(
        suite=stored.suite,
        lang=stored.lang,
        split=stored.split,
        lengths=np.frombuffer(stored.lengths, "<i4"),
        spans=Spans(
            np.frombuffer(stored.start, "<i4"), np.frombuffer(stored.end, "<i4"), np.frombuffer(stored.type, np.uint8), stored.types
        ),
        invalid=np.frombuffer(stored.invalid, bool),
        bridged=np.frombuffer(stored.bridged, bool),
        surfaces=np.frombuffer(stored.surfaces, "<u8"),
        units=np.frombuffer(stored.units, "<i4"),
        tokens=stored.tokens,
        structure=stored.structure,
        text=stored.text,
    )


def write(path: Path, gold: Gold) -> None:
    """Store `gold` at `path`, whole or not at all. Raises OSError where the folder cannot be written to."""
    stored = _Stored(
        suite=gold.suite,
        lang=gold.lang,
        split=gold.split,
        structure=gold.structure,
        text=gold.text,
        types=gold.spans.types,
        lengths=gold.lengths.astype("<i4").tobytes(),
        units=gold.units.astype("<i4").tobytes(),
        start=gold.spans.start.astype("<i4").tobytes(),
        end=gold.spans.end.astype("<i4").tobytes(),
        type=gold.spans.type.tobytes(),
        invalid=gold.invalid.tobytes(),
        bridged=gold.bridged.tobytes(),
        surfaces=gold.surfaces.astype("<u8").tobytes(),
        tokens=gold.tokens,
    )
    body = msgspec.msgpack.encode(stored)
    path.parent.mkdir(parents=True, exist_ok=True)
    atomic.write_bytes(path, _checksum(body) + body)


def _checksum(body: bytes) -> bytes:
    return zlib.crc32(body).to_bytes(_CHECKSUM_BYTES)
