"""Counts of one test set: error classes by what the spans look like, signed offsets, confusions of types. They add up over languages."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..gold.model import Gold
from ..scoring.anatomy import CLASSES, MISSED, classify
from ..scoring.arithmetic import ratio
from ..scoring.pairing import Pairing
from ..scoring.score import LENGTHS, character_tokens, seen_masks
from ..spans import offsets
from .traits import CAPITALS, POSITIONS, Labels, capitals, lengths, positions

#: What becomes of a gold span: the class of the prediction that is matched to it, or missed. A spurious or crossing prediction has none.
FATES = (*(name for name in CLASSES if name not in ("spurious", "crossing")), MISSED)
#: The breakdowns, in the order in which they are shown.
BREAKDOWNS = ("by_type", "by_length", "by_seen", "by_capitals", "by_position")


@dataclass(frozen=True, slots=True)
class ErrorBucket:
    """The spans of one kind.

    `errors` counts predicted spans of this kind by class, and gold spans of this kind that are missed: over the buckets of a
    breakdown it sums to the scorer's counts. `fates` counts this kind's gold spans by what became of them: it sums to `gold`.
    """

    predicted: int
    gold: int
    errors: dict[str, int]
    fates: dict[str, int]


@dataclass(frozen=True, slots=True)
class Offsets:
    """Signed offsets in tokens, predicted minus gold, of all predictions that are matched to a gold span: (start, end) to number."""

    joint: dict[tuple[int, int], int]

    def side(self, index: int) -> dict[int, int]:
        """Number of spans by the offset of their start (0) or end (1), ascending."""
        found: Counter[int] = Counter()
        for pair, count in self.joint.items():
            found[pair[index]] += count
        return dict(sorted(found.items()))

    def as_json(self) -> dict[str, Any]:
        """Both distributions, the joint one, and the means (the scorer's `offset`)."""
        sides = {"start": self.side(0), "end": self.side(1)}
        matched = sum(self.joint.values())
        return {
            "matched": matched,
            **{name: {str(value): count for value, count in side.items()} for name, side in sides.items()},
            "joint": [{"start": start, "end": end, "spans": count} for (start, end), count in sorted(self.joint.items())],
            "mean": {name: ratio(sum(value * count for value, count in side.items()), matched) for name, side in sides.items()},
        }


@dataclass(frozen=True, slots=True)
class Confusion:
    """Gold type to predicted type to number of spans: where boundaries are right, and where a matched prediction's are not."""

    exact: dict[str, dict[str, int]]
    inexact: dict[str, dict[str, int]]


@dataclass(frozen=True, slots=True)
class Counts:
    """All counts of a test set, or of several.

    Null where a breakdown cannot be had: lengths and offsets where tokens are characters, seen surfaces without a training split,
    capitals without tokens.
    """

    gold: int
    predicted: int
    errors: dict[str, int]
    offsets: Offsets | None
    confusion: Confusion
    by_type: dict[str, ErrorBucket]
    by_length: dict[str, ErrorBucket] | None
    by_seen: dict[str, ErrorBucket] | None
    by_capitals: dict[str, ErrorBucket] | None
    by_position: dict[str, ErrorBucket]


def count(gold: Gold, pairing: Pairing, wanted: tuple[str, ...], train: Gold | None = None) -> Counts:
    """Count one test set.

    Args:
        gold: the test set.
        pairing: its scored predicted spans against its scored gold spans.
        wanted: the types that count.
        train: the suite's own training split of the language, if at hand.
    """
    classes = classify(pairing)
    fate = np.full(len(pairing.gold), len(CLASSES), np.int64)
    matched = np.flatnonzero(pairing.match >= 0)
    fate[pairing.match[matched]] = classes[matched]
    first = offsets(gold.lengths)
    both = (pairing.predicted, pairing.gold)
    comparable = not character_tokens(gold)

    def buckets(names: Sequence[str], predicted: Labels, of_gold: Labels) -> dict[str, ErrorBucket]:
        errors = _table(predicted, classes, len(names))
        fates = _table(of_gold, fate, len(names))
        errors[:, -1] = fates[:, -1]
        return {name: _bucket(*rows) for name, *rows in zip(names, errors.tolist(), fates.tolist(), strict=True)}

    def by_type() -> dict[str, ErrorBucket]:
        types = pairing.predicted.types
        found = buckets(types, *(spans.type.astype(np.int64) for spans in both))
        return {name: found[name] for name in types if name in wanted}

    def by_seen() -> dict[str, ErrorBucket] | None:
        masks = seen_masks(gold, train, wanted, pairing)
        return None if masks is None else buckets(("seen", "unseen"), *((~mask).astype(np.int64) for mask in masks))

    return Counts(
        gold=len(pairing.gold),
        predicted=len(pairing.predicted),
        errors=dict(zip((*CLASSES, MISSED), _table(np.zeros(len(classes), np.int64), classes, 1)[0].tolist(), strict=True))
        | {MISSED: int((fate == len(CLASSES)).sum())},
        offsets=_offsets(pairing) if comparable else None,
        confusion=_confusion(pairing, wanted),
        by_type=by_type(),
        by_length=buckets(LENGTHS, *map(lengths, both)) if comparable else None,
        by_seen=by_seen(),
        by_capitals=None if gold.tokens is None else buckets(CAPITALS, *(capitals(gold.words(spans)) for spans in both)),
        by_position=buckets(POSITIONS, *(positions(spans, first) for spans in both)),
    )


def total(parts: Sequence[Counts]) -> Counts:
    """The sum of several test sets' counts; a breakdown that some lack is the sum over the others, and null where all do."""
    joint: Counter[tuple[int, int]] = Counter()
    for part in parts:
        joint.update(part.offsets.joint if part.offsets else {})

    def added(name: str) -> dict[str, ErrorBucket] | None:
        having = [found for part in parts if (found := getattr(part, name)) is not None]
        names = dict.fromkeys(bucket for found in having for bucket in found)
        return {bucket: _sum_buckets([found[bucket] for found in having if bucket in found]) for bucket in names} if having else None

    return Counts(
        gold=sum(part.gold for part in parts),
        predicted=sum(part.predicted for part in parts),
        errors=_sum([part.errors for part in parts], (*CLASSES, MISSED)),
        offsets=Offsets(dict(joint)) if any(part.offsets for part in parts) else None,
        confusion=Confusion(*(_sum_tables(getattr(part.confusion, side) for part in parts) for side in ("exact", "inexact"))),
        by_type=added("by_type") or {},
        by_length=added("by_length"),
        by_seen=added("by_seen"),
        by_capitals=added("by_capitals"),
        by_position=added("by_position") or {},
    )


def _table(labels: Labels, classes: Labels | Any, rows: int) -> Any:
    """How many spans have each label and class: shape (rows, classes + 1), the last column for missed."""
    columns = len(CLASSES) + 1
    return np.bincount(labels * columns + classes, minlength=rows * columns).reshape(rows, columns)


def _bucket(errors: list[int], fates: list[int]) -> ErrorBucket:
    named = dict(zip((*CLASSES, MISSED), fates, strict=True))
    return ErrorBucket(
        predicted=sum(errors[:-1]),
        gold=sum(fates),
        errors=dict(zip((*CLASSES, MISSED), errors, strict=True)),
        fates={name: named[name] for name in FATES},
    )


def _offsets(pairing: Pairing) -> Offsets:
    matched = np.flatnonzero(pairing.match >= 0)
    g = pairing.match[matched]
    start = pairing.predicted.start[matched] - pairing.gold.start[g]
    end = pairing.predicted.end[matched] - pairing.gold.end[g]
    return Offsets(dict(Counter(zip(start.tolist(), end.tolist(), strict=True))))


def _confusion(pairing: Pairing, wanted: tuple[str, ...]) -> Confusion:
    types = pairing.predicted.types

    def table(mask: Any) -> dict[str, dict[str, int]]:
        chosen = np.flatnonzero(mask)
        pairs = Counter(zip(pairing.gold.type[pairing.match[chosen]].tolist(), pairing.predicted.type[chosen].tolist(), strict=True))
        names = [(k, name) for k, name in enumerate(types) if name in wanted]
        return {name: {other: pairs[g, p] for p, other in names} for g, name in names}

    return Confusion(exact=table(pairing.exact), inexact=table((pairing.match >= 0) & ~pairing.exact))


def _sum(parts: Sequence[Mapping[str, int]], names: Iterable[str]) -> dict[str, int]:
    return {name: sum(part[name] for part in parts) for name in names}


def _sum_buckets(parts: Sequence[ErrorBucket]) -> ErrorBucket:
    return ErrorBucket(
        predicted=sum(part.predicted for part in parts),
        gold=sum(part.gold for part in parts),
        errors=_sum([part.errors for part in parts], (*CLASSES, MISSED)),
        fates=_sum([part.fates for part in parts], FATES),
    )


def _sum_tables(tables: Iterable[Mapping[str, Mapping[str, int]]]) -> dict[str, dict[str, int]]:
    added: dict[str, dict[str, int]] = {}
    for table in tables:
        for name, row in table.items():
            into = added.setdefault(name, {})
            for other, spans in row.items():
                into[other] = into.get(other, 0) + spans
    return added
