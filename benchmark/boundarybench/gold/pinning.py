"""A copy of gold against what its suite's `pins.json` says, and how a set is pinned.

`digests/` of a suite holds, per set, two bytes per sentence (structure) and, for test sets, one byte per token (text): no text can be
read back from them, but the first difference can be named.
"""

import hashlib
import logging
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import zip_longest
from types import MappingProxyType

import msgspec
import numpy as np
from numpy.typing import NDArray

from .. import atomic
from ..errors import DataError, GoldDiffers
from ..protocol import sentence_id
from ..spans import IntArray, offsets, owners
from ..suites.manifests import find, folder_of
from ..suites.pins import FILE, Pin, pins
from ..suites.pins import key as pin_key
from .fingerprints import nfc, structure_lines
from .model import Gold
from .sources import Key

log = logging.getLogger("boundarybench")

STRUCTURE_BYTES = 2
NO_HASHES: Mapping[Key, str] = MappingProxyType({})


def key_of(gold: Gold) -> Key:
    """The name of a set."""
    return Key(gold.suite, gold.lang, gold.split, gold.version)


def pin(key: Key) -> Pin | None:
    """What a set must be; None where nobody has pinned it."""
    suite = find(key.suite)
    return pins(suite).get(pin_key(key.lang, key.split, key.version)) if suite else None


def lengths_hash(lengths: IntArray) -> str:
    """A fingerprint of the tokens per sentence, 16 hex digits: what a prediction file without tokens shows of the gold it was made for."""
    return hashlib.sha256(lengths.astype("<i4").tobytes()).hexdigest()[:16]


def pin_of(gold: Gold, source: str) -> Pin:
    """What would pin `gold`."""
    owner, starts = _places(gold)
    return Pin(
        structure=gold.structure,
        text=(gold.text,) if gold.text else (),
        lengths=lengths_hash(gold.lengths),
        sentences=gold.sentences,
        tokens=gold.token_count,
        entities=gold.entities(),
        invalid=int(gold.invalid.sum()),
        bridged=tuple(zip(owner[gold.bridged].tolist(), starts[gold.bridged].tolist(), strict=True)),
        source=source,
        parts={name: int(mask.sum()) for name, mask in gold.groups.get("domains", {}).items()},
        documents=None if gold.documents is None else int(gold.documents[-1]) + 1,
    )


def verify(gold: Gold) -> Gold:
    """`gold`, marked as pinned where it is today's gold of a suite of the package and its pin has this structure.

    Warns of an unpinned set of the package and of differing text.

    Raises:
        GoldDiffers: the set is pinned and the structure is another one.
    """
    state, message = compare(gold)
    if state == "differs":
        raise GoldDiffers(f"{key_of(gold)}: gold-differs: {message}")
    if message:
        log.warning("%s: %s", key_of(gold), message)
    suite = find(gold.suite)
    return replace(gold, pinned=state == "ok" and suite is not None and suite.packaged and not gold.version)


def compare(gold: Gold) -> tuple[str, str]:
    """How a copy stands to its pin: `ok`, `unpinned` or `differs`; and what there is to say about it."""
    expected = pin(key_of(gold))
    if expected is None:
        suite = find(gold.suite)
        if suite is None or not suite.packaged:
            return "unpinned", ""
        return "unpinned", f"no pinned gold, figures are unranked; to pin it, report structure {gold.structure}, text {gold.text}"
    if gold.structure != expected.structure:
        return "differs", (
            f"structure {gold.structure} is not the pinned {expected.structure}; {_first_sentence(gold, expected)}. "
            f"Use the pinned copy ({expected.source}), or score this one as a suite of its own: "
            f"boundarybench gold import --suite {gold.suite} --lang {gold.lang} --as NAME"
        )
    if gold.text is not None and gold.text not in expected.text:
        return "ok", f"text differs from the pinned copy (boundaries do not): {_first_token(gold)}"
    return "ok", ""


def _places(gold: Gold) -> tuple[NDArray[np.int64], IntArray]:
    """Sentence and start within the sentence of every span."""
    first = offsets(gold.lengths)
    owner = owners(gold.spans.start, first)
    return owner, gold.spans.start - first[owner]


def _first_sentence(gold: Gold, expected: Pin) -> str:
    pinned = _stored(gold)[: expected.sentences * STRUCTURE_BYTES]
    lines = structure_lines(gold.lang, gold.lengths, gold.spans)
    found_digests = [_structure_digest(line) for line in lines]
    wanted = [pinned[i : i + STRUCTURE_BYTES] for i in range(0, len(pinned), STRUCTURE_BYTES)]
    for index, (got, want) in enumerate(zip_longest(found_digests, wanted)):
        if got != want:
            here = lines[index].decode().rstrip("\n").split("\t") if index < len(lines) else None
            found = f"here it has {here[1]} tokens and entities [{here[2]}]" if here else "it is missing here"
            extra = f" (the pinned set ends at {expected.sentences} sentences)" if want is None else ""
            return f"first difference at sentence {sentence_id(gold.lang, index)}: {found}{extra}"
    return f"{gold.sentences} sentences here, {expected.sentences} pinned; no single sentence could be told apart"


def _first_token(gold: Gold) -> str:
    expected = _stored(gold)[gold.sentences * STRUCTURE_BYTES :]
    tokens = gold.token_list() or []
    for position, (token, want) in enumerate(zip(tokens, expected, strict=False)):
        if _token_digest(nfc(token)) != want:
            first = offsets(gold.lengths)
            sentence = int(np.searchsorted(first, position, "right")) - 1
            return f"first at sentence {sentence_id(gold.lang, sentence)}, token {position - int(first[sentence])}: {token!a}"
    return "the token could not be told (no digests are kept for this split, or they collide)"


def digests(gold: Gold) -> bytes:
    """What `digests/` keeps of `gold`: structure per sentence and, for a test set, text per token."""
    structure = b"".join(map(_structure_digest, structure_lines(gold.lang, gold.lengths, gold.spans)))
    tokens = gold.token_list() or [] if gold.split == "test" else []
    return structure + bytes(_token_digest(nfc(token)) for token in tokens)


def write(golds: Sequence[Gold], source: str, hashes: Mapping[Key, str] = NO_HASHES) -> None:
    """Pin gold sets of one suite, with the SHA-256 of the files that a git repository has: how a suite is added.

    Other sets stay pinned as they are; a set of the same structure keeps its accepted texts beside the new one.

    Raises:
        NotWritten: the suite's folder cannot be written to.
    """
    suite = find(golds[0].suite)
    if suite is None:
        raise DataError(f"no suite {golds[0].suite!r} to pin gold of")
    folder, entries = folder_of(suite), dict(pins(suite))
    for gold in golds:
        name = pin_key(gold.lang, gold.split, gold.version)
        entry = msgspec.structs.replace(pin_of(gold, source), sha256=hashes.get(key_of(gold)))
        before = entries.get(name)
        if before and before.structure == gold.structure:
            text = tuple(dict.fromkeys([*before.text, *entry.text]))
            sources = "; ".join(dict.fromkeys([*before.source.split("; "), source]))
            entry = msgspec.structs.replace(entry, text=text, source=sources)
        entries[name] = entry
        with atomic.making(folder / "digests"):
            atomic.write_bytes(folder / "digests" / _digest_file(gold), digests(gold))
    atomic.write_bytes(folder / FILE, as_bytes(entries))


def as_bytes(entries: dict[str, Pin]) -> bytes:
    """Pins as JSON, a line for each so that a diff names what changed."""
    lines = ",\n".join(f"  {_json(name)}: {_json(entries[name])}" for name in sorted(entries))
    return f"{{\n{lines}\n}}\n".encode()


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


def _digest_file(gold: Gold) -> str:
    version = f".{gold.version}" if gold.version else ""
    return f"{gold.lang}.{gold.split}{version}.bin"


def _stored(gold: Gold) -> bytes:
    suite = find(gold.suite)
    path = folder_of(suite) / "digests" / _digest_file(gold) if suite else None
    return path.read_bytes() if path and path.exists() else b""


def _structure_digest(line: bytes) -> bytes:
    return hashlib.sha256(line).digest()[:STRUCTURE_BYTES]


def _token_digest(token: str) -> int:
    return zlib.crc32(token.encode()) & 0xFF
