"""The manifest: what each pinned gold set must be, and where a copy that differs does so.

`manifest.json` holds the fingerprints and counts. `digests/` holds, per set, two bytes per sentence (structure) and, for test
sets, one byte per token (text): no text can be read back from them, but the first difference can be named.
"""

import hashlib
import json
import logging
import zlib
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from itertools import zip_longest
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import GoldDiffers
from ..protocol import VERSION, sentence_id
from ..spans import IntArray, offsets, owners
from .model import Gold, nfc, structure_lines

log = logging.getLogger("boundarybench")

STRUCTURE_BYTES = 2


@dataclass(frozen=True, slots=True)
class Pin:
    """What the manifest says of one set. `text` lists every accepted text fingerprint; `bridged` the spans that a
    placeholder cut off, as (sentence, start).
    """

    structure: str
    text: tuple[str, ...]
    sentences: int
    tokens: int
    entities: dict[str, int]
    invalid: int
    bridged: tuple[tuple[int, int], ...]
    source: str


def key(suite: str, lang: str, split: str) -> str:
    """The name of a set in the manifest."""
    return f"{suite}/{lang}/{split}"


@cache
def pins() -> dict[str, Pin]:
    """All pinned sets by name (`suite/lang/split`)."""
    data = json.loads(files(__package__).joinpath("manifest.json").read_bytes())
    return {
        name: Pin(
            **{**entry, "text": tuple(entry["text"]), "bridged": tuple(map(tuple, entry["bridged"]))},
        )
        for name, entry in data["sets"].items()
    }


def pin_of(gold: Gold, source: str) -> Pin:
    """The manifest entry that would pin `gold`."""
    owner, starts = _places(gold)
    return Pin(
        structure=gold.structure,
        text=(gold.text,) if gold.text else (),
        sentences=gold.sentences,
        tokens=gold.token_count,
        entities=gold.entities(),
        invalid=int(gold.invalid.sum()),
        bridged=tuple(zip(owner[gold.bridged].tolist(), starts[gold.bridged].tolist(), strict=True)),
        source=source,
    )


def verify(gold: Gold) -> Gold:
    """`gold`, marked as pinned where the manifest knows its structure. Warns of an unpinned set and of differing text.

    Raises:
        GoldDiffers: the set is pinned and the structure is another one.
    """
    state, message = compare(gold)
    if state == "differs":
        raise GoldDiffers(f"{key(gold.suite, gold.lang, gold.split)}: gold-differs: {message}")
    if message:
        log.warning("%s: %s", key(gold.suite, gold.lang, gold.split), message)
    return replace(gold, pinned=state == "ok")


def compare(gold: Gold) -> tuple[str, str]:
    """How a copy stands to the manifest: `ok`, `unpinned` or `differs`; and what there is to say about it."""
    pin = pins().get(key(gold.suite, gold.lang, gold.split))
    if pin is None:
        return "unpinned", f"no pinned gold, figures are unranked; to pin it, report structure {gold.structure}, text {gold.text}"
    if gold.structure != pin.structure:
        return "differs", (
            f"structure {gold.structure} is not the pinned {pin.structure}; {_first_sentence(gold, pin)}. "
            f"Use the pinned copy ({pin.source}), or score this one as a suite of its own: "
            f"boundarybench gold import --suite {gold.suite} --lang {gold.lang} --as NAME"
        )
    if gold.text is not None and gold.text not in pin.text:
        return "ok", f"text differs from the pinned copy (boundaries do not): {_first_token(gold)}"
    return "ok", ""


def _places(gold: Gold) -> tuple[NDArray[np.int64], IntArray]:
    """Sentence and start within the sentence of every span."""
    first = offsets(gold.lengths)
    owner = owners(gold.spans.start, first)
    return owner, gold.spans.start - first[owner]


def _first_sentence(gold: Gold, pin: Pin) -> str:
    pinned = _stored(gold)[: pin.sentences * STRUCTURE_BYTES]
    lines = structure_lines(gold.lang, gold.lengths, gold.spans)
    digests = [_structure_digest(line) for line in lines]
    expected = [pinned[i : i + STRUCTURE_BYTES] for i in range(0, len(pinned), STRUCTURE_BYTES)]
    for index, (got, want) in enumerate(zip_longest(digests, expected)):
        if got != want:
            here = lines[index].decode().rstrip("\n").split("\t") if index < len(lines) else None
            found = f"here it has {here[1]} tokens and entities [{here[2]}]" if here else "it is missing here"
            extra = f" (the pinned set ends at {pin.sentences} sentences)" if want is None else ""
            return f"first difference at sentence {sentence_id(gold.lang, index)}: {found}{extra}"
    return f"{gold.sentences} sentences here, {pin.sentences} pinned; no single sentence could be told apart"


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


def write(golds: list[Gold], source: str, folder: Path) -> None:
    """Pin `golds`, all from one source, in the manifest and the digests of `folder`: how a maintainer does it.

    Other sets stay pinned as they are; a set of the same structure keeps its accepted texts beside the new one.
    """
    file = folder / "manifest.json"
    entries = json.loads(file.read_bytes())["sets"] if file.exists() else {}
    (folder / "digests").mkdir(exist_ok=True)
    for gold in golds:
        name, entry = key(gold.suite, gold.lang, gold.split), _entry(pin_of(gold, source))
        before = entries.get(name, {})
        if before.get("structure") == gold.structure:
            entry["text"] = list(dict.fromkeys([*before["text"], *entry["text"]]))
            entry["source"] = "; ".join(dict.fromkeys([*before["source"].split("; "), source]))
        entries[name] = entry
        (folder / "digests" / _digest_file(gold)).write_bytes(digests(gold))
    lines = ",\n".join(f"  {json.dumps(name)}: {json.dumps(entries[name])}" for name in sorted(entries))
    file.write_text(f'{{"protocol": {VERSION}, "sets": {{\n{lines}\n}}}}\n', encoding="utf-8", newline="\n")


def _entry(pin: Pin) -> dict[str, Any]:
    return {name: getattr(pin, name) for name in Pin.__dataclass_fields__}


def _digest_file(gold: Gold) -> str:
    return f"{gold.suite}.{gold.lang}.{gold.split}.bin"


def _stored(gold: Gold) -> bytes:
    return files(__package__).joinpath("digests", _digest_file(gold)).read_bytes()


def _structure_digest(line: bytes) -> bytes:
    return hashlib.sha256(line).digest()[:STRUCTURE_BYTES]


def _token_digest(token: str) -> int:
    return zlib.crc32(token.encode()) & 0xFF
