"""What gold is recognised by: the serialisations that its fingerprints are taken over, and hashes of sentences and surfaces."""

import hashlib
import json
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ..normal_form import normalise
from ..protocol import sentence_id
from ..spans import IntArray, Spans, offsets, owners


def structure_lines(lang: str, lengths: IntArray, spans: Spans) -> list[bytes]:
    r"""The canonical serialisation that the structure fingerprint is taken over: a line per sentence.

    `<id>\t<tokens>\t<start>-<end>:<type> ...\n`, positions counted within the sentence.
    """
    first = offsets(lengths)
    owner = owners(spans.start, first)
    starts, ends = (spans.start - first[owner]).tolist(), (spans.end - first[owner]).tolist()
    items: list[list[str]] = [[] for _ in range(len(lengths))]
    for sentence, start, end, kind in zip(owner.tolist(), starts, ends, spans.type.tolist(), strict=True):
        items[sentence].append(f"{start}-{end}:{spans.types[kind]}")
    return [
        f"{sentence_id(lang, index)}\t{length}\t{' '.join(item)}\n".encode()
        for index, (length, item) in enumerate(zip(lengths.tolist(), items, strict=True))
    ]


def text_line(normal: Sequence[str]) -> bytes:
    """A sentence of the canonical serialisation that the text fingerprint is taken over: a JSON list of NFC tokens per line."""
    return (json.dumps(normal, ensure_ascii=False) + "\n").encode()


def nfc(token: str) -> str:
    """`token` in Unicode normalisation form C."""
    return normalise("NFC", token)


def surface_hashes(surfaces: Sequence[str]) -> NDArray[np.uint64]:
    """A hash of each surface after NFC and case folding: equal surfaces are seen surfaces (protocol, section 5)."""
    digests = (hashlib.blake2b(nfc(surface).casefold().encode(), digest_size=8).digest() for surface in surfaces)
    return np.frombuffer(b"".join(digests), "<u8")


def repeats_and_text(tokens: Sequence[Sequence[str]] | None, count: int) -> tuple[IntArray, str | None]:
    """Per sentence, the index of the first with the same tokens (without tokens its own), and the text fingerprint."""
    if tokens is None:
        return np.arange(count, dtype=np.int32), None
    first: dict[bytes, int] = {}
    repeats = np.empty(count, np.int32)
    text = hashlib.sha256()
    for index, sentence in enumerate(tokens):
        line = text_line([nfc(token) for token in sentence])
        text.update(line)
        repeats[index] = first.setdefault(hashlib.blake2b(line, digest_size=16).digest(), index)
    return repeats, text.hexdigest()
