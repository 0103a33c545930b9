"""One test set: gold and predicted tags in, every figure of the protocol out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ..gold.fingerprints import surface_hashes
from ..gold.model import Gold, bridged_spans
from ..spans import BoolArray, ByteArray, Spans, decode, offsets, owners
from ..suites.manifests import find
from ..types_and_tags import selected
from . import anatomy
from .arithmetic import PRF, prfs, ratio
from .figures import Figures, figures
from .pairing import Pairing, pair

#: Span lengths in tokens that have a bucket of their own; the last one is open.
LENGTHS = ("1", "2", "3", "4+")


@dataclass(frozen=True, slots=True)
class Bucket:
    """The figures of the spans in one bucket (a type, a length, seen or unseen).

    Boundary precision is over the bucket's predictions, recall over its gold spans. Typed likewise, so that per type it is
    seqeval's figure.
    """

    gold: int
    predicted: int
    boundary: PRF
    typed: PRF


@dataclass(frozen=True, slots=True)
class Discard:
    """The figures after predicted entities that begin with an invalid transition are removed."""

    boundary: PRF
    typed: PRF


@dataclass(frozen=True, slots=True)
class Bridged:
    """The figures with names that a placeholder cut in two (PAN-X ja, zh) put together again, on both sides."""

    boundary: PRF
    typed: PRF


@dataclass(frozen=True, slots=True, eq=False)
class Score:
    """All figures of one test set; None where the protocol says null or a figure means nothing in the language.

    `counts`: per sentence, spans predicted, in gold, with right boundaries, with right boundaries and type (shape
    (sentences, 4)): the sufficient statistics of every interval and paired test.
    """

    sentences: int
    tokens: int
    figures: Figures
    invalid_per_1k: float | None
    discard: Discard
    embedded: Figures
    bridged: Bridged | None
    by_type: dict[str, Bucket]
    by_length: dict[str, Bucket] | None
    by_seen: dict[str, Bucket] | None
    by_domain: dict[str, Bucket] | None
    by_hazard: dict[str, Bucket] | None
    errors: dict[str, int]
    counts: NDArray[np.int64]


def score(
    gold: Gold,
    codes: ByteArray,
    types: tuple[str, ...],
    scored: tuple[str, ...] | None,
    train: Gold | None = None,
) -> Score:
    """Score one test set.

    Args:
        gold: the gold.
        codes: predicted tag codes of all its tokens, shape (tokens,).
        types: names of the types that the codes stand for; they begin with the gold's.
        scored: the types that count, or None for all. Spans of others are dropped on both sides after decoding.
        train: the suite's own training split of the language, if at hand: it says which surfaces are seen.

    Raises:
        UsageError, DataError: `scored` names no types, or only some that occur on neither side (`labels.selected`).
    """
    wanted = selected(scored, types, gold.spans.types)
    decoded, invalid = decode(codes, gold.lengths, types)
    gold_all = replace(gold.spans, types=types)
    gold_spans, predicted = gold_all.of_types(wanted), decoded.of_types(wanted)
    pairing = pair(gold_spans, predicted)
    comparable = not character_tokens(gold)
    kept = pair(gold_spans, decoded.keep(~invalid).of_types(wanted)) if invalid.any() else pairing
    first = offsets(gold.lengths)
    gold_owner, owner = (owners(spans.start, first) for spans in (gold_spans, predicted))
    inner = pair(_inner(gold_spans, gold_owner, first), _inner(predicted, owner, first))
    whole, embedded = figures([pairing, inner], offsets=comparable)
    columns = (owner, gold_owner, owner[pairing.exact], owner[pairing.typed])

    def by_group(masks: Mapping[str, BoolArray]) -> dict[str, Bucket]:
        return {name: _bucket(pairing, mask[owner], mask[gold_owner]) for name, mask in masks.items()}

    return Score(
        sentences=gold.sentences,
        tokens=gold.token_count,
        figures=whole,
        invalid_per_1k=ratio(1000 * int(invalid.sum()), len(decoded)),
        discard=Discard(*_boundary_and_typed(kept)),
        embedded=embedded,
        bridged=_bridged(gold, gold_all, decoded, invalid, wanted),
        by_type={name: _bucket(pairing, predicted.type == k, gold_spans.type == k) for k, name in enumerate(types) if name in wanted},
        by_length=_by_length(pairing) if comparable else None,
        by_seen=_by_seen(gold, train, wanted, pairing),
        by_domain=by_group(gold.groups["domains"]) if "domains" in gold.groups else None,
        by_hazard=by_group(gold.groups["hazards"]) if "hazards" in gold.groups else None,
        errors=anatomy.count(pairing),
        counts=_per_sentence(columns, gold.sentences),
    )


def sentence_counts(gold: Gold, codes: ByteArray, types: tuple[str, ...], scored: tuple[str, ...] | None) -> NDArray[np.int64]:
    """`Score.counts` alone, for those who need no figures; arguments and errors are those of `score`."""
    wanted = selected(scored, types, gold.spans.types)
    gold_spans, predicted = replace(gold.spans, types=types).of_types(wanted), decode(codes, gold.lengths, types)[0].of_types(wanted)
    pairing = pair(gold_spans, predicted)
    first = offsets(gold.lengths)
    owner = owners(predicted.start, first)
    return _per_sentence((owner, owners(gold_spans.start, first), owner[pairing.exact], owner[pairing.typed]), gold.sentences)


def _per_sentence(columns: Sequence[NDArray[np.int64]], sentences: int) -> NDArray[np.int64]:
    return np.stack([np.bincount(column, minlength=sentences) for column in columns], axis=1).astype(np.int64)


def character_tokens(gold: Gold) -> bool:
    """Whether the language's tokens are characters, so that lengths and offsets in tokens mean nothing."""
    language = suite.language(gold.lang) if (suite := find(gold.suite)) else None
    return language is not None and language.character_tokens


def _boundary_and_typed(pairing: Pairing) -> list[PRF]:
    return prfs([pairing.exact.sum(), pairing.typed.sum()], len(pairing.predicted), len(pairing.gold))


def _inner(spans: Spans, owner: NDArray[np.int64], first: NDArray[np.int32]) -> Spans:
    """The spans that do not cover their whole sentence."""
    return spans.keep((spans.start != first[owner]) | (spans.end != first[owner + 1]))


def _bridged(gold: Gold, gold_all: Spans, decoded: Spans, invalid: BoolArray, wanted: tuple[str, ...]) -> Bridged | None:
    if not gold.bridged.any():
        return None
    cut = bridged_spans(decoded, invalid, gold.token_list(), gold.lengths)
    return Bridged(*_boundary_and_typed(pair(_bridge(gold_all, gold.bridged).of_types(wanted), _bridge(decoded, cut).of_types(wanted))))


def _bridge(spans: Spans, cut: BoolArray) -> Spans:
    """Join every span where `cut` is true to the one before it."""
    last = np.append(~cut[1:], True) if len(cut) else cut
    kept = spans.keep(~cut)
    return replace(kept, end=spans.end[last])


def _bucket(pairing: Pairing, predicted_in: NDArray[np.bool_], gold_in: NDArray[np.bool_]) -> Bucket:
    """The figures over the predicted and the gold spans that a bucket holds (masks, one element per span)."""
    predicted, gold = int(predicted_in.sum()), int(gold_in.sum())
    boundary, typed = prfs(
        [(pairing.exact & predicted_in).sum(), (pairing.typed & predicted_in).sum()],
        predicted,
        gold,
        [(pairing.gold_exact & gold_in).sum(), (pairing.gold_typed & gold_in).sum()],
    )
    return Bucket(gold, predicted, boundary, typed)


def _by_length(pairing: Pairing) -> dict[str, Bucket]:
    predicted, gold = (np.minimum(spans.end - spans.start, len(LENGTHS)) for spans in (pairing.predicted, pairing.gold))
    return {name: _bucket(pairing, predicted == k, gold == k) for k, name in enumerate(LENGTHS, 1)}


def _by_seen(gold: Gold, train: Gold | None, wanted: tuple[str, ...], pairing: Pairing) -> dict[str, Bucket] | None:
    masks = seen_masks(gold, train, wanted, pairing)
    if masks is None:
        return None
    seen, gold_seen = masks
    return {"seen": _bucket(pairing, seen, gold_seen), "unseen": _bucket(pairing, ~seen, ~gold_seen)}


def seen_masks(gold: Gold, train: Gold | None, wanted: tuple[str, ...], pairing: Pairing) -> tuple[BoolArray, BoolArray] | None:
    """Per predicted and per gold span, whether its surface is an entity of the training split; None where that cannot be known."""
    if train is None or gold.tokens is None or not len(train.surfaces):
        return None
    known = train.surfaces[train.spans.among(wanted)]
    gold_seen = np.isin(gold.surfaces[gold.spans.among(wanted)], known)
    # An exact prediction has the surface of its gold span.
    seen = np.zeros(len(pairing.predicted), bool)
    seen[pairing.exact] = gold_seen[pairing.match[pairing.exact]]
    inexact = pairing.predicted.keep(~pairing.exact)
    seen[~pairing.exact] = np.isin(surface_hashes(gold.words(inexact)), known)
    return seen, gold_seen
