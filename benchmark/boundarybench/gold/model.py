"""`Gold`: the frozen labels of one (suite, language, split), decoded once."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, islice, pairwise

import numpy as np
from numpy.typing import NDArray

from ..columns import Sentence
from ..errors import DataError
from ..protocol import sentence_id, sentence_ids
from ..spans import MAX_TYPES, OUTSIDE, BoolArray, IntArray, Spans, decode, offsets, tag_codes
from ..spellings import explain, uses
from ..suites.suite import Sentences
from ..types_and_tags import tag_lists, type_names
from .fingerprints import repeats_and_text, structure_lines, surface_hashes
from .units import units_of

#: A type that could stand in a tag set of anybody's, as a pattern.
TYPE = r"[^\s\x00-\x1f\x7f]{1,64}"
#: An IOB2 tag with such a type.
TAG = re.compile(rf"O|[BI]-{TYPE}")

#: How many misspelt tags of a gold file are shown.
MISSPELT_SHOWN = 20

#: The suite of a user's own gold file.
FILE = "file"

#: PAN-X ja and zh write a space between two halves of a name as this token, always tagged `O` (protocol, section 2).
PLACEHOLDER = "#"


Groups = Mapping[str, Mapping[str, BoolArray]]


@dataclass(frozen=True, slots=True, eq=False)
class Gold:
    """The gold of one (suite, language, split).

    Attributes:
        lengths: tokens per sentence, shape (sentences,).
        spans: the decoded entities, all types, in positions of the flat token array.
        invalid: per span, whether its first tag was an invalid transition.
        bridged: per span, whether it is the second half of a name that a placeholder cut in two.
        surfaces: per span, a 64-bit hash of its words after NFC and case folding; empty without tokens.
        repeats: per sentence, the index of the first sentence with the same NFC tokens.
        units: per sentence, what a bootstrap draws together with it: sentences of a unit share a number (`units.units_of`).
        tokens: all tokens, joined by line feeds; None where the file has only labels.
        structure: SHA-256 over ids, tokens per sentence and spans.
        text: SHA-256 over the tokens after NFC; None without tokens.
        groups: kinds of groups (`domains`, `hazards`), each with masks by name, shape (sentences,): sentences with figures of their own.
        documents: per sentence, the document that it stands in, counted from 0; None where the source marks none.
        source_ids: what the source calls the sentences, joined by line feeds; None where it has no names.
        version: the older copy that this is; "" for today's.
        pinned: the suite's pins have this structure.
    """

    suite: str
    lang: str
    split: str
    lengths: IntArray
    spans: Spans
    invalid: BoolArray
    bridged: BoolArray
    surfaces: NDArray[np.uint64]
    repeats: IntArray
    units: IntArray
    tokens: bytes | None
    structure: str
    text: str | None
    groups: Groups = field(default_factory=dict)
    documents: IntArray | None = None
    source_ids: bytes | None = None
    version: str = ""
    pinned: bool = False

    @property
    def named(self) -> str:
        """What signatures call the suite."""
        return named(self.suite, self.version)

    @property
    def sentences(self) -> int:
        return len(self.lengths)

    @property
    def unit_count(self) -> int:
        return int(np.count_nonzero(np.bincount(self.units)))

    @property
    def token_count(self) -> int:
        return int(self.lengths.sum())

    def token_list(self) -> list[str] | None:
        """All tokens in order (decoded at each call: keep the list, not the call); None where there are only labels."""
        if self.tokens is None:
            return None
        return self.tokens.decode().split("\n") if self.token_count else []

    def words(self, spans: Spans) -> list[str]:
        """The words of each span, joined by spaces, without decoding the rest of the text."""
        data = self.tokens or b""
        ends = np.append(np.flatnonzero(np.frombuffer(data, np.uint8) == ord("\n")), len(data))
        begins = np.append(0, ends[:-1] + 1)
        places = zip(begins[spans.start].tolist(), ends[spans.end - 1].tolist(), strict=True)
        return [data[begin:end].decode().replace("\n", " ") for begin, end in places]

    def ids(self) -> list[str]:
        """The ids of all sentences, in order."""
        return sentence_ids(self.lang, self.sentences)

    def names(self) -> list[str] | None:
        """What the source calls the sentences, in order; None where it has no names."""
        return None if self.source_ids is None else self.source_ids.decode().split("\n")

    def entities(self) -> dict[str, int]:
        """Number of entities of each type."""
        return self.spans.counts()

    def select(self, keep: BoolArray) -> "Gold":
        """The sentences where `keep` (one element per sentence) is true, flat positions moved up; no ids survive."""
        per_token = np.repeat(keep, self.lengths)
        moved = offsets(per_token.astype(np.int32))
        mask = per_token[self.spans.start]
        spans = self.spans.keep(mask)
        tokens = self.token_list()
        return replace(
            self,
            lengths=self.lengths[keep],
            spans=replace(spans, start=moved[spans.start], end=moved[spans.end]),
            invalid=self.invalid[mask],
            bridged=self.bridged[mask],
            surfaces=self.surfaces[mask] if len(self.surfaces) else self.surfaces,
            repeats=self.repeats[keep],
            units=self.units[keep],
            groups={kind: {name: mask[keep] for name, mask in masks.items()} for kind, masks in self.groups.items()},
            documents=None if self.documents is None else self.documents[keep],
            tokens=None if tokens is None else "\n".join(t for t, k in zip(tokens, per_token, strict=True) if k).encode(),
            source_ids=None,
        )


def named(suite: str, version: str) -> str:
    """What signatures call a suite, or its mean: with the version where its gold is an older copy."""
    return f"{suite}@{version}" if version else suite


def build(
    suite: str,
    lang: str,
    split: str,
    tags: Sequence[Sequence[str]],
    tokens: Sequence[Sequence[str]] | None,
    types: tuple[str, ...] | None = None,
    where: str = "gold",
    *,
    may_be_empty: bool = False,
) -> Gold:
    """Decode gold tags into a `Gold`.

    Args:
        tags, tokens: per sentence; tokens may be unknown. Tags as `tag_lists` takes them.
        types: the closed type set; None takes the types that occur, sorted.
        where: what to call the source in an error.
        may_be_empty: whether gold without a single entity is taken, as an evaluation during training has it.

    Raises:
        UsageError: `types` are no type names.
        DataError: tags that are no strings or outside the set, too many types, a token with a line feed, no sentence, or no
            entity at all (stripped labels).
    """
    tags, types = tag_lists(tags, where), type_names(types)
    if not tags:
        raise DataError(f"{where}: no-sentences: there is no sentence")
    used = set(chain.from_iterable(tags))
    closed = types
    if types is None:
        types = tuple(sorted({tag[2:] for tag in used if tag != OUTSIDE}))
    if len(types) > MAX_TYPES:
        raise DataError(f"{where}: {len(types)} entity types where at most {MAX_TYPES} are possible")
    known = tag_codes(types)
    unknown = sorted({tag for tag in used if tag not in known or not TAG.fullmatch(tag)})
    if unknown:
        index = next(i for i, sentence in enumerate(tags) if not known.keys() >= set(sentence) or set(sentence) & set(unknown))
        raise DataError(
            f"{where}: unknown-tag: {unknown[0]!r} in sentence {sentence_id(lang, index)}; expected O, B-TYPE or I-TYPE"
            + (f" with TYPE one of {', '.join(closed)}" if closed else "")
        )
    lengths = np.array([len(sentence) for sentence in tags], np.int32)
    if tokens is not None and list(map(len, tokens)) != lengths.tolist():
        raise DataError(f"{where}: a sentence has not as many tokens as tags")
    codes = np.fromiter(map(known.__getitem__, chain.from_iterable(tags)), np.uint8, int(lengths.sum()))
    spans, invalid = decode(codes, lengths, types)
    if not len(spans) and not may_be_empty:
        raise DataError(f"{where}: no-entities: gold without a single entity is refused (were the labels stripped?)")
    words = None if tokens is None else list(chain.from_iterable(tokens))
    if words is not None and any("\n" in word for word in words):
        raise DataError(f"{where}: a token holds a line feed")
    repeats, text = repeats_and_text(tokens, len(lengths))
    return Gold(
        suite=suite,
        lang=lang,
        split=split,
        lengths=lengths,
        spans=spans,
        invalid=invalid,
        bridged=bridged_spans(spans, invalid, words, lengths),
        surfaces=surface_hashes([] if words is None else [" ".join(words[a:b]) for a, b in zip(spans.start, spans.end, strict=True)]),
        repeats=repeats,
        units=repeats,
        tokens=None if words is None else "\n".join(words).encode(),
        structure=hashlib.sha256(b"".join(structure_lines(lang, lengths, spans))).hexdigest(),
        text=text,
    )


def of_sentences(
    suite: str,
    lang: str,
    split: str,
    sentences: Sequence[Sentence],
    types: tuple[str, ...] | None,
    where: str,
    *,
    may_be_empty: bool = False,
) -> Gold:
    """`build` from the sentences of a column file, with their names and documents; tokens are unknown where it has only labels."""
    check_spelling(sentences, where)
    tokens = [sentence.tokens for sentence in sentences if sentence.tokens is not None]
    gold = build(suite, lang, split, [sentence.tags for sentence in sentences], tokens or None, types, where, may_be_empty=may_be_empty)
    names = [sentence.source_id for sentence in sentences if sentence.source_id is not None]
    opens = np.array([sentence.opens_document for sentence in sentences])
    documents = np.cumsum(opens, dtype=np.int32) - 1 if opens[0] else None
    return replace(
        gold,
        units=units_of(gold.repeats, documents, Sentences()),
        documents=documents,
        source_ids="\n".join(names).encode() if len(names) == len(sentences) else None,
    )


def check_spelling(
    sentences: Sequence[Sentence], where: str, scheme: str = "IOB2", prefixes: str = "BI", option: str | None = None
) -> None:
    """Raise DataError that names every distinct malformed tag, with its first line, and how to mend it.

    Args:
        scheme: what the tags should be, in the message.
        prefixes: the letters that may begin a tag.
        option: the option that names another scheme, where there is one.
    """
    good = re.compile(rf"O|[{prefixes}]-{TYPE}")
    odd = {tag for tag in set(chain.from_iterable(sentence.tags for sentence in sentences)) if not good.fullmatch(tag)}
    if not odd:
        return
    found = uses((tag, sentence.line_of(k)) for sentence in sentences for k, tag in enumerate(sentence.tags) if tag in odd)
    faults = []
    for tag, (count, line) in islice(found.items(), MISSPELT_SHOWN):
        fault = explain(tag, option)
        message = f"{tag[:80]!r} is no {scheme} tag ({count} in the file): {fault.problem}; fix: {fault.advice()}"
        faults.append(f"{where}:{line}: unknown-tag: {message}")
    if len(found) > MISSPELT_SHOWN:
        faults.append(f"{where}: and {len(found) - MISSPELT_SHOWN} other tags are misspelt")
    raise DataError("\n".join(faults))


def with_fingerprints(gold: Gold) -> Gold:
    """`gold` with its fingerprints taken again from what it holds."""
    words, text = gold.token_list(), None
    if words is not None:
        first = offsets(gold.lengths).tolist()
        _, text = repeats_and_text([words[a:b] for a, b in pairwise(first)], gold.sentences)
    lines = structure_lines(gold.lang, gold.lengths, gold.spans)
    return replace(gold, structure=hashlib.sha256(b"".join(lines)).hexdigest(), text=text)


def bridged_spans(spans: Spans, invalid: BoolArray, words: list[str] | None, lengths: IntArray) -> BoolArray:
    """Spans that begin with a stray `I-`, one placeholder after a span of the same type (mask, one element per span)."""
    found = np.zeros(len(spans), bool)
    firsts = set(offsets(lengths).tolist())
    for k in np.flatnonzero(invalid).tolist():
        start = int(spans.start[k])
        found[k] = (
            words is not None
            and k > 0
            and firsts.isdisjoint((start, start - 1))  # all in one sentence
            and words[start - 1] == PLACEHOLDER
            and spans.end[k - 1] == start - 1
            and spans.type[k - 1] == spans.type[k]
        )
    return found
