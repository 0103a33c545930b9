"""Gzip, as prediction files may be packed: one member, never unpacked beyond the size that its last bytes state, written alike everywhere.

Whoever sets a limit adds up the stated sizes, and needs to unpack nothing for that: zlib refuses what is shorter than stated, and what
is longer is cut off here.
"""

import os
import zlib
from pathlib import Path

from .errors import DataError

SUFFIX = ".gz"
#: The first two bytes.
MAGIC = b"\x1f\x8b"
#: Deflate, no name, no time, the best level, no system (RFC 1952, section 2.3).
_HEADER = MAGIC + b"\x08\x00" + b"\x00" * 4 + b"\x02\xff"
_SIZE = 4
#: No deflated byte stands for more: 258 bytes take two bits. Whoever states more is damaged.
_RATIO = 1032
#: zlib: 15 bits of window, with gzip's header and trailer, or bare.
_GZIP, _BARE = 31, -15


class Damaged(DataError):
    """Bytes that are not one whole gzip member; the message says in which way."""


class TooLarge(DataError):
    """More bytes stated than asked for."""


def pack(data: bytes) -> bytes:
    """`data` as one gzip member without name and time: the same bytes from the same zlib on every machine."""
    deflate = zlib.compressobj(9, zlib.DEFLATED, _BARE)
    body = deflate.compress(data) + deflate.flush()
    return b"".join([_HEADER, body, zlib.crc32(data).to_bytes(4, "little"), (len(data) % (1 << 32)).to_bytes(_SIZE, "little")])


def unpack(data: bytes, limit: int) -> bytes:
    """What is packed in `data`.

    Raises:
        TooLarge: it states more than `limit` bytes, before any is unpacked.
        Damaged: it is not gzip, is cut short, or holds other bytes than its end states, as several members do.
    """
    if not data.startswith(MAGIC):
        raise Damaged("not gzip")
    stated = _stated(data, len(data))
    if stated is None:
        raise Damaged("cut short")
    if stated > limit:
        raise TooLarge(f"its end states {stated} bytes, or it is cut short")
    inflate = zlib.decompressobj(_GZIP)
    try:
        found = inflate.decompress(data, stated + 1)
    except zlib.error as error:
        raise Damaged(f"damaged ({error})") from error
    if inflate.unused_data:
        kind = "a second gzip member" if inflate.unused_data.startswith(MAGIC) else "other bytes"
        raise Damaged(f"{kind} behind the first member's end")
    if len(found) > stated:
        raise Damaged(f"more than the {stated} bytes that its end states: cut short, changed, or of several members")
    if not inflate.eof:
        raise Damaged("cut short")
    return found


def stated_size(path: Path) -> int:
    """How many bytes the file at `path` states to hold, from its last four; 0 where `unpack` will not believe them. Raises OSError."""
    with path.open("rb") as file:
        length = file.seek(0, os.SEEK_END)
        file.seek(max(0, length - _SIZE))
        return _stated(file.read(_SIZE), length) or 0


def _stated(data: bytes, length: int) -> int | None:
    """What the end of a file of so many bytes states; None where the file cannot hold as much."""
    stated = int.from_bytes(data[-_SIZE:], "little")
    return stated if stated <= length * _RATIO else None
