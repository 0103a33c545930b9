"""Decoded gold on disk. A damaged file counts as absent; two processes may write the same one at once."""

import logging
import zlib
from pathlib import Path

import msgspec
import numpy as np

from .. import atomic, home
from ..spans import Spans
from .model import Gold
from .sources import Key

log = logging.getLogger("boundarybench")

#: Part of every file name: raised when the layout or the decoding changes.
LAYOUT = 2

_CHECKSUM_BYTES = 4


class _Stored(msgspec.Struct, rename={"repeats": "units"}):
    """A `Gold` as MessagePack: arrays as little-endian bytes. Twice as fast to open as numpy's own archive.

    Units are not stored: they hang on the suite's manifest, which may change. `repeats` has the name that imported gold was written with.
    """

    suite: str
    lang: str
    split: str
    structure: str
    text: str | None
    types: tuple[str, ...]
    lengths: bytes
    repeats: bytes
    start: bytes
    end: bytes
    type: bytes
    invalid: bytes
    bridged: bytes
    surfaces: bytes
    tokens: bytes | None
    groups: dict[str, dict[str, bytes]]
    documents: bytes | None
    source_ids: bytes | None
    version: str


def cache_folder() -> Path:
    """Where decoded gold is cached: `$BOUNDARYBENCH_HOME/gold`, else the platform's cache folder."""
    return home.cache_folder("gold")


def cache_path(key: Key, origin: str) -> Path:
    """The cache file of a set that came from `origin` (a short name or hash)."""
    version = f"-{key.version}" if key.version else ""
    return cache_folder() / f"{key.suite}-{key.lang}-{key.split}{version}-{origin}.v{LAYOUT}.gold"


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
    repeats = np.frombuffer(stored.repeats, "<i4")
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
        repeats=repeats,
        units=repeats,
        tokens=stored.tokens,
        structure=stored.structure,
        text=stored.text,
        groups={kind: {name: np.frombuffer(mask, bool) for name, mask in masks.items()} for kind, masks in stored.groups.items()},
        documents=None if stored.documents is None else np.frombuffer(stored.documents, "<i4"),
        source_ids=stored.source_ids,
        version=stored.version,
    )


def write(path: Path, gold: Gold) -> None:
    """Store `gold` at `path`, whole or not at all. Raises NotWritten where the folder cannot be written to."""
    stored = _Stored(
        suite=gold.suite,
        lang=gold.lang,
        split=gold.split,
        structure=gold.structure,
        text=gold.text,
        types=gold.spans.types,
        lengths=gold.lengths.astype("<i4").tobytes(),
        repeats=gold.repeats.astype("<i4").tobytes(),
        start=gold.spans.start.astype("<i4").tobytes(),
        end=gold.spans.end.astype("<i4").tobytes(),
        type=gold.spans.type.tobytes(),
        invalid=gold.invalid.tobytes(),
        bridged=gold.bridged.tobytes(),
        surfaces=gold.surfaces.astype("<u8").tobytes(),
        tokens=gold.tokens,
        groups={kind: {name: mask.tobytes() for name, mask in masks.items()} for kind, masks in gold.groups.items()},
        documents=None if gold.documents is None else gold.documents.astype("<i4").tobytes(),
        source_ids=gold.source_ids,
        version=gold.version,
    )
    body = msgspec.msgpack.encode(stored)
    with atomic.making(path.parent):
        atomic.write_bytes(path, _checksum(body) + body)


def _checksum(body: bytes) -> bytes:
    return zlib.crc32(body).to_bytes(_CHECKSUM_BYTES)
