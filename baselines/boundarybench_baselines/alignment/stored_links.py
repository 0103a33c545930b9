"""Stored links: those of an aligner that samples are kept, with their SHA-256, so that all that follows from them repeats.

A set has a compressed Pharaoh file per direction, `<set>.forward.gz` and `<set>.reverse.gz`; `SHA256SUMS` beside them is over what is in
them. Links carry no text.
"""

import gzip
import hashlib
from collections.abc import Sequence
from pathlib import Path

from boundarybench import atomic
from boundarybench.errors import DataError, UsageError

from . import pharaoh
from .statistical import Directions

_SUMS = "SHA256SUMS"


def store(path: Path, links: Sequence[Directions]) -> None:
    """Keep the links of a set; `path` is the folder and the set's name."""
    for direction in Directions._fields:
        each = (getattr(pair, direction) for pair in links)
        write(path.with_name(f"{path.name}.{direction}"), "".join(pharaoh.show(pharaoh.Alignment(one, one)) + "\n" for one in each))


def load(path: Path) -> list[Directions]:
    """The stored links of a set.

    Raises:
        UsageError: there are none.
        DataError: they are not those that `SHA256SUMS` names.
    """
    forward, reverse = (
        [pharaoh.parse(line).sure for line in read(path.with_name(f"{path.name}.{direction}")).removesuffix("\n").split("\n")]
        for direction in Directions._fields
    )
    return [Directions(*both) for both in zip(forward, reverse, strict=True)]


def write(path: Path, text: str) -> None:
    """Keep `text` as `<path>.gz`, and its sum."""
    path.parent.mkdir(parents=True, exist_ok=True)
    atomic.write_bytes(path.with_name(f"{path.name}.gz"), gzip.compress(text.encode(), mtime=0))
    sums = _sums(path.parent) | {path.name: hashlib.sha256(text.encode()).hexdigest()}
    atomic.write_bytes(path.parent / _SUMS, "".join(f"{digest}  {file}\n" for file, digest in sorted(sums.items())).encode())


def read(path: Path) -> str:
    """What is in `<path>.gz`.

    Raises:
        UsageError: there is no such file.
        DataError: it is damaged, or not what `SHA256SUMS` names.
    """
    file = path.with_name(f"{path.name}.gz")
    try:
        data = gzip.decompress(file.read_bytes())
    except FileNotFoundError:
        raise UsageError(f"{file}: no such file") from None
    except (OSError, EOFError) as error:
        raise DataError(f"{file}: cannot be read: {error}") from None
    if hashlib.sha256(data).hexdigest() != _sums(path.parent).get(path.name):
        raise DataError(f"{file}: links-differ: not what {_SUMS} names; align again")
    return data.decode()


def _sums(folder: Path) -> dict[str, str]:
    path = folder / _SUMS
    text = path.read_text("utf-8") if path.is_file() else ""
    return {file: digest for digest, _, file in (line.partition("  ") for line in text.split("\n") if line)}
