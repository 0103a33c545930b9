"""Word links as a stored stage: the aligner is random, so links are kept, with their SHA-256, and all that follows from them repeats.

`links/` holds a compressed Pharaoh file per set and direction, and `SHA256SUMS` over what is in them. Links carry no text.
"""

import gzip
import hashlib
from collections.abc import Sequence
from pathlib import Path

from benchmark import atomic
from benchmark.errors import DataError

from ..alignment import pharaoh, statistical
from ..alignment.links import Links
from ..alignment.statistical import Directions
from ..alignment.words import WordPair
from .corpora import Corpus

STORE = Path(__file__).with_name("links")
_SUMS = "SHA256SUMS"


def align(corpora: Sequence[Corpus], parallel: Sequence[WordPair] = ()) -> list[list[Directions]]:
    """Links of all sentences of `corpora`, aligned together and with `parallel` text."""
    pairs = [(item.source, item.target) for corpus in corpora for item in corpus.items]
    links = iter(statistical.align(pairs, parallel))
    return [[next(links) for _ in corpus.items] for corpus in corpora]


def store(name: str, links: Sequence[Directions], folder: Path = STORE) -> None:
    """Keep the links of a set."""
    folder.mkdir(parents=True, exist_ok=True)
    sums = _sums(folder)
    for direction in Directions._fields:
        text = "".join(pharaoh.show(pharaoh.Alignment(each, each)) + "\n" for each in (getattr(pair, direction) for pair in links)).encode()
        atomic.write_bytes(folder / f"{name}.{direction}.gz", gzip.compress(text, mtime=0))
        sums[f"{name}.{direction}"] = hashlib.sha256(text).hexdigest()
    atomic.write_bytes(folder / _SUMS, "".join(f"{digest}  {file}\n" for file, digest in sorted(sums.items())).encode())


def load(name: str, folder: Path = STORE) -> list[Directions]:
    """The stored links of a set.

    Raises:
        DataError: they are not those that `SHA256SUMS` names.
        OSError: there are none.
    """
    sums = _sums(folder)
    both = []
    for direction in Directions._fields:
        text = gzip.decompress((folder / f"{name}.{direction}.gz").read_bytes())
        if hashlib.sha256(text).hexdigest() != sums.get(f"{name}.{direction}"):
            raise DataError(f"{folder / name}.{direction}.gz: links-differ: not the links that {_SUMS} names; align again")
        both.append([pharaoh.parse(line).sure for line in text.decode().removesuffix("\n").split("\n")])
    return [Directions(forward, reverse) for forward, reverse in zip(*both, strict=True)]


def intersected(links: Sequence[Directions]) -> list[Links]:
    """The links that both directions have: the most precise choice, and the best one on MasakhaNER 2.0 dev (docs/projection.md)."""
    return [pair.forward & pair.reverse for pair in links]


def _sums(folder: Path) -> dict[str, str]:
    path = folder / _SUMS
    text = path.read_text("utf-8") if path.is_file() else ""
    return {file: digest for digest, _, file in (line.partition("  ") for line in text.split("\n") if line)}
