"""The package's tokenizer as a `tokenizer.json`: pieces and ids are those of `tok_content` in its e5.c, on any text without NUL."""

import base64
import struct
from collections.abc import Mapping
from itertools import groupby
from typing import Any

from .packed_model import PackedModel

_SPACES = {"type": "Metaspace", "replacement": "\u2581", "prepend_scheme": "always", "split": True}
_AS_WRITTEN = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False}
#: `Precompiled` takes a grapheme of less than six bytes for its first character, and so loses the marks after one that it replaces.
#: U+0001, which the normalisation drops, stands alone in any grapheme: it is put before whatever continues one.
_BREAK, _CONTINUING = "\u0001", r"(?!\A)(?=[\p{M}\x{200c}\x{200d}\x{e33}\x{eb3}\x{ff9e}\x{ff9f}])"
#: Less than any spelling of `<unk>` in other pieces has: the engine does not find this piece in text, and `Unigram` would.
_NEVER = -1000.0
_ROOM = 256  # places of a node's children in a trie, one for each byte
_VALUE, _HAS_VALUE, _TO_OFFSET = 1 << 31, 1 << 8, 10  # of a unit of the trie


def special_ids(model: PackedModel) -> list[int]:
    """Ids of the pieces that no text is made of; the last one of the vocabulary is the mask."""
    return [*model.special, len(model.pieces) - 1]


def tokenizer_json(model: PackedModel) -> dict[str, Any]:
    """What the file holds, for the `tokenizers` library."""
    special = {id_: model.pieces[id_].text for id_ in special_ids(model)}
    begin, end = ({"SpecialToken": {"id": special[id_], "type_id": 0}} for id_ in (model.special.begin, model.special.end))
    first, second = ({"Sequence": {"id": part, "type_id": 0}} for part in "AB")
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [{"id": id_, "content": text, "special": True, **_AS_WRITTEN} for id_, text in sorted(special.items())],
        "normalizer": {
            "type": "Sequence",
            "normalizers": [
                {"type": "Replace", "pattern": {"Regex": _CONTINUING}, "content": _BREAK},
                {"type": "Precompiled", "precompiled_charsmap": base64.b64encode(charsmap(model.normalisation)).decode()},
                {"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": " "},
            ],
        },
        "pre_tokenizer": {
            "type": "Sequence",
            "pretokenizers": [
                _SPACES,
                # `Unigram` makes one <unk> of neighbouring unknown characters, the engine one of each.
                {"type": "Split", "pattern": {"Regex": f"[^{_alphabet(model)}]"}, "behavior": "Isolated", "invert": False},
            ],
        },
        "post_processor": {
            "type": "TemplateProcessing",
            "single": [begin, first, end],
            "pair": [begin, first, end, end, second, end],
            "special_tokens": {text: {"id": text, "ids": [id_], "tokens": [text]} for id_, text in special.items()},
        },
        "decoder": _SPACES,
        "model": {
            "type": "Unigram",
            "unk_id": model.special.unknown,
            "vocab": [[text, _NEVER if id_ == model.special.unknown else score] for id_, (text, score) in enumerate(model.pieces)],
            "byte_fallback": False,
        },
    }


def charsmap(normalisation: Mapping[str, str]) -> bytes:
    """What code points become, as SentencePiece stores it: the size of a trie, the trie, and the texts that it leads to."""
    texts, places = b"", {}
    for text in sorted(set(normalisation.values())):
        places[text] = len(texts)
        texts += text.encode() + b"\0"
    trie = _trie({character.encode(): places[text] for character, text in normalisation.items()})
    return struct.pack(f"<{1 + len(trie)}I", 4 * len(trie), *trie) + texts


def _trie(values: Mapping[bytes, int]) -> list[int]:
    """A double array as darts-clone reads it: of keys none of which begins another one.

    A unit holds the byte that leads to it, and where its children are (relative to itself, by exclusive or): there is the value, and the
    child by a byte is at that place with the byte in it.
    """
    inner = sorted({key[:length] for key in values for length in range(len(key))})
    children = {prefix: _ROOM * number for number, prefix in enumerate(inner)}
    children |= {key: _ROOM * len(inner) + number for number, key in enumerate(sorted(values))}
    units = [0] * (_ROOM * (len(inner) + -(-len(values) // _ROOM)))  # whole rooms: a reader looks for children of values, too
    for node, place in children.items():
        at = children[node[:-1]] ^ node[-1] if node else 0
        units[at] = (at ^ place) << _TO_OFFSET | (node[-1] if node else 0)
        if node in values:
            units[at] |= _HAS_VALUE
            units[place] = _VALUE | values[node]
    return units


def _alphabet(model: PackedModel) -> str:
    """The characters of the vocabulary, each of which is a piece of its own, as they stand between the brackets of a regular expression."""
    codes = sorted(ord(text) for text, _ in model.pieces if len(text) == 1)
    runs = [[code for _, code in run] for _, run in groupby(enumerate(codes), key=lambda numbered: numbered[1] - numbered[0])]
    return "".join(rf"\x{{{run[0]:x}}}-\x{{{run[-1]:x}}}" for run in runs)
