"""Files made for other gold than they are held against: an older copy, another split or language, told by their tokens."""

import hashlib
import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import msgspec
import numpy as np

from ..gold.fingerprints import nfc, text_line
from ..gold.model import Gold
from ..gold.pinning import key_of, lengths_hash
from ..gold.sources import Key
from ..suites.manifests import find, packaged
from ..suites.pins import Pin, pins
from ..suites.suite import Suite

_NUMBER = re.compile(r"[0-9]{1,9}\Z", re.ASCII)


class Fit(NamedTuple):
    """The other gold that a file fits: what to say, and what helps."""

    message: str
    fix: str


class _Line(msgspec.Struct, gc=False):
    """What is looked at of a line. Its tags stay JSON, whose quotation marks are counted; its tokens do, until they are needed."""

    id: str | int
    tags: msgspec.Raw
    tokens: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET


_LINES = msgspec.json.Decoder(_Line)
_TOKENS = msgspec.json.Decoder(list[str])


def of_lines(data: bytes, gold: Gold) -> Fit | None:
    """`of_sentences` for a prediction file. None too where a line is broken, or the ids do not number the sentences from 0."""
    if not _pinned(data.count(b"\n") + (not data.endswith(b"\n")), gold):  # before a stranger's file is decoded
        return None
    try:
        return _of_lines(_LINES.decode_lines(data), gold)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _of_lines(lines: Sequence[_Line], gold: Gold) -> Fit | None:
    places = {int(found[0]): line for line in lines if (found := _NUMBER.search(str(line.id)))}
    if len(places) != len(lines) or not lines or max(places) != len(lines) - 1:
        return None
    ordered = [places[index] for index in range(len(lines))]
    lengths = [bytes(line.tags).count(b'"') // 2 for line in ordered]
    tokens = [line.tokens for line in ordered if isinstance(line.tokens, msgspec.Raw)]
    return of_sentences(lengths, map(_TOKENS.decode, tokens) if len(tokens) == len(lines) else None, gold)


def of_sentences(lengths: Sequence[int], tokens: Iterable[Sequence[str]] | None, gold: Gold) -> Fit | None:
    """The pinned gold that sentences fit exactly which `gold` does not; None where there is none.

    Numbers of tags decide; where they are the gold's, the tokens, if the file has any.
    """
    counted = np.array(lengths, np.int32)
    if not np.array_equal(counted, gold.lengths):
        wanted = lengths_hash(counted)
        fits = [each for each, pin in _pinned(len(lengths), gold) if pin.lengths == wanted]
    else:
        text = _fingerprint(tokens) if tokens is not None else gold.text
        fits = [each for each, pin in _pinned(len(lengths), gold) if text in pin.text and text != gold.text]
    fits = [each for each in fits if each != key_of(gold)]
    if not fits:
        return None
    # What is nearest to the gold at hand says most.
    best = max(fits, key=lambda fit: (fit.suite == gold.suite, fit.lang == gold.lang, fit.split == gold.split))
    return Fit(f"fits {_name(best)} exactly, in all {len(lengths):,} sentences", _advice(best, gold))


def _fingerprint(tokens: Iterable[Sequence[str]]) -> str:
    """The text fingerprint of sentences, as gold has it."""
    text = hashlib.sha256()
    for sentence in tokens:
        text.update(text_line([nfc(token) for token in sentence]))
    return text.hexdigest()


def _pinned(sentences: int, gold: Gold) -> list[tuple[Key, Pin]]:
    """The sets with so many sentences: of the gold's suite, first, and of the package."""
    own = find(gold.suite)
    suites = [*([own] if own else []), *(suite for suite in packaged().values() if suite.name != gold.suite)]
    return [(_key(suite, name), pin) for suite in suites for name, pin in pins(suite).items() if pin.sentences == sentences]


def _key(suite: Suite, name: str) -> Key:
    """The set that pins call `<lang>/<split>@<version>`."""
    place, _, version = name.partition("@")
    lang, _, split = place.rpartition("/")
    return Key(suite.name, lang, split, version)


def _name(fit: Key) -> str:
    split = "" if fit.split == "test" else f" ({fit.split} split)"
    return f"{fit.suite}/{fit.lang}{split}" + (f" as of {fit.version}" if fit.version else "")


def _advice(fit: Key, gold: Gold) -> str:
    if fit.split != "test":
        return "predict the test split"
    options = [] if fit.suite == gold.suite else [f"--suite {fit.suite}"]
    options += [] if options == [] and fit.lang == gold.lang else [f"--lang {fit.lang}"]
    if fit.version:
        return " ".join([*options, f"--gold-version {fit.version}"]) + " (unranked), or predict on today's tokens"
    return " ".join(options) if options else "leave --gold-version out"
